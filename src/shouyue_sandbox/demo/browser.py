"""A browser of a few lines: follows pages, sends forms back as a person would."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urljoin

import httpx2

from shouyue_sandbox.demo.page import Form, Page, read

File = tuple[str, bytes, str]
"""Name, content and media type of an upload."""

Values = Mapping[str, str | list[str]]
_NOTHING: File = ("", b"", "application/octet-stream")


class Browser:
    """One person's browser: keeps cookies, follows redirects."""

    def __init__(self, base_url: str, after: Callable[[httpx2.Response], None]) -> None:
        """Start at `base_url`; `after` hears of every answer."""
        self.base = base_url
        self._http = httpx2.Client(
            base_url=base_url,
            timeout=30,
            trust_env=False,
            follow_redirects=True,
            headers={"Accept-Language": "zh-CN", "User-Agent": "Shouyue-Demo/1 Chrome/130.0"},
            event_hooks={"response": [after]},
        )

    @property
    def cookies(self) -> httpx2.Cookies:
        """What the platform has set."""
        return self._http.cookies

    def open(self, address: str) -> Page:
        """GET an address."""
        return self._page(self._http.get(address))

    def send(
        self,
        page: Page,
        form: Form,
        values: Values | None = None,
        *,
        tick: Sequence[str] = (),
        files: Mapping[str, File] | None = None,
    ) -> Page:
        """Submit a form: its own values, the given ones over them, and boxes ticked by name.

        Raises LookupError for a box that the form does not have.
        """
        address = urljoin(page.url, form.action or page.url)
        filled: dict[str, str | list[str]] = {**form.fields, **(values or {})}
        for name in tick:
            if name not in form.boxes:
                raise LookupError(f"no box {name!r}")
            filled[name] = form.boxes[name][0]
        headers = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"}
        if form.method == "get":
            return self._page(self._http.get(address, params=filled))
        sent = {name: (files or {}).get(name, _NOTHING) for name in form.files} or None
        return self._page(self._http.post(address, data=filled, files=sent, headers=headers))

    def post(self, address: str, values: Values) -> Page:
        """POST a form that no page showed, as a script would."""
        return self._page(
            self._http.post(address, data=values, headers={"Accept": "application/json"})
        )

    def close(self) -> None:
        """Forget everything."""
        self._http.close()

    def _page(self, answer: httpx2.Response) -> Page:
        is_html = "html" in answer.headers.get("content-type", "")
        return read(str(answer.url), answer.status_code, answer.content, html=is_html)
