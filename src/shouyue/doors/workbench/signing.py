"""Where two strings to sign part, and which usual mistake a signature comes from.

Pure: it gets secrets and keeps none. What is to be shown goes through `masked` first.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from shouyue.platform.apps import signatures
from shouyue.platform.apps.signatures import SignMethod
from shouyue.platform.apps.types import Mixed

SECRET = "***"  # noqa: S105 - stands where a secret would
_TAIL = re.compile(r"&?signSecret=.*\Z", re.DOTALL)
_TOKEN = re.compile(r"(access_token=[^&\n]{0,4})([^&\n]*)")
_DIGITS = re.compile(r"[0-9a-f]+")
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two strings part. Texts are masked; `name` is the parameter there."""

    name: str
    before: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """What explains a signature that does not fit, in both languages."""

    zh: str
    en: str


def to_sign(params: Mapping[str, str]) -> str:
    """Return the string to sign without its secret."""
    return _TAIL.sub("", signatures.base_string(params, SECRET))


def without_secret(text: str) -> str:
    """Return a developer's string to sign without the secret at its end."""
    return _TAIL.sub("", text.strip("\r\n"))


def masked(text: str) -> str:
    """Return a string with its access token hidden after the first four characters."""
    return _TOKEN.sub(lambda found: found[1] + "•" * len(found[2]), text)


def difference(ours: str, theirs: str) -> Difference | None:
    """Return where the strings part, or None where they are the same."""
    if ours == theirs:
        return None
    pairs = enumerate(zip(ours, theirs, strict=False))
    shortest = min(len(ours), len(theirs))
    at = next((place for place, (one, other) in pairs if one != other), shortest)
    start = max(0, at - _AROUND)
    until = at + _AROUND
    name = ours[ours.rfind("&", 0, at) + 1 :].partition("=")[0]
    return Difference(
        name=name,
        before=masked(ours)[start:at],
        ours=masked(ours)[at:until],
        theirs=masked(theirs)[at:until],
    )


def hints(params: Mapping[str, str], theirs: str) -> list[Mistake]:
    """Return what a developer's string to sign shows of the usual mistakes."""
    keys = [part.partition("=")[0] for part in theirs.split("&")]
    signed = [name for name in signatures.SIGNED if name in params]
    found = []
    if missing := [name for name in signed if name not in keys]:
        names = ", ".join(missing)
        found.append(Mistake(f"您的串里缺少 {names}。", f"Your string lacks {names}."))
    if more := [name for name in ("sign", "imgBytes", "signSecret") if name in keys]:
        names = ", ".join(more)
        found.append(Mistake(f"{names} 不参与签名。", f"{names} is not part of the string."))
    if [name for name in keys if name in signed] != sorted(set(keys) & set(signed)):
        found.append(Mistake("没有按参数名排序。", "The keys are not in order."))
    if re.search(r"%[0-9A-Fa-f]{2}", theirs) and "%" not in to_sign(params):
        found.append(
            Mistake("值在签名前做了 URL 编码；应当用原文。", "Values were encoded before signing.")
        )
    return found


def fits(params: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Tell whether the signature that was sent is the right one under any of the secrets."""
    return any(_same(params, signatures.sign(_method(params), params, one)) for one in secrets)


def mistake(params: Mapping[str, str], secrets: Sequence[str]) -> Mistake | None:
    """Return the usual mistake that makes exactly the signature that was sent, or None."""
    for secret in secrets:
        for changed, why in _variants(params):
            for method in SignMethod:
                made = signatures.sign(method, changed, secret)
                if _same(params, made):
                    return why if method is _method(params) else _MIXED
                if method is SignMethod.HMAC_SHA256 and (carried := _carried(params, made)):
                    return carried
    return None


def mixed_up(params: Mapping[str, str], unfit: Iterable[tuple[Mixed, str]]) -> Mistake | None:
    """Return which other secret of the app makes exactly the signature that was sent, or None."""
    return next((_MIXED_UP[kind] for kind, secret in unfit if fits(params, [secret])), None)


_MIXED_UP = {
    Mixed.APP_SECRET: Mistake(
        "用了 appSecret；签名要用 signSecret。", "appSecret was used; signSecret is what signs."
    ),
    Mixed.MESSAGE_KEY: Mistake(
        "用了 messageKey；签名要用 signSecret。", "messageKey was used; signSecret is what signs."
    ),
    Mixed.STOPPED: Mistake(
        "用的 signSecret 已冻结或停用。", "The signSecret that was used is frozen or paused."
    ),
    Mixed.OVER: Mistake(
        "用的是已失效的旧 signSecret。", "An old signSecret was used, which is over."
    ),
}
_HEX = Mistake(
    "HMAC 结果用了十六进制；应当是标准 Base64。", "The HMAC was written in hex; it is Base64."
)
_PLUS = Mistake(
    "sign 没有做 URL 编码：其中的 + 到达时变成了空格。",
    "sign was not URL-encoded: each + in it arrived as a space.",
)
_CASE = Mistake(
    "sign 的大小写被改过；Base64 区分大小写。",
    "The case of sign was changed; Base64 tells capitals from small letters.",
)
_MIXED = Mistake(
    "signMethod 与实际使用的算法不一致。", "signMethod names another algorithm than the one used."
)


def _variants(params: Mapping[str, str]) -> Iterator[tuple[Mapping[str, str], Mistake]]:
    yield params, Mistake("算法或写法不同。", "Another algorithm or spelling.")
    encoded = {name: quote(value, safe="") for name, value in params.items()}
    yield (
        encoded,
        Mistake("值在签名前做了 URL 编码；应当用原文。", "Values were encoded before signing."),
    )
    for name in ("access_token", "param", "version", "signMethod"):
        if name in params:
            rest = {key: value for key, value in params.items() if key != name}
            yield rest, Mistake(f"签名时漏了 {name}。", f"{name} was left out of the string.")
    for text in _spellings(params.get("param", "")):
        yield (
            {**params, "param": text},
            Mistake(
                "签名用的 param 与发出的不是同一段文字：只序列化一次。",
                "The param that was signed is not the text that was sent: write the JSON once.",
            ),
        )


def _spellings(param: str) -> Iterator[str]:
    try:
        value = json.loads(param)
    except (ValueError, RecursionError):
        return
    for separators in ((",", ":"), (", ", ": ")):
        for in_order in (False, True):
            for ascii_only in (False, True):
                text = json.dumps(
                    value, separators=separators, sort_keys=in_order, ensure_ascii=ascii_only
                )
                if text != param:
                    yield text


def _method(params: Mapping[str, str]) -> SignMethod:
    try:
        return SignMethod(params.get("signMethod", ""))
    except ValueError:
        return SignMethod.HMAC_SHA256


def _same(params: Mapping[str, str], made: str) -> bool:
    # Plain comparison: whoever asks owns the app, and with it the secret. As at the gateway, hex
    # may come in either case and Base64 may not.
    sent = params.get("sign", "")
    return made == (sent.lower() if _DIGITS.fullmatch(made) else sent)


def _carried(params: Mapping[str, str], made: str) -> Mistake | None:
    """Return what happened to a right Base64 signature on its way, or None."""
    sent = params.get("sign", "")
    if sent.replace(" ", "+") == made:
        return _PLUS
    if sent.lower() == made.lower():
        return _CASE
    return _HEX if _same(params, _hex(made)) else None


def _hex(made: str) -> str:
    try:
        return base64.b64decode(made).hex()
    except binascii.Error:
        return made
