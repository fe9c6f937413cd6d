"""Refusal codes: permanent, dotted, in the name of their room, with a sentence in each language."""

import re
import string

import pytest

from shouyue.ground.kit.errors import Refusal
from tools import reference
from tools.reference_house import every_refusal

_GRAMMAR = re.compile(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What all doors say is said in the name of the door; assembly refuses what nobody declared, and a
# home that does not serve; why nothing is granted is on the wire the authorisation server's answer.
_ROOMS = {"web": {"door"}, "errors": {"declared", "home"}, "grants": {"oauth"}}
# Older than their rooms.
_OLDER = {
    "gateway.upstream",
    "gateway.upstream-refused",
    "gateway.stale",
    "vault.budget-spent",
}
_QUOTING = {"apps.title": "it names the Chinese words that a name may not contain"}
_FROM_AFAR = {"gateway.upstream-refused": "the sentence is the upstream's own"}

refusals = pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: kind.code)


@refusals
def test_a_code_is_its_room_and_some_words(kind: type[Refusal]) -> None:
    room = kind.__module__.split(".")[2]

    assert _GRAMMAR.fullmatch(kind.code)
    assert kind.code.partition(".")[0] in _ROOMS.get(room, {room}) or kind.code in _OLDER


@refusals
def test_a_refusal_speaks_both_languages(kind: type[Refusal]) -> None:
    if kind.code in _FROM_AFAR:
        assert kind.zh == kind.en == "{said}"
        return
    assert _CHINESE.search(kind.zh)
    assert kind.en.strip()
    assert bool(_CHINESE.search(kind.en)) == (kind.code in _QUOTING)


@refusals
def test_both_sentences_name_the_same_facts(kind: type[Refusal]) -> None:
    assert _facts(kind.zh) == _facts(kind.en)


def test_no_two_refusals_share_a_code() -> None:
    codes = [kind.code for kind in every_refusal()]

    assert len(codes) == len(set(codes))


def test_every_code_is_locked() -> None:
    new = {kind.code for kind in every_refusal()} - set(reference.locked())

    assert sorted(new) == [], "run python -m tools.reference"


def test_no_code_was_ever_taken_away() -> None:
    assert sorted(set(reference.locked()) - {kind.code for kind in every_refusal()}) == []


def test_the_lock_is_in_order_and_holds_each_code_once() -> None:
    assert reference.locked() == sorted(set(reference.locked()))


def _facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
