"""The command line: what a person types to run, show, prove and keep a platform."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from shouyue.assembly.settings import Settings, settings_file
from shouyue.ground.kit.errors import Refusal


class _Commands(TyperGroup):
    """A refusal is a sentence and exit code 1, never a traceback."""

    def invoke(self, ctx: Any) -> object:
        """Run the command. Its answer is on standard output, which may be a file; logs are not."""
        from shouyue.assembly import loglines  # noqa: PLC0415 - `--help` need not load it

        loglines.to_standard_error()
        try:
            return super().invoke(ctx)
        except Refusal as no:
            raise _ended(no) from None
        except Exception as error:
            from shouyue.assembly import troubles  # noqa: PLC0415 - seldom needed

            if (told := troubles.told(error)) is not None:
                raise _ended(told) from None
            raise


def _ended(no: Refusal) -> typer.Exit:
    typer.echo(f"{no.say('en')} [{no.code}]", err=True)
    return typer.Exit(1)


main = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False, help=__doc__)
policy_commands = typer.Typer(no_args_is_help=True, help="The privacy policy as source.")
keys_commands = typer.Typer(no_args_is_help=True, help="The keys under which values are sealed.")
staff_commands = typer.Typer(no_args_is_help=True, help="The operator's staff.")
ledger_commands = typer.Typer(no_args_is_help=True, help="The evidence log.")
main.add_typer(policy_commands, name="policy")
main.add_typer(staff_commands, name="staff")
main.add_typer(keys_commands, name="keys")
main.add_typer(ledger_commands, name="ledger")

_OURS_ALONE = 0o077
"""What a command writes about a platform, its owner alone may read: rows say who is there."""

Development = Annotated[
    bool, typer.Option(help="Loopback only, with post box and sandbox; nothing leaves the machine.")
]


@main.command()
def serve(*, development: Development = False) -> None:
    """Run the whole platform in one process."""
    from shouyue.assembly import running  # noqa: PLC0415 - `--help` need not load the house

    running.serve(_new(development=development))


@main.command()
def gateway(*, development: Development = False) -> None:
    """Run the signed API alone, beside a process that serves the rest."""
    from shouyue.assembly import alone  # noqa: PLC0415 - as above

    alone.serve(_founded(development=development))


@main.command()
def demo(
    *, as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False
) -> None:
    """Walk the main errand against the running platform, or a temporary one of its own."""
    from shouyue.assembly import running  # noqa: PLC0415 - as above

    sys.exit(running.demo(_settings(development=True), as_json=as_json))


@main.command()
def migrate(
    role: Annotated[
        str, typer.Option(help="PostgreSQL role to run as: it owns nothing, deletes no evidence.")
    ] = "",
) -> None:
    """Bring the database to the newest schema."""
    from shouyue.assembly import running  # noqa: PLC0415 - as above

    settings = _settings()
    if settings.database_url.startswith("sqlite"):
        settings = _new(development=settings.development)
        if role:
            raise typer.BadParameter("SQLite has no roles; a role is for PostgreSQL")
    running.migrate(settings, role)


@main.command()
def verify(
    receipt: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    key: Annotated[str, typer.Option(help="The log's verifier key, from where you trust it.")] = "",
    witness: Annotated[
        list[str] | None, typer.Option(help="Verifier key of a witness you trust; several times.")
    ] = None,
    quorum: Annotated[
        int, typer.Option(min=0, help="So many of them must have signed; 0: all.")
    ] = 0,
) -> None:
    """Check a receipt offline. Without a key it proves only what its own key signed."""
    from shouyue.assembly import proofs  # noqa: PLC0415 - as above
    from shouyue.ground.hazmat.errors import NotAuthentic  # noqa: PLC0415 - as above
    from shouyue.privacy.ledger import service as ledger  # noqa: PLC0415 - as above
    from shouyue.privacy.ledger.types import Pins  # noqa: PLC0415 - as above

    trusted = frozenset(witness or ())
    if key and not ledger.is_key(key):
        raise typer.BadParameter("--key is no verifier key of a log: one line, name+hint+key")
    if not all(ledger.is_key(one, witness=True) for one in trusted):
        raise typer.BadParameter("--witness is no verifier key of a witness")
    if quorum > len(trusted):
        raise typer.BadParameter("a quorum of more witnesses than are named")
    try:
        pins = Pins(key or None, trusted, quorum or len(trusted))
        found = ledger.verify(receipt.read_bytes(), pins)
    except NotAuthentic as no:
        typer.echo(no.say("en"), err=True)
        raise typer.Exit(1) from None
    for line in proofs.told(found, pinned=bool(key)):
        typer.echo(line)


@main.command()
def residency(*, development: Development = False) -> None:
    """Print where everything is kept, the rule of regions, and what was turned back."""
    from shouyue.assembly import running  # noqa: PLC0415 - as above

    typer.echo(running.prove_residency(_founded(development=development)))


@main.command()
def backup(folder: Path, *, development: Development = False) -> None:
    """Take a backup into an empty folder while the platform is open."""
    from shouyue.assembly import backups  # noqa: PLC0415 - as above

    told = backups.backup(_founded(development=development), folder)
    typer.echo(f"backup {told.id}: {len(told.files)} files, {told.ledger} leaves of evidence")


@main.command()
def restore(
    folder: Annotated[Path | None, typer.Argument(help="The backup; none with --resume.")] = None,
    *,
    resume: Annotated[bool, typer.Option(help="Go on with a restore that was cut off.")] = False,
    fork_ledger: Annotated[
        bool, typer.Option(help="Accept that the evidence log goes on from an older state.")
    ] = False,
    development: Development = False,
) -> None:
    """Put a backup into an empty house, and erase again what was erased since."""
    from shouyue.assembly import backups  # noqa: PLC0415 - as above

    settings = _settings(development=development)
    if resume == (folder is not None):
        raise typer.BadParameter("a backup's folder, or --resume")
    done = (
        backups.resume(_founded(development=development))
        if folder is None
        else backups.restore(settings, folder, fork_ledger=fork_ledger)
    )
    typer.echo(f"erased again: {done.keys} keys, {done.rows} rows")
    if done.restricted:
        typer.echo(f"restricted again: {done.restricted} values")
    if done.holds or done.withdrawn:
        typer.echo(f"as they were: {done.holds} holds; withdrawn again: {done.withdrawn} consents")


@main.command()
def residue(
    values: Annotated[
        typer.FileText,
        typer.Option(encoding="utf-8", help="One known value a line; - for standard input."),
    ],
    also: Annotated[
        list[Path] | None,
        typer.Option(exists=True, help="More folders: logs, exports, backups."),
    ] = None,
    *,
    development: Development = False,
) -> None:
    """Search all that is stored for known values; exit code 1 where one is found."""
    from shouyue.assembly import residue as search  # noqa: PLC0415 - as above

    try:
        known = [line.strip() for line in values]
    except UnicodeDecodeError:
        raise typer.BadParameter("the values are not UTF-8 text") from None
    if not any(known):
        raise typer.BadParameter("no value to look for")
    try:
        found = search.search(_founded(development=development), known, also or [])
    except ValueError as no:
        raise typer.BadParameter(str(no)) from None
    for hit in found.hits:
        typer.echo(f"value {hit.value}: {hit.where} as {hit.spelling} at {hit.at}", err=True)
    typer.echo(
        f"{found.files} files of {found.bytes} bytes and {found.columns} columns searched: "
        f"{len(found.hits)} hits"
    )
    for part in found.unread:
        typer.echo(f"not searched, for it cannot be read from here: {part}")
    raise typer.Exit(1 if found.hits else 0)


@ledger_commands.command("check")
def ledger_check(
    *,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, dir_okay=False, help="A checkpoint that you kept; several times."
        ),
    ] = None,
    development: Development = False,
) -> None:
    """Compute the whole evidence log anew from its leaves and say what is wrong where."""
    from shouyue.assembly import running  # noqa: PLC0415 - as above

    kept = [file.read_text("utf-8", errors="replace") for file in against or ()]
    faults = running.walk(_founded(development=development), kept)
    for fault in faults:
        typer.echo(f"{fault.where}: {fault.what}", err=True)
    typer.echo(f"{len(faults)} faults")
    raise typer.Exit(1 if faults else 0)


@ledger_commands.command("acknowledge")
def ledger_acknowledge(*, development: Development = False) -> None:
    """Let the evidence log go on although a witness has signed another one; leaves evidence."""
    from shouyue.assembly import running  # noqa: PLC0415 - as above

    forks = running.acknowledge(_founded(development=development))
    for fork in forks:
        typer.echo(f"{fork.witness} has signed {fork.theirs} leaves, shown {fork.ours}")
    typer.echo(f"{len(forks)} acknowledged")


@policy_commands.command("check")
def policy_check(
    overlay: Annotated[Path | None, typer.Option(help="The operator's own folder.")] = None,
) -> None:
    """Validate the policy: every unit, both languages, items, purposes, cookies, digests."""
    from shouyue.privacy.policy import service as policy  # noqa: PLC0415 - as above

    faults = policy.check(policy.load(overlay))
    for fault in faults:
        typer.echo(f"{fault.where}: {fault.what}", err=True)
    typer.echo(f"{len(policy.active().clauses)} clauses, {len(faults)} faults")
    raise typer.Exit(1 if faults else 0)


@policy_commands.command("lock")
def policy_lock(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Your own folder.")],
) -> None:
    """Fix the digests of the version in a folder: from then on its text cannot change."""
    from shouyue.assembly import publishing  # noqa: PLC0415 - as above

    typer.echo(f"locked: {publishing.lock(folder)}")


@policy_commands.command("announce")
def policy_announce(
    overlay: Annotated[
        Path | None, typer.Option(help="The coming policy's folder; none for the settings' own.")
    ] = None,
    *,
    development: Development = False,
) -> None:
    """Announce a locked version: its days of notice run from now, by this machine's clock."""
    from shouyue.assembly import publishing  # noqa: PLC0415 - as above

    told = publishing.announce(_founded(development=development), overlay)
    major = f" (major: {', '.join(told.major)})" if told.major else ""
    typer.echo(f"announced: {told.number}, in force from {told.effective_at.isoformat()}{major}")


