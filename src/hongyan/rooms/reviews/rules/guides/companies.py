"""What reviewers look at in filings, link domains and landing pages. Pure data."""

from hongyan.rooms.reviews.rules.guides.words import OTHER, Guide, Reason, Word

FILING = Guide(
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
        OTHER,
    ),
)

DOMAIN = Guide(
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
        OTHER,
    ),
)

JUMP_LINK = Guide(
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
        OTHER,
    ),
)
