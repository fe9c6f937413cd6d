"""The active policy: what it says, how it is refused, how an operator lays its own over it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from shouyue.ground.kit import calendar
from shouyue.privacy.policy import control, pages, rules, service
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.errors import PolicyBroken, PolicyIncomplete
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import (
    Basis,
    Change,
    Emphasis,
    Policy,
    SubjectKind,
    Text,
    Version,
)


@pytest.fixture(autouse=True)
def own_policy() -> Iterator[None]:
    service.use(service.load())
    yield
    service.use(service.load())


def changed(clause_id: Clause, **changes: object) -> Policy:
    policy = service.load()
    clause = replace(policy.clauses[clause_id], **changes)  # type: ignore[arg-type] # one test each
    return replace(policy, released={}, clauses={**policy.clauses, clause_id: clause})


def whats(policy: Policy) -> list[str]:
    return [f"{fault.where}: {fault.what}" for fault in service.check(policy)]


@pytest.mark.clause("H")
def test_a_policy_whose_released_text_changed_cannot_come_into_force() -> None:
    policy = service.load()
    tampered = changed(Clause.C5_6, prose=Text("改了", "changed"))

    with pytest.raises(PolicyBroken):
        service.use(replace(tampered, released=policy.released))


@pytest.mark.clause("H")
@pytest.mark.parametrize(
    ("effective", "full_days"),
    [("2023-08-17T00:00:00+08:00", 7), ("2023-08-16T23:59:59+08:00", 6)],
)
def test_the_day_of_publication_does_not_count_as_notice(effective: str, full_days: int) -> None:
    published = datetime.fromisoformat("2023-08-09T09:00:00+08:00")

    assert calendar.full_days(published, datetime.fromisoformat(effective)) == full_days


@pytest.mark.clause("H")
def test_a_major_version_with_seven_days_of_notice_is_a_fault() -> None:
    policy = service.load()
    start = policy.version.published_at
    version = Version("1.0.1", start, start + timedelta(days=8), Change.MAJOR)

    assert any("days of notice" in what for what in whats(replace(policy, version=version)))


def test_a_time_without_an_offset_is_no_version() -> None:
    naive = 'number="1"\npublished_at=2026-01-01T00:00:00\neffective_at=2026-02-01T00:00:00\n'

    with pytest.raises(PolicyBroken):
        rules.version(naive + 'change="MINOR"')


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prose": Text("有", "")}, "no prose in en"),
        ({"title": Text("", "x")}, "no title in zh"),
        ({"items": ("DI-99",)}, "unknown item DI-99"),
        ({"purposes": ("P0",)}, "unknown purpose P0"),
        ({"bases": ("WISH",)}, "unknown basis WISH"),
        ({"recipients": ("friend",)}, "unknown recipient friend"),
        ({"subjects": ("S0",)}, "unknown subject S0"),
        ({"rights": ("FLY",)}, "unknown right FLY"),
        ({"keep": ("for-ever",)}, "unknown retention class for-ever"),
        ({"deadline": "soon"}, "deadline soon"),
        ({"parent": "77"}, "no heading 77"),
        ({"chapter": "0"}, "chapter 0 after chapter 5"),
        ({"order": 10}, "taken twice"),
        ({"emphasis": Emphasis.PART, "prose": Text("平", "flat")}, "nothing is bold in zh"),
        ({"emphasis": Emphasis.NONE, "prose": Text("**粗**", "flat")}, "something is bold in zh"),
        ({"html": Text("<p>**</p>", "")}, "** is left in the zh"),
        ({"html": Text("{{nobody}}", "")}, "unknown variable {{nobody}}"),
    ],
)
def test_a_fault_in_a_clause_is_named(changes: dict[str, object], said: str) -> None:
    if "order" in changes:
        changes = {"order": service.clause(Clause.C5_5).order}

    assert any(said in what for what in whats(changed(Clause.C5_6, **changes)))


def test_a_missing_unit_is_a_fault() -> None:
    policy = service.load()
    fewer = {key: clause for key, clause in policy.clauses.items() if key != Clause.C5_6}

    assert "5.6: the unit is missing" in whats(replace(policy, clauses=fewer, released={}))


@pytest.mark.clause("0.2")
def test_the_short_layer_holds_every_stressed_clause_and_no_other() -> None:
    layer = service.short_layer("zh")

    for clause in service.active().clauses.values():
        assert (f'id="{service.anchor(clause.id)}"' in layer) == clause.emphasised


@pytest.mark.clause("0.2")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_clause_can_be_linked_to(lang: str) -> None:
    page = service.render(lang)

    for clause in Clause:
        assert page.count(f'id="{service.anchor(clause)}"') == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_opens_and_closes_every_tag(lang: str) -> None:
    class Balance(HTMLParser):
        open: list[str]

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's own form
            self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    balance = Balance()
    balance.open = []
    balance.feed(service.render(lang))
    assert balance.open == []


def test_the_digest_changes_with_the_language_and_with_the_operator(tmp_path: Path) -> None:
    before = service.digest("zh")
    (tmp_path / "operator.toml").write_text('operator = "甲公司"', "utf-8")

    service.use(service.load(tmp_path))

    assert len({before, service.digest("zh"), service.digest("en")}) == 3
    assert "甲公司" in service.render("zh")


def test_an_operators_profile_leaves_the_released_text_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "operator.toml").write_text('operator = "甲公司"', "utf-8")

    assert service.check(service.load(tmp_path)) == []


def test_an_operators_own_clause_needs_its_own_version(tmp_path: Path) -> None:
    (tmp_path / "clauses").mkdir()
    ours = (Path(str(pages.__file__)).parent / "text/clauses/5.6.md").read_text("utf-8")
    (tmp_path / "clauses/5.6.md").write_text(ours.replace("## en\n", "## en\nIndeed. "), "utf-8")

    assert any("has changed" in what for what in whats(service.load(tmp_path)))

    (tmp_path / "version.toml").write_text(
        'number = "operator-1"\nchange = "MAJOR"\n'
        "published_at = 2026-11-01T10:00:00+08:00\neffective_at = 2026-12-01T00:00:00+08:00\n",
        "utf-8",
    )
    assert service.check(service.load(tmp_path)) == []


@pytest.mark.parametrize("text", ["no head", "+++\nid = \n+++\n", '+++\nid = "5.6"\n+++\n## zh\n'])
def test_a_clause_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "clauses").mkdir()
    (tmp_path / "clauses/5.6.md").write_text(text, "utf-8")

    with pytest.raises(PolicyBroken, match=r"policy\.broken") as refused:
        service.load(tmp_path)
    assert refused.value.facts["where"] == "5.6.md"


def test_code_may_cite_only_what_the_policy_has() -> None:
    service.assert_covers(Clause, [Item.DI_01, Item.DI_42])

    with pytest.raises(PolicyIncomplete) as refused:
        service.assert_covers(["10.1"], [Item.DI_01])
    assert refused.value.facts["missing"] == "10.1"


@pytest.mark.clause("2.0")
@pytest.mark.parametrize("item", [Item.DI_23, Item.DI_51, Item.DI_61, Item.DI_78])
def test_an_item_that_is_not_collected_cannot_be_stored(item: Item) -> None:
    with pytest.raises(PolicyIncomplete):
        service.assert_covers([], [item])


def test_the_lawful_basis_is_fixed_per_subject_kind() -> None:
    phone = service.item(Item.DI_01)

    assert phone.bases == {SubjectKind.S1: (Basis.CONTRACT_SELF,)}
    assert Basis.CONTRACT_SELF not in service.item(Item.DI_14).bases[SubjectKind.S2]


def test_the_photo_of_an_id_is_kept_thirty_days_after_the_check() -> None:
    keep = service.item(Item.DI_16).keep

    assert (keep.days, keep.anchors) == (30, ("VERIFIED",))


@pytest.mark.clause("3.0")
def test_a_cookie_the_policy_does_not_list_has_no_rule() -> None:
    assert service.cookie("sy_session").minutes == 720

    with pytest.raises(KeyError):
        service.cookie("_tracker")


@pytest.mark.clause("0.2")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_lists_are_read_off_the_taxonomy(lang: str) -> None:
    collected = [item for item in service.active().items.values() if item.collected]

    assert [row[0] for row in service.collection_list(lang).rows] == [i.id for i in collected]
    assert len(service.retention_table(lang).rows) == len(collected)
    assert len(service.share_list(lang).rows) == len(service.active().recipients)
    assert service.cookie_list(lang).rows[0][0] == "sy_session"


def test_a_survey_can_be_refused_and_security_cannot() -> None:
    assert service.purpose(Purpose.P5).refusable
    assert not service.purpose(Purpose.P7).refusable


def test_a_control_is_known_by_the_code_that_declares_it() -> None:
    named = {(each.module, each.qualname) for each in control.declared()}

    assert ("shouyue.privacy.policy.service", "use") in named
    assert Clause.H in service.cited()


def test_a_control_without_a_clause_is_no_control() -> None:
    with pytest.raises(ValueError, match="clause"):
        control.control(says="nothing")
