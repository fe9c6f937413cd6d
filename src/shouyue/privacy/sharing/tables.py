"""Rows of the sharing room."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Digest, Holds, Id, Instant, Json, Table, Word, holds
from shouyue.privacy.policy.items import Item

_ONLY_KEY = {"sqlite_with_rowid": False}


class RecipientRow(Table):
    """One organisation's standing as a receiver; its people are in the vault, if anywhere."""

    __tablename__ = "recipient"
    __why__ = "an organisation's role, by references"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Word(20))
    enterprise: Mapped[str] = mapped_column(Id(64))
    contract: Mapped[str] = mapped_column(Id(64))
    standing: Mapped[str] = mapped_column(Word(12))
    since: Mapped[datetime] = mapped_column(Instant)


class ProvisionRow(Table):
    """What one recipient may receive by one person's decision (or by law: no subject)."""

    __tablename__ = "provision"
    __subject__ = "subject"
    __item__ = Item.DI_70

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    recipient: Mapped[str] = mapped_column(ForeignKey("recipient.id"), index=True)
    subject: Mapped[str | None] = mapped_column(Id, index=True)
    items: Mapped[list[str]] = mapped_column(Json)
    purpose: Mapped[str] = mapped_column(Word(8))
    basis: Mapped[str] = mapped_column(Word(20))
    clause: Mapped[str] = mapped_column(Word(16))
    notice: Mapped[str] = mapped_column(Digest)  # digest of what the person was shown
    case: Mapped[str] = mapped_column("case_ref", Id(64), index=True)
    state: Mapped[str] = mapped_column(Word(12))
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    ended: Mapped[datetime | None] = mapped_column(Instant)
    leaf: Mapped[str] = mapped_column(Id)


class DataRelease(Table):
    """One answer or message that carried people's data; whose, the two tables below say."""

    __tablename__ = "data_release"
    __why__ = "a call by its id; the people in it are in data_release_subject and data_release_ref"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provision: Mapped[str] = mapped_column(ForeignKey("provision.id"))
    items: Mapped[str] = mapped_column(Word(200))
    via: Mapped[str] = mapped_column(Word(100))
    request: Mapped[str] = mapped_column(Id(64))
    at: Mapped[datetime] = mapped_column(Instant, index=True)  # new ones always come last
    leaf: Mapped[str] = mapped_column(Id)  # of the batch it was written in


# A page writes twenty rows of people at once, so such a row is no more than its own key: what is
# asked is who was in which release.
class DataReleaseSubject(Table):
    """A subject of the house whose data one release held."""

    __tablename__ = "data_release_subject"
    __subject__ = "subject"
    __item__ = Item.DI_71
    __table_args__ = _ONLY_KEY

    subject: Mapped[str] = mapped_column(Id, primary_key=True)
    release: Mapped[str] = mapped_column(ForeignKey("data_release.id"), primary_key=True)


class DataReleaseRef(Table):
    """A buyer whose data one release held, by a keyed reference."""

    __tablename__ = "data_release_ref"
    __why__ = "a buyer by a keyed reference; no person of the house is behind it"
    __table_args__ = _ONLY_KEY

    ref: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True, info=holds(Holds.DIGEST))
    release: Mapped[str] = mapped_column(ForeignKey("data_release.id"), primary_key=True)
