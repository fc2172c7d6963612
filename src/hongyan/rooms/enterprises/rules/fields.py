"""The fields of every scene as one table. Pure data.

Source: quickstart §1.1, §2.1, §3.1; product.md §2.2, §2.12. A field that two scenes share has one name: its approved
paper is reused.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hongyan.rooms.enterprises.contracts import Choice, FieldKind, FieldSpec, Scene
from hongyan.rooms.identity.contracts import Service

MAX_BYTES = 2 * 1024 * 1024

_PICTURES = ("jpg", "jpeg", "png", "gif", "bmp")
_LETTER_PICTURES = ("jpg", "jpeg", "png")
_NO_YES = (Choice("no", "否", "No"), Choice("yes", "是", "Yes"))

_DOCUMENT_TYPES = (
    Choice("business_licence", "企业营业执照", "Business licence"),
    Choice("five_in_one", "五证合一", "Five-in-one certificate"),
    Choice("three_in_one", "三证合一", "Three-in-one certificate"),
    Choice("public_institution", "事业单位法人证书", "Public institution certificate"),
    Choice("social_organisation", "社会团体法人登记证书", "Social organisation certificate"),
    Choice("non_profit", "民办非企业单位登记证书", "Private non-enterprise certificate"),
)
_COMPANY_TYPES = (
    Choice("company", "企业", "Company"),
    Choice("individual", "个体工商户", "Sole proprietor"),
    Choice("public_institution", "事业单位", "Public institution"),
    Choice("government", "政府机关", "Government body"),
    Choice("social_organisation", "社会团体", "Social organisation"),
    Choice("non_profit", "民办非企业单位", "Private non-enterprise unit"),
)
INDUSTRIES = (
    Choice("finance", "金融理财", "Finance"),
    Choice("social", "社交通讯", "Social and communication"),
    Choice("media", "影音娱乐", "Media and entertainment"),
    Choice("travel", "旅游出行", "Travel"),
    Choice("shopping", "购物", "Shopping"),
    Choice("local", "本地生活", "Local services"),
    Choice("health", "运动健康", "Sports and health"),
    Choice("education", "教育培训", "Education"),
    Choice("news", "新闻阅读", "News and reading"),
    Choice("carrier", "运营商", "Carrier"),
    Choice("other", "其他", "Other"),
)


def _choice(name: str, group: str, zh: str, en: str, choices: tuple[Choice, ...], *, is_required: bool) -> FieldSpec:
    return FieldSpec(name, group, zh, en, FieldKind.CHOICE, is_required=is_required, choices=choices)


def _text(name: str, zh: str, en: str, kind: FieldKind, max_chars: int) -> FieldSpec:
    return FieldSpec(name, "company", zh, en, kind, is_required=True, max_chars=max_chars)


def _letter(
    name: str, zh: str, en: str, *, when: tuple[str, str] | None = None, types: tuple[str, ...] = ("pdf",)
) -> FieldSpec:
    return FieldSpec(
        name,
        "others" if when else "letters",
        zh,
        en,
        FieldKind.FILE,
        is_required=when is None,
        required_when=when,
        types=types,
        max_bytes=MAX_BYTES,
        letter=name,
    )


_DOCUMENT_TYPE = _choice(
    "document_type", "certificate", "企业证件类型", "Certificate type", _DOCUMENT_TYPES, is_required=True
)
_LICENCE = FieldSpec(
    "business_licence",
    "certificate",
    "营业执照",
    "Business licence",
    FieldKind.FILE,
    is_required=True,
    types=_PICTURES,
    max_bytes=MAX_BYTES,
)
_MATERIAL_LETTER = _letter("material_commitment", "智能信息素材承诺函", "Commitment on smart message material")
_SIGNATURE_LETTER = _letter("signature_authorisation", "签名授权函", "Signature authorisation")
_SIGNATURE_DIFFERS = _choice(
    "signature_differs",
    "others",
    "签名与企业名称不一致",
    "The signature differs from the company's name",
    _NO_YES,
    is_required=False,
)
_RELATION_LETTER = _letter(
    "company_relation",
    "公司关系授权函/其他证明",
    "Company relation letter or other proof",
    when=("signature_differs", "yes"),
)
_SPECIAL = FieldSpec(
    "special_papers",
    "special",
    "特殊资料",
    "Special papers",
    FieldKind.FILE,
    types=("rar", "zip"),
    max_bytes=MAX_BYTES,
)

FIELDS: Mapping[Scene, tuple[FieldSpec, ...]] = MappingProxyType(
    {
        Scene.SMART_SEND: (
            _DOCUMENT_TYPE,
            _LICENCE,
            _MATERIAL_LETTER,
            _SIGNATURE_LETTER,
            _SIGNATURE_DIFFERS,
            _RELATION_LETTER,
            _SPECIAL,
        ),
        # Links only: the company sends on its own channels, so nobody must be authorised to use its signature.
        Scene.SMART_LINKS: (_DOCUMENT_TYPE, _LICENCE, _MATERIAL_LETTER, _SIGNATURE_DIFFERS, _RELATION_LETTER, _SPECIAL),
        Scene.SERVICE_ACCOUNT: (
            _DOCUMENT_TYPE,
            _LICENCE,
            _text("company_name", "企业名称", "Company name", FieldKind.TEXT, 100),
            _text("credit_code", "统一社会信用代码", "Unified social credit code", FieldKind.CREDIT_CODE, 18),
            _text("contact_name", "企业联系人", "Contact person", FieldKind.TEXT, 30),
            _text("contact_phone", "企业联系电话", "Contact phone", FieldKind.PHONE, 20),
            _text("contact_email", "企业联系邮箱", "Contact e-mail", FieldKind.EMAIL, 100),
            _choice("company_type", "company", "企业类型", "Company type", _COMPANY_TYPES, is_required=True),
            _choice("industry", "company", "行业分类", "Industry", INDUSTRIES, is_required=True),
            _letter(
                "account_authorisation", "华为智能信息授权书", "Smart message authorisation", types=_LETTER_PICTURES
            ),
            _SIGNATURE_DIFFERS,
            _RELATION_LETTER,
            _SPECIAL,
        ),
        Scene.BASIC: (
            _DOCUMENT_TYPE,
            _LICENCE,
            _MATERIAL_LETTER,
            _SIGNATURE_LETTER,
            _letter("port_registration", "端口客户信息登记表", "Port customer registration form"),
            _SIGNATURE_DIFFERS,
            _RELATION_LETTER,
            _choice(
                "has_params", "others", "文案含动态参数", "The copy has dynamic parameters", _NO_YES, is_required=False
            ),
            _letter(
                "video_params", "视频短信承诺函（动参）", "Video SMS commitment: parameters", when=("has_params", "yes")
            ),
            _choice("has_links", "others", "文案含URL", "The copy has a URL", _NO_YES, is_required=False),
            _letter("video_links", "视频短信承诺函（短链）", "Video SMS commitment: links", when=("has_links", "yes")),
            _choice("has_qr", "others", "文案含二维码", "The copy has a QR code", _NO_YES, is_required=False),
            _letter("video_qr", "视频短信承诺函（二维码）", "Video SMS commitment: QR codes", when=("has_qr", "yes")),
            _SPECIAL,
        ),
    }
)

SERVICES: Mapping[Scene, Service] = MappingProxyType(
    {
        Scene.SMART_SEND: Service.SMART,
        Scene.SMART_LINKS: Service.SMART,
        Scene.SERVICE_ACCOUNT: Service.SERVICE_ACCOUNTS,
        Scene.BASIC: Service.BASIC,
    }
)
"""The service that must be open before a scene can be filed for."""

TITLES: Mapping[Scene, str] = MappingProxyType(
    {
        Scene.SMART_SEND: "智能信息 · 发送任务备案",
        Scene.SMART_LINKS: "智能信息 · 生成短链备案",
        Scene.SERVICE_ACCOUNT: "智能信息服务号 · 企业备案",
        Scene.BASIC: "智能信息基础版 · 企业备案",
    }
)


def find_field(scene: Scene, name: str) -> FieldSpec | None:
    """Return a scene's field by name."""
    return next((spec for spec in FIELDS[scene] if spec.name == name), None)
