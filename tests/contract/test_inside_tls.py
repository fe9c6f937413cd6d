"""TLS to systems inside: real servers ask for our certificate; weak ones get nothing (INV-58)."""

import asyncio
import datetime as dt
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from shouyue.assembly import wiring
from shouyue.assembly.home import open_root
from shouyue.assembly.settings import Settings
from shouyue.assembly.systems import IdentitySettings, KeyServiceSettings, UpstreamSettings
from shouyue.doors.wire.counters import Counters
from shouyue.doors.wire.errors import NoAnswer
from shouyue.doors.wire.pool import Pool
from shouyue.ground.hazmat.errors import KeyUnavailable
from shouyue.ground.hazmat.keyring import Chamber
from shouyue.platform.quotas.shares import Want
from shouyue.privacy.egress.errors import IdentityUnusable
from shouyue.privacy.egress.identities import SUITES, Identity, inside
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import HttpOut
from tests import redis as our_redis
from tests.house import StoppedClock
from tests.transit import TOKEN, key_service

pytestmark = pytest.mark.clause("5.1.1")
PASSPHRASE = "opens the key"


@dataclass(frozen=True, slots=True)
class Papers:
    """An authority, a server that it vouches for, us, and a stranger from another authority."""

    authority: Path
    server: Path
    ours: Identity
    stranger: Identity


def _write(path: Path, key: ec.EllipticCurvePrivateKey, chain: x509.Certificate) -> None:
    kind = serialization.PrivateFormat.PKCS8
    secret: Any = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, kind, secret)
        + chain.public_bytes(serialization.Encoding.PEM)
    )


def _sign(
    name: str, key: ec.EllipticCurvePrivateKey, by: tuple[x509.Name, ec.EllipticCurvePrivateKey]
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(by[0], own, key.public_key(), x509.random_serial_number())
    return (
        made.not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=own == by[0], path_length=None), critical=True)
        .sign(by[1], hashes.SHA256())
    )


def _authority(path: Path, name: str) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    path.write_bytes(_sign(name, key, (who, key)).public_bytes(serialization.Encoding.PEM))
    return who, key


def _identity(folder: Path, name: str, by: Any) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(_sign(name, key, by).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(PASSPHRASE.encode()),
        )
    )
    return Identity(certificate, private, PASSPHRASE)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("inside")
    ca = _authority(folder / "ca.pem", "inside")
    other = _authority(folder / "other.pem", "elsewhere")
    key = ec.generate_private_key(ec.SECP256R1())
    _write(folder / "server.pem", key, _sign("server", key, ca))
    return Papers(
        folder / "ca.pem",
        folder / "server.pem",
        _identity(folder, "us", ca),
        _identity(folder, "stranger", other),
    )


