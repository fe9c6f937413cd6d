"""The line to a key service: one question at a time over HTTPS, and a pause after a failure.

What the service says is read whole and bounded, each question ends at its deadline, and after a
failure nobody waits for a while: whoever asks is told at once that the key is not available.
Clause 5.1.1.
"""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpcore2
import structlog

from shouyue.ground.hazmat.errors import KeyUnavailable
from shouyue.privacy.egress import network
from shouyue.privacy.egress.errors import KeyTokenEnded

_log = structlog.get_logger("shouyue.keys")
_OK, _EMPTY, _BAD = 200, 204, 400
FORBIDDEN = 403
_TROUBLE = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)
_LARGEST_ANSWER = 1024 * 1024

LOOK = "auth/token/lookup-self"
"""What every token may ask of itself, unless it was made without the policy `default`."""


@dataclass(frozen=True, slots=True)
class KeyService:
    """Where the service is and who we are there. Durations in seconds."""

    url: str
    token: str = field(repr=False)
    mount: str = "transit"
    key: str = "shouyue"
    namespace: str = ""
    patience: float = 2.0
    pause: float = 5.0


def unheard(_cause: str) -> None:
    """Tell nobody."""


class Denied(Exception):  # noqa: N818 - an answer of the service, told apart by its callers
    """The service has understood and said no; holds its reasons."""


class Unfit(Exception):  # noqa: N818 - as above
    """No answer of such a service came; holds a word for what did, and the status if there was."""

    def __init__(self, cause: str, status: int = 0) -> None:
        """Take what a log line may say."""
        super().__init__(cause)
        self.status = status


class Line:
    """The way to one key service. Threads may share one."""

    def __init__(
        self, service: KeyService, tls: ssl.SSLContext, silent: Callable[[str], None]
    ) -> None:
        """Ask nothing yet. `silent` hears of each time that the service fails, and how."""
        self._service = service
        self._tls = tls
        self._silent = silent
        self._silent_until = 0.0
        self._no: type[KeyUnavailable] = KeyUnavailable

    def ask(
        self, path: str, asked: Mapping[str, object] | None = None, patience: float = 1.0
    ) -> Mapping[str, Any]:
        """Return the `data` of the answer; `patience` is so many times that for one key.

        Raises Denied, KeyUnavailable where the service fails or has just failed, and KeyTokenEnded
        where it no longer knows our token.
        """
        if monotonic() < self._silent_until:
            raise self._no
        try:
            data = self.tell(path, asked, patience).get("data")
        except Unfit as error:
            ended = error.status == FORBIDDEN and self._is_unknown()
            self._no = KeyTokenEnded if ended else KeyUnavailable
            # A dead service must not make every unit of work wait in turn.
            self._silent_until = monotonic() + self._service.pause
            cause = "token-ended" if ended else str(error)
            _log.warning("keys.silent", path=path, cause=cause)
            self._silent(cause)
            raise self._no from None
        return data if isinstance(data, dict) else {}

    def tell(
        self, path: str, asked: Mapping[str, object] | None = None, patience: float = 1.0
    ) -> Mapping[str, Any]:
        """Return the whole answer; raise Denied, or Unfit where none such came in time."""
        deadline = monotonic() + patience * self._service.patience
        try:
            return _read(*self._exchange(f"/v1/{path}", asked, deadline))
        except _TROUBLE as error:
            raise Unfit(type(error).__name__) from None

    def _is_unknown(self) -> bool:
        """Tell whether it is the token that the service refuses, and not what it asked for."""
        try:
            self.tell(LOOK)
        except Unfit as error:
            return error.status == FORBIDDEN
        except Denied:
            pass
        return False

    def _exchange(
        self, path: str, asked: Mapping[str, object] | None, deadline: float
    ) -> tuple[int, bytes]:
        line = network.GuardedNetwork(_anywhere, network.resolve, deadline)
        headers = {
            "x-vault-token": self._service.token,
            "x-vault-request": "true",  # an agent in between passes nothing on without it
            "user-agent": "shouyue",
            "connection": "close",
        }
        if self._service.namespace:
            headers["x-vault-namespace"] = self._service.namespace
        method, content = ("GET", b"") if asked is None else ("POST", json.dumps(asked).encode())
        with (
            httpcore2.ConnectionPool(ssl_context=self._tls, network_backend=line) as pool,
            pool.stream(
                method,
                self._service.url.rstrip("/") + path,
                headers=list(headers.items()),
                content=content,
            ) as back,
        ):
            body = b""
            for piece in back.iter_stream():
                body += piece
                if len(body) > _LARGEST_ANSWER:
                    raise Unfit("size")
            return back.status, body


def _anywhere(_address: str, _host: str) -> None:
    """Admit the operator's own address: a key service stands in a private network."""


def _read(status: int, body: bytes) -> Mapping[str, Any]:
    """Return an answer; raise Denied for a refusal, Unfit for anything else."""
    if status == _EMPTY:
        return {}
    if status not in (_OK, _BAD):
        raise Unfit(f"status-{status}", status)
    try:
        answer = json.loads(body)
    except ValueError:
        raise Unfit("form") from None
    if not isinstance(answer, dict):
        raise Unfit("form")
    data = answer.get("data")
    # Where one of a batch does not open, some versions answer 400 and still have the results.
    if status == _BAD and not (isinstance(data, dict) and "batch_results" in data):
        raise Denied(str(answer.get("errors", "")))
    return answer
