"""Which language a visitor reads: asked for in the address, chosen before, or the browser's."""

from urllib.parse import urlencode

from starlette.requests import Request

from shouyue.ground.kit.types import Lang

COOKIE = "sy_lang"
_TAGS = {"zh": "zh-CN", "en": "en"}


def chosen(request: Request) -> Lang:
    """Return `?lang=`, else the cookie, else the first of Accept-Language we speak, else `zh`."""
    cookies = request.cookies
    before = cookies.get(f"__Host-{COOKIE}") or cookies.get(COOKIE)
    for word in (request.query_params.get("lang"), before):
        if word and word in _TAGS:
            return word
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> Lang:
    """Return the best of an Accept-Language header (RFC 9110 12.5.4), else `zh`."""
    ranked = sorted((_weighed(part) for part in header.split(",")), key=lambda pair: -pair[0])
    return next((tag for weight, tag in ranked if weight > 0 and tag in _TAGS), "zh")


def tag(lang: Lang) -> str:
    """Return the language as HTML's `lang` names it (BCP 47)."""
    return _TAGS[lang]


def same_page(request: Request, lang: Lang) -> str:
    """Return the address of the page being read, in that language: never one of another site."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    # `//host/path` has no page here, and as a link would lead to that host.
    return f"/{request.url.path.lstrip('/')}?{urlencode([*kept, ('lang', lang)])}"


def _weighed(part: str) -> tuple[float, str]:
    name, _, rest = part.strip().partition(";")
    try:
        weight = float(rest.strip().removeprefix("q=") or 1)
    except ValueError:
        weight = 0.0
    return weight, name.split("-")[0].lower()
