"""What reviewers look at in service accounts and what belongs to them. Pure data."""

from hongyan.rooms.reviews.rules.guides.words import OTHER, Guide, Reason, Word

PUB = Guide(
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
        OTHER,
    ),
)

PART = Guide(
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
        OTHER,
    ),
)

SHORTCUT = Guide(
    fields=(
        Word("sign", "短信签名", "SMS signature"),
        Word("proofs", "授权证明", "Proofs"),
        Word("areas", "地区", "Areas"),
        Word("keys", "快捷键", "Keys"),
    ),
    checks=(
        Word("sign_owned", "签名属于本企业或已取得授权", "The signature is the company's, or it may use it"),
        Word("proofs_complete", "授权证明清晰齐全、加盖公章", "The proofs are clear, complete and sealed"),
        Word("links_open", "所有链接能打开且属于本企业", "All links open and are the company's"),
        Word("texts_fit", "快捷键名称与跳转内容一致", "The keys' names fit what they open"),
    ),
    reasons=(
        Reason("sign_foreign", "签名属于其他企业，未取得授权", "The signature is another company's", "sign"),
        Reason("proof_missing", "授权证明缺失或不清晰", "Proofs are missing or unclear", "proofs"),
        Reason("area_unfit", "地区与业务范围不符", "The areas do not fit the business", "areas"),
        Reason("link_broken", "链接打不开", "A link does not open", "keys"),
        Reason("link_foreign", "链接不属于本企业", "A link is not the company's", "keys"),
        Reason("text_differs", "快捷键名称与跳转内容不一致", "A key's name does not fit what it opens", "keys"),
        OTHER,
    ),
)
