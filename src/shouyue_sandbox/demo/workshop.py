"""The developer's workshop: an app, its secrets, and an address for messages."""

from shouyue_sandbox.demo.page import Page
from shouyue_sandbox.demo.walk import Keys, Stopped, Walk, wait

SCOPES = ["merchant_user", "merchant_order", "merchant_item", "merchant_refund"]
ADDED, PAID = "kwaishop_order_addOrder", "kwaishop_order_paySuccess"


def create_app(walk: Walk) -> str:
    """A name, a call-back address, permission packages; the secrets are read off the page once."""
    page = wait(lambda: _ready(walk), "the company is not certified")
    title = f"示例ERP{walk.dice.randrange(10**6):06d}"
    page = walk.send(
        "developer",
        page,
        "scopes",
        {"title": title, "callback": walk.redirect, "scopes": SCOPES},
    )
    shown = page.ids
    links = [link for link in page.links if link.startswith("/apps/") and link != "/apps/new"]
    if not all(shown.get(name) for name in ("appkey", "app_secret", "sign_secret", "message_key")):
        raise Stopped(page.url, page.status, "the secrets are not on the page")
    walk.keys = Keys(
        app=links[-1].removeprefix("/apps/"),
        appkey=shown["appkey"],
        app_secret=shown["app_secret"],
        sign_secret=shown["sign_secret"],
        message_key=shown["message_key"],
    )
    return walk.keys.appkey


def set_push_address(walk: Walk) -> str:
    """The platform sends an encrypted probe first; only a good answer saves the address."""
    walk.receiver.key = walk.keys.message_key
    page = walk.open("developer", f"/apps/{walk.keys.app}/messages")
    page = walk.send("developer", page, "url", {"url": walk.receiver.url})
    page = walk.send("developer", page, "/types", {"events": [ADDED, PAID]})
    if "done=chosen" not in page.url:
        raise Stopped(page.url, page.status, "not subscribed")
    return walk.receiver.url


def _ready(walk: Walk) -> Page | None:
    page = walk.open("developer", "/apps/new")
    return page if any(form.holds("scopes") for form in page.forms) else None
