"""Build the table of mainland networks again, from an unpacked package of whole ranges by country.

`python -m tools.region_table FOLDER` reads `package.json`, `*-ipv4-num.csv` and `*-ipv6-num.csv`
(first and last address as numbers, country) and writes `ipv4.txt`, `ipv6.txt` and `PROVENANCE.md`
beside `shouyue.privacy.egress.regions`. Only ranges of `CN` stay: Hong Kong, Macao and Taiwan have
codes of their own and are left out like every other place. Review the difference before a commit.
"""

import csv
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from ipaddress import (
    IPv4Address,
    IPv6Address,
    summarize_address_range,
)
from pathlib import Path

TABLE = Path(__file__).parents[1] / "src/shouyue/privacy/egress/mainland"
_COUNTRY = "CN"
_PROVENANCE = """# Networks of the mainland

Made by `python -m tools.region_table` from `{name}`
{version} (npm, data of {day}), published under {licence}. Its makers name the
registries' own statistics among their sources: © Number Resource Organization, CC BY 4.0. Changes:
only ranges of `CN` are kept, joined and written as networks. `HK`, `MO`, `TW` are not `CN`.

| File | Size | SHA-256 | From | SHA-256 of that |
|---|---|---|---|---|
{lines}

Registries say who holds an address, not where a machine stands, and the makers say that single
ranges may be wrong: the table is a signal. The operator's list is the rule
(`docs/guides/residency.md`).
"""
_KINDS: dict[int, type[IPv4Address] | type[IPv6Address]] = {4: IPv4Address, 6: IPv6Address}


def merged(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield ranges in order, with neighbours and overlaps joined."""
    first, last = -1, -2
    for start, end in sorted(ranges):
        if start > last + 1:
            if last >= first >= 0:
                yield first, last
            first, last = start, end
        last = max(last, end)
    if last >= first >= 0:
        yield first, last


def networks(rows: Iterable[list[str]], version: int) -> list[str]:
    """Return the country's networks in order, as few as possible."""
    kind = _KINDS[version]
    ours = ((int(start), int(end)) for start, end, country in rows if country == _COUNTRY)
    return [
        str(network)
        for start, end in merged(ours)
        for network in summarize_address_range(kind(start), kind(end))
    ]


def build(source: Path, table: Path = TABLE) -> None:
    """Write the table and where it comes from."""
    package = json.loads((source / "package.json").read_text("utf-8"))
    lines = []
    for version in (4, 6):
        (found,) = source.glob(f"*-ipv{version}-num.csv")
        with found.open(newline="", encoding="utf-8") as rows:
            text = "\n".join(networks(csv.reader(rows), version)) + "\n"
        (table / f"ipv{version}.txt").write_text(text, "utf-8")
        lines.append(
            f"| `ipv{version}.txt` | {text.count(chr(10)):,} networks | `{_digest(text.encode())}` "
            f"| `{found.name}` | `{_digest(found.read_bytes())}` |"
        )
    (table / "PROVENANCE.md").write_text(_provenance(package, lines), "utf-8")


def _provenance(package: dict[str, str], lines: list[str]) -> str:
    version = package["version"]
    stamp = version.rpartition(".")[2]
    return _PROVENANCE.format(
        name=package["name"],
        version=version,
        day=f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}",
        licence=package["license"],
        lines="\n".join(lines),
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    build(Path(sys.argv[1]))
