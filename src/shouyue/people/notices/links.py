"""One-time links: a path, the id it is about, and a proof that is derived and never stored."""

from shouyue.ground.hazmat import tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.store.session import ReadSession
from shouyue.people.notices.types import Facts


def link_proof(db: ReadSession, purpose: str, about: str) -> str:
    """Return the proof that a link for this purpose and this id was made here."""
    return db.keys.mac(f"link:{purpose}", about.encode()).hex()


def check_link(db: ReadSession, purpose: str, about: str, proof: str) -> None:
    """Return if the proof is the link's; raise NotAuthentic otherwise. Its age is the caller's."""
    if not tokens.same(link_proof(db, purpose, about), proof):
        raise NotAuthentic


def path(db: ReadSession, facts: Facts) -> str:
    """Return the path that a notice's facts name, with its proof if it asks for one; or empty."""
    link = str(facts.get("link", ""))
    if not link or "link_purpose" not in facts or "link_id" not in facts:
        return link
    proof = link_proof(db, str(facts["link_purpose"]), str(facts["link_id"]))
    return f"{link}{'&' if '?' in link else '?'}proof={proof}"
