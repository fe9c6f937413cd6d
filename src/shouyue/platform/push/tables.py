"""Rows of the push room."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Flag, Id, Instant, Json, Number, Table, Word, holds
from shouyue.platform.push.types import DeliveryState, SubscriptionState
from shouyue.privacy.policy.items import Item


class SubscriptionRow(Table):
    """What one app wants to hear and where. The key of its messages is the app room's.

    The address is a company's endpoint; it is written only after it has been proved.
    """

    __tablename__ = "push_subscription"
    __subject__ = "owner"
    __item__ = Item.DI_35

    app: Mapped[str] = mapped_column(Id, primary_key=True)
    owner: Mapped[str] = mapped_column(Id, index=True)
    url: Mapped[str] = mapped_column(String(2048), info=holds(Item.DI_34))
    switched_on: Mapped[bool] = mapped_column(Flag)
    events: Mapped[list[str]] = mapped_column(Json)
    extra: Mapped[bool] = mapped_column(Flag, default=False)
    state: Mapped[str] = mapped_column(Word(10), default=SubscriptionState.OK)
    mainland: Mapped[bool] = mapped_column(Flag)
    misses: Mapped[int] = mapped_column(Number, default=0)  # probes in a row without a good answer
    outcome: Mapped[str] = mapped_column(Word(24), default="")
    proved: Mapped[datetime] = mapped_column(Instant)
    probed: Mapped[datetime] = mapped_column(Instant)


class EventRow(Table):
    """Something that happened in a merchant's shop. Its content lives seven days (DI-35)."""

    __tablename__ = "push_event"
    __subject__ = "subject"
    __item__ = Item.DI_35

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id(64), unique=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    seller_id: Mapped[int] = mapped_column(BigInteger, info=holds(Item.DI_06))
    kind: Mapped[str] = mapped_column(Word(100))
    biz_id: Mapped[int] = mapped_column(BigInteger, info=holds(Item.DI_35))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=holds(Item.DI_35))
    happened: Mapped[datetime] = mapped_column(Instant)
    taken: Mapped[datetime] = mapped_column(Instant, index=True)


class DeliveryRow(Table):
    """One event on its way to one app. `tries` counts since the last push by hand."""

    __tablename__ = "push_delivery"
    __subject__ = "subject"
    __item__ = Item.DI_35
    __table_args__ = (
        Index("ux_push_delivery_event_app", "event", "app", unique=True),
        Index("ix_push_delivery_app_at", "app", "at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    event: Mapped[str] = mapped_column(ForeignKey("push_event.id"))
    app: Mapped[str] = mapped_column(Id)
    subject: Mapped[str] = mapped_column(Id, index=True)
    state: Mapped[str] = mapped_column(Word(10), default=DeliveryState.WAITING)
    tries: Mapped[int] = mapped_column(Number, default=0)
    attempts: Mapped[int] = mapped_column(Number, default=0)
    status: Mapped[int | None] = mapped_column(Number)
    millis: Mapped[int | None] = mapped_column(Number)
    outcome: Mapped[str] = mapped_column(Word(40), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime | None] = mapped_column(Instant)


class AttemptRow(Table):
    """One try: a status, a time and a code; no body, no header (2.3)."""

    __tablename__ = "push_attempt"
    __why__ = "belongs to a delivery, which names the merchant"
    __item__ = Item.DI_35

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    delivery: Mapped[str] = mapped_column(ForeignKey("push_delivery.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[int | None] = mapped_column(Number)
    millis: Mapped[int] = mapped_column(Number)
    outcome: Mapped[str] = mapped_column(Word(24))
