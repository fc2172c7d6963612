"""What reviewers look at and why they refuse, by kind, in both languages. Pure data; wordings are our own.

Source: product.md §3.6. Fields are named as the submitting form names them, so that a reason can stand beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Word:
    """A code with its texts."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reason(Word):
    """Why something is refused, and the field it is usually about (empty: the whole)."""

    field: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """A kind's fields that a reason may name, its checklist and its reasons; the order is the screen's."""

    fields: tuple[Word, ...]
    checks: tuple[Word, ...]
    reasons: tuple[Reason, ...]


_OTHER = Reason("other", "其他原因", "Other")

_FILING = Guide(
    fields=(
        Word("legal_name", "企业名称", "Company name"),
        Word("credit_code", "统一社会信用代码", "Unified social credit code"),
        Word("document_type", "企业证件类型", "Certificate type"),
        Word("business_licence", "营业执照", "Business licence"),
        Word("material_commitment", "智能信息素材承诺函", "Commitment on smart message material"),
        Word("signature_authorisation", "签名授权函", "Signature authorisation"),
        Word("account_authorisation", "华为智能信息授权书", "Smart message authorisation"),
        Word("port_registration", "端口客户信息登记表", "Port customer registration form"),
        Word("signature_differs", "签名与企业名称不一致", "The signature differs from the company's name"),
        Word("company_relation", "公司关系授权函/其他证明", "Company relation letter or other proof"),
        Word("has_params", "文案含动态参数", "The copy has dynamic parameters"),
        Word("video_params", "视频短信承诺函（动参）", "Video SMS commitment: parameters"),
        Word("has_links", "文案含URL", "The copy has a URL"),
        Word("video_links", "视频短信承诺函（短链）", "Video SMS commitment: links"),
        Word("has_qr", "文案含二维码", "The copy has a QR code"),
        Word("video_qr", "视频短信承诺函（二维码）", "Video SMS commitment: QR codes"),
        Word("special_papers", "特殊资料", "Special papers"),
        Word("company_name", "备案企业名称", "Company name in the form"),
        Word("contact_name", "企业联系人", "Contact person"),
        Word("contact_phone", "企业联系电话", "Contact phone"),
        Word("contact_email", "企业联系邮箱", "Contact e-mail"),
        Word("company_type", "企业类型", "Company type"),
        Word("industry", "行业分类", "Industry"),
    ),
    checks=(
        Word(
            "licence_readable", "营业执照清晰、四角完整、在有效期内", "The licence is readable, complete and in force"
        ),
        Word("registry", "名称与统一社会信用代码在工商登记中一致", "Name and credit code agree with the registry"),
        Word("sealed", "每份函件盖有公章且名称与执照一致", "Every letter bears the seal of the licence's company"),
        Word("unaltered", "资料没有涂改、拼接痕迹", "Nothing looks altered or pasted together"),
        Word(
            "relation",
            "签名与企业名称不一致时附有公司关系证明",
            "A differing signature comes with proof of the relation",
        ),
        Word("industry_papers", "行业需要的特殊资质已上传", "Papers that the industry needs are there"),
    ),
    reasons=(
        Reason(
            "licence_unreadable",
            "营业执照不清晰或不完整",
            "The licence is unreadable or incomplete",
            "business_licence",
        ),
        Reason(
            "not_in_registry", "工商登记中查不到该企业", "The registry does not know this company", "business_licence"
        ),
        Reason(
            "licence_expired", "营业执照已过期或已注销", "The licence has expired or was cancelled", "business_licence"
        ),
        Reason("file_altered", "资料有涂改痕迹", "A document was altered"),
        Reason("seal_missing", "函件未盖公章", "A letter lacks the company's seal", "material_commitment"),
        Reason(
            "seal_mismatch", "公章与企业名称不一致", "The seal is not that of the company", "signature_authorisation"
        ),
        Reason(
            "relation_missing",
            "签名与企业名称不一致，缺少公司关系授权函",
            "The signature differs from the company: the relation letter is missing",
            "company_relation",
        ),
        Reason(
            "special_missing", "缺少行业要求的特殊资质", "Papers that the industry needs are missing", "special_papers"
        ),
        Reason(
            "params_letter_missing",
            "文案含动态参数，缺少视频短信承诺函（动参）或未盖章",
            "The copy has dynamic parameters: the commitment on parameters is missing or not sealed",
            "video_params",
        ),
        Reason(
            "links_letter_missing",
            "文案含 URL，缺少视频短信承诺函（短链）或未盖章",
            "The copy has a URL: the commitment on links is missing or not sealed",
            "video_links",
        ),
        Reason(
            "qr_letter_missing",
            "文案含二维码，缺少视频短信承诺函（二维码）或未盖章",
            "The copy has a QR code: the commitment on QR codes is missing or not sealed",
            "video_qr",
        ),
        Reason(
            "registration_incomplete",
            "端口客户信息登记表填写不完整",
            "The port customer registration form is incomplete",
            "port_registration",
        ),
        Reason("form_mismatch", "填写的内容与证件不一致", "The form does not agree with the certificate"),
        _OTHER,
    ),
)

