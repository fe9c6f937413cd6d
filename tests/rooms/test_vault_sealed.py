"""A sealed value opens where the list of sinks says, and nowhere else does it show itself."""

import copy
import dataclasses
import json
import logging
import pickle
from collections.abc import Callable

import pytest
import structlog
from jinja2 import Environment
from markupsafe import Markup, escape
from structlog.testing import capture_logs

from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import SubjectId
from shouyue.people.accounts.types import Asked
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.sealed import Sealed

CANARY = "13800009999"
WHY = Purpose.P1, Basis.CONTRACT_SELF


def sealed() -> Sealed[str]:
    return Sealed(CANARY, SubjectId("0" * 26), Item.DI_01, why=WHY)


def test_it_opens_in_a_sink_that_serves_its_purpose() -> None:
    assert sealed().open(Sink.TEXTED_CODE) == CANARY


@pytest.mark.parametrize("sink", [sink for sink in Sink if Purpose.P1 not in sink.value.purposes])
def test_it_stays_shut_where_another_purpose_is_served(sink: Sink) -> None:
    with pytest.raises(NotAllowed):
        sealed().open(sink)


def test_its_purpose_is_not_changed_afterwards() -> None:
    value = sealed()
    with pytest.raises(TypeError):
        value.purpose = Purpose.P13
    with pytest.raises(NotAllowed):
        value.open(Sink.OWN_COPY)


def test_it_says_whose_it_is_and_why() -> None:
    value = sealed()
    said = (value.subject, value.item, value.purpose, value.basis)
    assert said == (SubjectId("0" * 26), Item.DI_01, *WHY)


@pytest.mark.parametrize(
    "write",
    [repr, str, "{}".format, "{:>40}".format, "{!r}".format, "%s".__mod__, lambda v: str([v])],
)
def test_text_shows_nothing_of_it(write: Callable[[object], str]) -> None:
    assert CANARY not in write(sealed())


@pytest.mark.parametrize(
    "write",
    [
        json.dumps,
        canonical,
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        escape,
        lambda v: Markup("<p>{}</p>").format(v),
        lambda v: Environment(autoescape=True).from_string("{{ v }}").render(v=v),
        lambda v: dataclasses.asdict(Asked("c", v, v)),
        lambda v: v.__getstate__(),
        vars,
    ],
)
def test_what_would_write_it_down_is_refused(write: Callable[[object], object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        write(sealed())


def test_logs_and_exceptions_do_not_learn_it(caplog: pytest.LogCaptureFixture) -> None:
    value = sealed()
    logging.getLogger("x").warning("seen %s", value)
    with capture_logs() as lines:
        structlog.get_logger().info("seen", value=value)
    told = [caplog.text, str(lines), repr(lines), str(ValueError(value)), repr(ValueError(value))]
    assert not any(CANARY in text for text in told)


def test_a_photo_is_sealed_alike() -> None:
    value = Sealed(CANARY.encode(), None, Item.DI_01, why=WHY)
    assert CANARY not in f"{value} {value!r}"
    with pytest.raises(TypeError):
        bytes(value)  # type: ignore[call-overload]
    assert value.open(Sink.LOGIN_FLOW) == CANARY.encode()
