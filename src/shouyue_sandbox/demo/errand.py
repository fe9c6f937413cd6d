"""The errand, step by step: numbered, one line each, in Chinese and English."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx2

from shouyue_sandbox.demo import (
    calls,
    centre,
    certificate,
    clerk,
    merchant,
    newcomer,
    office,
    workshop,
)
from shouyue_sandbox.demo.walk import Stopped, Walk


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is in both languages, and the act, which returns what was seen."""

    zh: str
    en: str
    act: Callable[[Walk], str]


STEPS: Sequence[Step] = (
    Step("阅读隐私政策", "read the privacy policy", newcomer.read_policy),
    Step("手机号注册，亲自勾选同意", "sign up by phone, consent by own act", newcomer.sign_up),
    Step("阅读认证告知", "read the notices of certification", certificate.begin),
    Step("填写企业信息", "fill in the company", certificate.company),
    Step("填写法定代表人", "fill in the legal representative", certificate.legal_person),
    Step("填写管理员", "fill in the administrator", certificate.administrator),
    Step("核对并提交", "check and submit", certificate.submit),
    Step("向法定代表人发送链接", "send a link to that person", certificate.call_legal_person),
    Step(
        "法定代表人本人确认", "the legal representative confirms", certificate.confirm_legal_person
    ),
    Step("管理员本人确认", "the administrator confirms", certificate.confirm_administrator),
    Step("审核员双因素登录", "the reviewer signs in with two factors", office.sign_in),
    Step("签署保密承诺，通过年度培训", "undertaking signed, course passed", office.prepare),
    Step("审核员申请查看本案", "the reviewer asks to look into the case", office.ask),
    Step("隐私专员批准，本人不能批准", "another person approves", office.let),
    Step("审核员写明理由后查看", "the reviewer looks, with a reason", office.look),
    Step("审核通过", "the reviewer approves", office.approve),
    Step("创建应用，密钥只显示一次", "create an app, secrets shown once", workshop.create_app),
    Step("验证推送地址并订阅", "prove a push address, subscribe", workshop.set_push_address),
    Step("商家用母平台账号登录", "a merchant signs in by the parent platform", merchant.sign_in),
    Step("商家在授权页同意", "the merchant agrees on the grant page", merchant.authorise),
    Step("授权码换令牌", "code against token", merchant.exchange),
    Step("查询订单列表", "list orders", calls.list_orders),
    Step("查询订单详情，买家信息为密文", "read an order, the buyer veiled", calls.read_order),
    Step("查询商品", "read an item", calls.read_item),
    Step("上传图片", "upload an image", calls.upload_image),
    Step("沙箱里下单并付款", "an order is placed and paid", calls.place_order),
    Step("收到加密消息并解密", "the encrypted message arrives", calls.receive_message),
    Step("查看推送日志", "read the push log", calls.read_log),
    Step("子账号在主账号授权之后授权", "a sub-account authorises too", clerk.authorise),
    Step("移除子账号，授权立即结束", "it is removed, its grant ends", clerk.leave),
    Step("隐私中心：持有什么", "privacy centre: what is held", centre.what_is_held),
    Step("隐私中心：谁看过", "privacy centre: who looked", centre.who_looked),
    Step("隐私中心：给过谁", "privacy centre: who received it", centre.shared_with_whom),
    Step("隐私中心：同意记录", "privacy centre: consents", centre.consents),
    Step("下载凭证并核对", "download a receipt and verify it", centre.verify_receipt),
    Step("再授权一次，留下新授权码", "authorise once more, leave a fresh code", merchant.authorise),
)
"""The whole errand, in order."""


def main(base_url: str, *, as_json: bool) -> int:
    """Walk it; 0 when every step held. With `as_json` the last line on stdout is one object."""
    say = sys.stderr if as_json else sys.stdout
    walk = Walk(base_url)
    try:
        for number, step in enumerate(STEPS, 1):
            try:
                seen = step.act(walk)
            except (Stopped, httpx2.HTTPError, LookupError, ValueError) as no:
                line = f"✗ {number:2d} {step.zh} · {step.en}: {no or type(no).__name__}"
                print(line, file=sys.stderr, flush=True)
                return 1
            print(f"✓ {number:2d} {step.zh} · {step.en} — {seen}", file=say, flush=True)
        if as_json:
            print(json.dumps(outcome(walk), ensure_ascii=False), flush=True)
    finally:
        walk.close()
    return 0


def is_there(base_url: str) -> bool:
    """Tell whether a platform in development mode answers at an address."""
    try:
        answer = httpx2.get(f"{base_url}/development/postbox.json", timeout=2, trust_env=False)
    except httpx2.HTTPError:
        return False
    return answer.status_code == 200  # noqa: PLR2004 - HTTP


def outcome(walk: Walk) -> dict[str, object]:
    """Return what a client needs to go on from here."""
    box = walk.json("/development/postbox.json")
    staff = box["staff"]
    return {
        "base_url": walk.base,
        "app_key": walk.keys.appkey,
        "app_secret": walk.keys.app_secret,
        "sign_secret": walk.keys.sign_secret,
        "message_key": walk.keys.message_key,
        "redirect_uri": walk.redirect,
        "code": walk.code,
        "access_token": walk.tokens.access,
        "refresh_token": walk.tokens.refresh,
        "open_id": walk.tokens.open_id,
        "authorize_url": merchant.authorize_url(walk),
        "developer_phone": walk.phone,
        "staff_login": staff["name"],
        "officer_login": box["officer"]["name"],
        "order_ids": walk.orders,
        "item_ids": walk.items,
    }
