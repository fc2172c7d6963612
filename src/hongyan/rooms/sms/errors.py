"""Refusals of SMS apps, signatures and templates; each has its own KM code, the vendor's where it has one.

Tree::

    HongyanError
    ├── SmsRefused             a field or a precondition; subclasses below, one per code
    │   ├── App…               AppLimitReached, AppNameTaken, AppSuspended
    │   ├── Signature…         …NameLength, …Exists, …NeedsProof, …IdMissing, …NotApproved; ThirdPartyUnclear
    │   ├── Template…          LinkVariableMissing, OnlyRejectedEditable, UniversalTemplateUnsupported
    │   ├── Send…              one per refusal of a send: SendAppMissing … SendTemplateForeign
    │   ├── ValueRefused       a variable's value breaks its rule: …Length, DateTime…, CharDigit…, Phone…, Money…, Text…
    │   └── ValueCountWrong
    └── NotFound
        └── AppNotFound, SignatureNotFound, TemplateNotFound, FileNotFound

Codes KM.000… are the vendor's (api.md §4.2); KM.999902… are ours.
"""

from hongyan.kernel.errors import HongyanError, NotFound


class SmsRefused(HongyanError):
    """A refusal of this room."""

    code = "sms.refused"
    vendor_code = "KM.99990200"


class AppNotFound(NotFound):
    """The tenant has no such app."""

    code = "sms.app_not_found"
    vendor_code = "KM.99990201"
    en = "SMS app {id} does not exist."
    zh = "短消息应用 {id} 不存在。"


class SignatureNotFound(NotFound):
    """The tenant has no such signature."""

    code = "sms.signature_not_found"
    vendor_code = "KM.99990202"
    en = "Signature {id} does not exist."
    zh = "短消息签名 {id} 不存在。"


class TemplateNotFound(NotFound):
    """The tenant has no such template."""

    code = "sms.template_not_found"
    vendor_code = "KM.00001478"
    en = "SMS template {id} does not exist."
    zh = "短消息模板 {id} 不存在。"


class FileNotFound(NotFound):
    """The tenant has no such uploaded file."""

    code = "sms.file_not_found"
    vendor_code = "KM.99990203"
    en = "{field}: file {id} does not exist."
    zh = "{field}：文件 {id} 不存在。"

    def __init__(self, field: str, *, file_id: str) -> None:
        """Name the field that carries the id."""
        super().__init__(field, id=file_id)


class AppLimitReached(SmsRefused):
    """At most two apps per tenant."""

    code = "sms.app_limit"
    vendor_code = "KM.99990204"
    status = 409
    en = "A tenant has at most {limit} SMS apps."
    zh = "最多创建 {limit} 个短消息应用。"


class AppNameTaken(SmsRefused):
    """Another app of the tenant has that name (case does not matter)."""

    code = "sms.app_name_taken"
    vendor_code = "KM.99990205"
    status = 409
    en = "app_name: the name {name} is taken."
    zh = "应用名称 {name} 已存在。"


class AppSuspended(SmsRefused):
    """The operator has suspended the app."""

    code = "sms.app_suspended"
    vendor_code = "KM.99990206"
    status = 409
    en = "SMS app {name} is suspended."
    zh = "短消息应用 {name} 已暂停。"


class SignatureNameLength(SmsRefused):
    """A signature has 2 to 16 characters."""

    code = "sms.signature_name_length"
    vendor_code = "KM.00001485"
    en = "signature_name: 2 to 16 characters are needed."
    zh = "签名名称长度必须为 2–16 个字符。"


class ThirdPartyUnclear(SmsRefused):
    """``is_involved_third`` says neither yes nor no."""

    code = "sms.third_party_unclear"
    vendor_code = "KM.00001482"
    en = "is_involved_third: must be yes or no."
    zh = "是否涉及第三方权益只能为 yes 或 no。"


class SignatureExists(SmsRefused):
    """The tenant has a signature of that name and type."""

    code = "sms.signature_exists"
    vendor_code = "KM.00001486"
    status = 409
    en = "signature_name: {name} of this type exists already; change the name or the type."
    zh = "签名 {name} 已存在，请修改签名名称或签名类型。"


