"""Reference pages of what the house itself does: refusals, settings, routes, jobs."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from pydantic import AliasChoices, BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

import shouyue
from shouyue import doors
from shouyue.assembly import answers as bells
from shouyue.assembly import development
from shouyue.assembly.settings import Settings
from shouyue.doors.authority import results as authority
from shouyue.doors.gateway import results
from shouyue.doors.upstreams import intake
from shouyue.doors.web.refusals import STATUS
from shouyue.doors.web.routes import Page
from shouyue.ground.jobs.service import Trip
from shouyue.ground.kit.errors import Refusal
from shouyue.platform.grants.errors import OAuthRefusal
from shouyue.privacy.sinks.types import Sink
from tools.markdown import code, first_sentence, page, table

_WIRE = (
    ("gateway", "/open/…", "GET POST", "signature", "A signed call, see apis.md. 签名调用。"),
    ("authority", "/oauth2/access_token", "GET POST", "app secret", "A token. 换取令牌。"),
    ("authority", "/oauth2/refresh_token", "GET POST", "app secret", "A new pair. 刷新令牌。"),
    ("authority", "/oauth2/revoke", "GET POST", "app secret", "A token given back. 作废令牌。"),
    ("authority", "/oauth2/introspect", "POST", "app secret", "A token looked at. 查验令牌。"),
    ("upstreams", intake.PATH, "POST", "signature", "The operator's events. 事件接入。"),
    ("web", "/static/…", "GET", "anyone", "Style, scripts, icons. 静态文件。"),
)


class _Nobody:
    """Stands where wiring expects a way out; whatever is asked of it, it is there."""

    def __getattr__(self, _name: str) -> "_Nobody":
        return self

    def __iter__(self) -> Iterator["_Nobody"]:
        return iter(())


def every_refusal() -> list[type[Refusal]]:
    """Return every refusal of the house that has a code of its own, by code."""
    for _ in _modules(shouyue):
        pass
    found, waiting = [], [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("shouyue.") and "code" in vars(kind):
            found.append(kind)
    return sorted(found, key=lambda kind: kind.code)


def refusals() -> str:
    """Return the page of refusals."""
    lead = (
        "An expected no has a permanent code. *HTTP* is the status on pages, *Result* the number "
        "in the envelope of the gateway, whose own status is 200. 每个拒绝都有永久编号；"
        "`Result` 是网关应答中的 result。"
    )
    rows = [
        (
            code(kind.code),
            str(STATUS.get(kind.code, "")),
            _result(kind),
            kind.zh,
            kind.en,
            first_sentence(kind),
        )
        for kind in every_refusal()
    ]
    columns = ("Code", "HTTP", "Result", "中文", "English", "When")
    return page("Refusals · 拒绝一览", lead, table(columns, rows))


def sinks() -> str:
    """Return the page of places where a sealed value may be opened."""
    lead = (
        "A personal value opens only here. A lint holds modules to this list, the value itself "
        "holds the purpose to it. 个人信息只在下列位置解封；模块由检查工具核对，目的在解封时核对。"
    )
    rows = [
        (
            code(sink.name),
            sink.value.zh,
            sink.value.en,
            " ".join(code(module) for module in sink.value.modules),
            " ".join(purpose.value for purpose in sink.value.purposes),
        )
        for sink in Sink
    ]
    return page(
        "Sinks · 解封位置", lead, table(("Sink", "中文", "English", "Modules", "Purposes"), rows)
    )


def _result(kind: type[Refusal]) -> str:
    if kind.code == "gateway.upstream-refused":
        return "the upstream's own"
    no = kind.__new__(kind)  # the numbers depend on the kind alone, not on its facts
    if isinstance(no, OAuthRefusal) and kind.code != "oauth.token":
        return f"{authority.NUMBERS[no.error]} {no.error}"
    number = results.number(no)
    return str(number) if number != results.INTERNAL or kind.code.startswith("gateway.") else ""


def settings() -> str:
    """Return the page of settings."""
    lead = (
        "Read once at the start: first the environment, then `shouyue.toml` in the home. Unknown "
        "keys stop the start; no secret has a default. 启动时读取一次，环境变量优先于 "
        "`shouyue.toml`；未知的键会让启动失败。"
    )
    columns = ("Key", "Environment", "Type", "Default", "What it decides")
    return page("Settings · 配置项", lead, table(columns, _keys(Settings, "", "SHOUYUE_")))


def _keys(model: type[BaseModel], before: str, env: str) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        part = _part(field)
        if part and get_origin(field.annotation) is dict:
            yield code(before + name), "", "parts by name", "none", first_sentence(part)
            each = f"{env}{name}__NAME__".upper()
            yield from _keys(part, f"{before}{name}.NAME.", each)
            continue
        if part and get_origin(field.annotation) is tuple:
            several = code(f"{env}{name}".upper())
            yield code(before + name), several, "JSON list of parts", "none", first_sentence(part)
            # One of a list has no variable of its own.
            rows = _keys(part, f"{before}{name}[].", "")
            yield from ((key, "", *rest) for key, _, *rest in rows)
            continue
        if part:
            yield code(before + name), "", "part", "absent", first_sentence(part)
            yield from _keys(part, f"{before}{name}.", f"{env}{name}__".upper())
            continue
        names = [f"{env}{name}".upper()]
        if isinstance(field.validation_alias, AliasChoices):
            choices = (str(choice) for choice in field.validation_alias.choices)
            names = [choice for choice in choices if choice.isupper()]
        where = " ".join(code(each) for each in names)
        yield code(before + name), where, _type(field), _default(field), field.description or ""


def _part(field: FieldInfo) -> type[BaseModel] | None:
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _type(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(code(str(choice)) for choice in get_args(field.annotation))
    kinds = [k for k in (field.annotation, *get_args(field.annotation)) if isinstance(k, type)]
    name = kinds[0].__name__ if kinds else str(field.annotation)
    return {"SecretStr": "secret", "str": "text", "int": "number", "bool": "yes or no"}.get(
        name, name.lower()
    )


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "must be given"
    if isinstance(field.default, SecretStr) or field.default in ("", None):
        return "empty"
    return code(
        str(field.default).lower() if isinstance(field.default, bool) else f"{field.default}"
    )


def pages() -> list[tuple[str, Page]]:
    """Return every page of every door as (door, page), in the order of their addresses."""
    found: dict[int, tuple[str, Page]] = {}
    for module in _modules(doors):
        room = module.__name__.split(".")[2]
        for value in vars(module).values():
            several = value if isinstance(value, tuple | list) else (value,)
            found |= {id(one): (room, one) for one in several if isinstance(one, Page)}
    nobody: Any = _Nobody()
    for one in development.post_box_pages(nobody, nobody):
        found[id(one)] = ("development", one)
    return sorted(found.values(), key=lambda entry: (entry[1].path, entry[0]))


def routes() -> str:
    """Return the page of routes."""
    lead = (
        "Each address, who may enter, and through which door. *development* is there in that mode "
        "only. 每个地址、谁能进入、由哪个门应答。"
    )
    wire = [(door, code(path), methods, who, says) for door, path, methods, who, says in _WIRE]
    rows = [
        (door, code(one.path), _methods(one), code(guard(one.who)), _deeds(one))
        for door, one in pages()
    ]
    columns = ("Door", "Address", "Methods", "Guard", "What it does")
    return page("Routes · 地址一览", lead, table(columns, [*wire, *rows]))


def _methods(one: Page) -> str:
    return " ".join((["GET"] if one.look or one.land else []) + (["POST"] if one.act else []))


def guard(who: Callable[..., object]) -> str:
    """Return a guard's name, with what it was made with: `signed_in`, `staff_with(REVIEW)`."""
    maker, made, _ = who.__qualname__.partition(".<locals>")
    if not made:
        return who.__name__
    held = [cell.cell_contents for cell in who.__closure__ or ()]
    return f"{maker}({', '.join(getattr(value, 'name', str(value)) for value in held)})"


