"""No secret of the settings is shown by anything that shows settings."""

import json
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from shouyue.assembly.settings import Settings

SECRET = "do-not-show-me"
WHOLE: dict[str, Any] = {
    "base_url": "https://open.example.cn",
    "region": "CN",
    "database": f"postgresql+psycopg://shouyue:{SECRET}@db.internal/shouyue",
    "database_region": "CN",
    "key_passphrase": SECRET,
    "tls": {"certificate": "c.pem", "key": "k.pem", "passphrase": SECRET},
    "key_service": {
        "url": "https://bao.internal",
        "token": SECRET,
        "region": "CN",
        "identity": {"certificate": "c.pem", "key": "k.pem", "passphrase": SECRET},
    },
    "mail": {"host": "smtp.cn", "sender": "a@b.cn", "password": SECRET, "region": "CN"},
    "sms": {"url": "https://sms.cn/", "key": SECRET, "region": "CN"},
    "provider": {
        "base_url": "https://p.cn",
        "app_id": "a",
        "app_secret": SECRET,
        "region": "CN",
    },
    "upstream": {"base_url": "https://u.cn", "secret": SECRET, "region": "CN"},
    "upstreams": {
        "goods": {
            "base_url": "https://g.cn",
            "secret": SECRET,
            "region": "CN",
            "apis": ["open.item."],
        }
    },
    "redis_url": f"rediss://:{SECRET}@redis.internal",
    "redis_region": "CN",
}


def secrets(part: BaseModel, name: str = "") -> Iterator[tuple[str, SecretStr]]:
    """Every secret in settings, with its name."""
    for field in type(part).model_fields:
        value = getattr(part, field)
        if isinstance(value, SecretStr):
            yield f"{name}{field}", value
        several = value if isinstance(value, dict) else {"": value}
        for key, one in several.items():
            if isinstance(one, BaseModel):
                yield from secrets(one, f"{name}{field}.{key}")


def test_each_secret_is_given_here() -> None:
    found = dict(secrets(Settings(**WHOLE)))
    assert [name for name, one in found.items() if SECRET not in one.get_secret_value()] == []
    assert len(found) == 11


def test_no_dump_shows_one() -> None:
    whole = Settings(**WHOLE)
    dumps = (
        repr(whole),
        str(whole),
        f"{whole}",
        str(whole.model_dump()),
        whole.model_dump_json(),
        json.dumps(whole.model_dump(mode="json")),
        *(repr(getattr(whole, name)) for name in type(whole).model_fields),
    )
    assert [dump for dump in dumps if SECRET in dump] == []


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_no_fault_shows_one(name: str) -> None:
    """Whatever else is wrong, what is said of it holds no secret."""
    for wrong in ({"unknown": SECRET}, 7, [SECRET], f"{SECRET}\0"):
        with pytest.raises(ValidationError) as fault:
            Settings(**{**WHOLE, "surplus": SECRET, name: wrong})
        assert SECRET not in "".join(traceback.format_exception(fault.value))
