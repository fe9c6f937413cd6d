"""What the journal's lines say together, against a model that follows the values themselves."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from shouyue.ground.store.journal import FOUNDED, SPARED, Line
from shouyue.privacy.keys.types import Cause
from shouyue.privacy.recovery.rules import Verdict

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["erase", "expire", "move", "restrict", "fail", "forget"]),
        st.integers(0, 3),
    ),
    max_size=30,
)


@dataclass
class Model:
    """Four people, each with one value under one key at a time; a backup was taken at the start."""

    now: dict[int, str] = field(default_factory=lambda: {who: f"k{who}.0" for who in range(4)})
    gone: set[int] = field(default_factory=set)
    kept_away: set[int] = field(default_factory=set)
    forgotten: set[int] = field(default_factory=set)
    lines: list[Line] = field(default_factory=lambda: [Line("j", "", FOUNDED, "", "")])
    made: int = 0

    def write(self, key: str, cause: str, *, item: str = "", heir: str = "") -> None:
        self.lines.append(Line(key, item, cause, heir, ""))

    def act(self, deed: str, who: int) -> None:
        if who in self.gone:
            return
        key = self.now[who]
        match deed:
            case "erase" | "expire":
                self.gone.add(who)
                self.write(key, Cause.ERASED if deed == "erase" else Cause.EXPIRED)
            case "move" | "restrict":
                deed = "move" if who in self.forgotten else deed
                self.made += 1
                self.now[who] = f"k{who}.{self.made}"
                self.kept_away |= {who} if deed == "restrict" else set()
                cause = Cause.RESEALED if deed == "move" else Cause.RESTRICTED
                if deed == "restrict":
                    self.write(key, cause, item="DI-01", heir=self.now[who])
                self.write(key, cause, heir=self.now[who])
            case "fail":
                self.write(key, Cause.ERASED)
                self.write(key, SPARED)
            case "forget":
                self.forgotten.add(who)
                self.write(key, Cause.ERASED, item="DI-01")


@given(ACTS)
def test_a_key_of_the_backup_dies_exactly_if_its_value_was_erased(
    acts: list[tuple[str, int]],
) -> None:
    model = Model()
    for deed, who in acts:
        model.act(deed, who)
    verdict = Verdict(model.lines)
    first = {f"k{who}.0": who for who in range(4)}
    assert {first[key] for key in verdict.dead() if key in first} == model.gone
    forgotten = {who for deed, who in acts if deed == "forget"}
    reached = {first[key] for keys, _ in verdict.items() for key in keys if key in first}
    assert reached <= forgotten | model.gone
    assert reached | model.gone >= forgotten


@given(ACTS)
def test_what_lives_on_in_custody_alone_is_told(acts: list[tuple[str, int]]) -> None:
    model = Model()
    for deed, who in acts:
        model.act(deed, who)
    told = {int(line.key[1]) for _, line in Verdict(model.lines).restricted()}
    assert told == model.kept_away - model.gone - model.forgotten


def test_a_circle_of_heirs_ends() -> None:
    lines = [Line("a", "", Cause.RESEALED, "b", ""), Line("b", "", Cause.RESEALED, "a", "")]
    verdict = Verdict(lines)
    assert verdict.dead() == []
    assert Verdict([*lines, Line("a", "DI-01", Cause.ERASED, "", "")]).items()


def test_what_was_erased_and_kept_again_before_it_was_restricted_is_both() -> None:
    erased = Line("k", "DI-01", Cause.ERASED, "", "2026-11-01")
    moved = Line("k", "DI-01", Cause.RESTRICTED, "c", "2026-11-03", "statute/X/2029-11-03")
    verdict = Verdict([erased, moved])
    assert [line for _, line in verdict.items()] == [erased]
    assert [line for _, line in verdict.restricted()] == [moved]
    failed = Line("k", "DI-01", SPARED, "", "2026-11-04")
    assert Verdict([erased, moved, failed]).restricted() == []
    assert [line for _, line in Verdict([erased, moved, failed]).items()] == [erased]


def test_a_restricted_item_is_over_when_it_was_erased_in_custody_later_not_before() -> None:
    moved = Line("k", "DI-01", Cause.RESTRICTED, "c", "2026-11-03")
    early = Line("c", "DI-01", Cause.EXPIRED, "", "2026-11-02")
    late = Line("c", "DI-01", Cause.EXPIRED, "", "2026-11-05")
    assert [line for _, line in Verdict([early, moved]).restricted()] == [moved]
    assert Verdict([moved, late]).restricted() == []
    assert moved in [line for _, line in Verdict([moved, late]).items()]
    resealed = [Line("c", "", Cause.RESEALED, "d", "2026-11-04"), Line("d", "", "erased", "", "")]
    assert Verdict([moved, *resealed]).restricted() == []
