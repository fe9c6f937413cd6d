"""The command line and an operator's slips: a sentence each time, no traceback, nothing made."""

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from typer.testing import CliRunner

from shouyue.assembly import cli, troubles, wiring
from shouyue.assembly.settings import Settings
from shouyue.privacy.ledger import service as ledger
from tests.flows.test_commands import founded, home, receipt

__all__ = ["home"]  # the fixture

run = CliRunner()
VALUES = "residue-canary-7\n"
WRONG = "keys", "status", "--development"

# What needs a platform that is there: each with what it is told beside `--development`.
NEEDING: dict[str, list[str]] = {
    "gateway": [],
    "backup": ["{tmp}/backup"],
    "restore": ["--resume"],
    "residue": ["--values", "{tmp}/values"],
    "residency": [],
    "ledger check": [],
    "ledger acknowledge": [],
    "policy announce": [],
    "keys status": [],
    "keys rotate": [],
    "keys certificate": ["0" * 26],
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Servers log to a standard error that is the runner's and ends with it."""
    yield
    structlog.reset_defaults()


def said(*words: str, code: int = 1) -> str:
    """What a command says that refuses; an exception that came through would show here."""
    answer = run.invoke(cli.main, list(words))
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    assert answer.exit_code == code, answer.output
    return answer.output


def test_outside_development_a_home_without_settings_is_named_before_what_lacks(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUYUE_MAIL__PASSWORD", "p")  # as the environment of a service has it
    monkeypatch.setenv("SHOUYUE_HOME", str(home / "slip"))
    told = said("keys", "status", code=2)
    assert told.startswith(f"{home / 'slip' / 'shouyue.toml'} is not there")
    assert "mail.host: Field required" in told


def test_what_a_command_makes_its_owner_alone_may_read(home: Path) -> None:
    run.invoke(cli.main, ["migrate"], env={"SHOUYUE_DEVELOPMENT": "true"})
    made = [path for path in home.rglob("*") if path.stat().st_mode & 0o077]
    assert (home / "shouyue.db").is_file()
    assert made == []


@pytest.mark.parametrize("command", NEEDING)
def test_a_home_with_a_slip_in_its_name_is_refused_and_nothing_is_made(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    founded(home / "right")
    (tmp_path / "values").write_text(VALUES, "utf-8")
    options = [one.format(tmp=tmp_path) for one in NEEDING[command]]
    before = sorted(tmp_path.rglob("*"))
    for slip in ("wrong", "right/objects", "values"):  # nothing, an empty folder, a file
        monkeypatch.setenv("SHOUYUE_HOME", str(home / slip))
        told = said(*command.split(), *options, "--development")
        assert "home.none" in told
        assert str(home / slip) in told.replace("\n", "")
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_missing_of_a_platform_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    founded(home)
    for name in ("root.key", "shouyue.db", "journal"):
        (home / name).rename(home / "away")
        assert f"{name} is missing" in said(*WRONG)
        (home / "away").rename(home / name)
    away = home.with_name("elsewhere")
    monkeypatch.setenv("SHOUYUE_JOURNAL", str(away))
    assert f"{away} is missing" in said(*WRONG)


def test_outside_development_a_platform_is_founded_in_a_folder_that_is_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "BASE_URL": "https://open.example.cn",
        "REGION": "CN",
        "MAIL__REGION": "CN",
        "MAIL__HOST": "smtp.cn",
        "MAIL__SENDER": "a@b.cn",
        "SMS__REGION": "CN",
        "SMS__URL": "https://sms.cn/",
        "SMS__KEY": "k",
        "PROVIDER__REGION": "CN",
        "PROVIDER__BASE_URL": "https://p.cn",
        "PROVIDER__APP_ID": "a",
        "PROVIDER__APP_SECRET": "s",
        "UPSTREAM__REGION": "CN",
        "UPSTREAM__BASE_URL": "https://u.cn",
        "UPSTREAM__SECRET": "s",
    }.items():
        monkeypatch.setenv(f"SHOUYUE_{name}", value)
    assert run.invoke(cli.main, ["migrate"]).exit_code == 0
    monkeypatch.setenv("SHOUYUE_HOME", str(home / "slip"))
    for command in (["migrate"], ["serve"], ["staff", "add", "li-wei", "reviewer"]):
        assert "home.none" in said(*command)
    assert not (home / "slip").exists()


def test_a_passphrase_that_is_wrong_or_missing_is_named_and_none_is_made_up(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    founded(home)
    monkeypatch.setenv("SHOUYUE_KEY_PASSPHRASE", "not-the-passphrase")
    told = said(*WRONG)
    assert "SHOUYUE_KEY_PASSPHRASE" in told
    assert "not-the-passphrase" not in told
    monkeypatch.delenv("SHOUYUE_KEY_PASSPHRASE")
    (home / "passphrase").rename(home / "away")
    assert "home.passphrase" in said(*WRONG)
    assert not (home / "passphrase").exists()
    (home / "away").rename(home / "passphrase")
    (home / "root.key").write_text("{}", "utf-8")
    assert "damaged" in said(*WRONG)


@pytest.mark.parametrize("content", [b"home = [", b"\xff\xfe"])
def test_a_settings_file_that_cannot_be_read_is_named(home: Path, content: bytes) -> None:
    founded(home)
    (home / "shouyue.toml").write_bytes(content)
    assert said(*WRONG, code=2).startswith("shouyue.toml: ")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://x/s3cret", "begins with sqlite or postgresql+psycopg"),
        ("s3cret", "begins with sqlite or postgresql+psycopg"),
        ("postgresql+psycopg://x:s3cret:y/z", "can be read"),
    ],
)
def test_a_database_address_that_is_none_is_told_without_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    founded(home)
    monkeypatch.setenv("SHOUYUE_DATABASE", address)
    answer = said(*WRONG, code=2)
    assert told in answer
    assert "s3cret" not in answer


def test_a_database_that_does_not_answer_is_a_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    founded(home)
    monkeypatch.setenv("SHOUYUE_DATABASE", "postgresql+psycopg://x:s3cret@127.0.0.1:1/y")
    answer = said(*WRONG)
    assert "home.database" in answer
    assert "refused" in answer
    assert "s3cret" not in answer
    (home / "shouyue.db").write_text("no database, and longer than a header of one" * 9, "utf-8")
    monkeypatch.delenv("SHOUYUE_DATABASE")
    assert "home.database" in said(*WRONG)


def test_what_a_statement_was_about_is_never_told(home: Path) -> None:
    house = wiring.build(Settings(home=home, development=True))
    with pytest.raises(sa.exc.DBAPIError, match="nowhere") as caught, house.store.begin() as db:
        db.execute(sa.text("SELECT :value FROM nowhere"), {"value": "canary"})
    house.store.close()
    told = troubles.told(caught.value)
    assert told is not None
    assert "canary" not in told.say("en") + told.say("zh")
    assert "nowhere" not in told.say("en")


def test_a_fault_of_our_own_is_no_sentence() -> None:
    assert troubles.told(ValueError("of ours")) is None
    assert troubles.told(BrokenPipeError()) is None
    full = troubles.told(OSError(errno.ENOSPC, "No space left on device"))
    assert full is not None
    assert "No space left" in full.say("en")


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "{file}", "--key", "nonsense"),
        ("verify", "{file}", "--witness", "nonsense"),
        ("residue", "--values", "{bad}"),
        ("staff", "add", "li-wei", "wizard"),
        ("migrate", "--role", "x"),
    ],
)
def test_an_option_that_is_none_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SHOUYUE_DEVELOPMENT", "true")
    (home / "file").write_bytes(receipt(home))
    (home / "bad").write_bytes(b"\xff\n")
    answer = said(*(one.format(file=home / "file", bad=home / "bad") for one in words), code=2)
    assert "Invalid value" in answer


