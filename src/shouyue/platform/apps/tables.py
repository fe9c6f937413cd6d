"""Rows of the app room."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Flag, Id, Instant, Json, Number, Table, Word, holds
from shouyue.privacy.policy.items import Item


class AppRow(Table):
    """One app. `owner` is the person who registered it for the enterprise."""

    __tablename__ = "app"
    __subject__ = "owner"
    __item__ = Item.DI_34

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    appkey: Mapped[str] = mapped_column(Id(32), unique=True)
    owner: Mapped[str] = mapped_column(Id, index=True)
    enterprise: Mapped[str] = mapped_column(Id(64), index=True)
    title: Mapped[str] = mapped_column(String(60), info=holds(Item.DI_65))
    description: Mapped[str] = mapped_column(String(500), info=holds(Item.DI_65))
    state: Mapped[str] = mapped_column(Word(16))
    callback: Mapped[str] = mapped_column(String(500), info=holds(Item.DI_34))
    scopes: Mapped[list[str]] = mapped_column(Json)
    # Servers that may call, as ranges.
    networks: Mapped[list[str]] = mapped_column(Json, info=holds(Item.DI_34))
    created: Mapped[datetime] = mapped_column(Instant)
    # Why the operator's staff stopped all of its secrets.
    frozen: Mapped[str | None] = mapped_column(Word(16))


class AppSecret(Table):
    """One secret of an app, sealed for the house; shown once, when it was made (DI-34)."""

    __tablename__ = "app_secret"
    __why__ = "a credential of an enterprise's app"
    __table_args__ = (Index("ix_app_secret_app_kind", "app", "kind"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    app: Mapped[str] = mapped_column(ForeignKey("app.id"))
    kind: Mapped[str] = mapped_column(Word(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=holds(Item.DI_34))
    last4: Mapped[str] = mapped_column(String(4), info=holds(Item.DI_34))
    state: Mapped[str] = mapped_column(Word(8))
    paused: Mapped[bool] = mapped_column(Flag, server_default=sa.false())  # by the developer
    created: Mapped[datetime] = mapped_column(Instant)
    last_used: Mapped[datetime | None] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)


class AccessVersion(Table):
    """One row that moves whenever something that a gateway holds in memory has become wrong."""

    __tablename__ = "access_version"
    __why__ = "a counter"

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Number)


class AccessChange(Table):
    """Which app a move of the version was about; none: all. The newest ten thousand are kept."""

    __tablename__ = "access_change"
    __why__ = "numbers and companies' apps"

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    app: Mapped[str] = mapped_column(Id)
