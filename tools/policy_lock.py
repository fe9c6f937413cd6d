"""Lock the digests of the policy's present version, so that its text cannot change unseen.

`python -m tools.policy_lock` adds the version to released.toml and leaves a locked one alone.
`--again` locks it anew: only for a version that nobody has been shown yet.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from shouyue.privacy.policy import pages, source

FILE = Path(__file__).resolve().parent.parent / "src/shouyue/privacy/policy/text/released.toml"
HEAD = "# Digests of released versions, one per language. A released text never changes.\n"


def written(released: Mapping[str, Mapping[str, str]]) -> str:
    """Return released.toml with these digests."""
    rows = [
        f'\n[[release]]\nversion = "{number}"\nzh = "{by["zh"]}"\nen = "{by["en"]}"\n'
        for number, by in released.items()
    ]
    return HEAD + "".join(rows)


def main(arguments: list[str]) -> int:
    """Lock the present version; return 1 when it is locked with other digests already."""
    policy = source.load()
    number = policy.version.number
    now = {lang: pages.digest(policy, lang, filled=False) for lang in ("zh", "en")}
    locked = policy.released.get(number)
    if locked == now:
        print(f"{number} is locked")
        return 0
    if locked and "--again" not in arguments:
        print(f"the text of {number} is not what was released: give version.toml a new number")
        return 1
    FILE.write_text(written({**policy.released, number: now}), "utf-8")
    print(f"locked {number}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
