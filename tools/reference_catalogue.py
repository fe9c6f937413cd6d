"""Reference pages of what is opened: APIs and events, with the personal data that they carry."""

from collections.abc import Iterable, Iterator

from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api, Event, Param, Personal, TokenKind
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from tools.markdown import code, page, table


def apis() -> str:
    """Return the page of APIs."""
    opened = catalogue.apis().values()
    lead = (
        f"{len(opened)} opened APIs. Personal fields never leave in clear where a guard is named: "
        "they become ciphertext and mask; single orders are decrypted within a quota. "
        "开放接口；个人信息字段以密文与脱敏值返回，个别订单可限额解密。"
    )
    rows = [
        (code(api.name), api.verb, code(api.scope), _token(api), api.zh, api.en, _items(api.items))
        for api in opened
    ]
    columns = ("API", "Verb", "Scope", "Token", "中文", "English", "Personal items")
    return page("APIs · 接口", lead, table(columns, rows), *(list(_api(api)) for api in opened))


def events() -> str:
    """Return the page of events."""
    lead = (
        "Messages that an app may subscribe to, encrypted on their way, with the personal items "
        "that they carry. 可订阅的消息，推送内容加密。"
    )
    rows = [
        (code(one.name), code(one.scope), one.zh, one.en, _payload(one), _items(one.items))
        for one in catalogue.events().values()
    ]
    columns = ("Event", "Scope", "中文", "English", "Payload", "Personal items")
    return page("Events · 消息", lead, table(columns, rows))


def _api(api: Api) -> Iterator[str]:
    yield from (f"## {api.name}", "", f"{api.zh} · {api.en}.", "")
    if not api.params:
        yield "No parameters. 无业务参数。"
    else:
        columns = ("Parameter", "Type", "Needed", "Bounds", "中文", "English")
        yield from table(columns, (_param(one) for one in api.params))
    if api.personal:
        yield ""
        titles = ("Personal field", "Item", "Whose", "Guard", "Leaves as")
        yield from table(titles, (_personal(one) for one in api.personal))
    if api.beside:
        yield from ("", "The result's fields stand beside `result`. 返回字段与 `result` 同级。")


def _param(one: Param) -> tuple[str, ...]:
    bounds = " … ".join("" if end is None else str(end) for end in (one.least, one.most))
    if one.one_of:
        bounds = ", ".join(str(choice) for choice in one.one_of)
    needed = "yes" if one.required else ""
    return code(one.name), one.type, needed, bounds.strip(" …") and bounds, one.zh, one.en


def _personal(one: Personal) -> tuple[str, ...]:
    leaving = " ".join(code(name) for name in catalogue.leaving(one))
    return (
        code(".".join(one.path)),
        _items([one.item]),
        one.whose.value,
        one.guard.value,
        leaving,
    )


def _token(api: Api) -> str:
    return "merchant's" if api.token is TokenKind.USER else "app's, or none"


def _items(items: Iterable[Item]) -> str:
    return "<br>".join(f"{item.value} {policy.item(item).name.zh}" for item in sorted(items))


def _payload(event: Event) -> str:
    return " ".join(code(name) for name in event.info)
