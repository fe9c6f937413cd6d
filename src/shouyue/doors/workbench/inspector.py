"""The token inspector: what a token is good for, until when, and for which of one's apps.

Of another developer's token nothing is told but that it is one. The token is kept nowhere, and
the page that answers does not write it back. Clauses: 2.3, 5.1.1.
"""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.platform.apps import service as apps
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.oauth import service as oauth


class TokenForm(forms.Form):
    """One token."""

    token: Annotated[str, Field(min_length=1, max_length=500)]


def blank(visit: Visit) -> Response:
    """GET /tools/token."""
    return pages.render(visit, "token.html", asked=False)


def inspect(act: Act) -> Response:
    """POST /tools/token: the same page with what is known; nothing is written down."""
    found = oauth.inspect(act.db, forms.read(act, TokenForm).token)
    titles = {app.id: app.title for app in apps.mine(act.db, act.someone.subject)}
    own = found is not None and found.app_id in titles
    return pages.render(
        act,
        "token.html",
        asked=True,
        known=found is not None,
        found=found if own else None,
        title=titles[found.app_id] if found and own else "",
        scopes=catalogue.scopes(),
    )


PAGES = (Page("/tools/token", blank, inspect),)