@staff_commands.command("add")
def staff_add(
    login: str,
    roles: Annotated[list[str], typer.Argument(help="reviewer privacy security support admin")],
    *,
    development: Development = False,
) -> None:
    """Make a member of staff; asks for a password and shows the second factor once."""
    from shouyue.assembly import running  # noqa: PLC0415 - as above
    from shouyue.people.staff.types import StaffRole  # noqa: PLC0415 - as above

    if unknown := sorted({*roles} - {role.value for role in StaffRole}):
        raise typer.BadParameter(f"no such role: {', '.join(unknown)}")
    settings = _new(development=development)
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    made = running.hire(settings, login, password, roles)
    typer.echo(json.dumps(made, indent=1))


@staff_commands.command("roles")
def staff_roles(
    login: str,
    roles: Annotated[list[str], typer.Argument(help="reviewer privacy security support admin")],
    *,
    development: Development = False,
) -> None:
    """Give a member of staff these posts instead; grants of a lost one end at once."""
    from shouyue.assembly import running  # noqa: PLC0415 - as above

    typer.echo(json.dumps(running.repost(_settings(development=development), login, roles)))


@staff_commands.command("leave")
def staff_leave(login: str, *, development: Development = False) -> None:
    """End a member's sessions and grants at once, for good."""
    from shouyue.assembly import running  # noqa: PLC0415 - as above

    typer.echo(json.dumps(running.dismiss(_settings(development=development), login)))


