"""Rows of the app room."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Instant, Json, Table


class AppRow(Table):
    """One app. `owner` is the person who registered it for the enterprise."""

    __tablename__ = "app"
    __subject__ = "owner"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    appkey: Mapped[str] = mapped_column(String(32), unique=True)
    owner: Mapped[str] = mapped_column(String(26), index=True)
    enterprise: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(16))
    callback: Mapped[str] = mapped_column(String(500))
    scopes: Mapped[list[str]] = mapped_column(Json)
    networks: Mapped[list[str]] = mapped_column(Json)  # servers that may call, as ranges
    created: Mapped[datetime] = mapped_column(Instant)


class AppSecret(Table):
    """One secret of an app, sealed for the house; shown once, when it was made (DI-34)."""

    __tablename__ = "app_secret"
    __why__ = "a credential of an enterprise's app"
    __table_args__ = (Index("ix_app_secret_app_kind", "app", "kind"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    app: Mapped[str] = mapped_column(ForeignKey("app.id"))
    kind: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last4: Mapped[str] = mapped_column(String(4))
    state: Mapped[str] = mapped_column(String(8))
    paused: Mapped[bool] = mapped_column(server_default=sa.false())  # by the developer
    created: Mapped[datetime] = mapped_column(Instant)
    last_used: Mapped[datetime | None] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)


class AccessVersion(Table):
    """One row that moves whenever something that a gateway holds in memory has become wrong."""

    __tablename__ = "access_version"
    __why__ = "a counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class AccessChange(Table):
    """Which app a move of the version was about. The newest ten thousand are kept."""

    __tablename__ = "access_change"
    __why__ = "numbers and companies' apps"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    app: Mapped[str] = mapped_column(String(26))