def _deeds(one: Page) -> str:
    told = [first_sentence(deed) for deed in (one.look or one.land, one.act) if deed]
    return " ".join(dict.fromkeys(filter(None, map(_without_address, told))))


def _without_address(sentence: str) -> str:
    """Return what a page function says besides its address, which stands in its own column."""
    said = re.sub(r"^(GET|POST)( or (GET|POST))?(:| /\S*?[.:]?)(?= |$)", "", sentence).strip()
    return said[:1].upper() + said[1:]


def jobs() -> str:
    """Return the page of jobs."""
    lead = (
        "News goes up and time goes by as jobs. *Every* is the interval of what comes round by "
        "itself; the rest is enqueued in the transaction of its cause. 定时任务与消息任务。"
    )
    rows = [
        (
            code(name),
            _interval(bells.SCHEDULE.get(name)),
            "<br>".join(code(where) for where, _ in told),
            "<br>".join(says for _, says in told if says),
        )
        for name, told in sorted(answered().items())
    ]
    return page("Jobs · 任务", lead, table(("Job", "Every", "Answered by", "What it does"), rows))


def answered() -> Mapping[str, list[tuple[str, str]]]:
    """Return for each job who answers it, as (place, sentence)."""
    nobody: Any = _Nobody()
    everyone = bells.answers(*(nobody for _ in inspect.signature(bells.answers).parameters))
    return {name: list(_told(answer)) for name, answer in everyone.items()}


def _told(answer: Any) -> Iterator[tuple[str, str]]:
    if isinstance(answer, Trip):
        answer = answer.prepare
    several = inspect.getclosurevars(answer).nonlocals.get("several")
    if several:
        for one in several:
            yield from _told(one)
        return
    maker = answer.__qualname__.partition(".<locals>")[0]
    module = importlib.import_module(answer.__module__)
    # What is written in the table of answers itself has no words of its own.
    says = "" if module is bells and maker == "answers" else first_sentence(getattr(module, maker))
    yield f"{module.__name__.removeprefix('shouyue.')}.{maker}", says


def _interval(every: timedelta | None) -> str:
    if every is None:
        return ""
    seconds = int(every.total_seconds())
    for size, word in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {word}"
    return f"{seconds} s"


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)
