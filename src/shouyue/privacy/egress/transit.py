"""Custody of the roots in a key service: the transit engine of OpenBao or Vault, over HTTPS.

The service seals data keys and never gives its roots away; we keep neither. Two keys there, one a
chamber, so that an operator can grant and watch custody by itself. What the service says is
checked before it is believed, each question ends at its deadline, and after a failure nobody
waits for a while: whoever asks is told at once that the key is not available. Clause 5.1.1.
"""

import base64
import binascii
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpcore2
import structlog

from shouyue.ground.hazmat.errors import KeyUnavailable, NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber
from shouyue.privacy.egress import network, packing

_log = structlog.get_logger("shouyue.keys")
_OK, _EMPTY, _BAD = 200, 204, 400
_TROUBLE = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)
_MARK = "s"
"""In names of versions: those of a sealed file are bare numbers."""

_LARGEST_ANSWER = 1024 * 1024
_BATCH_FACTOR = 5.0
"""So many times the patience for one key is the patience for a batch."""


@dataclass(frozen=True, slots=True)
class KeyService:
    """Where the service is and who we are there. Durations in seconds."""

    url: str
    token: str = field(repr=False)
    mount: str = "transit"
    key: str = "shouyue"
    patience: float = 2.0
    pause: float = 5.0


def unheard(_cause: str) -> None:
    """Tell nobody."""


class _Denied(Exception):  # noqa: N818 - an answer of the service, told apart by its callers
    """The service has understood and said no; holds its reasons."""


class _Unfit(Exception):  # noqa: N818 - as above
    """What came is no answer of such a service; holds a word for what it was."""


