"""The lints find what they must, leave what they may, and find nothing in the house."""

import textwrap

import pytest

from tools import lints

ROOM = "shouyue/people/accounts/service.py"
PAGE = "shouyue/doors/portal/apps.py"
STORE = "shouyue/ground/store/service.py"

BAD = [
    ("personal-out", ROOM, '_log.info("in", phone=x)'),
    ("personal-out", ROOM, 'log.bind(name="x")'),
    ("opened", ROOM, '_log.error("e", who=seen.open(Sink.DELIVERY))'),
    ("opened", ROOM, "def f(a):\n    b = a.open(Sink.DELIVERY)\n    raise Oops(b)"),
    ("opened", ROOM, "def f(a):\n    b = a.open(Sink.DELIVERY)\n    enqueue(db, 'x', {'to': b})"),
    ("opened", ROOM, "ledger.append(db, Fact('x', s, {'to': a.open(Sink.DELIVERY)}))"),
    ("sink", ROOM, "a.open(Sink.DELIVERY)"),
    ("sink", PAGE, "a.open(Sink.NOWHERE)"),
    ("sink", PAGE, "def f(a, sink=Sink): return a.open(sink)"),
    ("sink", PAGE, "from shouyue.privacy.sinks.types import Sink as S"),
    ("personal-out", ROOM, 'def f(keep: Keep):\n    _log.info("kept", what=keep.value)'),
    ("personal-out", ROOM, 'def f(a: Sealed[str] | None):\n    _log.info(f"seen {a}")'),
    ("personal-out", ROOM, 'def f(db):\n    a = vault.reveal(db, s)\n    _log.info("x", a=a[0])'),
    ("personal-out", ROOM, 'jobs.enqueue(db, "send", {"mail": x})'),
    ("personal-out", ROOM, 'def f(a: Keep):\n    enqueue(db, "send", {"to": a.value})'),
    ("raw-sql", ROOM, 'db.execute(sa.text(f"SELECT {x}"))'),
    ("raw-sql", ROOM, 'from sqlalchemy import text\ntext("SELECT %s" % x)'),
    ("raw-sql", ROOM, 'c.exec_driver_sql("SELECT {}".format(x))'),
    ("raw-sql", ROOM, 'c.exec_driver_sql(f"PRAGMA {x}")'),
    ("raw-sql", STORE, 'c.exec_driver_sql(f"DROP {x}")'),
    ("broad-except", ROOM, "try:\n    f()\nexcept Exception:\n    pass"),
    ("broad-except", ROOM, "try:\n    f()\nexcept:\n    pass"),
    ("broad-except", ROOM, "try:\n    f()\nexcept Exception:  # noqa: BLE001\n    pass"),
    ("private-part", PAGE, "from shouyue.people.accounts import queries"),
    ("private-part", PAGE, "import shouyue.platform.apps.tables"),
    ("private-part", PAGE, "from shouyue.platform.push.rules import due"),
    ("commit", ROOM, "db.commit()"),
    ("commit", ROOM, "db.rollback()"),
    ("plain-secret", ROOM, "class T:\n    secret: Mapped[str] = mapped_column(String(32))"),
    ("plain-secret", ROOM, "class T:\n    refresh_token: Mapped[str | None]"),
    ("allowance", ROOM, "x = 1  # lint: allow commit it is not there"),
    ("allowance", ROOM, "db.commit()  # lint: allow commit"),
]
GOOD = [
    (ROOM, '_log.info("in", subject=subject)'),
    (ROOM, 'jobs.enqueue(db, "send", {"delivery": row.id})'),
    (ROOM, 'def f(a: Keep):\n    vault.keep(db, a)\n    _log.info("kept")'),
    (ROOM, 'db.execute(sa.text("SELECT :x"), {"x": x})'),
    (ROOM, 'draw.text(f"{x}")'),
    (STORE, 'c.exec_driver_sql(f"PRAGMA query_only={x}")'),
    (ROOM, "try:\n    f()\nexcept BaseException:\n    g()\n    raise"),
    (ROOM, "try:\n    f()\nexcept Exception:  # noqa: BLE001 - the queue goes on\n    pass"),
    (ROOM, "try:\n    f()\nexcept ValueError:\n    pass"),
    (PAGE, "from shouyue.people.accounts import service"),
    (PAGE, "from shouyue.doors.portal import rules"),
    (ROOM, "from shouyue.people.accounts import queries"),
    (PAGE, "db.commit()"),
    (ROOM, "class T:\n    secret_sealed: Mapped[bytes]\n    token_hash: Mapped[str]"),
    (ROOM, 'class T:\n    key: Mapped[str] = mapped_column(ForeignKey("data_key.id"))'),
    (ROOM, "class T:\n    monkey: Mapped[str]"),
    (ROOM, "db.commit()  # lint: allow commit shown here only"),
    (ROOM, "# lint: allow commit shown here only\ndb.commit()"),
]
BAD_PAGES = [
    ("inline-style", '<p style="color:red">'),
    ("inline-style", "<style>p {}</style>"),
    ("inline-handler", '<p onclick="go()">'),
    ("inline-script", "<script>go()</script>"),
    ("inline-script", '<script src="{{ static("a.js") }}"></script>'),
    ("safe-filter", "{{ html | safe }}"),
    ("no-csrf", '<form method="post"><input name="a"></form>'),
    ("no-csrf", '<form class="x" method=POST></form>{{ ui.csrf() }}'),
    ("one-language", '{{ t("同意") }}'),
    ("untranslated", "<p>同意</p>"),
    ("untranslated", '{{ ui.title("同意") }}'),
    ("untranslated", '{% if visit.person %}同意{% else %}{{ t("否", "No") }}{% endif %}'),
    ("allowance", "{# lint: allow safe-filter nothing is here #}"),
]
GOOD_PAGES = [
    '<p class="sy-lead">{{ t("同意", "Agree") }}</p>',
    '<script src="{{ static("a.js") }}" nonce="{{ visit.nonce }}"></script>',
    '<form method="post">{{ ui.csrf() }}</form>',
    '<form method="get"></form>',
    '{{ "English" if lang == "en" else "中文" }}',
    '{% if lang == "zh" %}同意{% else %}Agree{% endif %}',
    '{{ t("共 %d 条" % count, "%d in all" % count) }}',
    "{# 说明 #}",
    '{{ picture(style="tall") }}',
    "{# lint: allow safe-filter made by us #}\n{{ html | safe }}",
]


def test_the_house_has_no_findings() -> None:
    assert lints.everything() == []


@pytest.mark.parametrize(("code", "path", "text"), BAD)
def test_a_bad_line_is_found(code: str, path: str, text: str) -> None:
    assert {finding.code for finding in lints.python(path, text)} >= {code}


@pytest.mark.parametrize(("path", "text"), GOOD)
def test_a_good_line_is_left_alone(path: str, text: str) -> None:
    assert lints.python(path, text) == []


@pytest.mark.parametrize(("code", "text"), BAD_PAGES)
def test_a_bad_piece_of_a_template_is_found(code: str, text: str) -> None:
    assert [finding.code for finding in lints.template(text)] == [code]


@pytest.mark.parametrize("text", GOOD_PAGES)
def test_a_good_piece_of_a_template_is_left_alone(text: str) -> None:
    assert lints.template(text) == []


def test_a_finding_names_its_line() -> None:
    text = textwrap.dedent("""\
        <p>fine</p>
        <p
          style="color:red">同意</p>
        """)

    assert [(one.line, one.code) for one in lints.template(text)] == [
        (3, "inline-style"),
        (3, "untranslated"),
    ]
