"""Pages: templates to responses, under the strictest content policy that browsers know.

Templates see `t(zh, en)`, `lang`, `visit`, `static(name)`, `link(path, **query)`, the policy's
`operator`, and the filters `moment` and `day` (Beijing time). An undefined name is an error.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from shouyue.doors.web import assets, language
from shouyue.doors.web.visits import Visit
from shouyue.ground.kit.types import Lang
from shouyue.privacy.policy import service as policy

_MOST_DIGITS = 5
_OWN = Path(__file__).parent / "templates"
_BEIJING = timezone(timedelta(hours=8))  # no summer time since 1991
_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def render(visit: Visit, name: str, *, status: int = 200, **context: Any) -> Response:
    """Return a page. Personal ones are never stored, public ones are asked for anew.

    Personal is what goes to somebody signed in or on the way in, what answers a form, and what the
    page says is `private`.
    """
    form_to, private = context.pop("form_to", ""), context.pop("private", False)
    template = _environment(visit.door.templates, visit.lang).get_template(name)
    html = template.render(visit=visit, **context)
    known = visit.request.cookies.keys() - {visit.site.cookie(language.COOKIE)}
    personal = private or known or visit.request.method not in ("GET", "HEAD")
    headers = {
        "Content-Security-Policy": content_policy(visit.nonce, form_to),
        "Content-Language": language.tag(visit.lang),
        "Cache-Control": "no-store" if personal else "no-cache",
        "Vary": "Cookie, Accept-Language",
    }
    return HTMLResponse(html, status, headers)


def parts(visit: Visit) -> Any:
    """Return the macros of `parts.html`, for the cells that a page function fills."""
    environment = _environment(visit.door.templates, visit.lang)
    return environment.get_template("parts.html").make_module({"visit": visit})


def content_policy(nonce: str, form_to: str = "") -> str:
    """Return the Content-Security-Policy of one page.

    `form_to` is one more origin that a form's answer may redirect to: an app's call-back address
    on the grant page.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            f"form-action 'self' {form_to}".rstrip(),
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def go(path: str, **query: str) -> Response:
    """Return the redirect that follows a deed, so that a reload does not repeat it."""
    return RedirectResponse(link(path, **query), status_code=303)


def link(path: str, **query: str) -> str:
    """Return a local address with a query string."""
    return f"{path}?{urlencode(query)}" if query else path


def number(visit: Visit) -> int:
    """Return which page of a long list is asked for, from 1."""
    said = visit.query("page", "1")
    return max(1, int(said)) if said.isdecimal() and len(said) <= _MOST_DIGITS else 1


def local(path: str, otherwise: str = "/") -> str:
    """Return `path` when it stays on this site; never an open redirect."""
    stays = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if stays else otherwise


@cache
def _environment(folder: Path, lang: Lang) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, _OWN]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=_chooser(lang),
        lang=lang,
        html_lang=language.tag(lang),
        static=assets.url,
        link=link,
        operator=lambda name: policy.active().operator[name].say(lang),
        same_page=language.same_page,
    )
    environment.filters.update(
        moment=lambda at: moment(at, lang), day=lambda at: day(at, lang), number=_number
    )
    return environment


def _chooser(lang: Lang) -> Callable[[str, str], str]:
    return (lambda zh, _: zh) if lang == "zh" else (lambda _, en: en)


def moment(at: datetime, lang: Lang) -> Markup:
    """Return a moment in Beijing time, to the minute."""
    local_time = at.astimezone(_BEIJING)
    text = f"{local_time:%Y-%m-%d %H:%M}"
    zone = "" if lang == "zh" else " CST"
    return Markup('<time datetime="{}">{}{}</time>').format(at.isoformat(), text, zone)


def day(at: datetime | date, lang: Lang) -> Markup:
    """Return a day in Beijing with its weekday."""
    on = at.astimezone(_BEIJING).date() if isinstance(at, datetime) else at
    weekday = _WEEKDAYS[lang][on.weekday()]
    text = f"{on:%Y-%m-%d}（周{weekday}）" if lang == "zh" else f"{weekday} {on:%Y-%m-%d}"
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), escape(text))


def _number(count: float) -> str:
    return f"{count:,}"