_SIGNATURE = Guide(
    fields=(
        Word("name", "签名名称", "Signature"),
        Word("type", "签名类型", "Signature type"),
        Word("source", "签名来源", "Source"),
        Word("source_title", "来源说明", "Source title"),
        Word("involves_third_party", "涉及第三方权益", "Third party involved"),
        Word("licence_file_id", "企业营业执照", "Business licence"),
        Word("attorney_file_id", "授权委托书", "Power of attorney"),
        Word("apply_desc", "申请说明", "Application note"),
    ),
    checks=(
        Word("names_owner", "签名能识别到具体企业或产品", "The signature identifies a company or product"),
        Word(
            "same_subject",
            "签名与企业名称、商标、网站或应用主体一致",
            "Signature and company, trademark, site or app have one owner",
        ),
        Word("picture_readable", "图片清晰可辨", "The pictures are readable"),
        Word(
            "third_party",
            "第三方签名附有权利人的执照和授权",
            "A third party's signature has the owner's licence and authorisation",
        ),
        Word(
            "not_taken",
            "其他企业使用同名签名时已核实权利人",
            "Where others use the same name, the owner was made sure of",
        ),
        Word("industry_allowed", "行业允许使用所选签名类型", "The industry may use this signature type"),
    ),
    reasons=(
        Reason(
            "subject_differs",
            "签名主体与小程序或应用的所有者不一致",
            "The subject differs from the owner of the mini program or app",
            "name",
        ),
        Reason(
            "account_not_found",
            "查不到该小程序或公众号，或尚未上线",
            "The mini program or account is not found or not online",
            "source_title",
        ),
        Reason(
            "name_not_company",
            "签名与企业名称不一致，请在申请说明中提供产品名称的证明",
            "The signature is not the company's name: prove the product name in the note",
            "name",
        ),
        Reason(
            "app_link_missing",
            "来源为应用但没有下载链接",
            "The source is an app, but no download link is given",
            "source_title",
        ),
        Reason("trademark_not_found", "查不到该商标", "The trademark is not found", "source_title"),
        Reason("picture_unreadable", "图片无法辨认", "A picture cannot be read", "licence_file_id"),
        Reason(
            "site_not_registered",
            "网站域名未在工信部备案",
            "The site's domain is not in the MIIT registry",
            "source_title",
        ),
        Reason(
            "shop_link_missing",
            "来源为店铺但没有平台链接",
            "The source is a shop, but no link to the platform is given",
            "source_title",
        ),
        Reason(
            "owner_licence_needed",
            "第三方签名须上传权利人的营业执照",
            "A third party's signature needs the owner's licence",
            "licence_file_id",
        ),
        Reason("industry_refused", "该行业不允许使用此类签名", "This industry may not use this signature type", "type"),
        Reason("neutral_name", "签名含义过于宽泛，无法识别企业", "The name identifies nobody", "name"),
        _OTHER,
    ),
)

