"""The developers' documentation, read off the catalogue that the gateway runs on (2.3).

What an API page says of personal fields, limits and signatures is what happens to a call.
"""

import json
from collections.abc import Mapping

from starlette.responses import Response

from shouyue.doors.portal import permits, snippets
from shouyue.doors.web import pages
from shouyue.doors.web.errors import PageMissing
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Visit
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.errors import UnknownApi
from shouyue.platform.catalogue.types import Api, Personal, Shape

_INDENT = 2


def guide(visit: Visit) -> Response:
    """GET /docs."""
    api = catalogue.find("open.shop.info.get")
    origin = visit.site.origin
    example = snippets.programs(api, snippets.EXAMPLE_KEY, origin, visit.say("或", "or"))
    return pages.render(
        visit,
        "docs.html",
        programs=example,
        exchange=snippets.exchange(snippets.EXAMPLE_KEY, origin),
        asked=snippets.authorize_url(
            snippets.EXAMPLE_KEY, "https://erp.example.com/back", ("merchant_user",), origin
        ),
        counts=(len(catalogue.apis()), len(catalogue.events())),
    )


def apis(visit: Visit) -> Response:
    """GET /docs/api: every opened API under its permission package."""
    found = [one for one in permits.opened(visit.lang) if one.calls]
    return pages.render(visit, "docs_apis.html", found=found)


def api(visit: Visit) -> Response:
    """GET /docs/api/{name}."""
    found = _find(visit.path("name"))
    example = snippets.programs(
        found, snippets.EXAMPLE_KEY, visit.site.origin, visit.say("或", "or")
    )
    return pages.render(
        visit,
        "docs_api.html",
        api=found,
        package=permits.permit(found.scope, visit.lang),
        fields=[_field(field, visit) for field in found.personal],
        lines=permits.lines(found.personal, visit.lang),
        wanted=catalogue.wanted,
        result=_outline(found.result),
        programs=example,
        worked=snippets.worked(found),
        secret=snippets.EXAMPLE_SECRET,
    )


def events(visit: Visit) -> Response:
    """GET /docs/events."""
    found = [one for one in permits.opened(visit.lang) if one.events]
    examples = {
        event.name: json.dumps(event.example, ensure_ascii=False, indent=_INDENT)
        for one in found
        for event in one.events
    }
    return pages.render(visit, "docs_events.html", found=found, examples=examples)


def errors(visit: Visit) -> Response:
    """GET /docs/errors."""
    return pages.render(visit, "docs_errors.html", results=catalogue.results())


def _find(name: str) -> Api:
    try:
        return catalogue.find(name)
    except UnknownApi:
        raise PageMissing from None


def _field(field: Personal, visit: Visit) -> tuple[Personal, str, permits.Line, tuple[str, ...]]:
    [line] = permits.lines([field], visit.lang)
    path = ".".join(field.path[:-1])
    names = tuple(f"{path}.{name}" if path else name for name in catalogue.leaving(field))
    return field, permits.word(field.path[-1], visit.lang), line, names


def _outline(shape: Shape, depth: int = 0) -> str:
    """Return a result as an indented outline: one field a line, with its type."""
    if isinstance(shape, tuple):
        return f"[] {{\n{_outline(shape[0], depth + 1)}\n}}"
    if not isinstance(shape, Mapping):
        return ""
    lines = []
    for name, inner in shape.items():
        many, bare = ("[]", inner[0]) if isinstance(inner, tuple) else ("", inner)
        if isinstance(bare, Mapping):
            lines += [f"{'  ' * depth}{name}{many} {{", _outline(bare, depth + 1)]
            lines.append(f"{'  ' * depth}}}")
        else:
            lines.append(f"{'  ' * depth}{name}{many}: {bare}")
    return "\n".join(lines)


PAGES = (
    Page("/docs", guide, who=anyone),
    Page("/docs/api", apis, who=anyone),
    Page("/docs/api/{name}", api, who=anyone),
    Page("/docs/events", events, who=anyone),
    Page("/docs/errors", errors, who=anyone),
)
