"""5.6: what is kept and handled stays in the mainland, or the house does not open."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from shouyue.assembly.settings import Settings
from shouyue.assembly.systems import ProviderPart
from shouyue.privacy.egress.mail import SmtpMail, SmtpSettings
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.regions import Mainland
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import Border, HttpOut, MailOut
from tests.house import StoppedClock
from tests.witness import Watching

pytestmark = pytest.mark.clause("5.6")

PARTS: dict[str, dict[str, Any]] = {
    "mail": {"host": "smtp.example.cn", "sender": "a@example.cn", "region": "CN"},
    "sms": {"url": "https://sms.example.cn", "key": "k", "region": "CN"},
    "provider": {
        "base_url": "https://id.example.cn",
        "app_id": "a",
        "app_secret": "s",
        "region": "CN",
    },
    "upstream": {"base_url": "https://shop.example.cn", "secret": "s", "region": "CN"},
}


def key_of(name: str) -> str:
    signer = Ed25519PrivateKey.from_private_bytes(bytes(32))
    return Watching(name, StoppedClock(), "", signer=signer).key


KEY = key_of("w.example")


def settings(home: Path, **other: Any) -> Settings:
    """Settings of a house in service."""
    given: dict[str, Any] = {"base_url": "https://open.example.cn", "region": "CN", **PARTS}
    return Settings(home=home, **given | other)


def test_a_house_whose_every_provider_is_in_the_mainland_opens(tmp_path: Path) -> None:
    found = {placed.what: placed.region for placed in settings(tmp_path).placed()}
    assert set(found.values()) == {"CN"}
    assert {"machine", "database", "sealed files", "root key", "queue", "log"} <= found.keys()
    assert PARTS.keys() <= found.keys()


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("region", ["HK", "MO", "TW", "SG", "cn", "cn-hongkong", "CN-HK", ""])
def test_a_provider_anywhere_else_stops_the_start_and_is_named(
    tmp_path: Path, name: str, region: str
) -> None:
    with pytest.raises(ValidationError, match=rf"{name}\.region is .*mainland China alone"):
        settings(tmp_path, **{name: PARTS[name] | {"region": region}})


def test_a_witness_too_says_where_it_stands(tmp_path: Path) -> None:
    given = {"url": "https://witness.example.cn", "key": KEY, "region": "CN"}
    assert [one.name for one in settings(tmp_path, witnesses=[given]).witnesses] == ["w.example"]
    with pytest.raises(ValidationError, match=r"witnesses\.0\.region is 'SG'"):
        settings(tmp_path, witnesses=[given | {"region": "SG"}])
    for wrong in ([given, given], [given | {"key": "w.example+00000000+BAAA"}]):
        with pytest.raises(ValidationError):
            settings(tmp_path, witnesses=wrong)
    for name in ("1.2.3.4/w", "w" * 65, "w13800001234567"):
        with pytest.raises(ValidationError, match="a name of up to 64"):
            settings(tmp_path, witnesses=[given | {"key": key_of(name)}])


def test_the_machine_and_a_database_away_from_it_say_where_they_stand(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"region is not set"):
        settings(tmp_path, region="")
    away = "postgresql+psycopg://shouyue@db/shouyue"
    with pytest.raises(ValidationError, match=r"database_region is not set"):
        settings(tmp_path, database=away)
    with pytest.raises(ValidationError, match=r"database_region is 'HK'"):
        settings(tmp_path, database=away, database_region="HK")
    assert settings(tmp_path, database=away, database_region="CN")


def test_no_provider_can_be_set_without_its_region() -> None:
    # Whoever adds a provider to the settings adds a ProviderPart; each has to be told its region.
    for part in ProviderPart.__subclasses__():
        assert part.model_fields["region"].is_required(), part


def test_nothing_leaves_to_a_provider_outside_whatever_it_was_declared_to_be() -> None:
    heard: list[tuple[str, str]] = []
    border = Border(Mainland().holds, lambda where, about: heard.append((where, about)))
    box = PostBox(StoppedClock())
    egress = Egress(box, box, border=border, resolver=lambda *_: ["8.8.8.8"])
    out = HttpOut("https://sms.example.cn/", personal=True, where="sms")
    assert egress.http(out).failure == "abroad"
    line = SmtpSettings("smtp.example.cn", 465, "a@example.cn")
    post = SmtpMail(line, border, resolver=lambda *_: ["223.5.5.5", "203.80.96.10"])
    assert post.mail(MailOut("li@corp.cn", "x", "y")).failure == "abroad"
    assert heard == [("sms", ""), ("mail", "")]
