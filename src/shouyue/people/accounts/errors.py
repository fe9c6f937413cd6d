"""Why the accounts room says no."""

from shouyue.ground.kit.errors import Refusal


class BadPhone(Refusal):
    """Not a mainland mobile number."""

    code = "accounts.bad-phone"
    zh = "请输入有效的中国大陆手机号（11 位）。"
    en = "Please enter a valid mobile number of mainland China (11 digits)."


class CodeTooSoon(Refusal):
    """A code went to this phone less than 60 seconds ago."""

    code = "accounts.code-too-soon"
    zh = "验证码刚刚发出，请在 {seconds} 秒后再获取。"
    en = "A code has just been sent. Ask again in {seconds} seconds."


class CodeCapReached(Refusal):
    """Too many codes today, for this phone or from this address."""

    code = "accounts.code-cap"
    zh = "今天获取验证码的次数已达上限，请 24 小时后再试，或使用平台账号登录。"
    en = "Too many codes today. Try again in 24 hours, or sign in with your platform account."


class WrongCode(Refusal):
    """Wrong, used, too old, tried too often, or for another phone; which one is not told."""

    code = "accounts.wrong-code"
    zh = "验证码不正确或已失效。请核对后重试，或重新获取。"
    en = "The code is wrong or no longer valid. Check it and try again, or ask for a new one."


class TicketInvalid(Refusal):
    """The proof of who is there is forged, used, or older than ten minutes."""

    code = "accounts.ticket-invalid"
    zh = "验证已过期，请重新登录。"
    en = "Your verification has expired. Please start signing in again."


class ConsentNeeded(Refusal):
    """Nobody registers, and no lapsed registration goes on, without an act of consent."""

    code = "accounts.consent-needed"
    zh = "继续之前，请阅读告知并由您亲自勾选同意。未勾选时我们不建立账号，也不保存您的号码。"
    en = "Before going on, read the notice and tick the box yourself. No account before."


class TooYoung(Refusal):
    """The person did not declare to be 15 or over (7; 14 is still a child by the promise)."""

    code = "accounts.too-young"
    zh = (
        "本平台面向 15 周岁及以上的用户。我们没有建立账号，也没有保存您的号码；"
        "如有疑问，请由监护人联系我们。"
    )
    en = (
        "The platform is for people aged 15 or over. We made no account and kept no number; "
        "your guardian may contact us with any question."
    )


class ProofNeeded(Refusal):
    """The platform account is new here, but its phone already belongs to somebody."""

    code = "accounts.proof-needed"
    zh = "该手机号已有账号。请先用短信验证码登录，再在账号设置中关联平台账号。"
    en = (
        "This phone already has an account. Sign in with a code first, then link the platform "
        "account in your account settings."
    )


class AlreadyLinked(Refusal):
    """The platform account belongs to another person here, or this person has one already."""

    code = "accounts.already-linked"
    zh = "无法关联：该平台账号已关联其他账号，或您已关联了一个平台账号。请先解除原有关联。"
    en = "Cannot link: that platform account, or yours here, is linked already. Unlink it first."


class PlatformRefused(Refusal):
    """The platform did not say who this is."""

    code = "accounts.platform-refused"
    zh = "平台账号登录未完成。请重试，或使用手机号验证码登录。"
    en = "The platform log-in was not completed. Try again, or sign in with a code to your phone."


class AccountBarred(Refusal):
    """The account is frozen after identity theft, or closed."""

    code = "accounts.barred"
    zh = "该账号目前不能登录。如有疑问或认为有误，请通过隐私政策第 9 条的方式联系我们。"
    en = "This account cannot be used now. If you think this is wrong, see section 9 of the policy."


class NotThisPerson(Refusal):
    """The proof is good, but it is not the proof of the person who is signed in."""

    code = "accounts.not-this-person"
    zh = "请使用当前账号绑定的手机号完成验证。"
    en = "Please verify with the phone that belongs to this account."


class StepUpNeeded(Refusal):
    """The deed needs a code that came to the person's phone within the last ten minutes."""

    code = "accounts.step-up"
    zh = "为了您的安全，请先用短信验证码确认是您本人（账号信息 - 本人验证），十分钟内有效。"
    en = "First show by a code to your phone that it is you (Account, It is me); it holds 10 min."


class NoSuchMove(Refusal):
    """The account cannot go from its state to that one (requirements 3.1)."""

    code = "accounts.no-such-move"
    zh = "账号当前状态（{state}）不允许该操作。"
    en = "The account's present state ({state}) does not allow this."


class NoAccount(Refusal):
    """There is no account of this person."""

    code = "accounts.none"
    zh = "没有找到该账号。"
    en = "There is no such account."
