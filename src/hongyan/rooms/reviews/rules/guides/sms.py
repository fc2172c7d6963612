"""What reviewers look at in SMS signatures and SMS templates. Pure data."""

from hongyan.rooms.reviews.rules.guides.words import OTHER, Guide, Reason, Word

SIGNATURE = Guide(
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
        OTHER,
    ),
)

SMS_TEMPLATE = Guide(
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
        OTHER,
    ),
)
