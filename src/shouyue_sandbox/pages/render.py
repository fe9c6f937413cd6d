"""Fill a template and send it with a strict policy: no script, no outside resource."""

from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

BASE = "/sandbox"
"""Where the application is mounted."""

_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_pages = Environment(
    loader=PackageLoader("shouyue_sandbox.pages"), autoescape=True, undefined=StrictUndefined
)


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Return a page of the sandbox."""
    text = _pages.get_template(template).render(base=BASE, **context)
    return HTMLResponse(text, status, {"Content-Security-Policy": _POLICY})


async def style(_request: Request) -> Response:
    """GET /sandbox.css."""
    sheet = resources.files("shouyue_sandbox.pages") / "sandbox.css"
    return Response(sheet.read_text(encoding="utf-8"), media_type="text/css")
