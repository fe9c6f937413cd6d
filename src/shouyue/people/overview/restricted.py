"""What law keeps of a person, in words: what stays, by which law or hold, until when (6.1.2)."""

from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession
from shouyue.people.overview import words
from shouyue.people.overview.types import Stays
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.types import Ground, GroundKind
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.types import Text
from shouyue.privacy.statutes import service as statutes
from shouyue.privacy.vault import service as vault

HOLDS = {
    GroundKind.HOLD: Text("案件处理中，依法保全", "Held for legal proceedings"),
    GroundKind.INFEASIBLE: Text("技术上暂时难以删除", "Erasing it is technically not possible yet"),
}


@control(
    Clause.C6_1_2_b,
    says="A person sees what could not be erased, why, and until when it is kept.",
)
def stays(db: ReadSession, subject: SubjectId, lang: Lang) -> list[Stays]:
    """Return what is in custody about the person or company, the newest first."""
    held = {one.item for one in vault.held(db, [subject])}
    held |= {paper.item for paper in vault.documents(db, subject)}
    return [
        Stays(
            item=policy.item(one.item).name.say(lang),
            earlier=one.item in held,
            why=tuple(why(ground, lang) for ground in one.grounds),
            since=one.at,
            until=one.until,
        )
        for one in custody.of(db, subject)
    ]


def facts(db: ReadSession, subject: SubjectId) -> dict[str, str | int]:
    """Return what the notice says: what, why and until when, in both languages; empty for none."""
    told: dict[str, str | int] = {}
    for lang in ("zh", "en"):
        found = stays(db, subject, lang)
        if not found:
            return {}
        told[f"what_{lang}"] = _listed([one.item for one in found], lang)
        told[f"why_{lang}"] = _listed([why for one in found for why in one.why], lang)
        told["until"] = max(one.until for one in found).astimezone(BEIJING).date().isoformat()
    return told


def why(ground: Ground, lang: Lang) -> str:
    """Return by what a value is kept, in words."""
    law = statutes.keepings().get(ground.ref) if ground.kind is GroundKind.STATUTE else None
    if law is not None:
        said = law.name.say(lang), law.why.say(lang)
        return f"{said[0]}：{said[1]}" if lang == "zh" else f"{said[0]}: {said[1]}"
    return HOLDS[ground.kind].say(lang) if ground.kind in HOLDS else ground.ref


def _listed(texts: list[str], lang: Lang) -> str:
    return words.listed(list(dict.fromkeys(texts)), lang)[:_LONGEST]


_LONGEST = 500
"""As much as one fact of a notice can say; the privacy centre says all of it."""
