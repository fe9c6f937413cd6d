"""The manifest of a backup: written last, checked first."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.store.journal import Position
from shouyue.privacy.recovery.errors import Damaged, OtherHouse, Unfinished
from shouyue.privacy.recovery.types import FORM, MANIFEST, Manifest


def digests(folder: Path) -> dict[str, str]:
    """Make every file of a folder last, and return their digests by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        sync(path)
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = tokens.file_digest(path)
    return found


def write(folder: Path, backup: Manifest) -> None:
    """Write the manifest; from here on the folder is a backup."""
    told = {"form": FORM, **asdict(backup)}
    fresh = folder / f"{MANIFEST}.new"
    digest = tokens.fingerprint(canonical(told).decode())
    fresh.write_bytes(canonical({**told, "digest": digest}) + b"\n")
    sync(fresh)
    fresh.replace(folder / MANIFEST)
    sync(folder)


def read(folder: Path) -> Manifest:
    """Return what a backup says of itself, each file of it checked.

    Raises Unfinished, Damaged, or OtherHouse for a form of another version.
    """
    if not (folder / MANIFEST).is_file():
        raise Unfinished
    backup = _parsed((folder / MANIFEST).read_bytes())
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    for name in sorted(there ^ {*backup.files, MANIFEST}):
        raise Damaged(file=name)
    for name, digest in backup.files.items():
        if tokens.file_digest(folder / name) != digest:
            raise Damaged(file=name)
    return backup


def sync(path: Path) -> None:
    """Make a file or folder last."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parsed(octets: bytes) -> Manifest:
    try:
        told = json.loads(octets)
        digest = told.pop("digest")
        spelled = canonical({**told, "digest": digest}) + b"\n"
        form = told.pop("form")
        journal = Position(**told.pop("journal"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Damaged(file=MANIFEST) from None
    whole = {"form": form, **told, "journal": asdict(journal)}
    if spelled != octets or tokens.fingerprint(canonical(whole).decode()) != digest:
        raise Damaged(file=MANIFEST)
    if form != FORM:
        raise OtherHouse(what=f"form {form}")
    return Manifest(**told, journal=journal)