class SignatureNeedsProof(SmsRefused):
    """The name is not the company's and nothing shows why the company may use it."""

    code = "sms.signature_needs_proof"
    vendor_code = "KM.99990207"
    en = (
        "signature_name: {name} differs from the company's name {legal_name}: add the company relation letter to the"
        " filing, or name another signature_source."
    )
    zh = "签名 {name} 与企业名称 {legal_name} 不一致：请在企业备案中补充公司关系授权函，或选择其他签名来源。"


class SignatureIdMissing(SmsRefused):
    """A template needs a signature."""

    code = "sms.signature_id_missing"
    vendor_code = "KM.00001189"
    en = "signature_id: must not be empty."
    zh = "签名ID不能为空。"


class SignatureNotApproved(SmsRefused):
    """A template needs a usable signature."""

    code = "sms.signature_not_approved"
    vendor_code = "KM.00001483"
    status = 409
    en = "signature_id: the signature must be approved and set up before a template can be made with it."
    zh = "签名审核通过（处理完毕）后才能创建模板。"


class OnlyRejectedEditable(SmsRefused):
    """Signatures and templates can be modified after a rejection only."""

    code = "sms.only_rejected_editable"
    vendor_code = "KM.00001484"
    status = 409
    en = "Only a rejected {what} may be modified; this one is {state}."
    zh = "只有审核不通过的{what}可以修改，当前状态：{state}。"


class WrongState(SmsRefused):
    """The signature or template is not in the state that this needs."""

    code = "sms.wrong_state"
    vendor_code = "KM.99990208"
    status = 409
    en = "The {what} is {state}: this is not possible now."
    zh = "当前状态为 {state}，不能执行此操作。"


class LimitReached(SmsRefused):
    """An app carries at most 200 signatures and 2,000 templates."""

    code = "sms.limit_reached"
    vendor_code = "KM.99990209"
    status = 409
    en = "An app has at most {limit} {what}."
    zh = "每个应用最多 {limit} 个（{what}）。"


class LinkVariableMissing(SmsRefused):
    """A template for smart messages carries the short link exactly once; this one has none."""

    code = "sms.link_variable_missing"
    vendor_code = "KM.00001377"
    en = "variable_attributes: one variable must be the link (NEWTEXT)."
    zh = "模板必须包含一个解析标识（NEWTEXT）变量。"


class UniversalTemplateUnsupported(SmsRefused):
    """Universal templates are not offered."""

    code = "sms.universal_template"
    vendor_code = "KM.99990210"
    en = "universal_template: universal templates are not supported; send 0."
    zh = "暂不支持通用模板。"


class SendAppMissing(SmsRefused):
    """The send names no app."""

    code = "sms.send_app_missing"
    vendor_code = "KM.00001124"
    en = "{field}: must not be empty."
    zh = "短消息应用名称不能为空。"


class SendAppMismatch(SmsRefused):
    """The app named is not the template's."""

    code = "sms.send_app_mismatch"
    vendor_code = "KM.00001125"
    en = "{field}: {name} is not the app of this template."
    zh = "短消息应用名称 {name} 与模板不匹配。"


class SendChannelMissing(SmsRefused):
    """The send names no channel."""

    code = "sms.send_channel_missing"
    vendor_code = "KM.00001126"
    en = "{field}: must not be empty."
    zh = "短消息通道信息不能为空。"


class SendChannelLength(SmsRefused):
    """A channel number has 1 to 21 digits."""

    code = "sms.send_channel_length"
    vendor_code = "KM.00001098"
    en = "{field}: 1 to 21 digits are needed."
    zh = "通道号长度必须为 1–21。"


class SendChannelMismatch(SmsRefused):
    """The channel number is not the signature's."""

    code = "sms.send_channel_mismatch"
    vendor_code = "KM.99990211"
    en = "{field}: {number} does not belong to this signature."
    zh = "通道号 {number} 与签名不匹配。"


