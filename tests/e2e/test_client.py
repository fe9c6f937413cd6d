"""A third-party client of the protocol, run unchanged against the running platform."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shouyue_sandbox.demo import errand, merchant
from tests.conftest import missing
from tests.e2e.conftest import Walked

pytestmark = pytest.mark.client

_FOLDER = Path(__file__).parent / "client"
_VEILED = {"encryptedConsignee": "#", "encryptedMobile": "$", "encryptedAddress": "~"}
_Answers = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def answers(walked_sqlite: Walked) -> _Answers:
    """What each step of the client was answered, by signature method."""
    node = _client()
    merchant.authorise(walked_sqlite.walk)  # a code lives for two minutes
    ended = subprocess.run(
        [node, "errand.cjs"],
        cwd=_FOLDER,
        input=json.dumps(errand.outcome(walked_sqlite.walk)).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    found: _Answers = json.loads(ended.stdout)
    return found


def _client() -> str:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing("clients", "node and npm are not on the path")
    if not (_FOLDER / "node_modules").exists():
        ended = subprocess.run(
            [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=_FOLDER,
            capture_output=True,
            timeout=120,
            check=False,
        )
        if ended.returncode:
            missing("clients", "npm ci did not succeed")
    return str(node)


def test_a_code_gives_tokens(answers: _Answers) -> None:
    code = answers["md5"]["code"]
    assert all(code[name] for name in ("accessToken", "refreshToken", "openId"))


def test_a_refresh_gives_new_tokens(answers: _Answers) -> None:
    code, refresh = answers["md5"]["code"], answers["md5"]["refresh"]
    assert refresh["accessToken"]
    assert refresh["accessToken"] != code["accessToken"]
    assert refresh["refreshToken"] != code["refreshToken"]
    assert refresh["openId"] == code["openId"]


@pytest.mark.parametrize("method", ["md5", "hmac"])
@pytest.mark.parametrize("step", ["list", "detail", "item", "upload", "user"])
def test_a_call_succeeds(answers: _Answers, method: str, step: str) -> None:
    assert answers[method][step]["result"] == 1, answers[method][step]


@pytest.mark.parametrize("method", ["md5", "hmac"])
def test_a_buyer_arrives_veiled(answers: _Answers, method: str) -> None:
    address = answers[method]["detail"]["data"]["orderAddress"]
    assert {name: address[name][0] for name in _VEILED} == _VEILED
    assert {"consignee", "mobile", "address"}.isdisjoint(address)
    assert "*" in address["desensitiseMobile"]


@pytest.mark.parametrize("method", ["md5", "hmac"])
def test_an_image_gets_an_address(answers: _Answers, method: str) -> None:
    assert answers[method]["upload"]["data"]["kwaiImgUrl"].startswith("https://")


@pytest.mark.parametrize("method", ["md5", "hmac"])
def test_a_strangers_order_is_refused_with_a_code(answers: _Answers, method: str) -> None:
    stranger = answers[method]["stranger"]
    assert (stranger["result"], stranger["sub_code"]) == (21, "order.not-found")
