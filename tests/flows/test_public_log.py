"""The evidence log over HTTP, as monitors fetch it."""

import json

import pytest

from shouyue.ground.kit.canonical import canonical
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import witnessing
from shouyue.privacy.ledger.types import Fact
from tests.flows.test_links import DOORS
from tests.house import House
from tests.pages import browser
from tests.witness import Watching


def filled(house: House, count: int) -> None:
    with house.store.begin() as db:
        for _ in range(count):
            ledger.append(db, Fact("account.opened", None, {"count": 1}))
        ledger.integrate(db)


def test_a_monitor_reads_key_checkpoint_tiles_and_bundles_signed_out(house: House) -> None:
    filled(house, 260)
    web = browser(house, *DOORS)
    origin = web.get("/ledger/key").text.split("+")[0]
    assert web.get("/ledger/checkpoint").text.startswith(f"{origin}\n260\n")
    full = web.get("/ledger/tile/0/000")
    assert len(full.content) == 8_192
    assert full.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert full.headers["Content-Type"] == "application/octet-stream"
    assert len(web.get("/ledger/tile/0/001.p/4").content) == 128
    assert len(web.get("/ledger/tile/1/000.p/1").content) == 32
    assert web.get("/ledger/tile/entries/001.p/4").status_code == 200
    assert "immutable" not in web.get("/ledger/checkpoint").headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "0/000.p/256",
        "0/000.p/0",
        "0/x000/000",
        "0/0",
        "00/000",
        "64/000",
        "x/000",
        "0/x001/000",
        "entries/002",
    ],
)
def test_what_is_no_tile_is_not_there(house: House, path: str) -> None:
    filled(house, 3)
    answer = browser(house, *DOORS).get(f"/ledger/tile/{path}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_monitor_reads_what_witnesses_have_signed(house: House) -> None:
    filled(house, 3)
    web = browser(house, *DOORS)
    assert web.get("/ledger/checkpoint/witnessed").status_code == 404
    with house.store.begin() as db:
        by = Watching("witness.example/w1", house.clock, ledger.verifier(db))
        witnessing.cosigned(db, 3, by.cosign(ledger.checkpoint(db)), by.key)
    signed = web.get("/ledger/checkpoint").text
    assert f"\n— {by.name} " in signed
    filled(house, 1)
    assert web.get("/ledger/checkpoint/witnessed").text == signed
    assert by.name not in web.get("/ledger/checkpoint").text


def test_the_page_that_checks_receipts_names_known_witnesses_alone(house: House) -> None:
    filled(house, 3)
    with house.store.begin() as db:
        leaf = ledger.append(db, Fact("account.opened", None, {"count": 1}))
        ledger.integrate(db)
        by, stranger = (
            Watching(f"witness.example/{name}", house.clock, ledger.verifier(db))
            for name in ("known", "stranger")
        )
        witnessing.cosigned(db, 4, by.cosign(ledger.checkpoint(db)), by.key)
        found = json.loads(ledger.receipt(db, leaf))
    found["checkpoint"] += stranger.cosign(found["checkpoint"])
    found["witnesses"].append(stranger.key)
    web = browser(house, *DOORS)
    page = web.post("/privacy/verify", data={"receipt": canonical(found).decode()})
    assert "验证通过" in page.text
    assert f"<code>{by.name}</code>" in page.text
    assert f"<code>{stranger.name}</code>" not in page.text
