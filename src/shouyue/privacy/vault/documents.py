"""Documents: photos and papers, sealed into the object store, opened in front of a witness."""

from collections.abc import Mapping, Sequence

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.keys import service as keys
from shouyue.privacy.looks import refused
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import evidence, guard, queries, rules, sealing
from shouyue.privacy.vault.errors import NotHeld
from shouyue.privacy.vault.sealed import Sealed
from shouyue.privacy.vault.tables import SealedDocument
from shouyue.privacy.vault.types import Document, KeepDocument, Reader

SHELF = "vault"
"""The vault's shelf in the object store."""

DISCARD = "vault.discard"
_AT_ONCE, _IN_A_JOB = 32, 200


@control(Clause.C5_1_1, says="Photos and papers are sealed under the person's key before storage.")
def keep_document(db: Session, new: KeepDocument) -> str:
    """Seal a document and return its id. Earlier documents of the item stay until forgotten.

    Raises NotAllowed where the policy declares no such purpose or basis, ObjectTooLarge, and as
    `grounds.fix` does.
    """
    rule = policy.item(new.item)
    rules.check_keep(rule, new.purpose, new.basis)
    key = keys.key_for(db, new.subject, rule.retention_class)
    ground = grounds.fix(db, new.subject, new.item, new.purpose, new.basis)
    row = SealedDocument(
        id=db.new_id(),
        subject=new.subject,
        item=new.item.value,
        object_name=new_name(db),
        key=key.id,
        media_type=new.media_type,
        byte_size=len(new.content),
        digest=db.keys.mac(f"document:{new.item.value}", new.content).hex(),
        ground=ground.id,
        purpose=new.purpose.value,
        basis=new.basis.value,
        source=new.source,
        at=db.clock(),
    )
    db.objects.put(row.object_name, sealing.seal(db, row, key, new.content))
    db.add(row)
    db.flush()
    evidence.kept(db, row, ground.under)
    return row.id


def new_name(db: ReadSession) -> str:
    """Return a name for a sealed object that means nothing."""
    return f"{SHELF}/{db.new_id()}"


@control(Clause.C5_1_2, says="A document opens only for a named reader, after the look is logged.")
def view_document(db: Session, document_id: str, reader: Reader) -> tuple[str, Sealed[bytes]]:
    """Return media type and content, with evidence written first.

    Raises NotHeld where there is no such document, NotAllowed where the reader may not see it,
    and for staff what `guard.admit` raises.
    """
    row = queries.document(db, document_id)
    if row is None:
        raise NotHeld
    subject, item = SubjectId(row.subject), Item(row.item)
    with refused.traced(refused.by(reader, subject, (item,))):
        rules.check_reader(reader, subject)
        off, bases = grounds.switched_off(db, subject), policy.purpose(reader.purpose).bases
        kept = Purpose(row.purpose), Basis(row.basis)
        rules.check_read(policy.item(item), kept, off, reader, bases)
        permit = guard.admit(db, reader, subject, [item])
    evidence.looked(db, "vault.viewed", (subject, [item]), reader, permit)
    content = sealing.unseal(db, row, db.objects.get(row.object_name))
    return row.media_type, Sealed(content, subject, item, why=(reader.purpose, reader.basis))


def documents(db: ReadSession, subject: SubjectId) -> list[Document]:
    """Return what documents are held about the person, oldest first, without content."""
    return [
        Document(
            row.id,
            subject,
            Item(row.item),
            row.media_type,
            row.byte_size,
            Purpose(row.purpose),
            Basis(row.basis),
            row.at,
            row.source,
        )
        for row in queries.documents(db, subject)
    ]


def discard(db: Session, names: Sequence[str]) -> None:
    """Have objects deleted whose keys this unit destroys: a few with its commit, the rest by jobs.

    How long a person's end takes must not depend on how many photos there were; what is left for a
    moment opens for nobody.
    """
    for name in names[:_AT_ONCE]:
        db.objects.delete(name)
    for start in range(_AT_ONCE, len(names), _IN_A_JOB):
        part = names[start : start + _IN_A_JOB]
        jobs.enqueue(db, DISCARD, {f"object_{at}": name for at, name in enumerate(part)})


def discarded(db: Session, job: Job) -> None:
    """Delete the objects that a job names."""
    for name in job.args.values():
        db.objects.delete(str(name))


ANSWERS: Mapping[str, Answer] = {DISCARD: discarded}


def sweep_orphans(db: Session) -> int:
    """Delete objects that no row knows, left by a killed process; return how many."""
    names = list(db.objects.names(SHELF, db.clock() - rules.ORPHAN_AGE))
    orphans = set(names) - queries.known_objects(db, names)
    for name in orphans:
        db.objects.delete(name)
    return len(orphans)
