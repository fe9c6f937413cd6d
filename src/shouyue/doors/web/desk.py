"""From a request to a visit and back: one request, one transaction, committed only here.

A page that looks gets a session that cannot write. A page that acts gets one unit of work: its
form is checked first, it commits when the function returns, and a refusal undoes all of it.
"""

import traceback
from dataclasses import replace

import structlog
from starlette.requests import Request
from starlette.responses import Response

from shouyue.doors.web import forms, language, refusals
from shouyue.doors.web.errors import Abroad, Trouble
from shouyue.doors.web.visits import Act, Deed, Door, Guard, Look, Person, Sent, Site, Then, Visit
from shouyue.ground.kit.errors import Refusal, named
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.staff.types import StaffVisit
from shouyue.privacy.looks import refused
from shouyue.privacy.looks.types import Attempt
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_SHOWN = 200
_ALARMING = {"keys.seal-broken"}
_log = structlog.get_logger()


class Desk:
    """Answers the requests to one door of a site."""

    def __init__(self, site: Site, door: Door) -> None:
        """Stand at `door`."""
        self._site = site
        self._door = door

    @control(
        Clause.C5_7, Clause.C5_6, says="Staff pages are refused to addresses outside the mainland."
    )
    def check_place(self, request: Request, *, opens: bool) -> None:
        """Return when this door is open to where the request comes from; raise Abroad otherwise.

        The address is the one that the server saw, or that a trusted proxy names. `opens` says
        that the page would have opened a value.
        """
        if not self._door.mainland_only:
            return
        address = request.client.host if request.client else ""
        if self._site.mainland(address, ""):
            return
        with self._site.store.read() as db:
            person = self._person(request, db)
        who = person.staff_id if isinstance(person, StaffVisit) else ""
        self._site.notes.note("staff.abroad", self._door.name, who)
        no = Abroad()
        if who and opens:
            no.trace = Attempt(who)
            self._trace(no)
        raise no

    def shut(self, request: Request, refusal: Refusal) -> Response:
        """Answer with the page that says no, to nobody in particular."""
        with self._site.store.read() as db:
            visit = replace(self._visit(request, db), person=None)
            return refusals.answer(visit, refusal)

    def look(self, request: Request, page: Look, guard: Guard) -> Response:
        """Answer a request that only reads."""
        try:
            with self._site.store.read() as db:
                visit = self._visit(request, db)
                guard(visit)
                response = page(visit)
        except Refusal as no:
            self._tell(no)
            self._trace(no)
            return self.refuse(request, no)
        self._touch(visit)
        return response

    def land(self, request: Request, page: Deed, guard: Guard) -> Response:
        """Answer a GET that writes: nothing was sent, and the page itself knows who may come."""
        try:
            return self.act(request, None, page, guard)
        except Refusal as no:
            self._tell(no)
            return self.refuse(request, no)

    def act(self, request: Request, sent: Sent | None, page: Deed, guard: Guard) -> Response:
        """Answer a request that writes; a Refusal undoes it, one from what follows does not."""

        def deed(db: Session) -> Response | Then:
            act = self._act(request, db, sent)
            guard(act)
            if act.person is not None and act.person.needs_touch:
                self._door.touch(db, act.token)
            return page(act)

        try:
            answer = self._site.store.do(deed)
        except Refusal as no:
            self._trace(no)
            raise
        return answer if isinstance(answer, Response) else answer()

    def again(self, request: Request, sent: Sent, refusal: Refusal, page: Look | None) -> Response:
        """Show the page of a refused form again, with what was given and what to correct."""
        self._tell(refusal)
        status = refusals.status(refusal)
        if page is None or status in (401, 403, 404, 410, 413):
            return self.refuse(request, refusal)
        try:
            with self._site.store.read() as db:
                response = page(self._visit(request, db, sent, refusal))
        except Refusal as no:
            return self.refuse(request, no)
        if response.status_code == _SHOWN:  # a page that leads elsewhere keeps leading there
            response.status_code = status
        return response

    def refuse(self, request: Request, refusal: Refusal) -> Response:
        """Answer with the page that says no."""
        with self._site.store.read() as db:
            return refusals.answer(self._visit(request, db), refusal)

    def _tell(self, refusal: Refusal) -> None:
        """Let staff hear of a refusal that no visitor can do anything about; facts say where."""
        if refusal.code in _ALARMING:
            what = (str(refusal.facts.get(name, "")) for name in ("table", "row"))
            self._site.notes.note(refusal.code, *what)

    def trouble(self, request: Request, error: Exception) -> Response:
        """Answer for a fault of ours; only its place is logged, the message may quote a person."""
        _log.error(
            "door.trouble",
            request_id=request.scope["shouyue.request_id"],
            error=named(error),
            frames=[f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)],
        )
        return self.refuse(request, Trouble())

    def _trace(self, no: Refusal) -> None:
        """Write down a refused look, in a unit of its own; the no stands whether that works."""
        if not isinstance(attempt := no.trace, Attempt):
            return
        try:
            self._site.store.do(lambda db: refused.note(db, attempt, no.code))
        except Exception as error:  # noqa: BLE001 - whatever fails here, the visitor reads the no
            _log.error("look.untraced", code=no.code, error=type(error).__qualname__)
            self._site.notes.note("looks.untraced", self._door.name, attempt.actor)

    def _act(self, request: Request, db: Session, sent: Sent | None) -> Act:
        person = self._person(request, db)
        if sent is not None:
            forms.check_origin(self._site, request.headers, person, sent)
        return Act(
            site=self._site,
            door=self._door,
            request=request,
            db=db,
            lang=language.chosen(request),
            person=person,
            sent=sent or Sent(),
        )

    def _visit(
        self,
        request: Request,
        db: ReadSession,
        sent: Sent | None = None,
        refusal: Refusal | None = None,
    ) -> Visit:
        return Visit(
            site=self._site,
            door=self._door,
            request=request,
            db=db,
            lang=language.chosen(request),
            person=self._person(request, db),
            sent=sent or Sent(),
            faults=refusals.faults(refusal) if refusal else {},
            refusal=refusal,
        )

    def _touch(self, visit: Visit) -> None:
        # Every few minutes only (the accounts room decides), so that reading pages stay cheap.
        if visit.person is not None and visit.person.needs_touch:
            with self._site.store.begin() as db:
                self._door.touch(db, visit.token)

    def _person(self, request: Request, db: ReadSession) -> Person | None:
        token = request.cookies.get(self._site.cookie(self._door.cookie))
        return self._door.knows(db, token) if token else None
