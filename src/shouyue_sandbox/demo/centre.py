"""The privacy centre: what is held, who looked, who received it, what was agreed, and proof."""

from shouyue_sandbox.demo.walk import Stopped, Walk, wait


def what_is_held(walk: Walk) -> str:
    """Every value is a mask."""
    page = walk.open("developer", "/privacy/data")
    masks = [mask.strip() for mask in page.marks["masked"]]
    if not masks or walk.phone in page.text:
        raise Stopped(page.url, page.status, "not masked")
    return f"{len(masks)} 项 items · {masks[0]}"


def who_looked(walk: Walk) -> str:
    """Each look by the reviewer is there, with the reason given and the grant."""
    page = walk.open("developer", "/privacy/activity")
    looks = [" ".join(look.split()) for look in page.marks["look"]]
    by_staff = [look for look in looks if "审核" in look]
    if not by_staff:
        raise Stopped(page.url, page.status, f"the reviewer's look is not among {len(looks)}")
    if "经另一名工作人员" not in page.text:
        raise Stopped(page.url, page.status, "the grant is not told")
    return f"{len(looks)} 次 looks · {by_staff[0]}"


def shared_with_whom(walk: Walk) -> str:
    """The merchant sees the app that they let in."""
    page = walk.open("merchant", "/privacy/sharing")
    if walk.keys.appkey not in page.text and walk.keys.app not in page.text:
        raise Stopped(page.url, page.status, "the app is not listed")
    return "商家看到接收方 the merchant sees the recipient"


def consents(walk: Walk) -> str:
    """Every answer, each with its receipt."""
    page = walk.open("developer", "/privacy/consents")
    answers = {link for link in page.links if link.startswith("/privacy/consents/")}
    if not answers:
        raise Stopped(page.url, page.status, "no consent is recorded")
    return f"{len(answers)} 项 answers"


def verify_receipt(walk: Walk) -> str:
    """Download a receipt, and let somebody without an account check it."""
    page = walk.open("developer", "/privacy/consents")
    one = next(link for link in page.links if link.startswith("/privacy/consents/"))
    page = walk.open("developer", one.partition("#")[0])
    link = next(link for link in page.links if link.startswith("/privacy/receipt/"))
    browser = walk.of("developer")
    # The newest leaves enter the tree within seconds.
    receipt = wait(
        lambda: found.content if (found := browser.open(link)).status == 200 else b"",  # noqa: PLR2004
        "the receipt is not ready",
    )
    page = walk.open("stranger", "/privacy/verify")
    page = walk.send(
        "stranger", page, "receipt", files={"file": ("receipt.json", receipt, "application/json")}
    )
    if "sy-good" not in page.text:
        raise Stopped(page.url, page.status, "not verified")
    return f"{len(receipt)} 字节 bytes"
