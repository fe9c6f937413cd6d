"""The results as a page and a picture."""

import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.piplbench.figures import EACH, Erasure, Ledger
from benchmarks.piplbench.measure import Outcome, Sizes

OURS, BARE, INDEXED, PLAIN = (
    "Shouyue",
    "Shouyue, unprotected",
    "PostgreSQL, indexed",
    "PostgreSQL",
)
TARGETS = {"controller": 10.0, "customer": 2.0, "processor": 0.8, "regulator": 0.5}
"""Ours to PostgreSQL with indexes: how many times as fast."""

_LEFT, _LINE = 190, 26
_FONT = 'font-family="sans-serif" font-size="12"'
_LEAST, _MOST = 0.005, 20.0
SPACE, ERASE_MS, LEAVES, ORDINARY = 3.0, 50.0, 5000.0, 10.0


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one run found."""

    command: str
    records: int
    server: str
    sizes: Sizes
    outcomes: Sequence[Outcome]
    differing: Mapping[str, int]
    erasures: Sequence[Erasure]
    ledger: Ledger

    @property
    def violations(self) -> int:
        """Return how many answers were wrong, on whichever side, and records that differ."""
        wrong = (took.violations for outcome in self.outcomes for took in outcome.took.values())
        return sum(wrong) + sum(self.differing.values())


def ratio(outcome: Outcome) -> float:
    """Return how many times as fast as PostgreSQL with indexes ours is."""
    return outcome.took[INDEXED].seconds / max(outcome.took[OURS].seconds, 1e-9)


def overhead(outcome: Outcome) -> float | None:
    """Return how many per cent longer ours takes than the same code without protection."""
    bare = outcome.took[BARE]
    if not bare.able:
        return None
    return (outcome.took[OURS].processor / max(bare.processor, 1e-9) - 1) * 100


def page(results: Results) -> str:
    """Return RESULTS.md."""
    parts = [
        _head(results),
        _workloads(results),
        _verbs(results),
        _space(results),
        _ends(results),
        _log(results),
        _LEFT_OUT,
    ]
    return "\n\n".join(parts) + "\n"


def _head(results: Results) -> str:
    cores = os.cpu_count()
    day = datetime.now(UTC).date().isoformat()
    return f"""# PIPLbench

    {results.command}

{day}; {cores} shared cores, Python {platform.python_version()}, PostgreSQL {results.server} on
the same machine over a local socket, every commit durable on all sides, one client.
{results.records:,} records with {results.sizes.personal:,} bytes of personal data. Sides take
turns after fifty operations. Other work on the machine makes times noisy, more so for a side that
waits for the server more often: only ratios of one run count.

**Wrong answers: {results.violations}.** Every answer of every side was compared with a model in
memory, and in the end every record."""


_HEADS = (
    *("Workload", "Mix", "Operations", "PostgreSQL", "indexed", "unprotected", "ours"),
    *("p50 / p95 / p99 ms", "ratio", "by processor", "target", "overhead"),
)


def _workloads(results: Results) -> str:
    lines = [
        "## Completion time",
        "",
        "Seconds for all operations; ours includes integrating and signing the evidence. `ratio`",
        "is PostgreSQL, indexed, to ours, above 1 ours is faster; beside it the same of processor",
        "time, client and server together, which other work disturbs less. `overhead` is ours to",
        "the same code with sealing, evidence and records of looks taken off, by processor time.",
        "",
        f"| {' | '.join(_HEADS)} |",
        f"|{'---|' * len(_HEADS)}",
    ]
    for one in results.outcomes:
        ours, bare = one.took[OURS], one.took[BARE]
        target = TARGETS.get(one.mix.name)
        more = overhead(one)
        cells = [
            one.mix.name,
            one.mix.source,
            f"{one.operations:,}",
            f"{one.took[PLAIN].seconds:.2f}",
            f"{one.took[INDEXED].seconds:.2f}",
            f"{bare.seconds:.2f}" if bare.able else "no log to ask",
            f"{ours.seconds:.2f}",
            " / ".join(f"{ours.p(share):.1f}" for share in (0.5, 0.95, 0.99)),
            f"{ratio(one):.2f}",
            f"{one.took[INDEXED].processor / max(ours.processor, 1e-9):.2f}",
            _aim(ratio(one), target),
            "" if more is None else f"{more:+.0f} %",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n\n![Ours to PostgreSQL with indexes](ratio.svg)"


def _aim(found: float, target: float | None) -> str:
    if target is None:
        return ""
    return f"{target:g}, {'met' if found >= target else 'missed'}"


def _verbs(results: Results) -> str:
    lines = [
        "## By operation",
        "",
        "Median milliseconds over all workloads.",
        "",
        "| Operation | PostgreSQL | indexed | unprotected | ours |",
        "|---|---|---|---|---|",
    ]
    verbs = sorted({verb for one in results.outcomes for verb in one.took[OURS].each})
    for verb in verbs:
        cells = []
        for side in (PLAIN, INDEXED, BARE, OURS):
            times = [t for one in results.outcomes for t in one.took[side].each.get(verb, ())]
            cells.append(f"{sorted(times)[len(times) // 2] * 1000:.2f}" if times else "")
        lines.append(f"| {verb} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _space(results: Results) -> str:
    lines = [
        "## Space",
        "",
        "Bytes stored, indexes included, to bytes of personal data, after loading. Target for",
        f"ours: {SPACE:g} at most.",
        "",
        "| Side | MB | factor |",
        "|---|---|---|",
    ]
    for side, stored in results.sizes.stored.items():
        factor = stored / results.sizes.personal
        word = _under(factor, SPACE) if side == OURS else ""
        lines.append(f"| {side} | {stored / 1e6:.1f} | {factor:.1f}{word} |")
    return "\n".join(lines)


def _under(found: float, most: float) -> str:
    return ", met" if found <= most else ", missed"


def _ends(results: Results) -> str:
    lines = [
        "## The end of one person",
        "",
        "Five values and for the rest documents, all keys destroyed with certificate, journal line",
        f"and evidence. Target: p95 at most {ERASE_MS:g} ms.",
        "",
        "| Rows | People | p50 ms | p95 ms |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.rows:,} | {one.times} | {one.p50:.1f} | {one.p95:.1f}{_under(one.p95, ERASE_MS)} |"
        for one in results.erasures
    ]
    return "\n".join(lines)


def _log(results: Results) -> str:
    one = results.ledger
    word = "met" if one.end_to_end_per_s >= LEAVES else "missed"
    return f"""## The evidence log