_SMS_TEMPLATE = Guide(
    fields=(
        Word("name", "模板名称", "Template name"),
        Word("type", "短信类型", "Message type"),
        Word("signature", "签名", "Signature"),
        Word("content", "模板内容", "Content"),
        Word("variables", "变量", "Variables"),
        Word("desc", "申请说明", "Application note"),
    ),
    checks=(
        Word("kind_fits", "短信类型与内容相符", "Message type and content agree"),
        Word("fixed_text", "固定文字足够，用途明确", "There is enough fixed text; the purpose is clear"),
        Word("variables_typed", "变量的属性与实际用途一致", "The variables' types fit their use"),
        Word("no_forbidden", "没有违禁内容和敏感词", "No forbidden content or words"),
        Word("unsubscribe", "推广内容带有“拒收请回复R”", "Promotions tell how to unsubscribe"),
        Word(
            "signature_fits",
            "签名属于本企业且没有在正文重复",
            "The signature is the company's and is not repeated in the text",
        ),
    ),
    reasons=(
        Reason("wrong_signature", "签名错误或属于其他企业", "The signature is wrong or another company's", "signature"),
        Reason("wrong_kind", "短信类型选择错误", "The wrong message type was chosen", "type"),
        Reason(
            "variable_order",
            "变量须为 ${1} 起按位置顺序，且不能相邻",
            "Variables count from ${1} in order of position and never touch",
            "content",
        ),
        Reason(
            "partial_variable",
            "变量不能是网址或号码的一部分",
            "A variable may not be a part of an address or number",
            "content",
        ),
        Reason("variable_type", "变量属性与内容不符", "A variable's type does not fit", "variables"),
        Reason("signature_repeated", "正文重复了签名", "The text repeats the signature", "content"),
        Reason("forbidden_symbols", "内容含有不允许的符号", "The text holds symbols that are not allowed", "content"),
        Reason("too_little_text", "变量过多，固定文字太少", "Too many variables, too little fixed text", "content"),
        Reason(
            "unsubscribe_missing",
            "推广内容缺少“拒收请回复R”",
            "A promotion does not tell how to unsubscribe",
            "content",
        ),
        Reason(
            "code_words_missing",
            "验证码内容缺少验证码、注册码等字样，或夹带营销",
            "A code text lacks the word for it, or holds marketing",
            "content",
        ),
        Reason(
            "marketing_in_notice",
            "通知内容含有营销、招聘、金融、游戏、房产或教育推广",
            "A notice holds marketing, recruitment, finance, games, real estate or courses",
            "content",
        ),
        Reason("dunning", "不允许催收内容", "Dunning is not allowed", "content"),
        _OTHER,
    ),
)

_CARD = Guide(
    fields=(
        Word("name", "模板名称", "Template name"),
        Word("use", "模板用途", "Use"),
        Word("sms_example", "短信示例", "SMS example"),
        Word("sms_signs", "短信签名", "SMS signatures"),
        Word("params", "动态参数", "Parameters"),
        Word("pages", "卡片内容", "Card"),
    ),
    checks=(
        Word("sender_visible", "图片或文案中能看出发送方", "Pictures or copy show who sends"),
        Word(
            "landing_page",
            "落地页与文案一致，链接为 http 或 https",
            "Landing page and copy agree; links are http or https",
        ),
        Word("no_qr", "素材中没有二维码", "No QR code in the pictures"),
        Word("no_apk", "落地页不直接下载安装包", "The landing page hands out no APK"),
        Word(
            "no_bait", "没有手指、箭头等诱导，没有虚假的“已到账”", "No pointing fingers or arrows, no false “paid in”"
        ),
        Word("benefit_real", "红包版式有真实权益", "Red packets hold a real benefit"),
        Word("no_brand", "没有其他手机厂商的品牌", "No other vendor's brand"),
        Word("examples_real", "参数示例真实，文字没有截断", "Examples of parameters are real; no text is cut off"),
        Word(
            "industry_papers",
            "信贷、游戏、投资、酒类等有资质",
            "Lending, games, investment, alcohol: the papers are there",
        ),
    ),
    reasons=(
        Reason("sender_missing", "图片和文案都看不出发送方", "Neither pictures nor copy show the sender", "pages"),
        Reason(
            "landing_differs",
            "落地页与文案不一致或打不开",
            "The landing page differs from the copy or does not open",
            "pages",
        ),
        Reason("qr_code", "素材含有二维码", "A picture holds a QR code", "pages"),
        Reason("apk", "落地页直接下载安装包", "The landing page hands out an APK", "pages"),
        Reason("other_brand", "出现其他手机厂商的品牌", "Another vendor's brand is shown", "pages"),
        Reason("bait", "含有诱导点击或虚假到账的内容", "Baits for clicks or false credits", "pages"),
        Reason("red_packet", "红包版式没有真实权益", "A red packet without a real benefit", "pages"),
        Reason("text_cut", "文字被截断", "Text is cut off", "pages"),
        Reason("example_unreal", "参数示例不真实", "Examples of parameters are not real", "params"),
        Reason("test_mark", "测试模板须注明“测试”", "A template for tests must say so", "name"),
        Reason("industry_papers", "缺少行业资质", "The industry's papers are missing"),
        _OTHER,
    ),
)