def test_a_witness_is_no_log_and_a_log_no_witness(home: Path) -> None:
    (home / "file").write_bytes(receipt(home))
    house = wiring.build(Settings(home=home, development=True))
    with house.store.read() as db:
        key = ledger.verifier(db)
    house.store.close()
    assert "verified" in run.invoke(cli.main, ["verify", str(home / "file"), "--key", key]).output
    assert "witness" in said("verify", str(home / "file"), "--witness", key, code=2)


@pytest.mark.parametrize("command", [["policy", "check"], ["policy", "announce", "--development"]])
def test_a_policy_folder_that_is_not_there_is_not_our_own_policy(
    home: Path, command: list[str]
) -> None:
    founded(home)
    answer = said(*command, "--overlay", str(home / "none"))
    assert "no such folder" in answer.replace("\n", " ")


def test_a_policy_folder_of_the_settings_that_is_not_there_stops_the_start(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    founded(home)
    monkeypatch.setenv("SHOUYUE_POLICY_OVERLAY", str(home / "none"))
    assert "policy.broken" in said(*WRONG)


def test_a_port_of_another_is_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    founded(home)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert f"127.0.0.1:{port} cannot be used: Address already in use" in said(
            "gateway", "--development"
        )


def test_a_journal_in_the_way_of_a_file_is_a_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("in the way", "utf-8")
    monkeypatch.setenv("SHOUYUE_JOURNAL", str(home / "file"))
    assert "home.unusable" in said("serve", "--development")
