"""TLS as a stranger finds it: each version and each suite is tried against both of our servers."""

import asyncio
import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from starlette.responses import PlainTextResponse

from shouyue.assembly import running
from shouyue.assembly.settings import Settings
from shouyue.assembly.systems import TlsSettings
from shouyue.doors.wire.errors import TlsUnusable
from shouyue.doors.wire.server import Server
from shouyue.doors.wire.tls import ended_here
from tests.house import StoppedClock
from tests.talking import Desk

pytestmark = pytest.mark.clause("5.1.1")
_FIT = ("GCM", "CHACHA20")


@dataclass(frozen=True, slots=True)
class Papers:
    """A certificate of our own making, and its key."""

    certificate: Path
    key: Path


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("tls")
    return make(folder, b"")


def make(folder: Path, passphrase: bytes) -> Papers:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    since = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(since)
        .not_valid_after(since + dt.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        lock = serialization.BestAvailableEncryption(passphrase)
    found = Papers(folder / "certificate.pem", folder / "key.pem")
    found.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    found.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    )
    return found


@contextmanager
def own_server(papers: Papers) -> Iterator[int]:
    """The gateway's server in a thread."""
    loop, stop, opened = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    found: list[int] = []

    async def serve() -> None:
        server = Server(Desk(), StoppedClock())
        tls = ended_here(papers.certificate, papers.key)
        found.append(await server.open("127.0.0.1", 0, tls))
        opened.set()
        await stop.wait()
        await server.close(1.0)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert opened.wait(10)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@contextmanager
def page_server(papers: Papers) -> Iterator[int]:
    """The server of everything else, made as `shouyue serve` makes it."""
    part = TlsSettings(certificate=papers.certificate, key=papers.key)
    settings = Settings.model_construct(tls=part, host="127.0.0.1", port=0, trusted_proxies=())
    server = running.server(settings, PlainTextResponse("here"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module", params=[own_server, page_server])
def port(request: pytest.FixtureRequest, papers: Papers) -> Iterator[int]:
    with request.param(papers) as found:
        yield found


def stranger(*, ciphers: str = "ALL:COMPLEMENTOFALL:@SECLEVEL=0") -> ssl.SSLContext:
    """A client that would take anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(ciphers)
    context.minimum_version = ssl.TLSVersion.TLSv1
    return context


def greet(port: int, context: ssl.SSLContext) -> tuple[str, str] | None:
    """Return version and suite that were agreed on, or None where there was no agreement."""
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain) as line,
        ):
            line.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            assert line.recv(12) == b"HTTP/1.1 200"
            cipher = line.cipher()
            assert cipher is not None
            return str(line.version()), cipher[0]
    except (ssl.SSLError, ConnectionResetError):
        return None


@pytest.mark.parametrize(
    ("version", "spoken"),
    [
        (ssl.TLSVersion.TLSv1, False),
        (ssl.TLSVersion.TLSv1_1, False),
        (ssl.TLSVersion.TLSv1_2, True),
        (ssl.TLSVersion.TLSv1_3, True),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_nothing_below_1_2_is_spoken(port: int, version: ssl.TLSVersion, *, spoken: bool) -> None:
    context = stranger()
    context.minimum_version = context.maximum_version = version
    assert (greet(port, context) is not None) is spoken


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_of_all_suites_of_1_2_only_fit_ones_are_agreed_on(port: int) -> None:
    names = [str(one["name"]) for one in stranger().get_ciphers()]
    tried = [name for name in names if not name.startswith("TLS_")]
    agreed = set()
    for name in tried:
        context = stranger(ciphers=f"{name}:@SECLEVEL=0")
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        if found := greet(port, context):
            agreed.add(found[1])
    assert len(tried) > 50
    assert agreed
    assert all(name.startswith("ECDHE") and any(fit in name for fit in _FIT) for name in agreed)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_the_newest_version_is_agreed_on_where_both_can(port: int) -> None:
    found = greet(port, stranger())
    assert found is not None
    assert found[0] == "TLSv1.3"


def test_who_speaks_plainly_gets_no_answer(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        answer = b""
        until = time.monotonic() + 5
        while time.monotonic() < until:
            try:
                piece = plain.recv(1024)
            except ConnectionResetError:
                break
            if not piece:
                break
            answer += piece
    assert b"HTTP/1.1 200" not in answer


def test_a_locked_key_opens_with_its_passphrase_and_asks_nobody(tmp_path: Path) -> None:
    papers = make(tmp_path, b"open sesame")
    assert ended_here(papers.certificate, papers.key, "open sesame")
    for passphrase in ("", "wrong"):
        with pytest.raises(TlsUnusable):
            ended_here(papers.certificate, papers.key, passphrase)


def test_files_that_do_not_serve_stop_the_start_with_a_sentence(
    papers: Papers, tmp_path: Path
) -> None:
    other = make(tmp_path, b"")
    for key in (other.key, papers.certificate, tmp_path / "absent.pem"):
        with pytest.raises(TlsUnusable) as refusal:
            ended_here(papers.certificate, key)
        assert str(tmp_path) not in refusal.value.say("en")