def demanding(papers: Papers, suites: str = "", newest: Any = None) -> ssl.SSLContext:
    """What a server listens with that wants to know who we are."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(papers.server)
    tls.load_verify_locations(papers.authority)
    tls.verify_mode = ssl.CERT_REQUIRED
    if newest is not None:
        tls.maximum_version = newest
    if suites:
        tls.set_ciphers(suites)
    return tls


@contextmanager
def upstream(tls: ssl.SSLContext) -> Iterator[tuple[str, list[str]]]:
    """A system inside; yields its address and who has come, by the name in the certificate."""
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            shown: Any = self.connection.getpeercert()
            came.append(dict(part[0] for part in shown["subject"])["commonName"])
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return  # who cannot prove who they are is hung up on, on purpose

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def call(url: str, tls: ssl.SSLContext) -> int:
    """Ask as the gateway asks an upstream."""

    async def main() -> int:
        pool = Pool(url, tls=tls)
        try:
            return (await pool.post(b"/api/x", b"", b"{}", 5.0))[0]
        finally:
            await pool.close()

    return asyncio.run(main())


def given(papers: Papers, url: str) -> UpstreamSettings:
    ours = papers.ours
    secret = SecretStr(ours.passphrase)
    who = IdentitySettings(certificate=ours.certificate, key=ours.key, passphrase=secret)
    return UpstreamSettings(
        base_url=url, secret=SecretStr("s"), region="CN", authority=papers.authority, identity=who
    )


def test_an_upstream_that_asks_who_we_are_gets_our_certificate(papers: Papers) -> None:
    with upstream(demanding(papers)) as (url, came):
        assert call(url, wiring.inside_of(given(papers, url))) == 200
    assert came == ["us"]


def test_without_a_certificate_or_with_a_strangers_nothing_is_asked(papers: Papers) -> None:
    with upstream(demanding(papers)) as (url, came):
        for tls in (inside(papers.authority), inside(papers.authority, papers.stranger)):
            with pytest.raises(NoAnswer):
                call(url, tls)
    assert came == []


def test_an_upstream_that_nobody_vouches_for_learns_nothing(papers: Papers) -> None:
    with upstream(demanding(papers)) as (url, came), pytest.raises(NoAnswer):
        call(url, inside(None, papers.ours))
    assert came == []


@pytest.mark.parametrize(
    ("suites", "newest"),
    [
        ("ECDHE-ECDSA-AES256-SHA384", ssl.TLSVersion.TLSv1_2),
        ("ECDHE-ECDSA-AES128-SHA", ssl.TLSVersion.TLSv1_2),
    ],
)
def test_no_suite_is_agreed_on_that_our_own_door_refuses(
    papers: Papers, suites: str, newest: ssl.TLSVersion
) -> None:
    with upstream(demanding(papers, suites, newest)) as (url, came), pytest.raises(NoAnswer):
        call(url, inside(papers.authority, papers.ours))
    assert came == []
    with upstream(demanding(papers, SUITES, newest)) as (url, came):
        assert call(url, inside(papers.authority, papers.ours)) == 200
    assert inside().minimum_version is ssl.TLSVersion.TLSv1_2


def test_egress_shows_the_certificate_to_the_system_it_is_for_and_to_nobody_else(
    papers: Papers,
) -> None:
    box = PostBox(StoppedClock())
    line = Egress(box, box, loopback_allowed=True, tls=inside(papers.authority))
    with upstream(demanding(papers)) as (url, came), upstream(demanding(papers)) as (other, none):
        line.introduce(f"{url}/api", wiring.inside_of(given(papers, url)))
        back = line.http(HttpOut(f"{url}/shops", body=b"{}"))
        assert (back.status, back.body) == (200, b"{}")
        assert line.http(HttpOut(f"{other}/shops", body=b"{}")).failure is not None
    assert (came, none) == (["us"], [])


def test_a_key_service_that_asks_who_we_are_keeps_our_roots(papers: Papers, tmp_path: Path) -> None:
    with key_service(demanding(papers)) as service:
        ours = papers.ours
        who = IdentitySettings(
            certificate=ours.certificate, key=ours.key, passphrase=SecretStr(ours.passphrase)
        )
        kept = KeyServiceSettings(
            url=service.url,
            token=SecretStr(TOKEN),
            region="CN",
            authority=papers.authority,
            identity=who,
        )
        keeper = open_root(Settings(home=tmp_path / "a", development=True, key_service=kept), print)
        wrapped = keeper.root.wrap(Chamber.LIVE, b"k" * 32, b"mine")
        assert keeper.root.unwrap(Chamber.LIVE, wrapped, b"mine") == b"k" * 32
        asked = len(service.asked)
        bare = kept.model_copy(update={"identity": None})
        keeper = open_root(Settings(home=tmp_path / "b", development=True, key_service=bare), print)
        with pytest.raises(KeyUnavailable):
            keeper.root.wrap(Chamber.LIVE, b"k" * 32, b"mine")
        assert len(service.asked) == asked


UNFIT: dict[str, Callable[[Papers, Path], Identity]] = {
    "no such file": lambda papers, folder: Identity(folder / "none.pem", papers.ours.key),
    "another's key": lambda papers, _: Identity(
        papers.ours.certificate, papers.stranger.key, PASSPHRASE
    ),
    "wrong passphrase": lambda papers, _: Identity(papers.ours.certificate, papers.ours.key, "x"),
    "no passphrase": lambda papers, _: Identity(papers.ours.certificate, papers.ours.key),
}


@pytest.mark.parametrize("why", UNFIT)
def test_files_that_do_not_serve_stop_the_start_and_no_path_is_told(
    papers: Papers, tmp_path: Path, why: str
) -> None:
    with pytest.raises(IdentityUnusable) as refusal:
        inside(papers.authority, UNFIT[why](papers, tmp_path))
    assert refusal.value.code == "egress.identity-unusable"
    assert refusal.value.__cause__ is None
    assert str(tmp_path) not in repr(refusal.value)
    with pytest.raises(IdentityUnusable):
        inside(tmp_path / "none.pem")


@pytest.mark.parametrize("half", [{"certificate": "a.pem"}, {"key": "a.key"}, {}])
def test_half_an_identity_is_none(half: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Field required"):
        UpstreamSettings(
            base_url="https://up.example.com",
            secret=SecretStr("s"),
            region="CN",
            identity=half,  # type: ignore[arg-type]  # as a file says it
        )


def test_an_identity_is_not_shown_in_clear(papers: Papers) -> None:
    who = IdentitySettings(certificate=papers.ours.certificate, key=papers.ours.key)
    with pytest.raises(ValueError, match="https alone"):
        KeyServiceSettings(
            url="http://127.0.0.1:8200", token=SecretStr(TOKEN), region="CN", identity=who
        )
    assert PASSPHRASE not in repr(papers.ours)


WHOLE = "sslmode=verify-full&sslrootcert=/c/ca&sslcert=/c/us&sslkey=/c/key"


@pytest.mark.parametrize(
    "said",
    [
        "sslcert=/c/us",
        "sslkey=/c/key",
        WHOLE.replace("verify-full", "require"),
        WHOLE.replace("sslrootcert", "x"),
        WHOLE + "&ssl_min_protocol_version=TLSv1",
    ],
)
def test_half_an_identity_in_the_address_of_the_database_stops_the_start(said: str) -> None:
    address = f"postgresql+psycopg://u:canary@db.internal/s?{said}"
    with pytest.raises(ValueError, match="database") as no:
        Settings(development=True, database=SecretStr(address), database_region="CN")
    assert "canary" not in str(no.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://r.internal?ssl_certfile=/c/us&ssl_keyfile=/c/key",
        "rediss://r.internal?ssl_certfile=/c/us",
        "rediss://r.internal?ssl_keyfile=/c/key",
        "rediss://r.internal?ssl_cert_reqs=none",
        "rediss://r.internal?ssl_check_hostname=false",
        "rediss://r.internal?ssl_ciphers=ALL",
        "http://r.internal",
    ],
)
def test_half_an_identity_in_the_address_of_redis_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="redis_url"):
        Settings(development=True, redis_url=SecretStr(url), redis_region="CN")


def test_a_whole_identity_in_an_address_is_taken() -> None:
    places = f"postgresql+psycopg://db.internal/s?{WHOLE}", "sqlite:///somewhere"
    redis = "rediss://r.internal?ssl_certfile=/c/us&ssl_keyfile=/c/key", "unix:///run/redis.sock"
    for place, counter in zip(places, redis, strict=True):
        taken = Settings(
            development=True,
            database=SecretStr(place),
            database_region="CN",
            redis_url=SecretStr(counter),
            redis_region="CN",
        )
        assert taken.database_url == place
        assert taken.redis_url.get_secret_value() == counter


@pytest.mark.skipif(not our_redis.is_installed(), reason="redis-server is not installed")
def test_a_redis_that_asks_who_we_are_counts_for_us_alone(papers: Papers, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["redis-server", "--port", "0", "--tls-port", str(port), "--save", ""]
    files = {"cert": papers.server, "key": papers.server, "ca-cert": papers.authority}
    words += [word for name, path in files.items() for word in (f"--tls-{name}-file", str(path))]
    server = subprocess.Popen([*words, "--dir", str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert server.stdout
        for line in server.stdout:
            if b"ready to accept connections" in line.lower():
                break
        key = tmp_path / "plain.key"  # redis-py's address takes no passphrase from a file
        loaded = serialization.load_pem_private_key(
            papers.ours.key.read_bytes(), PASSPHRASE.encode()
        )
        key.write_bytes(
            loaded.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        bare = f"rediss://127.0.0.1:{port}?ssl_ca_certs={papers.authority}"
        whole = f"{bare}&ssl_certfile={papers.ours.certificate}&ssl_keyfile={key}"
        assert asyncio.run(_leased(whole)) == [1]
        with pytest.raises(NoAnswer):
            asyncio.run(_leased(bare))
    finally:
        server.kill()
        server.wait(10)
        assert server.stdout
        server.stdout.close()


async def _leased(url: str) -> list[int]:
    counters = Counters(url, seconds=5.0)
    try:
        return await counters.lease([Want(("app", "x"), 1, 0, 1, 10)])
    finally:
        await counters.close()
