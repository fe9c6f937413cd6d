import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.ground.hazmat import aliases
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import KeyRing
from tests.house import House

KNOWN = "buyer_000000001"


@pytest.fixture
def keys(house: House) -> KeyRing:
    return house.store.keys


def test_an_alias_is_the_same_each_time_and_leads_back(keys: KeyRing) -> None:
    first = aliases.alias(keys, "E1", KNOWN)
    assert first == aliases.alias(keys, "E1", KNOWN)
    assert aliases.known(keys, "E1", first) == KNOWN
    assert KNOWN not in first


def test_two_scopes_have_aliases_that_neither_can_turn_back(keys: KeyRing) -> None:
    first = aliases.alias(keys, "E1", KNOWN)
    assert first != aliases.alias(keys, "E2", KNOWN)
    with pytest.raises(NotAuthentic):
        aliases.known(keys, "E2", first)


def test_a_made_up_alias_opens_nothing(keys: KeyRing) -> None:
    @given(st.text(max_size=80))
    def check(text: str) -> None:
        with pytest.raises(NotAuthentic):
            aliases.known(keys, "E1", text)

    check()
