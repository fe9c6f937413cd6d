import json

from shouyue.privacy.egress.sms import HttpSms
from shouyue.privacy.egress.types import HttpBack, HttpOut, SmsOut

OUT = SmsOut(to="+8619900000001", text="123456", template="sms_code")


class Provider:
    def __init__(self, back: HttpBack) -> None:
        self.back = back
        self.got: list[HttpOut] = []

    def send(self, out: HttpOut) -> HttpBack:
        self.got.append(out)
        return self.back


def test_a_provider_that_answers_2xx_has_taken_the_message() -> None:
    provider = Provider(HttpBack(202, b"", 3))
    assert HttpSms("https://sms.example.cn/send", "k", provider.send).sms(OUT).ok
    assert json.loads(provider.got[0].body) == {
        "to": "+8619900000001",
        "template": "sms_code",
        "text": "123456",
    }
    assert provider.got[0].personal


def test_a_provider_that_refuses_is_told_apart_from_one_that_is_away() -> None:
    away = HttpSms("https://x", "k", Provider(HttpBack(None, b"", 3, "timeout")).send).sms(OUT)
    no = HttpSms("https://x", "k", Provider(HttpBack(403, b"", 3)).send).sms(OUT)
    assert (away.ok, away.failure) == (False, "timeout")
    assert (no.ok, no.failure) == (False, "rejected")
