"""What crosses the wall of the arrivals room."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from shouyue.people.accounts import platform


@dataclass(frozen=True, slots=True)
class Flow:
    """A log-in under way. `onward` is where it leads.

    `links` says that it adds a way in to an account, `proves` that who is signed in shows once
    more to be there. Either a code is awaited (`challenge`, `phone`), or the platform's answer
    (`state`), or the person is proven (`ticket`).
    """

    onward: str = ""
    links: bool = False
    proves: bool = False
    challenge: str = ""
    phone: str = field(default="", repr=False)
    state: str = field(default="", repr=False)
    ticket: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Provider:
    """The parent platform as assembly knows it: where its log-in is, and who we are there."""

    base_url: str
    app_id: str
    app_secret: str = field(repr=False)

    @property
    def site(self) -> platform.Site:
        """The page to send a browser to."""
        return platform.Site(f"{self.base_url.rstrip('/')}/oauth2/connect", self.app_id)

    @property
    def origin(self) -> str:
        """Scheme, host and port of that page."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"