_VIDEO = Guide(
    fields=(
        Word("name", "模板名称", "Template name"),
        Word("title", "标题", "Title"),
        Word("signature", "签名", "Signature"),
        Word("remarks", "备注", "Remarks"),
        Word("elements", "帧内容", "Frames"),
    ),
    checks=(
        Word("whole_seen", "全部帧和视频已看完", "All frames and videos were seen to the end"),
        Word("sender_visible", "能看出发送方", "The sender can be recognised"),
        Word("no_forbidden", "没有违禁内容和敏感词", "No forbidden content or words"),
        Word("rights", "图片、音乐和人物没有侵权", "No foreign rights to pictures, music or people"),
    ),
    reasons=(
        Reason("sender_missing", "看不出发送方", "The sender cannot be recognised", "elements"),
        Reason("forbidden_content", "含有违禁内容", "Forbidden content", "elements"),
        Reason("bad_quality", "画面或声音质量太差", "Poor picture or sound", "elements"),
        Reason("foreign_rights", "可能侵犯他人权利", "May violate others' rights", "elements"),
        Reason("wrong_signature", "签名错误或属于其他企业", "The signature is wrong or another company's", "signature"),
        _OTHER,
    ),
)

_PUB = Guide(
    fields=(
        Word("logo", "服务号标识", "Logo"),
        Word("name", "服务号名称", "Name"),
        Word("abstract", "服务号简介", "Introduction"),
        Word("remark", "名称说明", "Note on the name"),
        Word("industry", "行业分类", "Industry"),
        Word("proofs", "证明材料", "Proofs"),
        Word("signs", "关联签名", "Signatures"),
        Word("areas", "覆盖区域", "Areas"),
    ),
    checks=(
        Word("name_owned", "名称与企业、商标或签名一致", "The name is the company's, its trademark's or signature's"),
        Word("logo_owned", "标识清晰且属于本企业", "The logo is clear and the company's"),
        Word("abstract_true", "简介真实，没有夸大宣传", "The introduction is true and boasts nothing"),
        Word("proofs_complete", "证明材料齐全", "The proofs are complete"),
    ),
    reasons=(
        Reason("name_foreign", "名称与其他企业或商标相同", "The name is another company's or trademark", "name"),
        Reason("logo_unclear", "标识不清晰或不属于本企业", "The logo is unclear or not the company's", "logo"),
        Reason(
            "abstract_false", "简介夸大或与业务不符", "The introduction boasts or does not fit the business", "abstract"
        ),
        Reason("proof_missing", "缺少证明材料", "Proofs are missing", "proofs"),
        _OTHER,
    ),
)

