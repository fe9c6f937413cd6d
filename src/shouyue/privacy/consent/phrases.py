"""The sentences of the notices that are not the policy's own, in both languages.

Each is complete: a person who reads only the notice knows who asks, for what, for how long,
what a no costs and how to take a yes back (PIPL 14, 15, 17, 23, 30).
"""

from shouyue.ground.kit.types import Lang

_ZH = {
    "title.registration": "注册前请您阅读",
    "title.certification": "入驻认证：需要您单独同意的信息",
    "title.legal": "致法定代表人：有企业向我们提交了您的信息",
    "title.admin": "致管理员：有企业向我们提交了您的信息",
    "title.grant": "授权应用“{recipient}”",
    "title.purpose": "一项由您单独决定的用途",
    "lead.registration": (
        "我们是{operator}，本平台的运营者。以下先列出隐私政策中的重点条款，再说明注册会收集什么、"
        "用来做什么。您勾选同意并提交之前，我们不会为您建立账号，也不保存您的号码，只为防滥发短信把号码和网络来源的"
        "加密摘要留存一天；不勾选、离开或继续浏览都不算同意。"
    ),
    "lead.certification": (
        "我们是{operator}。为核实入驻企业及其代表的真实身份，我们需要以下信息。"
        "这份同意与注册时的同意分开，只用于入驻认证。"
    ),
    "lead.legal": (
        "我们是{operator}。有企业在申请入驻时把您列为法定代表人，并提交了下列信息。提交人声明已取得您的授权，"
        "但授权只有您本人能给，所以我们直接告知您并请您决定。"
    ),
    "lead.admin": (
        "我们是{operator}。有企业在申请入驻时把您列为管理员，并提交了下列信息。提交人声明已取得您的授权，"
        "但授权只有您本人能给，所以我们直接告知您并请您决定。"
    ),
    "lead.grant": (
        "应用“{recipient}”的开发者将作为独立的接收方，通过{operator}的开放平台获取您店铺的下列数据。"
        "是否授权由您决定；应用如何使用数据，由其开发者向您负责，我们负责让它只能拿到您同意的部分。需要联系接收方时，"
        "请写信到{support}，由我们转达。"
    ),
    "lead.purpose": "我们是{operator}。下面这项用途与您已经使用的功能无关，只有您同意才会开始。",
    "key": "重点条款",
    "full": "阅读隐私政策全文",
    "items": "涉及的信息",
    "permits": "授权的接口权限",
    "no-items": "这项用途不另外收集信息。",
    "told": "用途",
    "optional": "由您选择的用途（默认不勾选，不选也能正常注册和使用）",
    "sensitive": "敏感个人信息",
    "why": "为什么需要",
    "keep": "保存多久",
    "impact": (
        "对您的影响：这类信息一旦泄露或被非法使用，容易使您的人格尊严受到侵害，或使人身、财产安全受到危害，"
        "例如身份被冒用。我们将其单独加密保存，每一次查看都要写明理由并留下记录，您可以随时查到。"
    ),
    "refusal": "如果不同意",
    "refuse.registration": "不创建账号，不留下您的号码。公开文档、隐私政策、投诉渠道仍可使用。",
    "refuse.certification": (
        "入驻认证不能完成，依赖认证的服务不能使用；登录、文档、隐私中心和注销不受影响。"
    ),
    "refuse.subject": (
        "您可以提出异议，我们会立即停止使用上述信息并启动处理；"
        "提交企业的认证将暂停，直到更换人员或取得您的授权。"
        "您不需要注册账号，也不会因此承担任何责任。不作答复不算同意。"
    ),
    "refuse.grant": "应用拿不到您的数据，您的店铺和账号不受影响。",
    "refuse.purpose": "您正在使用的功能不受任何影响，我们至少在 48 小时内不再询问。",
    "undo": "如何撤回",
    "undo.registration": (
        "可选用途随时可在“隐私中心 - 同意”撤回，与同意一样简单；账号必需的用途随注销账号而终止。"
        "撤回不影响撤回之前已经进行的处理。"
    ),
    "undo.certification": (
        "随时可在“隐私中心 - 同意”撤回。撤回后认证停止，只凭同意保存的随之删除，"
        "法律要求保存的只作保存。"
    ),
    "undo.subject": (
        "答复之前可以在本页反对；之后通过我们的联系方式随时可以撤回、查阅、更正或要求删除，"
        "不需要账号。"
    ),
    "undo.grant": (
        "随时可在“隐私中心 - 授权”取消。取消后 60 秒内应用不能再取得数据；"
        "它已经取得的，您可以要求我们通知其删除。"
    ),
    "undo.purpose": (
        "随时可在“隐私中心 - 同意”撤回，最迟 60 秒内停止。撤回不影响之前已经进行的处理。"
    ),
    "lasts": "有效期",
    "days": "自同意起 {days} 天，到期自动失效，需要您重新授权。",
    "open": "直至上述用途结束或您撤回。",
    "contact": "联系我们、行使权利或投诉：见隐私政策第 6、9 条。隐私政策版本：{version}。",
}