class SendSignatureMissing(SmsRefused):
    """The send names no signature."""

    code = "sms.send_signature_missing"
    vendor_code = "KM.00001127"
    en = "{field}: must not be empty."
    zh = "短消息签名不能为空。"


class SendSignatureMismatch(SmsRefused):
    """The signature named is not the template's (or belongs to somebody else)."""

    code = "sms.send_signature_mismatch"
    vendor_code = "KM.00001128"
    en = "{field}: {name} is not the signature of this template."
    zh = "短消息签名 {name} 与模板不匹配。"


class SendTemplateMissing(SmsRefused):
    """The send names no template."""

    code = "sms.send_template_missing"
    vendor_code = "KM.00001129"
    en = "{field}: must not be empty."
    zh = "短消息模板ID不能为空。"


class SendTemplateNotNumeric(SmsRefused):
    """A template id has digits only."""

    code = "sms.send_template_not_numeric"
    vendor_code = "KM.00001134"
    en = "{field}: {id} is not a number."
    zh = "短消息模板ID {id} 必须为数字。"


class SendTemplateNotFound(SmsRefused):
    """There is no such template."""

    code = "sms.send_template_not_found"
    vendor_code = "KM.00001135"
    en = "{field}: template {id} does not exist."
    zh = "短消息模板 {id} 不存在。"


class SendTemplateForeign(SmsRefused):
    """The template belongs to another tenant."""

    code = "sms.send_template_foreign"
    vendor_code = "KM.00001138"
    en = "{field}: template {id} belongs to another user."
    zh = "短消息模板 {id} 不属于当前用户。"


class SendTemplateInactive(SmsRefused):
    """The template is not approved, or was taken out of use."""

    code = "sms.send_template_inactive"
    vendor_code = "KM.99990212"
    status = 409
    en = "{field}: template {id} is not usable; its state is {state}."
    zh = "短消息模板 {id} 不可用，当前状态：{state}。"


class SendSignatureUnusable(SmsRefused):
    """The signature is not approved and set up."""

    code = "sms.send_signature_unusable"
    vendor_code = "KM.99990213"
    status = 409
    en = "{field}: signature {name} is not usable; its state is {state}."
    zh = "短消息签名 {name} 不可用，当前状态：{state}。"


class ValueRefused(SmsRefused):
    """A value breaks the rule of its variable; raised as the subclass that carries the rule's code."""

    code = "sms.value_refused"
    en = "{field}: variable {index} ({type}): {reason}"
    zh = "{field}：变量 {index}（{type}）：{reason_zh}"


class ValueLength(ValueRefused):
    """The value is empty or too long."""

    code = "sms.value_length"
    vendor_code = "KM.00001375"


class DateTimeValue(ValueRefused):
    """The value is neither a date nor a time."""

    code = "sms.value_datetime"
    vendor_code = "KM.00001403"


class CharDigitValue(ValueRefused):
    """The value is not letters and digits alone."""

    code = "sms.value_chardigit"
    vendor_code = "KM.00001404"


class PhoneValue(ValueRefused):
    """The value is no phone number."""

    code = "sms.value_phone"
    vendor_code = "KM.99990221"


class MoneyValue(ValueRefused):
    """The value is no amount."""

    code = "sms.value_money"
    vendor_code = "KM.99990222"


class TextValue(ValueRefused):
    """The value has contact data or a forbidden character."""

    code = "sms.value_text"
    vendor_code = "KM.99990223"


VALUE_REFUSALS: tuple[type[ValueRefused], ...] = (
    ValueLength,
    DateTimeValue,
    CharDigitValue,
    PhoneValue,
    MoneyValue,
    TextValue,
)


class ValueCountWrong(SmsRefused):
    """There are more or fewer values than variables."""

    code = "sms.value_count"
    vendor_code = "KM.00001376"
    en = "{field}: {given} values were given, the template needs {needed}."
    zh = "{field}：参数个数为 {given}，模板需要 {needed} 个。"