_PART = Guide(
    fields=(
        Word("items", "菜单项", "Menu items"),
        Word("background", "背景图", "Background"),
        Word("summary", "主页简介", "Summary"),
        Word("tels", "热线电话", "Hotlines"),
        Word("fastapps", "快应用", "Quick apps"),
    ),
    checks=(
        Word("links_open", "所有链接能打开且属于本企业", "All links open and are the company's"),
        Word("texts_fit", "名称与跳转内容一致", "Names fit what they open"),
        Word("tel_answers", "热线电话真实有效", "Hotlines are real"),
    ),
    reasons=(
        Reason("link_broken", "链接打不开", "A link does not open", "items"),
        Reason("link_foreign", "链接不属于本企业", "A link is not the company's", "items"),
        Reason("text_differs", "名称与跳转内容不一致", "A name does not fit what it opens", "items"),
        Reason("picture_bad", "图片不清晰或不合规", "A picture is unclear or not allowed", "background"),
        Reason("tel_wrong", "热线电话无法接通", "A hotline does not answer", "tels"),
        _OTHER,
    ),
)

_DOMAIN = Guide(
    fields=(
        Word("domain", "域名", "Domain"),
        Word("kind", "域名类型", "Kind"),
        Word("letter", "公司关系授权函", "Letter on the companies' relation"),
    ),
    checks=(
        Word("registered", "域名已在工信部备案", "The domain is in the MIIT registry"),
        Word("owned", "备案主体与企业一致", "The registry names the same company"),
        Word("resolves", "域名解析已指向本平台", "The domain points to this platform"),
    ),
    reasons=(
        Reason("not_registered", "域名未在工信部备案", "The domain is not in the MIIT registry", "domain"),
        Reason("other_owner", "域名备案主体与企业不一致", "The registry names another owner", "domain"),
        Reason("does_not_resolve", "域名没有解析到本平台", "The domain does not point here", "domain"),
        Reason("letter_missing", "缺少公司关系授权函或授权函无效", "The letter is missing or not valid", "letter"),
        _OTHER,
    ),
)

_JUMP_LINK = Guide(
    fields=(Word("name", "链接名称", "Name"), Word("url", "跳转链接", "Landing page")),
    checks=(
        Word("registered", "链接的域名已在工信部备案", "The URL's domain is in the MIIT registry"),
        Word("owned", "页面属于本企业或已获授权", "The page is the company's, or it may use it"),
        Word("opens", "页面能在手机上打开，内容合规", "The page opens on a phone and its content is allowed"),
        Word("no_package", "页面不直接下载安装包", "The page hands out no app package"),
    ),
    reasons=(
        Reason("not_registered", "域名未在工信部备案", "The domain is not in the MIIT registry", "url"),
        Reason("link_broken", "链接打不开", "The link does not open", "url"),
        Reason("link_foreign", "页面不属于本企业且无授权", "The page is not the company's", "url"),
        Reason("hands_out_package", "页面直接下载安装包", "The page hands out an app package", "url"),
        Reason("content_forbidden", "页面内容不合规", "The content of the page is not allowed", "url"),
        Reason("redirects_elsewhere", "打开后又跳转到其他网站", "It leads on to another site", "url"),
        Reason("name_misleads", "名称与页面内容不符", "The name does not fit the page", "name"),
        _OTHER,
    ),
)

_ANYTHING = Guide(
    fields=(), checks=(Word("whole_seen", "全部内容已看完", "Everything was looked at"),), reasons=(_OTHER,)
)

GUIDES: Mapping[str, Guide] = MappingProxyType(
    {
        "enterprises.filing": _FILING,
        "sms.signature": _SIGNATURE,
        "sms.template": _SMS_TEMPLATE,
        "smart.template": _CARD,
        "video_sms.template": _VIDEO,
        "service_accounts.pub": _PUB,
        "service_accounts.menu": _PART,
        "service_accounts.portal": _PART,
        "campaigns.link_domain": _DOMAIN,
        "campaigns.jump_link": _JUMP_LINK,
    }
)


def guide_of(kind: str) -> Guide:
    """Return a kind's guide; what a later room submits has one with nothing but the general points."""
    return GUIDES.get(kind, _ANYTHING)


def find_word(words: Sequence[Word], code: str) -> Word | None:
    """Return the entry with a code."""
    return next((word for word in words if word.code == code), None)
