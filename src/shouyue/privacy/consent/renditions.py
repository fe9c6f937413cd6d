"""The exact words of a notice, made from the policy in force and from nothing else.

The same offer under the same policy gives the same bytes, so a token can be checked by making
the words again. Clauses: 0.2, 0.4, 2.1.2.a; PIPL 17, 23, 30.
"""

from html import escape

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import Lang
from shouyue.privacy.consent.phrases import phrase
from shouyue.privacy.consent.types import Kind, Offer, Rendition
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Sensitive

_HTML_LANG = {"zh": "zh-CN", "en": "en"}


def version() -> str:
    """Return the number of the policy version in force."""
    return policy.active().version.number


@control(
    Clause.C0_2,
    Clause.C2_1_2_a,
    says="A notice shows the emphasised clauses first, then each item, why, how long, and the way "
    "back.",
)
def render(offer: Offer) -> Rendition:
    """Return the notice for an offer."""
    say = _Speaker(offer)
    parts = [
        f'<section class="notice" lang="{_HTML_LANG[offer.lang]}">',
        f"<h2>{say('title.' + _kind(offer))}</h2>",
        f"<p>{say('lead.' + _kind(offer))}</p>",
        *_key_clauses(offer),
        *_purposes(offer, say("told"), offer.purposes),
        *_permits(offer),
        *_items(offer),
        *_purposes(offer, say("optional"), offer.optional),
        *_choices(offer),
        f"<p>{say('contact')}</p>",
        "</section>",
    ]
    html = "\n".join(parts)
    digest = tokens.fingerprint(f"{offer.lang}\n{html}")
    return Rendition(digest, html, offer.lang, offer.kind, version())


def label(purpose: Purpose, lang: Lang) -> str:
    """Return a purpose's name and what a no means, as plain text, for the box beside it."""
    rule = policy.active().purposes[purpose]
    dash = "：" if lang == "zh" else ": "
    return f"{rule.name.say(lang)}{dash}{rule.refusal.say(lang)}"


def items_for(offer: Offer, purpose: Purpose) -> tuple[Item, ...]:
    """Return the offer's items that serve a purpose, or all where a recipient gets them."""
    if offer.recipient:
        return offer.items
    return tuple(item for item in offer.items if purpose in policy.item(item).purposes)


def _kind(offer: Offer) -> str:
    return offer.role if offer.kind == Kind.SUBJECT else offer.kind


class _Speaker:
    """Says the sentences of one offer, escaped and filled in."""

    def __init__(self, offer: Offer) -> None:
        self._lang = offer.lang
        self._facts = {
            "operator": escape(policy.active().operator["operator"].say(offer.lang)),
            "recipient": escape(offer.recipient_name),
            "support": escape(policy.active().operator["support_email"].say(offer.lang)),
            "days": str(offer.days),
            "version": escape(version()),
        }

    def __call__(self, key: str) -> str:
        return escape(phrase(self._lang, key), quote=False).format(**self._facts)


def _key_clauses(offer: Offer) -> list[str]:
    if offer.kind != Kind.REGISTRATION:
        return []
    say = _Speaker(offer)
    return [
        f"<h3>{say('key')}</h3>",
        policy.short_layer(offer.lang),
        f'<p><a href="/legal/privacy">{say("full")}</a></p>',
    ]


def _purposes(offer: Offer, title: str, purposes: tuple[Purpose, ...]) -> list[str]:
    if not purposes:
        return []
    lines = [f"<li>{escape(label(purpose, offer.lang))}</li>" for purpose in purposes]
    return [f"<h3>{title}</h3>", "<ul>", *lines, "</ul>"]


def _permits(offer: Offer) -> list[str]:
    if not offer.permits:
        return []
    lines = [f"<li>{escape(line)}</li>" for line in offer.permits]
    return [f"<h3>{_Speaker(offer)('permits')}</h3>", "<ul>", *lines, "</ul>"]


def _items(offer: Offer) -> list[str]:
    say = _Speaker(offer)
    if not offer.items:
        return [f"<p>{say('no-items')}</p>"]
    sensitive = any(policy.item(item).sensitive is not Sensitive.NO for item in offer.items)
    impact = [f'<p class="sensitive"><strong>{say("impact")}</strong></p>'] if sensitive else []
    terms = [_item(offer, item) for item in offer.items]
    return [f"<h3>{say('items')}</h3>", "<dl>", *terms, "</dl>", *impact]


def _item(offer: Offer, item: Item) -> str:
    say, rule, lang = _Speaker(offer), policy.item(item), offer.lang
    mark = ""
    if rule.sensitive is not Sensitive.NO:
        mark = f" <strong>[{say('sensitive')}]</strong>"
    colon = "：" if lang == "zh" else ": "
    return (
        f"<dt>{escape(rule.name.say(lang))}{mark}</dt>"
        f"<dd>{say('why')}{colon}{escape(rule.why.say(lang))}</dd>"
        f"<dd>{say('keep')}{colon}{escape(rule.keep.text.say(lang))}</dd>"
    )


def _choices(offer: Offer) -> list[str]:
    say = _Speaker(offer)
    return [
        f"<h3>{say('lasts')}</h3><p>{say('days' if offer.days else 'open')}</p>",
        f"<h3>{say('refusal')}</h3><p>{say('refuse.' + offer.kind)}</p>",
        f"<h3>{say('undo')}</h3><p>{say('undo.' + offer.kind)}</p>",
    ]
