"""The key service over its public protocol: what it seals opens, and what goes wrong is told."""

import base64
import json
import re
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from shouyue.assembly import wiring
from shouyue.assembly.settings import Settings
from shouyue.assembly.succession import Succession
from shouyue.assembly.systems import KeyServiceSettings
from shouyue.ground.hazmat.errors import KeyUnavailable, NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber, KeyRing
from shouyue.ground.hazmat.rootfile import SealedFile
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.egress.identities import authorities
from shouyue.privacy.egress.keyline import KeyService
from shouyue.privacy.egress.transit import Transit
from shouyue.privacy.keys import destructions, jobs, opening, roots
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import WrongRoot
from shouyue.privacy.keys.types import Doomed, Place
from tests.house import House, SeededDice
from tests.transit import TOKEN, Ring, Service, key_service, send

KEY = bytes(range(32))
LIVE, CUSTODY = Chamber.LIVE, Chamber.CUSTODY
ANN = SubjectId("0" * 25 + "A")
HERE = Place("holding", "row-1", ANN, "DI-01")


@pytest.fixture
def service() -> Iterator[Service]:
    with key_service() as running:
        yield running


def keeper(service: Service, token: str = TOKEN, patience: float = 2.0) -> Transit:
    there = KeyService(service.url, token, patience=patience, pause=0.0)
    return Transit(there, authorities())


@pytest.fixture
def root(service: Service) -> Transit:
    return keeper(service)


def test_a_wrapped_key_opens_for_its_owner_in_its_chamber(root: Transit) -> None:
    for chamber, other in ((LIVE, CUSTODY), (CUSTODY, LIVE)):
        wrapped = root.wrap(chamber, KEY, b"mine")
        assert wrapped.startswith(b"vault:v1:")
        assert root.unwrap(chamber, wrapped, b"mine") == KEY
        for where, bound in ((chamber, b"yours"), (other, b"mine")):
            with pytest.raises(NotAuthentic):
                root.unwrap(where, wrapped, bound)


def test_neither_key_nor_owner_stand_in_what_is_kept(root: Transit) -> None:
    sealed = base64.b64decode(root.wrap(LIVE, KEY, b"subject-7").split(b":")[2])
    assert KEY not in sealed
    assert b"subject-7" not in sealed


def test_no_byte_of_a_wrapped_key_can_change(root: Transit) -> None:
    wrapped = root.wrap(LIVE, KEY, b"mine")
    for at in (0, 9, 12, 20, 60, len(wrapped) - 3):
        other = b"A" if wrapped[at : at + 1] != b"A" else b"B"
        with pytest.raises(NotAuthentic):
            root.unwrap(LIVE, wrapped[:at] + other + wrapped[at + 1 :], b"mine")
    for cut in (b"", wrapped[:9], wrapped[:-1], b"vault:v1:"):
        with pytest.raises(NotAuthentic):
            root.unwrap(LIVE, cut, b"mine")


def test_versions_grow_are_wrapped_anew_and_go(root: Transit) -> None:
    old = root.wrap(LIVE, KEY, b"mine")
    root.rotate()
    root.retire(LIVE, "1")  # of a sealed file: a number here would be another root
    assert root.names(LIVE) == ["s1", "s2"]
    good, bad = root.rewrap(LIVE, [(old, b"mine"), (old, b"yours")])
    assert good is not None
    assert (root.name_of(old), root.name_of(good), bad) == ("s1", "s2", None)
    for _ in range(2):
        root.retire(LIVE, "s1")
    assert (root.names(LIVE), root.names(CUSTODY)) == (["s2"], ["s1", "s2"])
    assert root.unwrap(LIVE, good, b"mine") == KEY
    with pytest.raises(KeyUnavailable):
        root.unwrap(LIVE, old, b"mine")
    with pytest.raises(KeyUnavailable):
        root.retire(LIVE, "s2")


def test_what_the_service_says_it_wrapped_anew_is_opened_before_it_is_believed(
    service: Service, root: Transit
) -> None:
    mine, yours = (root.wrap(LIVE, KEY, bound) for bound in (b"mine", b"yours"))

    def swap(handler: BaseHTTPRequestHandler, status: int, text: bytes) -> None:
        answer = json.loads(text)
        if "/rewrap/" in handler.path:
            answer["data"]["batch_results"].reverse()
        send(handler, status, json.dumps(answer).encode())

    service.twist = swap
    assert root.rewrap(LIVE, [(mine, b"mine"), (yours, b"yours")]) == [None, None]