class Transit:
    """A RootKey in a key service. Threads may share one."""

    def __init__(
        self, service: KeyService, tls: ssl.SSLContext, silent: Callable[[str], None] = unheard
    ) -> None:
        """Ask nothing yet. The address is the operator's own and may be private.

        `silent` hears of each time that the service fails, with a word for how.
        """
        self._silent = silent
        self._service = service
        self._tls = tls
        self._pepper = b""
        self._silent_until = 0.0

    def wrap(self, chamber: Chamber, key: bytes, bound: bytes) -> bytes:
        """Return the key as the service seals it."""
        answer = self._told("encrypt", chamber, {"plaintext": _spell(packing.pack(key, bound))})
        return _wrapped(answer)

    def unwrap(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes:
        """Return the key; NotAuthentic where it does not fit, KeyUnavailable without its root."""
        self.name_of(wrapped)
        try:
            answer = self._ask("decrypt", chamber, {"ciphertext": wrapped.decode()})
        except _Denied as no:
            # A version that the service gave up is told apart from a seal that does not fit.
            raise (KeyUnavailable if "version" in str(no) else NotAuthentic) from None
        return packing.unpack(_octets(answer.get("plaintext")), bound)

    def rewrap(self, chamber: Chamber, keys: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
        """Return the keys under the newest version, None for one that does not open.

        Each answer is opened before it is believed: what it replaces is gone for good.
        """
        fresh = self._batch("rewrap", chamber, [wrapped for wrapped, _ in keys])
        texts = [_text(one.get("ciphertext")) for one in fresh]
        opened = iter(self._batch("decrypt", chamber, [text for text in texts if text]))
        return [
            _proven(text, next(opened), bound) if text else None
            for text, (_, bound) in zip(texts, keys, strict=True)
        ]

    def name_of(self, wrapped: bytes) -> str:
        """Return the name of the version that wrapped a key (`s1`), or raise NotAuthentic."""
        return f"{_MARK}{packing.version(wrapped)}"

    def names(self, chamber: Chamber) -> list[str]:
        """Return the versions that the service still opens, oldest first."""
        return [f"{_MARK}{version}" for version in self._versions(chamber)]

    def rotate(self) -> None:
        """Have the service add a version in each chamber."""
        for chamber in Chamber:
            self._told("keys", chamber, {}, "/rotate")

    def retire(self, chamber: Chamber, name: str) -> None:
        """Have the service delete a version and all before it."""
        kept = int(name.removeprefix(_MARK)) + 1
        if self._versions(chamber)[-1] < kept:
            raise KeyUnavailable
        oldest = {"min_decryption_version": kept, "min_encryption_version": kept}
        self._told("keys", chamber, oldest, "/config")
        self._told("keys", chamber, {"min_available_version": kept}, "/trim")

    def pepper(self) -> bytes:
        """Return the secret that was remembered; KeyUnavailable before."""
        if not self._pepper:
            raise KeyUnavailable
        return self._pepper

    def remember(self, pepper: bytes) -> None:
        """Take the secret for named keys: the service seals it and does not keep it."""
        self._pepper = pepper

    def _versions(self, chamber: Chamber) -> list[int]:
        answer = self._told("keys", chamber)
        try:
            oldest = int(answer["min_decryption_version"])
            return sorted(at for at in map(int, answer["keys"]) if at >= oldest)
        except (KeyError, TypeError, ValueError):
            raise KeyUnavailable from None

    def _batch(
        self, verb: str, chamber: Chamber, wrapped: Sequence[bytes]
    ) -> list[Mapping[str, Any]]:
        if not wrapped:
            return []
        asked = {"batch_input": [{"ciphertext": one.decode("latin-1")} for one in wrapped]}
        answer = self._told(verb, chamber, asked)
        results = answer.get("batch_results")
        if not isinstance(results, list) or len(results) != len(wrapped):
            raise KeyUnavailable
        return [one if isinstance(one, dict) else {} for one in results]

    def _told(
        self,
        verb: str,
        chamber: Chamber,
        asked: Mapping[str, object] | None = None,
        then: str = "",
    ) -> Mapping[str, Any]:
        """Return the answer where a no means that the service does not serve us."""
        try:
            return self._ask(verb, chamber, asked, then)
        except _Denied:
            raise KeyUnavailable from None

    def _ask(
        self,
        verb: str,
        chamber: Chamber,
        asked: Mapping[str, object] | None = None,
        then: str = "",
    ) -> Mapping[str, Any]:
        if monotonic() < self._silent_until:
            raise KeyUnavailable
        name = self._service.key + ("-custody" if chamber is Chamber.CUSTODY else "")
        path = f"/v1/{self._service.mount}/{verb}/{name}{then}"
        patience = self._service.patience
        if asked is not None and "batch_input" in asked:
            patience *= _BATCH_FACTOR
        try:
            status, body = self._exchange(path, asked, monotonic() + patience)
            return _read(status, body)
        except (_Unfit, *_TROUBLE) as error:
            # A dead service must not make every unit of work wait in turn.
            self._silent_until = monotonic() + self._service.pause
            cause = str(error) if isinstance(error, _Unfit) else type(error).__name__
            _log.warning("keys.silent", verb=verb, cause=cause)
            self._silent(cause)
            raise KeyUnavailable from None

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
                    raise _Unfit("size")
            return back.status, body


def _anywhere(_address: str, _host: str) -> None:
    """Admit the operator's own address: a key service stands in a private network."""


def _read(status: int, body: bytes) -> Mapping[str, Any]:
    """Return the `data` of an answer; raise _Denied for a refusal, _Unfit for anything else."""
    if status == _EMPTY:
        return {}
    if status not in (_OK, _BAD):
        raise _Unfit(f"status-{status}")
    try:
        answer = json.loads(body)
    except ValueError:
        raise _Unfit("form") from None
    if not isinstance(answer, dict):
        raise _Unfit("form")
    data = answer.get("data")
    # Where one of a batch does not open, some versions answer 400 and still have the results.
    if status == _BAD and not (isinstance(data, dict) and "batch_results" in data):
        raise _Denied(str(answer.get("errors", "")))
    return data if isinstance(data, dict) else {}


def _wrapped(answer: Mapping[str, Any]) -> bytes:
    text = _text(answer.get("ciphertext"))
    try:
        packing.version(text)
    except NotAuthentic:
        raise KeyUnavailable from None
    return text


def _proven(text: bytes, opened: Mapping[str, Any], bound: bytes) -> bytes | None:
    try:
        packing.version(text)
        packing.unpack(_octets(opened.get("plaintext")), bound)
    except (NotAuthentic, KeyUnavailable):
        return None
    return text


def _text(value: object) -> bytes:
    return value.encode(errors="replace") if isinstance(value, str) else b""


def _spell(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _octets(value: object) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except binascii.Error:
        raise KeyUnavailable from None