_EN = {
    "title.registration": "Please read this before you sign up",
    "title.certification": "Certification: information that needs your separate consent",
    "title.legal": "To the legal representative: a company has given us your information",
    "title.admin": "To the administrator: a company has given us your information",
    "title.grant": "Authorise the app “{recipient}”",
    "title.purpose": "One purpose that is for you alone to decide",
    "lead.registration": (
        "We are {operator}, the operator of this platform. The clauses of the privacy policy that "
        "matter most come first, then what signing up collects and what for. Until you tick the "
        "box and submit, there is no account and your number is not stored; only keyed digests of "
        "number and network source stay for one day, against abuse of text messages. Leaving the "
        "box empty, going away or browsing on is not consent."
    ),
    "lead.certification": (
        "We are {operator}. To check who the company and its representatives really are, we need "
        "the following. This consent is separate from signing up and serves certification only."
    ),
    "lead.legal": (
        "We are {operator}. A company that wants to join has named you as its legal "
        "representative and given us the following. It states that you have authorised it, but "
        "only you can; so we tell you directly and ask you to decide."
    ),
    "lead.admin": (
        "We are {operator}. A company that wants to join has named you as its administrator and "
        "given us the following. It states that you have authorised it, but only you can; so we "
        "tell you directly and ask you to decide."
    ),
    "lead.grant": (
        "The developer of the app “{recipient}” will receive the following data of your shop "
        "through the open platform of {operator}, as a recipient in its own right. You decide. "
        "The developer answers to you for how the app uses the data; we make sure that it gets "
        "only what you agreed to. To reach the recipient, write to {support}; we pass it on."
    ),
    "lead.purpose": (
        "We are {operator}. The purpose below has nothing to do with the functions that you "
        "already use. It starts only if you agree."
    ),
    "key": "The clauses that matter most",
    "full": "Read the full privacy policy",
    "items": "The information concerned",
    "permits": "API permissions granted",
    "no-items": "This purpose collects no further information.",
    "told": "Purposes",
    "optional": "Purposes for you to choose (not ticked; sign-up and use work without them)",
    "sensitive": "sensitive personal information",
    "why": "Why we need it",
    "keep": "How long we keep it",
    "impact": (
        "What it means for you: if such information leaks or is misused, it can easily harm your "
        "dignity, your safety or your property, for example when somebody poses as you. We keep "
        "it encrypted apart from the rest; each look at it needs a stated reason and leaves a "
        "record that you can see at any time."
    ),
    "refusal": "If you do not agree",
    "refuse.registration": (
        "No account is made and your number does not stay. Public documents, the privacy policy "
        "and the complaint channels remain open to you."
    ),
    "refuse.certification": (
        "Certification cannot be completed and what depends on it cannot be used. Log-in, "
        "documents, the privacy centre and closing the account are not affected."
    ),
    "refuse.subject": (
        "You may object: we stop using the information at once and look into it, and the company's "
        "certification rests until it names somebody else or has your authority. You need no "
        "account and owe nothing. Giving no answer is not consent."
    ),
    "refuse.grant": "The app does not get your data. Your shop and account are not affected.",
    "refuse.purpose": (
        "What you use today is not affected in any way, and we do not ask again for at least "
        "48 hours."
    ),
    "undo": "How to take it back",
    "undo.registration": (
        "Withdraw the purposes of your choice at any time under Privacy centre, Consents, as "
        "easily as you gave them. Purposes that the account needs end when you close it. What was "
        "done before a withdrawal stays lawful."
    ),
    "undo.certification": (
        "Withdraw at any time under Privacy centre, Consents. Certification then stops, what "
        "rested on consent alone is erased, and what the law obliges us to keep is only kept."
    ),
    "undo.subject": (
        "Until you answer you may object on this page; after that, withdraw, see, correct or have "
        "the information deleted at any time through our contacts. No account is needed."
    ),
    "undo.grant": (
        "Cancel at any time under Privacy centre, Grants. Within 60 seconds the app gets no more "
        "data; you can ask us to have deleted what it has."
    ),
    "undo.purpose": (
        "Withdraw at any time under Privacy centre, Consents; it stops within 60 seconds. What "
        "was done before stays lawful."
    ),
    "lasts": "How long it lasts",
    "days": "{days} days from your consent; then it lapses and you would have to grant it anew.",
    "open": "Until the purpose ends or you withdraw.",
    "contact": (
        "To reach us, use your rights or complain: sections 6 and 9 of the privacy policy. "
        "Version of the policy: {version}."
    ),
}


def phrase(lang: Lang, key: str) -> str:
    """Return a sentence in `zh` or `en`."""
    return (_ZH if lang == "zh" else _EN)[key]


def keys(lang: Lang) -> frozenset[str]:
    """Return which sentences exist in a language."""
    return frozenset(_ZH if lang == "zh" else _EN)
