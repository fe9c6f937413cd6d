"""Text messages through the operator's provider: one HTTPS call each.

`POST` of JSON `{"to", "template", "text"}` with the key as a bearer token (RFC 6750); any 2xx
answer means taken. A provider with another form stands behind a small adapter of the operator's.
"""

import json
from collections.abc import Callable
from http import HTTPStatus

from shouyue.privacy.egress.types import HttpBack, HttpOut, Sent, SmsOut

_TIMEOUT_SECONDS = 5.0


class HttpSms:
    """An SMS port over HTTPS. The provider is an entrusted processor (PIPL 21)."""

    def __init__(self, url: str, key: str, send: Callable[[HttpOut], HttpBack]) -> None:
        """Call `url` through `send`, which is the house's own way out."""
        self._url = url
        self._key = key
        self._send = send

    def sms(self, out: SmsOut) -> Sent:
        """Hand one message over."""
        body = {"to": out.to, "template": out.template, "text": out.text}
        back = self._send(
            HttpOut(
                url=self._url,
                method="POST",
                body=json.dumps(body, ensure_ascii=False).encode(),
                headers={
                    "content-type": "application/json",
                    "authorization": f"Bearer {self._key}",
                },
                timeout=_TIMEOUT_SECONDS,
                personal=True,
                where="sms",
            )
        )
        if back.failure:
            return Sent(ok=False, failure=back.failure)
        taken = back.status in range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES)
        return Sent(ok=taken, failure="" if taken else "rejected")
