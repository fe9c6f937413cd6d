"""The results as a page and a picture."""

import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.piplbench import sections
from benchmarks.piplbench.clients import Crowd
from benchmarks.piplbench.expiry import Lag
from benchmarks.piplbench.figures import Erasure, Ledger
from benchmarks.piplbench.measure import Outcome, Sizes
from benchmarks.piplbench.sections import BARE, INDEXED, OURS, PLAIN

TARGETS = {"controller": 10.0, "customer": 2.0, "processor": 0.8, "regulator": 0.5}
"""Ours to PostgreSQL with indexes: how many times as fast."""

_LEFT, _LINE = 190, 26
_FONT = 'font-family="sans-serif" font-size="12"'
_LEAST, _MOST = 0.005, 20.0
AIMED_AT = 100_000
"""Records at which the targets are set."""

JUDGED = frozenset({"paper", "shipped"})


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
    crowds: Sequence[Crowd]
    lags: Sequence[Lag]

    @property
    def violations(self) -> int:
        """Return how many answers were wrong, on whichever side, and records that differ."""
        wrong = (took.violations for outcome in self.outcomes for took in outcome.took.values())
        crowds = sum(one.violations for one in self.crowds)
        return sum(wrong) + crowds + sum(self.differing.values())


def ratio(outcome: Outcome) -> float:
    """Return how many times as fast as PostgreSQL with indexes ours is."""
    return outcome.took[INDEXED].seconds / max(outcome.took[OURS].seconds, 1e-9)


def aim(outcome: Outcome) -> float | None:
    """Return the ratio that this workload must reach, if it is judged."""
    return TARGETS.get(outcome.mix.name) if outcome.mix.source in JUDGED else None


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
        sections.clients(results.crowds),
        sections.space(results.sizes),
        sections.lag(results.lags),
        sections.ends(results.erasures),
        sections.log(results.ledger),
        sections.LEFT_OUT,
    ]
    return "\n\n".join(parts) + "\n"


def _head(results: Results) -> str:
    cores = os.cpu_count()
    day = datetime.now(UTC).date().isoformat()
    return f"""# PIPLbench

    {results.command}

{day}; {cores} shared cores, Python {platform.python_version()}, PostgreSQL {results.server} on
the same machine over a local socket, every commit durable on all sides; one client unless said.
{results.records:,} records with {results.sizes.personal:,} bytes of personal data. Sides take
turns after fifty operations. Other work on the machine makes times noisy, more so for a side that
waits for the server more often: only ratios of one run count.{_small(results.records)}

**Wrong answers: {results.violations}.** Every answer of every side was compared with a model in
memory, and in the end every record."""


def _small(records: int) -> str:
    if records >= AIMED_AT:
        return ""
    return (
        f" The targets are set\nat {AIMED_AT:,} records: with fewer, PostgreSQL writes fewer rows"
        " for a whole purpose, and\nlooks at fewer where it has no index."
    )


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
        "`paper` and `shipped` are GDPRbench's mixes, an update or a read of metadata by purpose",
        "being of the whole purpose; `queue` is one person and twenty, and judged by nothing.",
        "",
        f"| {' | '.join(_HEADS)} |",
        f"|{'---|' * len(_HEADS)}",
    ]
    for one in results.outcomes:
        ours, bare = one.took[OURS], one.took[BARE]
        target = aim(one)
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
    if target := aim(one):
        parts.append(_upright(_LEFT + _along(target), y - 2, y + 18, "#c33"))
    return parts


def _upright(x: float, top: int, end: int, colour: str) -> str:
    return f'<line x1="{x:.0f}" y1="{top}" x2="{x:.0f}" y2="{end}" stroke="{colour}"/>'


def _along(value: float) -> float:
    """Return how far to the right a ratio stands."""
    share = math.log(max(value, _LEAST) / _LEAST) / math.log(_MOST / _LEAST)
    return min(1.0, share) * 480
