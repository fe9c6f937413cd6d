"""The manifest of a backup: begun empty, written last, checked first."""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.store.journal import Position
from shouyue.privacy.recovery.errors import Damaged, NoFolder, NotEmpty, OtherHouse, Unfinished
from shouyue.privacy.recovery.types import FORM, MANIFEST, Manifest

_BEGUN = f"{MANIFEST}.new"
"""An empty one says that what is beside it is a backup that was begun; filled, it is the end."""


def begin(folder: Path, parts: Iterable[str]) -> None:
    """Make a folder ready for a backup: a new one, an empty one, or one that was cut off in it.

    `parts` are the names that a backup has in its folder; of one that was cut off they go. Raises
    NoFolder where a file is in the way, NotEmpty where anything else lies there.
    """
    if folder.exists() and not folder.is_dir():
        raise NoFolder(what=folder.name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / _BEGUN).exists() and not (folder / MANIFEST).exists():
        clear(folder, parts)
    if any(folder.iterdir()):
        raise NotEmpty(what=folder.name)
    (folder / _BEGUN).touch(0o600)


def clear(folder: Path, parts: Iterable[str]) -> None:
    """Take away what there is of a backup that was begun and not ended."""
    for name in (MANIFEST, *parts):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    (folder / _BEGUN).unlink(missing_ok=True)


def digests(folder: Path) -> dict[str, str]:
    """Make every file of a folder last, and return their digests by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        sync(path)
        if path.is_file() and path != folder / _BEGUN:
            found[path.relative_to(folder).as_posix()] = tokens.file_digest(path)
    return found


def write(folder: Path, backup: Manifest) -> None:
    """Write the manifest; from here on the folder is a backup."""
    told = {"form": FORM, **asdict(backup)}
    fresh = folder / _BEGUN
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
