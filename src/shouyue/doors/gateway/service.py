"""The door itself: `handle(call) -> answer`, without anything of a web framework.

Order of a call: read, system parameters, route, app, signature, standing, permission, token,
scope, business parameters, upstream, veil, record, answer. Whatever happens, the answer is the
protocol's envelope. Clauses: 1, 2.3, 2.4, 4.1.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Any

import structlog

from shouyue.doors.answers import handling, passing
from shouyue.doors.answers import service as answers
from shouyue.doors.answers.orders import Ask
from shouyue.doors.authority.service import Authority
from shouyue.doors.gateway import reading, results, rules, veiling
from shouyue.doors.gateway.accesslog import AccessLog
from shouyue.doors.gateway.desk import Desk
from shouyue.doors.gateway.errors import (
    AddressRefused,
    AppFrozen,
    AppOffline,
    Internal,
    NoPackage,
    NoToken,
    TooLarge,
    WrongVerb,
)
from shouyue.doors.gateway.types import (
    Admitted,
    Answer,
    Call,
    Question,
    Received,
    Shown,
    Trace,
)
from shouyue.doors.limits.service import Pot
from shouyue.doors.standing.service import Snapshot
from shouyue.doors.upstreams.errors import UpstreamRefused
from shouyue.doors.upstreams.service import Upstream, Upstreams
from shouyue.ground.kit.errors import Refusal, named
from shouyue.ground.store.service import Store
from shouyue.people.alarms import fields
from shouyue.people.alarms.fields import Note
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.replays import Replays
from shouyue.platform.apps.types import AppState, Credentials
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.errors import UnknownApi
from shouyue.platform.catalogue.types import Api, Flow, Handler
from shouyue.platform.decryption.types import Caller
from shouyue.platform.quotas.types import Asked
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.sharing.types import Release

TOLERANCE = timedelta(minutes=10)
LARGEST_FORM = 1024 * 1024
LARGEST_UPLOAD = 12 * 1024 * 1024
_MOST_VERB = 16

_log = structlog.get_logger("shouyue.gateway")


class Gateway:
    """One per event loop; `snapshot.forget` answers the bell `access.changed`."""

    def __init__(
        self,
        store: Store,
        upstream: Upstream | Upstreams,
        *,
        tolerance: timedelta = TOLERANCE,
        fresh_for: float = 1.0,
        note: Note = fields.unheard,
        pot: Pot | None = None,
    ) -> None:
        """Hold what is asked often; open nothing yet. `pot`: limits that other gateways share."""
        self.snapshot = Snapshot(store, fresh_for)
        self._authority = Authority(store, self.snapshot.forget)
        self._store = store
        self._upstream = upstream
        self._note = note
        self._desk = Desk(store)
        self._access = AccessLog(store)
        self._pot = pot
        if pot is not None:
            pot.serve(self._access.meter)
        self._replays = Replays(2 * tolerance)
        self._tolerance = int(tolerance.total_seconds())

    def serves(self, path: str) -> bool:
        """Tell whether a path is this door's, for a server that has other doors too."""
        return path.startswith("/open/") or path == "/open" or self._authority.serves(path)

    def largest(self, path: str) -> int:
        """Return how many bytes a body on this path may have."""
        api = catalogue.at_path(path)
        return LARGEST_UPLOAD if api and api.flow is Flow.UPLOAD else LARGEST_FORM

    async def handle(self, call: Call) -> Answer:
        """Answer any call. Never raises, and never tells more than the envelope holds."""
        if call.method == "HEAD":
            return Answer(200, b"")
        begun, means = perf_counter(), self._store.means
        verb, client = call.method[:_MOST_VERB], rules.cut(call.client)
        trace = Trace(means.new_id(), means.clock(), client, verb)
        try:
            is_api = call.path.startswith("/open/")
            answer = await (self._served(call, trace) if is_api else self._beside(call, trace))
        except Refusal as refusal:
            answer = self._failed(trace, refusal, 200 if self.serves(call.path) else 404)
        except Exception as error:  # noqa: BLE001 - no cause may reach the client
            answer = self._failed(trace, _internal(trace, error))
        if trace.standing is not None:
            answer = replace(answer, headers={**answer.headers, **trace.standing.headers()})
        millis = int((perf_counter() - begun) * 1000)
        if self._access.take(trace.made(millis, len(answer.body))):
            await self._access.wait()
        return answer

    async def close(self) -> None:
        """Give connections back, and write down what is left."""
        await self._upstream.close()
        await self._access.close()
        if self._pot is not None:
            await self._pot.close()

    def _failed(self, trace: Trace, refusal: Refusal, status: int = 200) -> Answer:
        trace.result, trace.sub_code = results.number(refusal), results.sub_code(refusal)[:100]
        return results.failure(trace.request, refusal, status)

    async def _beside(self, call: Call, trace: Trace) -> Answer:
        if self._authority.serves(call.path):
            return await self._oauth(call, trace)
        if self.serves(call.path):
            return await self._served(call, trace)
        raise UnknownApi(api=call.path[:100])

    async def _served(self, call: Call, trace: Trace) -> Answer:
        admitted = await self._admit(call, self._read(call), trace)
        begun, holder = perf_counter(), admitted.holder
        question = Question(
            admitted.api,
            trace.request,
            holder.seller_id if holder else 0,
            admitted.app.appkey,
            veiling.asked(self._store, admitted),
            admitted.upload,
            holder.staff_id if holder else 0,
        )
        try:
            if admitted.api.handler is not Handler.UPSTREAM:
                own = await self._own(admitted, question)
                return results.success(trace.request, own, beside=admitted.api.beside)
            content, masks = await self._asked(admitted, question)
        finally:
            trace.upstream_ms = int((perf_counter() - begun) * 1000)
        # Ciphers of a whole page take less than the way to a thread and back costs others.
        shown = veiling.show(self._store, admitted, content)
        told = passing.hushed(shown.content, masks)
        answer = results.success(trace.request, told, beside=admitted.api.beside)
        if shown.items:
            # What waits for its record is the text alone: the objects of many pages at once are
            # more than the processor keeps near.
            content = told = shown.content = None
            await self._record(admitted, shown, trace)
        return answer

    @control(
        Clause.C5_1_2, says="What was opened on the way out comes back to the app as its mask."
    )
    async def _asked(self, admitted: Admitted, question: Question) -> tuple[Any, Mapping[str, str]]:
        if not admitted.api.ciphers:
            return await self._upstream.ask(question), {}
        caller, paths = _caller(admitted, question), admitted.api.ciphers
        param, found = passing.opened(self._store, caller, paths, question.param)
        if found:
            rules.check_reads_buyers(admitted.app, admitted.holder)
            await passing.check(self._store, caller, found, self._ask_for(question))
        masks = passing.masks(found)
        try:
            return await self._upstream.ask(replace(question, param=param)), masks
        except UpstreamRefused as no:
            said = {name: passing.hushed(no.facts[name], masks) for name in ("said", "sub_code")}
            raise UpstreamRefused(**{**no.facts, **said}) from None

    async def _own(self, admitted: Admitted, question: Question) -> Any:
        if admitted.api.handler is Handler.HANDLING:
            return await handling.take(
                self._store, admitted.app.app_id, admitted.api, admitted.param
            )

        caller, ask = _caller(admitted, question), self._ask_for(question)
        return await answers.answer(self._store, caller, admitted.param, ask)

    def _ask_for(self, question: Question) -> Ask:
        def ask(route: Api, param: Mapping[str, Any]) -> Awaitable[Any]:
            return self._upstream.ask(replace(question, api=route, param=param))

        return ask

    def _read(self, call: Call) -> Received:
        if call.method not in {"GET", "POST"}:
            raise WrongVerb
        if len(call.body) > LARGEST_FORM and len(call.body) > self.largest(call.path):
            raise TooLarge(limit=self.largest(call.path))
        return reading.read(call)

    async def _admit(self, call: Call, received: Received, trace: Trace) -> Admitted:
        params, at = received.params, trace.at
        rules.check_system(params, at, self._tolerance)
        api = rules.route(call.path, params["method"])
        trace.api, appkey = api.name, params["appkey"]
        # Nothing is awaited where all is held in memory, as it is but for the first call.
        app = self.snapshot.warm_credentials(appkey) or await self.snapshot.credentials(appkey)
        trace.app = app.app_id
        if app.frozen:
            raise AppFrozen
        used = apps.check_signature(app, params, params["signMethod"], params["sign"], at)
        self._replays.check(app.app_id, params.get("nonce", ""), at)
        self._access.wear.note(used, at)
        _check_standing(api, app, call.client)
        holder = None
        if token := rules.wants_token(api, params):
            holder = self.snapshot.warm_holder(token) or await self.snapshot.holder(token)
            rules.check_pass(api, app, holder, at)
            trace.grant = holder.grant
        user, is_test = (holder.open_id, holder.is_test) if holder else ("", False)
        if self._pot is not None:
            asked = Asked(api, app, user, is_test=is_test)
            await self._pot.fill(self._access.meter, asked, at)
        no = self._access.meter.take(api, app, user, at, is_test=is_test)
        if results.WANTS_QUOTA in call.headers:
            trace.standing = self._access.meter.standing(api, app, at)
        if no is not None:
            raise no
        strange: list[str] = []
        param = catalogue.only_declared(api, rules.business(params), strange)
        if strange:
            fields.notice(self._note, f"call {api.name}", strange)
        catalogue.check_params(api, param)
        upload = received.upload if api.flow is Flow.UPLOAD else None
        return Admitted(api, app, holder, param, upload)

    @control(
        Clause.C4_1,
        Clause.C2_3,
        says="An answer with people's data leaves only after its release is committed.",
    )
    async def _record(self, admitted: Admitted, shown: Shown, trace: Trace) -> None:
        if admitted.holder is None:
            return
        release = Release(
            provision=admitted.holder.provision,
            items=shown.items,
            via=admitted.api.name,
            request=trace.request,
            subjects=shown.subjects,
            refs=shown.refs,
        )
        await self._desk.record(release)

    async def _oauth(self, call: Call, trace: Trace) -> Answer:
        trace.api = call.path
        told = await self._authority.answer(call, trace.request, lambda it: self._read(it).params)
        trace.result, trace.sub_code = told.result, told.sub_code
        return told.answer


def _check_standing(api: Api, app: Credentials, client: str) -> None:
    if app.state is AppState.OFFLINE:
        raise AppOffline
    if not apps.admits(app.networks, client):
        raise AddressRefused
    if api.scope not in app.scopes:
        raise NoPackage(scope=api.scope)


def _caller(admitted: Admitted, question: Question) -> Caller:
    holder, app, api = admitted.holder, admitted.app.app_id, admitted.api
    if holder is None:
        raise NoToken
    shop, under = holder.seller_id, holder.provision
    return Caller(app, shop, under, api.name, question.request, api.values_day)


def _internal(trace: Trace, error: Exception) -> Internal:
    _log.error("gateway.failed", request=trace.request, api=trace.api, error=named(error))
    return Internal()
