"""What every page stands on: headers, languages, forms, refusals, cookies, transactions."""

import base64
import hashlib
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, field_validator
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from shouyue.doors.site import public
from shouyue.doors.site.pages import DOOR
from shouyue.doors.web import assets, cookies, forms, pages, routes
from shouyue.doors.web.errors import CookieUnregistered, NotAllowed
from shouyue.doors.web.routes import Page, anyone, signed_in
from shouyue.doors.web.visits import Act, Bodies, Site, Then, Upload, Visit
from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import SubjectId
from shouyue.people.accounts.types import AccountState
from shouyue.people.accounts.types import Visit as Someone
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from tests import people
from tests.house import House
from tests.pages import ORIGIN, browser, door

_TEMPLATE = """
{% extends "base.html" %}
{% import "parts.html" as ui with context %}
{% block title %}T{% endblock %}
{% block main %}{{ t("你好", "Hello") }}
<form method="post">{{ ui.csrf() }}{{ ui.field("name", "N") }}
{{ ui.field("pin", "P", type="password") }}
{{ ui.box("agreed", "A", required=true) }}</form>{% endblock %}
"""


class Sample(forms.Form):
    """A form of the tests."""

    name: Annotated[str, Field(min_length=2, max_length=10)]
    pin: str = ""
    tags: tuple[str, ...] = ()
    photo: Upload | None = None
    agreed: bool = False

    @field_validator("name")
    @classmethod
    def _not_admin(cls, name: str) -> str:
        if name == "admin":
            raise forms.wrong("换一个。", "Another, please.")
        return name


def show(visit: Visit) -> Response:
    return pages.render(visit, "sample.html")


def echo(act: Act) -> Response:
    form = forms.read(act, Sample)
    if form.name == "taken":
        raise forms.faulty("name", "已被使用。", "Taken.")
    photo = len(form.photo.content) if form.photo else 0
    return PlainTextResponse(f"{form.name} {form.tags} {photo} {form.agreed}")


def bell_then_no(act: Act) -> Response:
    jobs.enqueue(act.db, "web.rung")
    raise NotAllowed


def bell_and_then_no(act: Act) -> Then:
    jobs.enqueue(act.db, "web.rung")

    def then() -> Response:
        raise NotAllowed

    return then


def broken(_: Visit) -> Response:
    raise ValueError("the phone is 13800000000")


def strange_cookie(_: Visit) -> Response:
    response = PlainTextResponse("x")
    response.set_cookie("tracker", "1")
    return response


def known_cookie(visit: Visit) -> Response:
    response = PlainTextResponse("x")
    cookies.put(response, visit.site, "sy_session", "t")
    return response


SAMPLE = (
    Page("/sample", show, echo, who=anyone, most=4096),
    Page("/mine", show, echo, who=signed_in),
    Page("/no", show, bell_then_no, who=anyone),
    Page("/after", show, bell_and_then_no, who=anyone),
    Page("/broken", broken, who=anyone),
    Page("/strange", strange_cookie, who=anyone),
    Page("/known", known_cookie, who=anyone),
)


@pytest.fixture
def client(house: House, tmp_path: Path) -> TestClient:
    (tmp_path / "sample.html").write_text(_TEMPLATE)
    return browser(house, (DOOR, public.PAGES), (door(tmp_path), SAMPLE))


def sampled(house: House, folder: Path, most: int, bodies: Bodies | None = None) -> TestClient:
    """A browser before a form that takes so many bytes."""
    (folder / "sample.html").write_text(_TEMPLATE)
    box = PostBox(house.clock)
    site = Site(house.store, ORIGIN, Egress(box, box), bodies=bodies or Bodies())
    app = routes.build(site, [(door(folder), [Page("/sample", show, echo, who=anyone, most=most)])])
    return TestClient(app, base_url=ORIGIN, headers={"Sec-Fetch-Site": "same-origin"})


PUBLIC: Sequence[str] = [page.path for page in public.PAGES if "{" not in page.path]


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_public_page_answers_in_both_languages(client: TestClient, path: str, lang: str) -> None:
    answer = client.get(path, params={"lang": lang})
    assert answer.status_code == 200
    assert "**" not in answer.text or path.endswith(".json")  # which holds the prose as written
    assert "{{" not in answer.text


def test_a_page_carries_the_strict_policy_with_a_nonce_of_its_own(client: TestClient) -> None:
    first, second = client.get("/"), client.get("/")
    csp = first.headers["content-security-policy"]
    assert csp.startswith("default-src 'none'; script-src 'self' 'nonce-")
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in csp
    assert "unsafe" not in csp
    assert csp != second.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/legal/privacy.json", "/nothing", "/healthz"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["strict-transport-security"].startswith("max-age=63072000")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-request-id"]


