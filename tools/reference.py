"""Write docs/reference: refusals, settings, routes, jobs, tables, APIs, events, read off the code.

`python -m tools.reference` writes the pages and adds new refusal codes to `codes.lock`, from which
none is ever taken away. `--check` only compares, and names what is stale.
"""

import sys
from pathlib import Path

from tools import reference_catalogue, reference_house, reference_privacy

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/reference"
LOCK = FOLDER / "codes.lock"
_HEAD = "# Every refusal code that was ever given out. Written by tools.reference; it only grows."


def locked() -> list[str]:
    """Return the codes that were ever given out."""
    if not LOCK.exists():
        return []
    lines = LOCK.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def wanted() -> dict[Path, str]:
    """Return every generated file with its text."""
    codes = {kind.code for kind in reference_house.every_refusal()} | set(locked())
    return {
        FOLDER / "refusals.md": reference_house.refusals(),
        FOLDER / "settings.md": reference_house.settings(),
        FOLDER / "routes.md": reference_house.routes(),
        FOLDER / "jobs.md": reference_house.jobs(),
        FOLDER / "sinks.md": reference_house.sinks(),
        FOLDER / "columns.md": reference_privacy.columns(),
        FOLDER / "statutes.md": reference_privacy.statutes(),
        FOLDER / "apis.md": reference_catalogue.apis(),
        FOLDER / "events.md": reference_catalogue.events(),
        LOCK: "\n".join([_HEAD, *sorted(codes)]) + "\n",
    }


def stale() -> dict[Path, str]:
    """Return the files that are not what the code says, with the text that they should have."""
    return {
        path: text
        for path, text in wanted().items()
        if not path.exists() or path.read_text("utf-8") != text
    }


def main(arguments: list[str]) -> int:
    """Write what is stale, or with `--check` name it; return the exit code."""
    check = "--check" in arguments
    found = stale()
    for path, text in found.items():
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return 1 if found and check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
