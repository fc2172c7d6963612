"""What reviewers look at in card templates, video SMS and the signatures of video SMS. Pure data."""

from hongyan.rooms.reviews.rules.guides.words import OTHER, Guide, Reason, Word

CARD = Guide(
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
        OTHER,
    ),
)

VIDEO = Guide(
    fields=(
        Word("name", "模板名称", "Template name"),
        Word("title", "标题", "Title"),
        Word("signature", "签名", "Signature"),
        Word("signature_is_approved", "签名已审核通过", "Signature is approved"),
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
        OTHER,
    ),
)

VIDEO_SIGNATURE = Guide(
    fields=(
        Word("signature_name", "签名名称", "Signature"),
        Word("is_involved_third", "涉及第三方权益", "Third party involved"),
        Word("is_authorised_by_filing", "备案已含签名授权函", "Authorised by the filing"),
        Word("authorisation_file_id", "签名授权函", "Signature authorisation"),
        Word("material_file_id", "其他材料", "Other material"),
        Word("apply_desc", "申请说明", "Application note"),
    ),
    checks=(
        Word("names_owner", "签名能识别到具体企业或产品", "The signature identifies a company or product"),
        Word(
            "authorised",
            "签名授权函或备案中的授权函覆盖该签名",
            "The authorisation, uploaded or filed, covers this signature",
        ),
        Word("letter_sealed", "授权函盖章清晰，仍在有效期内", "The letter is sealed, readable and still valid"),
        Word("third_party", "涉及第三方权益时附有权利人的授权", "A third party's signature has the owner's letter"),
        Word(
            "not_taken",
            "其他企业使用同名签名时已核实权利人",
            "Where others use the same name, the owner was made sure of",
        ),
    ),
    reasons=(
        Reason(
            "name_not_company",
            "签名与企业名称不一致，请补充证明材料",
            "The signature is not the company's name: add proof",
            "signature_name",
        ),
        Reason("neutral_name", "签名含义过于宽泛，无法识别企业", "The name identifies nobody", "signature_name"),
        Reason(
            "third_party_undeclared",
            "签名涉及第三方权益，请如实选择并上传授权函",
            "A third party's rights are involved: say so and upload the letter",
            "is_involved_third",
        ),
        Reason(
            "letter_unreadable",
            "签名授权函无法辨认或未盖章",
            "The authorisation cannot be read or bears no seal",
            "authorisation_file_id",
        ),
        Reason(
            "letter_other_name",
            "签名授权函未包含该签名或主体不符",
            "The authorisation does not name this signature, or another company",
            "authorisation_file_id",
        ),
        Reason("letter_expired", "签名授权函已过有效期", "The authorisation has expired", "authorisation_file_id"),
        Reason(
            "material_insufficient",
            "其他材料不足以证明签名的使用权",
            "The material does not prove the right to the name",
            "material_file_id",
        ),
        OTHER,
    ),
)
