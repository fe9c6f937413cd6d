"""The reference is what the code says, and everything in it is described."""

import inspect

import pytest

from shouyue.assembly import answers, development
from shouyue.doors.web.routes import Page
from shouyue.platform.catalogue import service as catalogue
from tools import reference, reference_catalogue, reference_house
from tools.markdown import first_sentence


def test_the_reference_is_current() -> None:
    names = sorted(path.name for path in reference.stale())

    assert names == [], "run python -m tools.reference"


def test_every_setting_says_what_it_decides() -> None:
    rows = [line.split(" | ") for line in reference_house.settings().splitlines()]

    assert [row[0] for row in rows if row[0].startswith("| `") and row[-1].strip(" |") == ""] == []


def test_every_refusal_says_when_it_is_given() -> None:
    silent = [kind for kind in reference_house.every_refusal() if not first_sentence(kind)]

    assert silent == []


def test_every_job_has_an_answer_that_says_what_it_does() -> None:
    told = reference_house.answered()
    # The table of answers may hold one-liners, and they are read there.
    own = f"{answers.__name__.removeprefix('shouyue.')}."
    silent = [
        name
        for name, several in told.items()
        if not any(says or where.startswith(own) for where, says in several)
    ]

    assert silent == []
    assert answers.SCHEDULE.keys() <= told.keys()


@pytest.mark.parametrize(
    "door_and_page", reference_house.pages(), ids=lambda entry: f"{entry[0]}:{entry[1].path}"
)
def test_every_page_has_deeds_that_say_what_they_are(door_and_page: tuple[str, Page]) -> None:
    _, one = door_and_page
    deeds = [deed for deed in (one.look, one.land, one.act) if deed is not None]

    assert deeds
    assert all(first_sentence(deed) or _is_inner(deed) for deed in deeds)
    assert reference_house.guard(one.who)


def test_everything_that_is_opened_is_in_the_reference() -> None:
    apis, events = reference_catalogue.apis(), reference_catalogue.events()

    assert [name for name in catalogue.apis() if f"## {name}\n" not in apis] == []
    assert [name for name in catalogue.events() if f"`{name}`" not in events] == []


def _is_inner(deed: object) -> bool:
    # Functions made in the wiring of the development mode are explained by their maker.
    return inspect.getmodule(deed) is development
