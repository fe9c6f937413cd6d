"""The questions the house asks, each complete: purposes, items, language, recipient.

Doors take an offer from here and never make one up, so that what is asked is what is declared.
"""

from shouyue.ground.kit.types import Lang
from shouyue.privacy.consent.types import Kind, Offer
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

_PERSON = {
    "legal": (Item.DI_13, Item.DI_14, Item.DI_15, Item.DI_16, Item.DI_17),
    "admin": (Item.DI_18, Item.DI_19, Item.DI_20, Item.DI_21),
}


def registration(lang: Lang, *, platform: bool = False) -> Offer:
    """Ask for an account: P1, P3 and P4 as told; P5, and P1b from a platform account, as wished."""
    profile = (Item.DI_04, Item.DI_05) if platform else ()
    return Offer(
        kind=Kind.REGISTRATION,
        purposes=(Purpose.P1, Purpose.P3, Purpose.P4),
        optional=(Purpose.P1b, Purpose.P5) if platform else (Purpose.P5,),
        items=(Item.DI_01, *((Item.DI_03,) if platform else ()), *profile),
        lang=lang,
        separate=False,
    )


def certification(lang: Lang, items: tuple[Item, ...]) -> Offer:
    """Ask the submitter for what certification needs; sensitive items are an offer of their own."""
    return Offer(Kind.CERTIFICATION, (Purpose.P2,), items, lang, separate=True)


def subject(lang: Lang, role: str) -> Offer:
    """Tell the legal representative (`legal`) or administrator (`admin`), and ask (2.1.2, D3)."""
    return Offer(Kind.SUBJECT, (Purpose.P2,), _PERSON[role], lang, separate=True, role=role)


def grant(
    lang: Lang, app: tuple[str, str], permits: tuple[str, ...], items: tuple[Item, ...], days: int
) -> Offer:
    """Ask a merchant to let an app in; `app` is id and printed name, `permits` printed lines."""
    return Offer(
        kind=Kind.GRANT,
        purposes=(Purpose.P6,),
        items=items,
        lang=lang,
        separate=True,
        recipient=app[0],
        recipient_name=app[1],
        permits=permits,
        days=days,
    )


def purpose(lang: Lang, wish: Purpose, items: tuple[Item, ...] = ()) -> Offer:
    """Ask for one more purpose, alone (2.5)."""
    return Offer(Kind.PURPOSE, (wish,), items, lang, separate=True)