def cut(handler: BaseHTTPRequestHandler, status: int, text: bytes) -> None:
    send(handler, status, text[: len(text) // 2])


def hang_up(handler: BaseHTTPRequestHandler, status: int, text: bytes) -> None:
    handler.send_response(status)
    handler.send_header("content-length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text[:5])


def drip(handler: BaseHTTPRequestHandler, status: int, text: bytes) -> None:
    handler.send_response(status)
    handler.send_header("content-length", str(len(text)))
    handler.end_headers()
    for at in range(len(text)):
        handler.wfile.write(text[at : at + 1])
        handler.wfile.flush()
        time.sleep(0.05)


def flood(handler: BaseHTTPRequestHandler, status: int, _text: bytes) -> None:
    send(handler, status, b" " * 2_000_000)


def sealed_service(handler: BaseHTTPRequestHandler, _status: int, _text: bytes) -> None:
    send(handler, 503, b'{"errors":["Vault is sealed"]}')


def not_ours(handler: BaseHTTPRequestHandler, _status: int, _text: bytes) -> None:
    send(handler, 200, b'{"data":{"ciphertext":"hello","plaintext":"%%%","keys":[]}}')


@pytest.mark.parametrize("twist", [cut, hang_up, drip, flood, sealed_service, not_ours])
def test_a_service_that_fails_in_any_way_is_a_key_that_is_not_available(
    service: Service, root: Transit, twist: object
) -> None:
    wrapped = root.wrap(LIVE, KEY, b"mine")
    hasty = keeper(service, patience=0.4)
    service.twist = twist  # type: ignore[assignment]  # one of the twists above
    for ask in (
        lambda: hasty.wrap(LIVE, KEY, b"mine"),
        lambda: hasty.unwrap(LIVE, wrapped, b"mine"),
        lambda: hasty.names(LIVE),
    ):
        with pytest.raises(KeyUnavailable):
            ask()
    service.twist = None
    assert hasty.unwrap(LIVE, wrapped, b"mine") == KEY


def test_a_service_that_is_gone_is_asked_once_and_then_left_alone_for_a_while() -> None:
    with key_service() as service:
        heard: list[str] = []
        there = KeyService(service.url, TOKEN, pause=60.0)
        patient = Transit(there, authorities(), heard.append)
        service.twist = sealed_service
        for _ in range(5):
            with pytest.raises(KeyUnavailable):
                patient.wrap(LIVE, KEY, b"mine")
        assert len(service.asked) == 1
        assert heard == ["status-503"]
    with pytest.raises(KeyUnavailable):
        keeper(service).wrap(LIVE, KEY, b"mine")  # nobody listens


def test_a_token_that_the_service_does_not_know_opens_nothing(service: Service) -> None:
    with pytest.raises(KeyUnavailable):
        keeper(service, token="s.other").wrap(LIVE, KEY, b"mine")


def test_no_repr_tells_the_token(service: Service) -> None:
    assert TOKEN not in repr(KeyService(service.url, TOKEN))
    given = KeyServiceSettings(url="https://bao.example.com", token=SecretStr(TOKEN), region="CN")
    assert TOKEN not in repr(given)


@pytest.mark.parametrize("url", ["http://bao.example.com:8200", "ftp://127.0.0.1", "bao:8200"])
def test_the_service_is_reached_over_tls_or_on_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        KeyServiceSettings(url=url, token=SecretStr(TOKEN), region="CN")


def test_a_house_lives_on_a_key_service(house: House, root: Transit) -> None:
    house.store.keys = KeyRing(root, house.dice)
    with house.store.begin() as db:
        opening.greet(db)
        root.remember(opening.pepper(db))
        key = keys.key_for(db, ANN, "account")
        sealed = keys.seal(db, key, HERE, b"canary")
        mark = db.keys.mac("sms-code", b"123456")
        roots.rotate(db)
    Worker(house.store, jobs.ANSWERS).run_once()
    with house.store.begin() as db:
        assert {root.id: root.keys for root in roots.status(db)} == {
            "live.s1": 0,
            "live.s2": 2,
            "custody.s1": 0,
            "custody.s2": 0,
        }
        roots.retire(db, "live.s1")
        root.retire(LIVE, "s1")
        assert keys.unseal(db, key.id, HERE, sealed) == b"canary"
        root.remember(opening.pepper(db))
        assert KeyRing(root, house.dice).mac("sms-code", b"123456") == mark


def test_a_unit_that_cannot_get_a_key_leaves_nothing(
    house: House, service: Service, root: Transit
) -> None:
    house.store.keys = KeyRing(root, house.dice)
    with house.store.begin() as db:
        opening.greet(db)
    service.twist = sealed_service
    with pytest.raises(KeyUnavailable), house.store.begin() as db:
        keys.key_for(db, ANN, "account")
    service.twist = None
    with house.store.begin() as db:
        assert keys.live(db, ANN) == []


def test_another_services_keys_do_not_open_the_house(
    house: House, service: Service, root: Transit
) -> None:
    house.store.keys = KeyRing(root, house.dice)
    with house.store.begin() as db:
        opening.greet(db)
    service.rings = {name: Ring() for name in service.rings}
    with house.store.begin() as db, pytest.raises(WrongRoot):
        opening.greet(db)


def test_the_settings_lead_to_the_service_and_no_root_lies_in_the_home(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "new"
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__URL", service.url)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__TOKEN", TOKEN)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__REGION", "CN")
    built = [wiring.build(Settings(home=home, development=True)) for _ in range(2)]
    peppers = [house.store.keys.root.pepper() for house in built]
    for house in built:
        house.store.close()
    assert peppers[0] == peppers[1]
    assert not (home / "root.key").exists()
    files = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert peppers[0] not in files
    assert TOKEN.encode() not in files
    assert re.search(rb"vault:v1:", files)


def test_a_service_takes_over_from_the_file_and_nothing_is_lost(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = wiring.build(Settings(home=tmp_path, development=True))
    with filed.store.begin() as db:
        key = keys.key_for(db, ANN, "account")
        sealed = keys.seal(db, key, HERE, b"canary")
        mark = db.keys.mac("oauth:open-id", b"merchant-7")
    filed.store.close()
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__URL", service.url)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__TOKEN", TOKEN)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__REGION", "CN")
    both = wiring.build(Settings(home=tmp_path, development=True))
    worker = Worker(both.store, jobs.ANSWERS)
    with both.store.begin() as db:
        assert keys.unseal(db, key.id, HERE, sealed) == b"canary"  # before anything has moved
    worker.run_once()
    with both.store.begin() as db:
        resting = {root.id: root.keys for root in roots.status(db)}
        assert resting == {"custody.1": 0, "custody.s1": 0, "live.1": 0, "live.s1": 2}
        for root_id in ("live.1", "custody.1"):
            request = destructions.ask(db, Doomed.ROOT, root_id, "0" * 25 + "1")
            destructions.approve(db, request, "0" * 25 + "2")
    worker.run_once()
    both.store.close()
    monkeypatch.delenv("SHOUYUE_KEY_SERVICE__URL")
    monkeypatch.delenv("SHOUYUE_KEY_SERVICE__TOKEN")
    monkeypatch.delenv("SHOUYUE_KEY_SERVICE__REGION")
    with pytest.raises(WrongRoot):  # to wait would be no help, so it is not said
        wiring.build(Settings(home=tmp_path, development=True))
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__URL", service.url)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__TOKEN", TOKEN)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__REGION", "CN")
    (tmp_path / "root.key").unlink()
    alone = wiring.build(Settings(home=tmp_path, development=True))
    with alone.store.begin() as db:
        assert keys.unseal(db, key.id, HERE, sealed) == b"canary"
        assert db.keys.mac("oauth:open-id", b"merchant-7") == mark
        assert [root.id for root in roots.status(db)] == ["custody.s1", "live.s1"]
    alone.store.close()


def test_a_file_that_was_succeeded_is_empty_of_roots(tmp_path: Path, root: Transit) -> None:
    file = SealedFile.create(tmp_path / "root.key", "open sesame", SeededDice(), cost=4)
    file.succeeded = True
    old = file.wrap(LIVE, KEY, b"mine")
    both = Succession(root, file)
    good, bad = both.rewrap(LIVE, [(old, b"mine"), (old, b"yours")])
    assert good is not None
    assert (both.name_of(old), both.name_of(good), bad) == ("1", "s1", None)
    assert both.rewrap(LIVE, [(good, b"mine")])[0] is not None
    assert both.names(LIVE) == ["1", "s1"]
    both.rotate()
    both.retire(LIVE, "1")
    both.retire(LIVE, "s1")
    assert (file.names(LIVE), both.names(LIVE)) == ([], ["s2"])
    with pytest.raises(KeyUnavailable):
        both.unwrap(LIVE, old, b"mine")


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    """A certificate for this machine that its own authority has signed, with its key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bao.internal")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    path = tmp_path / "bao.pem"
    path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_service_of_ones_own_authority_is_trusted_and_a_stranger_is_told_nothing(
    identity: Path,
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(identity)
    with key_service(tls) as service:
        there = KeyService(service.url, TOKEN, pause=0.0)
        with pytest.raises(KeyUnavailable):
            Transit(there, authorities()).wrap(LIVE, KEY, b"mine")
        assert service.asked == []  # no token has left
        own = Transit(there, authorities(identity))
        assert own.unwrap(LIVE, own.wrap(LIVE, KEY, b"mine"), b"mine") == KEY
