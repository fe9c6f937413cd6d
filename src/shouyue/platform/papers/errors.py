"""Why the papers room says no."""

from shouyue.ground.kit.errors import Refusal

_CAUSES = {
    "number-form": ("身份证号应为18位。", "An ID number has 18 characters."),
    "number-check": (
        "身份证号的校验位不对，请逐位核对。",
        "The check character of the ID number does not fit; please compare each digit.",
    ),
    "number-region": ("身份证号开头的地区码不存在。", "The ID number starts with no known region."),
    "number-birth": ("身份证号里的出生日期不存在。", "The ID number holds no real date of birth."),
    "under-age": (
        "未满18周岁的人不能担任法定代表人或管理员，我们没有保存其信息。",
        "Nobody under 18 can be legal representative or administrator; nothing was kept.",
    ),
    "person": (
        "请填写证件上的中文姓名，间隔号用“·”。",
        "Please enter the name in Chinese as on the document, with “·” between parts.",
    ),
    "code-form": (
        "统一社会信用代码应为18位，不含字母 I、O、S、V、Z。",
        "A credit code has 18 characters, without the letters I, O, S, V, Z.",
    ),
    "code-check": (
        "统一社会信用代码的校验位不对，请逐位核对。",
        "The check character of the credit code does not fit; please compare each character.",
    ),
    "term-order": ("截止日期应晚于起始日期。", "The last day must come after the first."),
    "term-future": ("有效期还没有开始。", "The term has not begun yet."),
    "term-over": (
        "有效期已过，请先换领新证。",
        "The term is over; please renew the document first.",
    ),
    "mobile": ("请填写有效的中国大陆手机号。", "Please enter a mobile number of mainland China."),
    "mail": ("邮箱地址格式不正确。", "The e-mail address is not well formed."),
    "place": (
        "请填写含省市的完整地址，6至120个字。",
        "Please enter the whole address with province and city, 6 to 120 characters.",
    ),
    "title": ("请填写营业执照上的企业名称。", "Please enter the company's name as on the licence."),
    "scope": ("经营范围最多2000个字。", "The scope of business has 2,000 characters at most."),
    "photo-missing": ("请上传照片。", "Please add the photo."),
    "photo-size": ("照片不能超过8 MB。", "A photo may not exceed 8 MB."),
    "photo-type": ("只接受 JPEG 或 PNG 照片。", "Only JPEG or PNG photos are taken."),
    "photo-broken": (
        "照片文件已损坏，请重新拍摄。",
        "The photo file is broken; please take it again.",
    ),
    "photo-small": (
        "照片太小，短边至少400像素。",
        "The photo is too small: 400 pixels at least on the short side.",
    ),
    "photo-large": (
        "照片像素过大，最多4000万像素。",
        "The photo has too many pixels: 40 million at most.",
    ),
}


class FieldWrong(Refusal):
    """A value that cannot be right. Facts: the `cause`, never the value."""

    code = "papers.field-wrong"

    @property
    def sentences(self) -> tuple[str, str]:
        """The sentence in Chinese and in English."""
        return _CAUSES[str(self.facts["cause"])]

    def say(self, lang: str) -> str:
        """Return the sentence of the cause."""
        zh, en = self.sentences
        return zh if lang == "zh" else en
