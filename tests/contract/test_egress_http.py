import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shouyue.privacy.egress import network
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import LARGEST_ANSWER, Egress
from shouyue.privacy.egress.types import Border, HttpOut, Resolver
from tests.house import StoppedClock

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Far:
    """A server on this machine, and what reached it."""

    port: int
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    named: list[str | None] = field(default_factory=list)


@contextmanager
def serve(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Far]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            far.seen.append((self.command, self.path, headers, body))
            answer(self)

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return  # the near side hangs up on purpose

    server = Server(("127.0.0.1", 0), Handler)
    far = Far(server.server_port)
    if tls is not None:
        tls.sni_callback = lambda _sock, name, _context: far.named.append(name)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield far
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def say(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(50):
        handler.wfile.write(b"x-drop: 1\r\n")
        handler.wfile.flush()
        time.sleep(0.1)


def pour(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b"x" * 4096)


def babble(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"I do not speak HTTP\r\n\r\n")


def egress(resolver: Resolver = network.resolve, tls: ssl.SSLContext | None = None) -> Egress:
    box = PostBox(StoppedClock())
    return Egress(box, box, loopback_allowed=True, resolver=resolver, tls=tls)


def here(port: int, path: str = "/push") -> str:
    return f"http://127.0.0.1:{port}{path}"


def test_a_request_arrives_as_it_was_sent_and_brings_its_answer_back() -> None:
    with serve(say(200, b'{"result":1}')) as far:
        back = egress().http(HttpOut(here(far.port), body=b"{}", headers={"x-event": "7"}))
    assert (back.status, back.body, back.failure) == (200, b'{"result":1}', "")
    method, path, headers, body = far.seen[0]
    assert (method, path, body, headers["x-event"]) == ("POST", "/push", b"{}", "7")
    assert headers["host"] == f"127.0.0.1:{far.port}"


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with (
        serve(say(200)) as inside,
        serve(say(302, location=here(inside.port))) as far,
    ):
        back = egress().http(HttpOut(here(far.port)))
    assert (back.status, inside.seen) == (302, [])


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(say(200)) as proxy, serve(say(204)) as far:
        monkeypatch.setenv("HTTP_PROXY", here(proxy.port, ""))
        monkeypatch.setenv("ALL_PROXY", here(proxy.port, ""))
        assert egress().http(HttpOut(here(far.port))).status == 204
    assert proxy.seen == []


def test_an_answer_in_drops_ends_at_the_total_time() -> None:
    with serve(drip) as far:
        back = egress().http(HttpOut(here(far.port), timeout=0.4))
    assert (back.status, back.failure) == (None, "timeout")
    assert back.millis < 2000


def test_a_silent_server_is_a_timeout() -> None:
    with serve(lambda _handler: time.sleep(1)) as far:
        assert egress().http(HttpOut(here(far.port), timeout=0.2)).failure == "timeout"


def test_no_more_than_the_cap_is_read() -> None:
    with serve(pour) as far:
        back = egress().http(HttpOut(here(far.port)))
    assert (back.failure, back.body) == ("too-large", b"")


def test_an_answer_of_just_the_cap_is_read() -> None:
    with serve(say(200, b"x" * LARGEST_ANSWER)) as far:
        assert len(egress().http(HttpOut(here(far.port))).body) == LARGEST_ANSWER


def test_what_is_not_http_is_refused() -> None:
    with serve(babble) as far:
        assert egress().http(HttpOut(here(far.port))).failure == "refused"


def test_a_closed_port_is_refused() -> None:
    with serve(say(200)) as far:
        pass
    assert egress().http(HttpOut(here(far.port))).failure == "refused"


def test_a_header_that_cannot_be_written_is_refused() -> None:
    with serve(say(200)) as far:
        out = HttpOut(here(far.port), headers={"x-event": "a\r\nx-more: b"})
        assert egress().http(out).failure == "refused"
    assert far.seen == []


class Answers:
    """A resolver that gives other addresses each time: the rebinding attacker's name server."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        found = self._answers.pop(0)
        if not found:
            raise OSError
        return found


def test_a_name_without_an_address_is_a_dns_failure() -> None:
    assert egress(Answers([])).http(HttpOut("https://gone.example.cn/")).failure == "dns"


@pytest.mark.parametrize("inner", ["10.0.0.5", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_a_public_name_for_an_inner_address_is_not_called(inner: str) -> None:
    back = egress(Answers([inner])).http(HttpOut("https://shop.example.cn/"))
    assert (back.status, back.failure) == (None, "destination")


def test_one_inner_address_among_public_ones_spoils_the_name() -> None:
    back = egress(Answers(["8.8.8.8", "10.0.0.5"])).http(HttpOut("https://shop.example.cn/"))
    assert back.failure == "destination"


def test_an_inner_literal_is_refused_before_any_connection() -> None:
    resolver = Answers()
    assert egress(resolver).http(HttpOut("https://10.0.0.5/")).failure == "destination"
    assert resolver.asked == []


def test_personal_data_stay_in_the_operators_region() -> None:
    box = PostBox(StoppedClock())
    abroad = Egress(box, box, loopback_allowed=True, border=Border(lambda *_: False))
    with serve(say(200)) as far:
        assert abroad.http(HttpOut(here(far.port), personal=True)).failure == "abroad"
        assert abroad.http(HttpOut(here(far.port))).status == 200


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for shop.example.cn that no authority has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example.cn")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("shop.example.cn")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "shop.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def secure(identity: Path, answer: Answer) -> AbstractContextManager[Far]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    return serve(answer, context)


def trusting(identity: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(identity))


def test_a_certificate_that_nobody_vouches_for_is_a_tls_failure(identity: Path) -> None:
    with secure(identity, say(200)) as far:
        out = HttpOut(f"https://shop.example.cn:{far.port}/", body=b"{}")
        back = egress(Answers(["127.0.0.1"])).http(out)
    assert (back.failure, far.seen) == ("tls", [])


def test_a_certificate_of_another_name_is_a_tls_failure(identity: Path) -> None:
    with secure(identity, say(200)) as far:
        out = HttpOut(f"https://other.example.cn:{far.port}/", body=b"{}")
        back = egress(Answers(["127.0.0.1"]), tls=trusting(identity)).http(out)
    assert (back.failure, far.seen) == ("tls", [])


def test_the_name_is_resolved_once_and_stays_the_name_of_host_and_certificate(
    identity: Path,
) -> None:
    resolver = Answers(["127.0.0.1"], ["10.0.0.5"])
    with secure(identity, say(200, b"ok")) as far:
        out = HttpOut(f"https://shop.example.cn:{far.port}/push", body=b"{}")
        back = egress(resolver, tls=trusting(identity)).http(out)
    assert (back.status, back.body, resolver.asked) == (200, b"ok", ["shop.example.cn"])
    assert far.seen[0][2]["host"] == f"shop.example.cn:{far.port}"
    assert far.named == ["shop.example.cn"]
