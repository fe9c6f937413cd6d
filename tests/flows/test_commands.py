"""The command line, as an operator types it."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from shouyue.assembly import cli, publishing, serving, wiring
from shouyue.assembly.settings import Settings
from shouyue.ground.hazmat import otp
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.canonical import canonical
from shouyue.people.alarms import jobs as bells
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.editions.errors import NotYet
from shouyue.privacy.keys.errors import WrongRoot
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import witnessing
from shouyue.privacy.ledger.tables import LedgerLine
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy import service as policy
from tests.intruder import unguarded
from tests.witness import Watching

run = CliRunner()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in [name for name in os.environ if name.startswith("SHOUYUE_") or name == "PORT"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOUYUE_HOME", str(tmp_path))
    before = os.umask(0o022)  # a command narrows it
    yield tmp_path
    os.umask(before)


def receipt(home: Path) -> bytes:
    """Make a house, let something happen in it, and return the evidence."""
    house = wiring.build(Settings(home=home, development=True))
    with house.store.begin() as db:
        leaf = ledger.append(db, Fact("account.opened", None, {"count": 1}))
    with house.store.begin() as db:
        ledger.integrate(db)
    with house.store.read() as db:
        found = ledger.receipt(db, leaf)
    house.store.close()
    return found


def test_the_shipped_policy_passes_its_check() -> None:
    answer = run.invoke(cli.main, ["policy", "check"])
    assert answer.exit_code == 0
    assert "82 clauses, 0 faults" in answer.output


def test_a_policy_with_a_missing_translation_does_not_pass(tmp_path: Path) -> None:
    own = Path(cli.__file__).parents[1] / "privacy/policy/text/clauses/5.3.md"
    text = own.read_text(encoding="utf-8")
    (tmp_path / "clauses").mkdir()
    (tmp_path / "clauses/5.3.md").write_text(text.split("## en")[0], encoding="utf-8")
    answer = run.invoke(cli.main, ["policy", "check", "--overlay", str(tmp_path)])
    assert answer.exit_code == 1
    assert "5.3" in answer.output


def coming(folder: Path, days: int) -> Path:
    """A folder with the next version of the policy, `days` full days from now."""
    now = datetime.now(UTC)
    times = [now.isoformat(), (now + timedelta(days=days + 1)).isoformat()]
    lines = ['number = "1.1.0"', f"published_at = {times[0]}", f"effective_at = {times[1]}"]
    folder.mkdir()
    (folder / "version.toml").write_text("\n".join([*lines, 'change = "MAJOR"']), "utf-8")
    return folder


def test_a_version_is_locked_announced_and_refused_until_its_day(
    home: Path, tmp_path: Path
) -> None:
    house = wiring.build(Settings(home=home, development=True))
    publishing.adopt(house.store)
    house.store.close()
    folder = coming(tmp_path / "next", 16)
    announce = ["policy", "announce", "--development", "--overlay", str(folder)]
    unlocked = run.invoke(cli.main, announce)
    assert (unlocked.exit_code, "not locked" in unlocked.output) == (1, True)
    for _ in range(2):
        assert run.invoke(cli.main, ["policy", "lock", str(folder)]).output == "locked: 1.1.0\n"
    told = run.invoke(cli.main, announce)
    assert told.output.startswith("announced: 1.1.0, in force from ")
    settings = Settings(home=home, development=True, policy_overlay=folder)
    house = wiring.build(settings)
    try:
        with pytest.raises(NotYet):
            publishing.adopt(house.store)
    finally:
        house.store.close()
        policy.use(policy.load())


def test_a_locked_text_that_changes_is_refused(tmp_path: Path) -> None:
    folder = coming(tmp_path / "next", 16)
    run.invoke(cli.main, ["policy", "lock", str(folder)])
    text = folder / "version.toml"
    text.write_text(text.read_text("utf-8").replace("MAJOR", "MINOR"), "utf-8")
    answer = run.invoke(cli.main, ["policy", "lock", str(folder)])
    assert (answer.exit_code, "released.toml" in answer.output) == (1, True)


def test_notice_that_is_too_short_is_told_as_a_sentence(home: Path, tmp_path: Path) -> None:
    house = wiring.build(Settings(home=home, development=True))
    publishing.adopt(house.store)
    house.store.close()
    folder = coming(tmp_path / "next", 16)
    text = folder / "version.toml"
    published = (datetime.now(UTC) - timedelta(days=9)).isoformat()
    effective = (datetime.now(UTC) + timedelta(days=8)).isoformat()
    lines = ['number = "1.1.0"', f"published_at = {published}", f"effective_at = {effective}"]
    text.write_text("\n".join([*lines, 'change = "MAJOR"']), "utf-8")
    run.invoke(cli.main, ["policy", "lock", str(folder)])
    announce = ["policy", "announce", "--development", "--overlay", str(folder)]
    answer = run.invoke(cli.main, announce)
    assert (answer.exit_code, "[editions.too-soon]" in answer.output) == (1, True)


def test_a_receipt_verifies_offline_and_a_changed_one_does_not(home: Path) -> None:
    file = home / "receipt.json"
    file.write_bytes(receipt(home))
    answer = run.invoke(cli.main, ["verify", str(file)])
    lines = answer.output.splitlines()
    assert answer.exit_code == 0
    assert lines[0].startswith("verified: account.opened at 20")
    assert "fact count: 1" in lines
    assert "anybody could have made it" in lines[-1]
    house = wiring.build(Settings(home=home, development=True))
    with house.store.read() as db:
        key = ledger.verifier(db)
    house.store.close()
    pinned = run.invoke(cli.main, ["verify", str(file), "--key", key]).output
    assert "anybody" not in pinned
    assert (key in answer.output, key in pinned) == (True, False)
    told = json.loads(file.read_bytes())
    file.write_bytes(canonical({**told, "opening": None}))
    assert "facts: none" in run.invoke(cli.main, ["verify", str(file)]).output
    file.write_bytes(file.read_bytes().replace(b"account.opened", b"account.closed"))
    refused = run.invoke(cli.main, ["verify", str(file)])
    assert refused.exit_code == 1


def test_a_new_member_of_staff_gets_a_second_factor_once(home: Path) -> None:
    words = "correct horse battery staple\n" * 2
    answer = run.invoke(
        cli.main, ["staff", "add", "anna", "reviewer", "--development"], input=words
    )
    assert answer.exit_code == 0, answer.output
    made = json.loads(answer.output[answer.output.index("{") :])
    assert made["otp_uri"].startswith("otpauth://totp/")
    assert made["otp_secret"] not in (home / "root.key").read_text()


def test_a_member_of_staff_changes_posts_and_leaves_by_a_command(home: Path) -> None:
    words = "correct horse battery staple\n" * 2
    hire = ["staff", "add", "anna", "reviewer", "support", "--development"]
    made = run.invoke(cli.main, hire, input=words).output
    secret = json.loads(made[made.index("{") :])["otp_secret"]
    house = wiring.build(Settings(home=home, development=True))
    code = otp.code_at(secret, house.store.means.clock())
    with house.store.begin() as db:
        token = staff.sign_in(db, "anna", words.splitlines()[0], code).take()
    moved = run.invoke(cli.main, ["staff", "roles", "anna", "support", "--development"])
    assert json.loads(moved.output) == {"login": "anna", "roles": ["support"]}
    with house.store.read() as db:
        seen = staff.visit(db, token)
        assert seen is not None
        assert seen.roles == {StaffRole.SUPPORT}
    left = run.invoke(cli.main, ["staff", "leave", "anna", "--development"])
    assert json.loads(left.output) == {"login": "anna", "active": False}
    with house.store.read() as db:
        assert staff.visit(db, token) is None
    house.store.close()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["leave", "nobody"], "[staff.none]"),
        (["roles", "nobody", "support"], "[staff.none]"),
        (["roles", "nobody", "emperor"], "[staff.unfit]"),
    ],
)
def test_who_is_no_member_and_what_is_no_post_is_said(
    home: Path, command: list[str], code: str
) -> None:
    assert home.is_dir()
    answer = run.invoke(cli.main, ["staff", *command, "--development"])
    assert (answer.exit_code, code in answer.output) == (1, True), answer.output


def test_outside_development_nothing_starts_without_its_settings(home: Path) -> None:
    answer = run.invoke(cli.main, ["serve"])
    assert answer.exit_code == 2
    assert "https" in answer.output
    assert not (home / "root.key").exists()


def test_development_mode_is_bound_to_the_loopback_address(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUYUE_HOST", "0.0.0.0")  # noqa: S104 - the point of the test
    answer = run.invoke(cli.main, ["serve", "--development"])
    assert answer.exit_code == 2
    assert "127.0.0.1" in answer.output
    assert not (home / "root.key").exists()


def test_an_unknown_setting_stops_the_start(home: Path) -> None:
    (home / "shouyue.toml").write_text('colour = "red"\n', encoding="utf-8")
    answer = run.invoke(cli.main, ["serve", "--development"])
    assert answer.exit_code == 2
    assert "colour" in answer.output


def test_the_file_speaks_and_the_environment_overrules_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "shouyue.toml").write_text("port = 9100\ndevelopment = true\n", encoding="utf-8")
    assert Settings().port == 9100
    monkeypatch.setenv("PORT", "9200")
    assert Settings().port == 9200


def test_keys_and_secrets_are_for_their_owner_alone(home: Path) -> None:
    receipt(home)
    for name in ("root.key", "passphrase", "development.json"):
        assert (home / name).stat().st_mode & 0o077 == 0, name


def founded(home: Path) -> None:
    """A platform, as the first start makes it."""
    wiring.build(Settings(home=home, development=True)).store.close()


def test_roots_rotate_and_the_status_says_so(home: Path) -> None:
    founded(home)
    rotated = run.invoke(cli.main, ["keys", "rotate", "--development"])
    assert (rotated.exit_code, rotated.output) == (0, "new roots: live.2, custody.2\n")
    status = json.loads(run.invoke(cli.main, ["keys", "status", "--development"]).output)
    newest = [root["root"] for root in status["roots"] if root["newest"]]
    assert newest == ["custody.2", "live.2"]


def test_a_log_line_does_not_come_into_a_file_that_takes_the_answer(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    founded(home)
    for name, value in (("URL", "http://127.0.0.1:9"), ("REGION", "CN"), ("TOKEN", "t")):
        monkeypatch.setenv(f"SHOUYUE_KEY_SERVICE__{name}", value)
    answer = run.invoke(cli.main, ["keys", "status", "--development"])
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert '"event": "keys.silent"' in answer.stderr


def test_ids_that_others_keep_outlive_a_change_of_suite(home: Path) -> None:
    marks = set()
    for suite in ("sm4-gcm", "aes-256-gcm"):
        house = wiring.build(Settings(home=home, development=True, suite=suite))
        marks.add(house.store.keys.for_one_act().mac("oauth:open-id", b"merchant-7"))
        house.store.close()
    assert len(marks) == 1


def test_a_house_does_not_open_on_the_database_of_another_root(home: Path) -> None:
    founded(home)
    (home / "root.key").unlink()
    with pytest.raises(WrongRoot):
        founded(home)


def test_a_certificate_of_a_key_that_nobody_destroyed_is_not_made_up(home: Path) -> None:
    founded(home)
    refused = run.invoke(cli.main, ["keys", "certificate", "0" * 26, "--development"])
    assert refused.exit_code == 1
    assert "keys.no-such-certificate" in refused.output


def test_the_proof_of_residency_lists_every_provider_and_what_was_turned_back(home: Path) -> None:
    house = wiring.build(Settings(home=home, development=True))
    house.notes.note("egress.abroad", "push", "0" * 26)
    serving.write_down(house.store, house.notes)
    Worker(house.store, {bells.RAISED: bells.raised}).run_once()
    house.store.close()
    answer = run.invoke(cli.main, ["residency", "--development"])
    assert answer.exit_code == 0
    told = json.loads(answer.output[answer.output.index("{") :])
    assert {"machine", "database", "root key"} <= {one["what"] for one in told["providers"]}
    before, now = told["turned_back"]
    assert (before["egress.abroad"], now["egress.abroad"]) == ({}, {"push": 1})
    assert before["until"] == now["from"]
    assert len(told["rule"]["table"]) == 2


def test_the_ledger_check_walks_a_sound_log_and_names_a_fault(home: Path) -> None:
    receipt(home)
    sound = run.invoke(cli.main, ["ledger", "check", "--development"])
    assert (sound.exit_code, sound.output) == (0, "0 faults\n")
    house = wiring.build(Settings(home=home, development=True))
    with house.store.begin() as db:
        unguarded(db)
        db.execute(sa.update(LedgerLine).values(kind="account.closed"))
    house.store.close()
    found = run.invoke(cli.main, ["ledger", "check", "--development"])
    assert found.exit_code == 1
    assert "checkpoint 1: it speaks of another tree" in found.output


def test_the_ledger_check_holds_the_log_to_a_kept_checkpoint(home: Path, tmp_path: Path) -> None:
    receipt(home)
    house = wiring.build(Settings(home=home, development=True))
    with house.store.read() as db:
        note = ledger.checkpoint(db)
    house.store.close()
    kept = tmp_path / "kept"
    check = ["ledger", "check", "--development", "--against", str(kept)]
    kept.write_text(note, "utf-8")
    assert run.invoke(cli.main, check).output == "0 faults\n"
    kept.write_bytes(b"\xff" + note.encode())
    strange = run.invoke(cli.main, check)
    assert (strange.exit_code, "has not signed it" in strange.output) == (1, True)


def test_a_receipt_is_held_to_the_witnesses_that_one_trusts(home: Path, tmp_path: Path) -> None:
    receipt(home)
    house = wiring.build(Settings(home=home, development=True))
    with house.store.begin() as db:
        leaf = ledger.append(db, Fact("account.opened", None, {"count": 1}))
        ledger.integrate(db)
        by = Watching("witness.example/w1", db.clock, ledger.verifier(db))
        other = Watching("witness.example/w2", db.clock, ledger.verifier(db))
        witnessing.cosigned(db, 2, by.cosign(ledger.checkpoint(db)), by.key)
    with house.store.read() as db:
        file = tmp_path / "receipt"
        file.write_bytes(ledger.receipt(db, leaf))
    house.store.close()
    verify = ["verify", str(file), "--witness", by.key]
    assert "witness.example/w1" in run.invoke(cli.main, verify).output
    assert run.invoke(cli.main, [*verify, "--witness", other.key]).exit_code == 1
    assert run.invoke(cli.main, [*verify, "--witness", other.key, "--quorum", "1"]).exit_code == 0
    assert run.invoke(cli.main, [*verify, "--quorum", "2"]).exit_code == 2


def test_a_fork_is_acknowledged_on_the_command_line(home: Path) -> None:
    receipt(home)
    house = wiring.build(Settings(home=home, development=True))
    with house.store.begin() as db:
        witnessing.forked(db, "witness.example/w1", 9, 1)
    house.store.close()
    acknowledge = ["ledger", "acknowledge", "--development"]
    said = run.invoke(cli.main, acknowledge)
    assert said.output == "witness.example/w1 has signed 9 leaves, shown 1\n1 acknowledged\n"
    assert run.invoke(cli.main, acknowledge).output == "0 acknowledged\n"