@pytest.mark.parametrize("path", [path for path in PUBLIC if "." not in path and "z" not in path])
def test_no_page_has_inline_style_or_script(client: TestClient, path: str) -> None:
    html = client.get(path).text
    assert not re.search(r"<[^>]+\s(style|on\w+)=", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert "<style" not in html


def test_a_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    assert not re.search(r"(src|href)=\"(https?:)?//", client.get("/").text)


def test_the_language_is_asked_for_then_remembered_then_the_browsers(client: TestClient) -> None:
    assert 'lang="zh-CN"' in client.get("/contact").text
    assert '<html lang="en">' in client.get("/contact", headers={"accept-language": "en-GB"}).text
    asked = client.get("/contact?lang=en")
    assert '<html lang="en">' in asked.text
    assert "__Host-sy_lang=en" in asked.headers["set-cookie"]
    assert '<html lang="en">' in client.get("/contact").text


def test_the_language_switch_keeps_the_page_and_its_filters(client: TestClient) -> None:
    assert 'href="/contact?q=1&amp;lang=en"' in client.get("/contact?q=1").text


def test_the_language_switch_never_leads_to_another_site(client: TestClient) -> None:
    page = client.get("https://open.example.com//stranger.example/news")
    assert page.status_code == 404
    assert 'href="/stranger.example/news?lang=en"' in page.text
    assert 'href="//' not in page.text


def test_a_missing_page_says_so_with_the_request_id(client: TestClient) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert "door.page-missing" in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_a_page_without_forms_refuses_a_post(client: TestClient) -> None:
    answer = client.post("/contact")
    assert answer.status_code == 405
    assert "door.method-refused" in answer.text


def test_a_form_from_this_site_is_read_as_declared(client: TestClient) -> None:
    answer = client.post("/sample", data={"name": " 张三 ", "tags": ["a", "b"], "agreed": "yes"})
    assert answer.text == "张三 ('a', 'b') 0 True"


@pytest.mark.parametrize("fetch", ["cross-site", "same-site", "none"])
def test_a_form_from_elsewhere_is_refused(client: TestClient, fetch: str) -> None:
    answer = client.post("/sample", data={"name": "ab"}, headers={"Sec-Fetch-Site": fetch})
    assert answer.status_code == 403
    assert "door.forged" in answer.text


def test_an_old_browser_is_known_by_its_origin(client: TestClient) -> None:
    del client.headers["sec-fetch-site"]
    data = {"name": "ab"}
    assert client.post("/sample", data=data).status_code == 403
    assert client.post("/sample", data=data, headers={"Origin": "null"}).status_code == 403
    assert client.post("/sample", data=data, headers={"Origin": ORIGIN}).status_code == 200


def test_a_signed_in_form_needs_the_sessions_own_word(house: House, tmp_path: Path) -> None:
    (tmp_path / "sample.html").write_text(_TEMPLATE)
    someone = Someone(
        session_id="1",
        subject=SubjectId("1"),
        state=AccountState.ACTIVE,
        since=house.clock(),
        stepped_up=False,
        csrf="the-word",
        needs_touch=False,
    )
    mine = door(tmp_path, knows=lambda _db, token: someone if token == "good" else None)
    client = browser(house, (mine, SAMPLE))
    client.cookies.set("__Host-sy_session", "good")
    assert 'name="csrf" value="the-word"' in client.get("/mine").text
    assert client.get("/mine").headers["cache-control"] == "no-store"
    assert client.post("/mine", data={"name": "ab"}).status_code == 403
    assert client.post("/mine", data={"name": "ab", "csrf": "other"}).status_code == 403
    assert client.post("/mine", data={"name": "ab", "csrf": "the-word"}).status_code == 200


def test_a_visitor_nobody_knows_is_sent_to_sign_in_and_back(client: TestClient) -> None:
    answer = client.get("/mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fmine")


@pytest.mark.clause("5.2")
def test_a_field_that_was_not_asked_for_is_refused(client: TestClient) -> None:
    answer = client.post("/sample", data={"name": "ab", "religion": "x"})
    assert answer.status_code == 422
    assert "religion" in answer.text


def test_a_faulty_form_comes_back_with_what_was_given_but_no_password(client: TestClient) -> None:
    answer = client.post("/sample", data={"name": "a", "pin": "s3cret", "agreed": "yes"})
    assert answer.status_code == 422
    assert 'value="a"' in answer.text
    assert "s3cret" not in answer.text
    assert "至少 2 个字符" in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.clause("0.4")
def test_a_required_box_is_never_ticked_beforehand(client: TestClient) -> None:
    again = client.post("/sample", data={"name": "a", "agreed": "yes"})
    assert "checked" not in client.get("/sample").text
    assert "checked" not in again.text


def test_a_forms_own_rule_speaks_both_languages(client: TestClient) -> None:
    assert "换一个。" in client.post("/sample", data={"name": "admin"}).text
    assert "Another, please." in client.post("/sample?lang=en", data={"name": "admin"}).text


def test_a_page_may_find_fault_with_a_field_itself(client: TestClient) -> None:
    answer = client.post("/sample", data={"name": "taken"})
    assert answer.status_code == 422
    assert 'id="e-name"' in answer.text
    assert "已被使用。" in answer.text


def test_what_a_visitor_typed_is_escaped(client: TestClient) -> None:
    assert "<script>x" not in client.post("/sample", data={"name": "<script>x</script>"}).text


def test_a_file_is_read_into_memory(client: TestClient) -> None:
    answer = client.post("/sample", data={"name": "ab"}, files={"photo": ("张三.jpg", b"x" * 99)})
    assert answer.text == "ab () 99 False"


@pytest.mark.clause("5.1.1")
def test_a_file_of_any_size_a_page_takes_never_touches_the_disk(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sampled(house, tmp_path, most=9_000_000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    photos = {"photo": ("p.jpg", b"x" * 8_000_000)}
    assert client.post("/sample", data={"name": "ab"}, files=photos).text == "ab () 8000000 False"


def test_bodies_of_all_visitors_together_have_a_bound(house: House, tmp_path: Path) -> None:
    bodies = Bodies(most=6000)
    client = sampled(house, tmp_path, 9000, bodies)
    with bodies.one() as hold:
        hold(3000)
        answer = client.post("/sample", data={"name": "ab"}, files={"photo": ("p", b"x" * 4000)})
        assert (answer.status_code, bodies.held) == (503, 3000)
    answer = client.post("/sample", data={"name": "ab"}, files={"photo": ("p", b"x" * 4000)})
    assert (answer.text, bodies.held) == ("ab () 4000 False", 0)


def test_a_body_over_the_cap_is_refused(client: TestClient) -> None:
    answer = client.post("/sample", data={"name": "ab"}, files={"photo": ("p", b"x" * 5000)})
    assert answer.status_code == 413


def test_a_body_that_is_no_form_is_refused(client: TestClient) -> None:
    assert client.post("/sample", json={"name": "ab"}).status_code == 400


def rung(house: House) -> int:
    with house.store.read() as db:
        return len(list(db.connection().exec_driver_sql("SELECT 1 FROM job")))


def test_a_refusal_undoes_the_whole_request(client: TestClient, house: House) -> None:
    assert client.post("/no").status_code == 403
    assert rung(house) == 0


def test_a_refusal_after_the_commit_undoes_nothing(client: TestClient, house: House) -> None:
    assert client.post("/after").status_code == 403
    assert rung(house) == 1


def test_a_fault_of_ours_tells_nobody_what_broke(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/broken")
    log = "".join(capsys.readouterr())
    assert answer.status_code == 500
    assert "ValueError" in log
    assert "13800000000" not in answer.text + log


@pytest.mark.clause("3.0")
def test_a_cookie_the_policy_does_not_list_never_leaves(client: TestClient) -> None:
    with pytest.raises(CookieUnregistered):
        client.get("/strange")


@pytest.mark.clause("3.1")
def test_the_session_cookie_is_bound_to_this_host_and_hidden_from_scripts(
    client: TestClient,
) -> None:
    line = client.get("/known").headers["set-cookie"]
    assert line.startswith("__Host-sy_session=t;")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(line.split("; "))
    assert "Domain" not in line


def test_a_static_file_is_named_by_its_content_and_kept_for_ever(client: TestClient) -> None:
    answer = client.get(assets.url("house.css"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert client.get("/static/house.css").status_code == 404
    assert client.get("/static/../types.py").status_code == 404


def test_pages_for_nobody_in_particular_are_packed(client: TestClient) -> None:
    assert client.get("/legal/privacy").headers["content-encoding"] == "gzip"
    client.cookies.set("__Host-sy_session", "x")
    assert "content-encoding" not in client.get("/legal/privacy").headers


def test_what_others_wrote_is_as_they_published_it() -> None:
    folder = Path(assets.__file__).parent / "static"
    vendored = (folder / "VENDORED.md").read_text()
    rows = re.findall(r"^\| `(\S+)` .*`sha384-(\S+)`", vendored, re.MULTILINE)
    assert len(rows) == 2
    for name, digest in rows:
        found = hashlib.sha384((folder / name).read_bytes()).digest()
        assert base64.b64encode(found).decode() == digest, name


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil", "", "/\n"])
def test_a_way_back_never_leaves_the_site(path: str) -> None:
    assert pages.local(path, "/home") == "/home"


def test_the_policy_is_there_for_machines_with_its_digest(client: TestClient) -> None:
    body = client.get("/legal/privacy.json?lang=zh").json()
    number = body["policy"]["version"]
    assert body["sha256"][:16] in client.get(f"/legal/privacy/v/{number}").text
    assert client.get("/legal/privacy/v/0.0.1").status_code == 404


@pytest.mark.clause("3.1")
def test_a_session_in_use_is_written_down_while_reading_a_page(
    client: TestClient, house: House
) -> None:
    with house.store.begin() as db:
        token = people.sign_up(db).session_token
    client.cookies.set("__Host-sy_session", token)
    for _ in range(3):  # 24 hours in all, never 12 without use
        house.clock.forward(hours=8)
        assert client.get("/mine").status_code == 200
    house.clock.forward(hours=13)
    assert client.get("/mine").status_code == 303
