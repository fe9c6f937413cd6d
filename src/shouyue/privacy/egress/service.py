"""The only way out of the house: HTTP, mail, SMS.

HTTP goes to public https addresses only, follows no redirect, knows no proxy and no cookie, reads
at most 64 KiB and never raises for trouble on the way. What holds personal data goes to the
mainland alone. Whoever sends some has recorded the release before (`sharing`). Clauses: 2.2, 2.3,
4.1, 5.6, 5.7.
"""

import ssl
from time import monotonic

import httpcore2

from shouyue.privacy.egress import identities, network, rules
from shouyue.privacy.egress.errors import DestinationRefused
from shouyue.privacy.egress.regions import Mainland
from shouyue.privacy.egress.types import (
    Border,
    Failure,
    HttpBack,
    HttpOut,
    MailOut,
    MailPort,
    Resolver,
    Sent,
    SmsOut,
    SmsPort,
)
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

LARGEST_ANSWER = 64 * 1024

_TROUBLE = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    ValueError,  # a header that cannot be written
)
_FAILURES: tuple[tuple[type[Exception], Failure], ...] = (
    (network.NotAdmitted, Failure.DESTINATION),
    (network.Abroad, Failure.ABROAD),
    (network.NotResolved, Failure.DNS),
    (network.TlsFailed, Failure.TLS),
    (httpcore2.TimeoutException, Failure.TIMEOUT),
)


def check_url(url: str, *, loopback_allowed: bool = False) -> None:
    """Raise DestinationRefused unless the URL could be called; looks at the text, opens nothing."""
    rules.check(url, loopback_allowed=loopback_allowed)


class Egress:
    """The ways out, as assembly opened them. Threads may share one."""

    def __init__(
        self,
        mail: MailPort,
        sms: SmsPort,
        *,
        loopback_allowed: bool = False,
        resolver: Resolver = network.resolve,
        border: Border | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take the ports; `loopback_allowed` is for development, where http to 127.0.0.1 is well.

        `border` is by default the table of the mainland; `tls` the public authorities.
        """
        self._mail = mail
        self._sms = sms
        self._loopback_allowed = loopback_allowed
        self._resolver = resolver
        self._border = border or Border(Mainland(loopback=loopback_allowed).holds)
        self._tls = tls or identities.authorities()
        self._inside: dict[str, ssl.SSLContext] = {}

    def introduce(self, url: str, tls: ssl.SSLContext) -> None:
        """From now on open connections to the server of this address with `tls`, and no others."""
        self._inside[rules.server(url)] = tls

    def check_url(self, url: str) -> None:
        """Raise DestinationRefused unless this house could call the URL."""
        check_url(url, loopback_allowed=self._loopback_allowed)

    def mail(self, out: MailOut) -> Sent:
        """Hand one mail over."""
        return self._mail.mail(out)

    def sms(self, out: SmsOut) -> Sent:
        """Hand one text message over."""
        return self._sms.sms(out)

    @control(
        Clause.C5_6, Clause.C5_7, says="Personal data leave for addresses in the mainland only."
    )
    def http(self, out: HttpOut) -> HttpBack:
        """Send one request and return its answer or its failure; redirects are answers."""
        start = monotonic()
        try:
            self.check_url(out.url)
            status, body = self._exchange(out, start + out.timeout)
        except DestinationRefused:
            return _back(start, Failure.DESTINATION)
        except (
            httpcore2.TimeoutException,
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
        ) as error:
            failure = _failure(error)
            if failure is Failure.ABROAD:
                self._border.turned(out.where, out.about)
            return _back(start, failure)
        if len(body) > LARGEST_ANSWER:
            return _back(start, Failure.TOO_LARGE, status)
        return HttpBack(status, body, _millis(start))

    def _exchange(self, out: HttpOut, deadline: float) -> tuple[int, bytes]:
        guarded = network.GuardedNetwork(
            self._judge(personal=out.personal), self._resolver, deadline
        )
        tls = self._inside.get(rules.server(out.url), self._tls)
        headers = {"accept": "*/*", "user-agent": "shouyue", "connection": "close", **out.headers}
        with (
            httpcore2.ConnectionPool(ssl_context=tls, network_backend=guarded) as pool,
            pool.stream(
                out.method, out.url, headers=list(headers.items()), content=out.body
            ) as back,
        ):
            body = b""
            for piece in back.iter_stream():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    break
            return back.status, body

    def _judge(self, *, personal: bool) -> network.Judge:
        def judge(address: str, host: str) -> None:
            if not rules.admitted(address, loopback_allowed=self._loopback_allowed):
                raise network.NotAdmitted
            if personal and not self._border.admits(address, host):
                raise network.Abroad

        return judge


def _failure(error: Exception) -> Failure:
    kinds = (failure for kind, failure in _FAILURES if isinstance(error, kind))
    return next(kinds, Failure.REFUSED)


def _back(start: float, failure: Failure, status: int | None = None) -> HttpBack:
    return HttpBack(status, b"", _millis(start), failure)


def _millis(start: float) -> int:
    return round((monotonic() - start) * 1000)
