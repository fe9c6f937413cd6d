"""The evidence log over HTTP, as monitors fetch it."""

import pytest

from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from tests.flows.test_links import DOORS
from tests.house import House
from tests.pages import browser


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