{one.leaves:,} leaves, {EACH} in each transaction: {one.append_per_s:,.0f} a second written,
{one.end_to_end_per_s:,.0f} a second written, put in order and signed
(target {LEAVES:,.0f}: {word}). The longest proof had {one.proof_bytes:,} bytes; verifying took
{one.verify_ms:.2f} ms in the median."""


_LEFT_OUT = f"""## What is and is not measured

- GDPRbench's ten fields are drawn independently from what the policy declares: 15 purposes where
  it has 25, so an update by purpose meets more of PostgreSQL's rows. DEC is a column that nothing
  here reads: no item is decided upon by a machine alone.
- Deletions by purpose and time, and customers' metadata, concern one person; a read by purpose a
  queue of twenty people. As shipped, the first empty the table within a few hundred operations
  and the second returns one row whatever is asked.
- An update by purpose names another recipient for it: a column in each row there, the end of one
  provision and the start of another here. An update by recipient suspends it or restores it. An
  update by person is an objection.
- PostgreSQL writes a log row for what changes records and none for reads; ours writes evidence of
  every look as well.
- `overhead` is of the rooms alone; the target of {ORDINARY:g} % is for ordinary calls of the
  gateway, which answer from memory (`benchmarks/gateway`).
- There is no guardian workload: the house has no guardians yet. There is no incident workload: no
  room answers who was reached through a credential in a window of time.
- Not measured: more than one client, a million records, expiry lag. Residue is a test
  (`tests/e2e/test_residue.py`)."""


def picture(results: Results) -> str:
    """Return the ratios as a bar chart on a logarithmic scale, each with its target in red."""
    wide, high = 720, _LINE * len(results.outcomes) + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" {_FONT}>',
        f'<rect width="{wide}" height="{high}" fill="white"/>',
    ]
    for mark in (0.01, 0.1, 1, 10):
        x, colour = _LEFT + _along(mark), "#444" if mark == 1 else "#ddd"
        parts += [
            _upright(x, 10, high - 30, colour),
            f'<text x="{x:.0f}" y="{high - 12}" text-anchor="middle">{mark:g}</text>',
        ]
    for at, one in enumerate(results.outcomes):
        parts += _bar(one, 14 + at * _LINE)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(one: Outcome, y: int) -> list[str]:
    name, found = f"{one.mix.name} ({one.mix.source})", ratio(one)
    long = _along(found)
    parts = [
        f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end">{name}</text>',
        f'<rect x="{_LEFT}" y="{y}" width="{long:.0f}" height="16" fill="#4878a8"/>',
        f'<text x="{_LEFT + long + 4:.0f}" y="{y + 13}">{found:.2f}</text>',
    ]
    if target := TARGETS.get(one.mix.name):
        parts.append(_upright(_LEFT + _along(target), y - 2, y + 18, "#c33"))
    return parts


def _upright(x: float, top: int, end: int, colour: str) -> str:
    return f'<line x1="{x:.0f}" y1="{top}" x2="{x:.0f}" y2="{end}" stroke="{colour}"/>'


def _along(value: float) -> float:
    """Return how far to the right a ratio stands."""
    share = math.log(max(value, _LEAST) / _LEAST) / math.log(_MOST / _LEAST)
    return min(1.0, share) * 480
