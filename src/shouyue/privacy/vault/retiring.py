"""The end of a whole retention class, once two members of staff have approved it."""

from collections.abc import Mapping

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.keys import destructions
from shouyue.privacy.keys.types import Doomed
from shouyue.privacy.vault import service

_DESTROY = destructions.JOBS[Doomed.CLASS]


def destroy(db: Session, job: Job) -> None:
    """Destroy the next keys of a class, with all that they seal; the key last seen is the mark."""
    found = destructions.approved(db, str(job.args["destruction"]))
    if found is None:
        return
    keys = destructions.doomed_keys(db, found, str(job.args.get("after", "")))
    for key in keys:
        service.retire(db, key)
    if keys:
        jobs.enqueue(db, job.name, {"destruction": found.id, "after": keys[-1].id})
    else:
        destructions.finish(db, found.id)


ANSWERS: Mapping[str, Answer] = {_DESTROY: destroy}
