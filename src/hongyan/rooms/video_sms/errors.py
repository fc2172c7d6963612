"""Refusals of video templates and signatures.

Tree::

    HongyanError
    ├── InvalidInput ─ FormInvalid, ResourceInvalid, PlaceholderInvalid, SignatureMissing, TemplateTooLarge,
    │                  ValuesDiffer, AuthorisationMissing
    ├── NotFound ─ TemplateNotFound, SignatureNotFound, SignatureFileNotFound
    └── Conflict ─ TemplateNotUsable, WrongState, SignatureExists, SignatureWrongState, SignatureLimitReached
"""

from hongyan.kernel.errors import Conflict, InvalidInput, NotFound


class FormInvalid(InvalidInput):
    """A field of a template breaks its rule."""

    code = "video_sms.form"
    vendor_code = "KM.99990800"


class ResourceInvalid(InvalidInput):
    """A resource cannot be read, or is not what it says it is."""

    code = "video_sms.resource"
    vendor_code = "KM.99990801"


class PlaceholderInvalid(InvalidInput):
    """A placeholder is malformed or stands where none may stand."""

    code = "video_sms.placeholder"
    vendor_code = "KM.99990802"


class SignatureMissing(InvalidInput):
    """The first text does not begin with the signature, or there is a second one."""

    code = "video_sms.signature"
    vendor_code = "KM.99990803"


class TemplateTooLarge(InvalidInput):
    """All resources together are too large."""

    code = "video_sms.too_large"
    vendor_code = "KM.99990804"


class ValuesDiffer(InvalidInput):
    """The values of a send do not fit the template's placeholders."""

    code = "video_sms.values"
    vendor_code = "KM.99990805"


class TemplateNotFound(NotFound):
    """No such video template: neither the tenant's own nor a public one."""

    code = "video_sms.template_not_found"
    vendor_code = "KM.99990806"
    en = "tpl_id: the video template {id} does not exist."
    zh = "tpl_id：视频短信模板 {id} 不存在。"


class TemplateNotUsable(Conflict):
    """The template exists, but cannot be sent now."""

    code = "video_sms.template_not_usable"
    vendor_code = "KM.99990807"
    en = "tpl_id: the video template {id} cannot be used: it is {state}."
    zh = "tpl_id：视频短信模板 {id} 不可用，当前状态：{state_zh}。"


class WrongState(Conflict):
    """The template's state does not allow the action."""

    code = "video_sms.template_state"
    vendor_code = "KM.99990808"
    en = "The video template {id} is {state}: this is not possible now."
    zh = "视频短信模板 {id} 当前状态为{state_zh}，不能执行此操作。"


class SignatureNotFound(NotFound):
    """The tenant has no such signature."""

    code = "video_sms.signature_not_found"
    vendor_code = "KM.99990809"
    en = "The video signature {id} does not exist."
    zh = "签名 {id} 不存在。"


class SignatureFileNotFound(NotFound):
    """The tenant uploaded no such file for this field."""

    code = "video_sms.signature_file_not_found"
    vendor_code = "KM.99990810"
    en = "The file {id} does not exist; upload it again."
    zh = "文件 {id} 不存在，请重新上传。"


class SignatureExists(Conflict):
    """The tenant has a signature of that name."""

    code = "video_sms.signature_exists"
    vendor_code = "KM.99990811"
    en = "signature_name: the signature {name} exists already."
    zh = "签名“{name}”已存在，请勿重复添加。"


class SignatureWrongState(Conflict):
    """The signature's state does not allow the action."""

    code = "video_sms.signature_state"
    vendor_code = "KM.99990812"
    en = "The signature is {state}: this is not possible now."
    zh = "签名当前状态为{state_zh}，不能执行此操作。"


class SignatureLimitReached(Conflict):
    """A tenant has at most 200 signatures of video messages."""

    code = "video_sms.signature_limit"
    vendor_code = "KM.99990813"
    en = "A company has at most {limit} signatures."
    zh = "最多添加 {limit} 个签名。"


class AuthorisationMissing(InvalidInput):
    """Neither the filing nor the form shows that the company may use the name."""

    code = "video_sms.authorisation_missing"
    vendor_code = "KM.99990814"
