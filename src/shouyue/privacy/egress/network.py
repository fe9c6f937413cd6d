"""Connections that go where they were checked to go, and end when their time is over.

The name is resolved once, each address is judged, and the connection is opened to the very
address that was judged; a name that answers differently the next moment (DNS rebinding) gains
nothing. TLS still asks for the certificate of the name. RFC 9110, RFC 6125.
"""

import socket
import ssl
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

import httpcore2

from shouyue.privacy.egress.types import Resolver

Judge = Callable[[str, str], None]
"""Returns when a connection to an address of a host may be opened; raises NotAdmitted, Abroad."""


class NotResolved(httpcore2.ConnectError):
    """The name has no address."""


class NotAdmitted(httpcore2.ConnectError):
    """The name has an address that nothing may be sent to."""


class Abroad(httpcore2.ConnectError):
    """The name has an address outside of where personal data may go."""


class TlsFailed(httpcore2.ConnectError):
    """The other side could not prove its name."""


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host by the system's resolver; raise OSError if it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class GuardedNetwork(httpcore2.NetworkBackend):
    """Opens TCP connections for one request, under one judge and one deadline."""

    def __init__(self, judge: Judge, resolver: Resolver, deadline: float) -> None:
        """Take the deadline on the monotonic clock."""
        self._judge = judge
        self._resolver = resolver
        self._deadline = deadline
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve once, refuse if any address is refused, connect to the first."""
        address = self._address(host, port)
        left = remaining(self._deadline, timeout)
        stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
        return TimedStream(stream, self._deadline)

    def _address(self, host: str, port: int) -> str:
        try:
            addresses = self._resolver(host, port)
        except (OSError, UnicodeError):
            raise NotResolved from None
        if not addresses:
            raise NotResolved
        # One bad address among good ones is how rebinding looks; none of them is used.
        for address in addresses:
            self._judge(address, host)
        return addresses[0]


class TimedStream(httpcore2.NetworkStream):
    """A stream whose every wait ends at the deadline: bytes in drops cannot keep it open."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        """Wrap an open stream."""
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come."""
        return self._stream.read(max_bytes, remaining(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._stream.write(buffer, remaining(self._deadline, timeout))

    def close(self) -> None:
        """Close the socket."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Return the stream under TLS, for the name that was asked for."""
        left = remaining(self._deadline, timeout)
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, left)
        except httpcore2.ConnectError:
            raise TlsFailed from None
        return TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what the transport knows of itself."""
        return self._stream.get_extra_info(info)


def remaining(deadline: float, timeout: float | None) -> float:
    """Return the seconds left, or raise a timeout when there are none."""
    left = deadline - monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout
    return left if timeout is None else min(left, timeout)
