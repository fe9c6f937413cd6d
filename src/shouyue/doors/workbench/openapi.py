"""The catalogue as an OpenAPI 3.1 document, for everybody (2.3)."""

import json

from starlette.responses import Response

from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Visit
from shouyue.platform.catalogue import openapi
from shouyue.platform.catalogue import service as catalogue


def document(visit: Visit) -> Response:
    """GET /docs/openapi.json."""
    whole = openapi.document(list(catalogue.apis().values()), visit.site.origin)
    headers = {"Cache-Control": "no-cache"}
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    return Response(text, headers=headers, media_type="application/json")


PAGES = (Page("/docs/openapi.json", document, who=anyone),)
