"""The sample letters: texts of ours, made into Word files that a company fills in, stamps and scans. Pure.

Not for: legal advice; an operator replaces the words by those that its own counsel and carriers want.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from xml.sax.saxutils import escape

_BLANK = "＿＿＿＿＿＿＿＿"


@dataclass(frozen=True, slots=True)
class Letter:
    """A sample letter; ``{company}`` and ``{credit_code}`` in it are filled in, ``rows`` make a form."""

    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[str, ...] = ()


_PROMISES_LAW = "我司遵守国家有关法律法规以及电信主管部门、基础电信企业对短消息业务的管理要求。"
_BEAR = "因违反上述承诺产生的投诉、处罚及损失，由我司承担全部责任。"

LETTERS: Mapping[str, Letter] = MappingProxyType(
    {
        "material_commitment": Letter(
            "智能信息素材承诺函",
            (
                "我司 {company}（统一社会信用代码：{credit_code}）使用智能信息服务，现就所提交的素材作如下承诺：",
                "一、素材（文字、图片、视频、链接及落地页）真实、合法，我司拥有其权利或已取得权利人的授权。",
                "二、素材与落地页内容一致，不含二维码诱导、虚假到账、夸大宣传等内容。",
                "三、仅向与我司存在业务关系并同意接收的用户发送，并提供便捷的拒收方式。",
                f"四、{_PROMISES_LAW}",
                _BEAR,
            ),
        ),
        "signature_authorisation": Letter(
            "签名授权函",
            (
                "我司 {company}（统一社会信用代码：{credit_code}）授权平台在短消息中使用下列签名代表我司发送信息：",
                f"短消息签名：【{_BLANK}】",
                f"授权期限：自 {_BLANK} 起至 {_BLANK} 止。",
                "我司保证有权使用该签名，签名与所发送内容的主体一致。",
                _BEAR,
            ),
        ),
        "company_relation": Letter(
            "公司关系授权函",
            (
                f"授权方：{_BLANK}（统一社会信用代码：{_BLANK}）",
                "被授权方：{company}（统一社会信用代码：{credit_code}）",
                f"双方关系：{_BLANK}（例如：母子公司、品牌授权、代理、同一公司）",
                f"授权方同意被授权方使用名称或签名【{_BLANK}】发送短消息及智能信息，并对其使用行为知情。",
                f"授权期限：自 {_BLANK} 起至 {_BLANK} 止。本函由双方盖章后生效。",
            ),
        ),
        "account_authorisation": Letter(
            "华为智能信息授权书",
            (
                "我司 {company}（统一社会信用代码：{credit_code}）授权在终端短消息应用中以服务号的形式展示下列资料：",
                "名称、标识、菜单和主页。",
                f"服务号名称：{_BLANK}",
                f"适用的短消息签名：【{_BLANK}】",
                "我司保证所展示的资料真实有效，并对菜单和主页所链接的内容负责。",
                f"授权期限：自 {_BLANK} 起至 {_BLANK} 止。",
            ),
        ),
        "port_registration": Letter(
            "端口客户信息登记表",
            ("以下信息用于在基础电信企业登记短消息端口，请如实填写并加盖公章。",),
            (
                "企业名称：{company}",
                "统一社会信用代码：{credit_code}",
                "法定代表人",
                "企业地址",
                "经办人及身份证号码",
                "经办人手机号码",
                "短消息签名",
                "业务用途",
                "预计月发送量",
            ),
        ),
        "video_params": Letter(
            "视频短信承诺函（动参）",
            (
                "我司 {company}（统一社会信用代码：{credit_code}）发送的视频短信文案含有动态参数，现承诺：",
                "一、动态参数仅用于姓名、时间、金额、单号等与接收人直接相关的信息，并提供真实示例。",
                "二、不利用动态参数改变已审核文案的含义，不以参数发送未经审核的内容。",
                _BEAR,
            ),
        ),
        "video_links": Letter(
            "视频短信承诺函（短链）",
            (
                "我司 {company}（统一社会信用代码：{credit_code}）发送的视频短信文案含有网址或短链，现承诺：",
                f"一、链接所属域名：{_BLANK}，已依法备案并由我司或其授权方运营。",
                "二、链接内容与文案一致，审核通过后不更换为其他内容，不直接提供安装包下载。",
                _BEAR,
            ),
        ),
        "video_qr": Letter(
            "视频短信承诺函（二维码）",
            (
                "我司 {company}（统一社会信用代码：{credit_code}）发送的视频短信文案或图片含有二维码，现承诺：",
                "一、二维码指向的内容由我司或其授权方运营，与文案一致，审核通过后不更换。",
                "二、不通过二维码收集与业务无关的个人信息，不诱导转账或添加私人账号。",
                _BEAR,
            ),
        ),
    }
)

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
_FONT = '<w:rFonts w:ascii="SimSun" w:hAnsi="SimSun" w:eastAsia="SimSun"/>'
_MADE_AT = (2026, 1, 1, 0, 0, 0)
"""Time of the entries: the same letter has the same bytes."""


def make_letter(letter: Letter, *, company: str, credit_code: str) -> bytes:
    """Return a letter as a Word document (OOXML) with the company's name and code filled in."""
    values = {"company": company, "credit_code": credit_code}
    body = [_paragraph(letter.title, size=36, is_centred=True)]
    body += [_paragraph(text.format_map(values)) for text in letter.paragraphs]
    if letter.rows:
        body.append(_table([row.format_map(values) for row in letter.rows]))
    body += [_paragraph(""), _paragraph(f"公司名称（盖章）：{company}"), _paragraph(f"日期：{_BLANK}")]
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        + "".join(body)
        + '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"'
        ' w:header="851" w:footer="992" w:gutter="0"/>'
        "</w:sectPr></w:body></w:document>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            ("word/document.xml", document),
        ):
            archive.writestr(zipfile.ZipInfo(name, _MADE_AT), text.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _paragraph(text: str, *, size: int = 24, is_centred: bool = False) -> str:
    """Return a paragraph; ``size`` in half points."""
    place = '<w:jc w:val="center"/>' if is_centred else ""
    return (
        f'<w:p><w:pPr><w:spacing w:after="240" w:line="400"/>{place}</w:pPr>'
        f'<w:r><w:rPr>{_FONT}<w:sz w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )


def _table(rows: Sequence[str]) -> str:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    cells = (
        "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(text)}</w:tc>'
            for width, text in ((3600, row.partition("：")[0]), (5400, row.partition("：")[2]))
        )
        for row in rows
    )
    body = "".join(f"<w:tr>{pair}</w:tr>" for pair in cells)
    grid = '<w:tblGrid><w:gridCol w:w="3600"/><w:gridCol w:w="5400"/></w:tblGrid>'
    return f"<w:tbl><w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr>{grid}{body}</w:tbl>"
