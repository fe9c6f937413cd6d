"""The parts of the page beside the workloads: clients, space, ends, the log, what is left out."""

from collections.abc import Sequence

from benchmarks.piplbench import expiry
from benchmarks.piplbench.clients import Crowd
from benchmarks.piplbench.expiry import Lag
from benchmarks.piplbench.figures import EACH, Erasure, Ledger
from benchmarks.piplbench.measure import Sizes
from benchmarks.piplbench.records import BYTES
from benchmarks.piplbench.space import total

OURS, BARE, INDEXED, PLAIN = (
    "Shouyue",
    "Shouyue, unprotected",
    "PostgreSQL, indexed",
    "PostgreSQL",
)
SPACE, ERASE_MS, LEAVES, ORDINARY, LAG_MS = 3.0, 50.0, 5000.0, 10.0, 5000.0
_SHOWN = 12


def clients(crowds: Sequence[Crowd]) -> str:
    """Return what several clients at once reach, ours beside PostgreSQL with indexes."""
    lines = [
        "## Several clients",
        "",
        "The shipped mixes again, by processes with connections of their own, each with a share of",
        "the people and purposes. One process more puts the evidence in order, and ours ends when",
        "all of it is signed. Operations a second, and p95 of one in milliseconds.",
        "",
        "| Workload | Clients | indexed /s | p95 | ours /s | p95 | ratio |",
        "|---|---|---|---|---|---|---|",
    ]
    both = {(one.mix.name, one.clients, one.side): one for one in crowds}
    for name, count in dict.fromkeys((one.mix.name, one.clients) for one in crowds):
        theirs, ours = both[name, count, INDEXED], both[name, count, OURS]
        cells = [
            f"{theirs.per_s:,.0f} | {theirs.p95:.1f}",
            f"{ours.per_s:,.0f} | {ours.p95:.1f}",
            f"{ours.per_s / theirs.per_s:.2f}",
        ]
        lines.append(f"| {name} | {count} | {' | '.join(cells)} |")
    return "\n".join(lines)


def space(sizes: Sizes) -> str:
    """Return what each side stores, and where ours has it."""
    lines = [
        "## Space",
        "",
        "Bytes stored, indexes included, to bytes of personal data, after loading; and how long",
        f"loading took. Target for ours: {SPACE:g} at most.",
        "",
        "| Side | MB | factor | loaded in s |",
        "|---|---|---|---|",
    ]
    for side, parts in sizes.parts.items():
        word = _under(sizes.factor(side), SPACE) if side == OURS else ""
        cells = f"{total(parts) / 1e6:.1f} | {sizes.factor(side):.1f}{word}"
        lines.append(f"| {side} | {cells} | {sizes.seconds[side]:.0f} |")
    return "\n".join([*lines, "", *_parts(sizes)])


def _parts(sizes: Sizes) -> list[str]:
    ours, data = sizes.parts[OURS], sizes.personal / BYTES
    kinds = dict.fromkeys(one.kind for one in ours)
    lines = ["Ours by its parts:", "", "| Part | factor | rows | indexes |", "|---|---|---|---|"]
    for kind in kinds:
        of = [one for one in ours if one.kind == kind]
        rows, indexes = sum(one.rows for one in of), sum(one.indexes for one in of)
        shares = [f"{size / sizes.personal:.2f}" for size in (rows + indexes, rows, indexes)]
        lines.append(f"| {kind} | {' | '.join(shares)} |")
    lines += [
        "",
        f"By table, bytes for each datum of {BYTES}, the largest first:",
        "",
        "| Table | Part | rows | indexes |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.table} | {one.kind} | {one.rows / data:.0f} | {one.indexes / data:.0f} |"
        for one in ours[:_SHOWN]
    ]
    return lines


def lag(lags: Sequence[Lag]) -> str:
    """Return how long values outlive their time."""
    lines = [
        "## When a value's time is over",
        "",
        "Milliseconds from the moment at which the last ground of a value ends until its row is",
        "gone and its key destroyed, by the worker's own job and schedule. The schedule alone",
        f"would take up to {expiry.SCHEDULED:,.0f} s: a sweep comes back when the next one is due.",
        f"Target: p99 at most {LAG_MS:,.0f} ms.",
        "",
        "| Values | Ends within s | p50 | p99 | never |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.values} | {one.spread:g} | {one.p50:,.0f} | {one.p99:,.0f}"
        f"{_under(one.p99, LAG_MS) if not one.left else ', missed'} | {one.left} |"
        for one in lags
    ]
    return "\n".join(lines)


def _under(found: float, most: float) -> str:
    return ", met" if found <= most else ", missed"


def ends(erasures: Sequence[Erasure]) -> str:
    """Return how long the end of one person takes."""
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
        for one in erasures
    ]
    return "\n".join(lines)


def log(one: Ledger) -> str:
    """Return what evidence costs and a stranger needs."""
    word = "met" if one.end_to_end_per_s >= LEAVES else "missed"
    return f"""## The evidence log

{one.leaves:,} leaves, {EACH} in each transaction: {one.append_per_s:,.0f} a second written,
{one.end_to_end_per_s:,.0f} a second written, put in order and signed
(target {LEAVES:,.0f}: {word}). The longest proof had {one.proof_bytes:,} bytes; verifying took
{one.verify_ms:.2f} ms in the median."""


LEFT_OUT = f"""## What is and is not measured

- GDPRbench's ten fields are drawn independently from what the policy declares: 15 purposes where
  it has 25, so an update by purpose meets more of PostgreSQL's rows. DEC is a column that nothing
  here reads: no item is decided upon by a machine alone.
- Deletions by purpose, time and person concern one person: as documented they empty the table
  within a few hundred operations, and the rest measures nothing.
- What the paper reads by purpose is its metadata on all sides. No verb of the house opens the
  values of a purpose, for staff or for itself: it lists what there is, and each value is then a
  look at one person. In `queue` twenty people are looked at so, one after the other.
- Reads of metadata open nothing and leave no evidence here. On the console the list of a purpose
  leaves a leaf.
- An update by purpose names another recipient for it: a column in each row there, the end of one
  provision and the start of another here. An update by recipient suspends it or restores it. An
  update by person, and a customer's by key, is an objection.
- PostgreSQL writes a log row for what changes records and none for reads; ours writes evidence of
  every look as well.
- `overhead` is of the rooms alone; the target of {ORDINARY:g} % is for ordinary calls of the
  gateway, which answer from memory (`benchmarks/gateway`).
- `guardian` is what the house has of it: a child's record by a guardian's yes, looks of staff that
  privacy staff approved one by one, and others refused. It has no guardians yet: their rights and
  proofs are not measured.
- `incident` asks whom a recipient's credential reached since it was lost, and with which items: a
  question of staff that leaves a leaf, beside a SELECT.
- A consent that runs out is refused from that moment; its event is written within five minutes.
- Not measured: a million records, 32 clients. Residue is a test (`tests/e2e/test_residue.py`)."""
