"""What the states, reasons and checks of a certification are called, in both languages."""

from collections.abc import Mapping
from enum import StrEnum

from shouyue.ground.kit.types import Lang
from shouyue.platform.confirmations.types import Answer
from shouyue.platform.onboarding.types import CaseState, Reason
from shouyue.platform.papers.types import CheckCode, CheckOutcome, Role
from shouyue.platform.reviews.types import Look

_SAID: Mapping[StrEnum, tuple[str, str]] = {
    CaseState.DRAFT: ("填写中", "Being filled in"),
    CaseState.SUBMITTED: ("已提交", "Handed in"),
    CaseState.AUTO_CHECK: ("机器核验", "Machine checks"),
    CaseState.SUBJECT_CONFIRM: ("等待本人确认", "Waiting for the people named"),
    CaseState.MANUAL_REVIEW: ("人工审核", "Under review"),
    CaseState.NEED_MORE: ("需要补充", "More is needed"),
    CaseState.APPROVED: ("已通过", "Certified"),
    CaseState.REJECTED: ("未通过", "Not certified"),
    CaseState.EXPIRED: ("认证已过期", "Certification lapsed"),
    CaseState.REVERIFY_DUE: ("需要复核", "New check due"),
    CaseState.REVOKED: ("认证已终止", "Certification ended"),
    Role.LEGAL: ("法定代表人", "Legal representative"),
    Role.ADMIN: ("管理员", "Administrator"),
    Answer.WAITING: ("等待答复", "Waiting"),
    Answer.CONFIRMED: ("本人已确认", "Confirmed in person"),
    Answer.OBJECTED: ("本人已反对", "Objected"),
    Answer.LAPSED: ("逾期未答复", "No answer in time"),
    CheckCode.LICENCE_CODE: ("信用代码校验位", "Check character of the code"),
    CheckCode.LICENCE_TERM: ("营业期限", "Term of the licence"),
    CheckCode.LEGAL_NUMBER: ("身份证号校验位", "Check character of the number"),
    CheckCode.LEGAL_AGE: ("年满18周岁", "18 or over"),
    CheckCode.LEGAL_VALIDITY: ("证件在有效期内", "Card in date"),
    CheckCode.LEGAL_NAME: ("与执照上的法定代表人一致", "Same name as on the licence"),
    CheckCode.ADMIN_NUMBER: ("身份证号校验位", "Check character of the number"),
    CheckCode.ADMIN_AGE: ("年满18周岁", "18 or over"),
    CheckCode.ONLY_HERE: ("未被其他账号认证", "Certified by no other account"),
    CheckOutcome.PASSED: ("通过", "passed"),
    CheckOutcome.MISMATCH: ("不一致", "mismatch"),
    CheckOutcome.FAILED: ("未通过", "failed"),
    Reason.UNREADABLE: ("照片看不清", "The photo cannot be read"),
    Reason.NOT_AS_TYPED: ("与所填信息不一致", "Not as typed"),
    Reason.EXPIRED: ("证件已过期", "The document has expired"),
    Reason.WRONG_PAPER: ("不是要求的证件", "Not the document asked for"),
    Reason.ALTERED: ("照片有改动痕迹", "The photo looks altered"),
    Reason.NOT_AUTHORISED: ("没有得到授权", "Not authorised"),
    Reason.ALREADY_CERTIFIED: ("该企业已由其他账号认证", "Certified by another account"),
    Reason.FAILED_CHECK: ("机器核验未通过", "A machine check failed"),
    Reason.OBJECTED: ("本人反对", "The person objected"),
    Reason.NO_ANSWER: ("15个工作日内本人未确认", "No answer in 15 working days"),
    Reason.WITHDRAWN: ("同意已撤回", "Consent was withdrawn"),
    Reason.LEFT_ALONE: ("逾期未处理", "Left alone too long"),
    Look.COMPARE: ("与照片比对", "Compare with the photo"),
    Look.REGISTRY: ("与登记信息比对", "Compare with the registry"),
    Look.MISMATCH: ("判断不一致项", "Judge a mismatch"),
    Look.COMPLAINT: ("答复投诉", "Answer a complaint"),
}


def say(word: StrEnum, lang: Lang) -> str:
    """Return a word in the language."""
    return _SAID[word][0 if lang == "zh" else 1]


def known() -> frozenset[StrEnum]:
    """Return every word that has a name."""
    return frozenset(_SAID)