@keys_commands.command("status")
def keys_status(*, development: Development = False) -> None:
    """Show root versions, suites and how many keys rest on each, as JSON."""
    from shouyue.assembly import keykeeping  # noqa: PLC0415 - as above

    typer.echo(json.dumps(keykeeping.status(_founded(development=development)), indent=1))


@keys_commands.command("rotate")
def keys_rotate(*, development: Development = False) -> None:
    """Add a root version; the worker then wraps every key under it, while the house is open."""
    from shouyue.assembly import keykeeping  # noqa: PLC0415 - as above

    typer.echo(f"new roots: {', '.join(keykeeping.rotate(_founded(development=development)))}")


@keys_commands.command("certificate")
def keys_certificate(key: str, *, development: Development = False) -> None:
    """Print the proof that a key was destroyed, for `shouyue verify`."""
    from shouyue.assembly import keykeeping  # noqa: PLC0415 - as above

    sys.stdout.buffer.write(keykeeping.certificate(_founded(development=development), key))


def _founded(*, development: bool) -> Settings:
    """Return the settings of a platform that is there. Raises NoHouse."""
    from shouyue.assembly import founded  # noqa: PLC0415 - as above

    settings = _settings(development=development)
    founded.check(settings)
    return settings


def _new(*, development: bool) -> Settings:
    """Return the settings of a platform that may be made now. Raises NoHouse."""
    from shouyue.assembly import founded  # noqa: PLC0415 - as above

    settings = _settings(development=development)
    founded.check_place(settings)
    return settings


def _settings(*, development: bool = False) -> Settings:
    os.umask(_OURS_ALONE)
    try:
        # A switch that is not given leaves the file and the environment in charge.
        return Settings(development=True) if development else Settings()
    except ValidationError as error:
        if not (file := settings_file()).is_file():
            typer.echo(f"{file} is not there: is the home (SHOUYUE_HOME) the right one?", err=True)
        for fault in error.errors(include_url=False, include_input=False):
            where = ".".join(str(part) for part in fault["loc"]) or "settings"
            typer.echo(f"{where}: {fault['msg']}", err=True)
        raise typer.Exit(2) from None
    except ValueError as error:  # of the file: tomllib and its encoding say where, not what
        typer.echo(f"shouyue.toml: {error}", err=True)
        raise typer.Exit(2) from None
