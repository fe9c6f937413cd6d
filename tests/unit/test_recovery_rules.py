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
                self.made += 1
                self.now[who] = f"k{who}.{self.made}"
                self.kept_away |= {who} if deed == "restrict" else set()
                cause = Cause.RESEALED if deed == "move" else Cause.RESTRICTED
                self.write(key, cause, heir=self.now[who])
            case "fail":
                self.write(key, Cause.ERASED)
                self.write(key, SPARED)
            case "forget":
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
    assert reached <= forgotten
    assert reached | model.gone >= forgotten


@given(ACTS)
def test_what_lives_on_in_custody_alone_is_told(acts: list[tuple[str, int]]) -> None:
    model = Model()
    for deed, who in acts:
        model.act(deed, who)
    told = {int(key[1]) for key in Verdict(model.lines).unrestricted()}
    assert told == model.kept_away - model.gone


def test_a_circle_of_heirs_ends() -> None:
    lines = [Line("a", "", Cause.RESEALED, "b", ""), Line("b", "", Cause.RESEALED, "a", "")]
    verdict = Verdict(lines)
    assert verdict.dead() == []
    assert Verdict([*lines, Line("a", "DI-01", Cause.ERASED, "", "")]).items()
