"""What a reviewer would probably object to in a text that the service would take. Pure, and no more than advice.

Source: product.md §3.6.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from hongyan.rooms.sms.contracts import SignatureForm, SignatureSource, SmsType, VariableSpec, VariableType
from hongyan.rooms.sms.rules.objections import Objection, Severity
from hongyan.rooms.sms.rules.templates import VARIABLE

_CONTENT = "template_content"
_NAME = "signature_name"
_FEW_FIXED = 4
"""Readable characters of fixed text; a template with fewer says nothing by itself."""
_MANY_VALUES = 2
_CODE_VALUES = 2
"""A code and how long it holds."""

_CODE_WORD = re.compile(r"验证码|注册码|校验码|动态码")
_CODE_TALK = re.compile(
    r"(?:登录|登陆|认证|确认|安全|短信|激活)密?码|请勿(?:泄露|告知|转发)|分钟内(?:有效|输入)|verification code",
    re.IGNORECASE,
)
_MARKETING = re.compile(
    r"优惠|折扣|打折|[一二三四五六七八九\d]折|促销|特价|秒杀|抢购|满减|领券|优惠券|红包|免费领|限时|钜惠|大促|新品上市|"
    r"清仓|买一送|返现|抽奖|中奖|豪礼|福利|discount|coupon|sale\b",
    re.IGNORECASE,
)
_TRADES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"招聘|兼职|高薪|日结|急聘|诚聘"), "recruitment", "招聘"),
    (re.compile(r"手游|网游|页游|传奇|仙侠|首充|开服"), "games", "游戏"),
    (re.compile(r"贷款|借款|授信|额度已|低息|免息|股票|荐股|期货|基金|理财|投资收益"), "finance", "金融"),
    (re.compile(r"楼盘|首付|开盘|学区房|房源|商铺|公寓认购"), "real estate", "房地产"),
    (re.compile(r"培训班|招生|辅导班|试听课|学历提升|专升本|考研班"), "education", "教育培训"),
)
_DUNNING = re.compile(r"逾期|催收|欠款|拖欠|失信|法律责任|起诉|尽快还款")
_TESTING = re.compile(r"测试|test", re.IGNORECASE)
_LINK = re.compile(
    r"https?://[!-~]*|www\.[A-Za-z0-9][!-~]*|(?<![\w@.])[a-z0-9-]+\.(?:com|cn|net|org|top|vip)\b[!-~]*",
    re.IGNORECASE | re.ASCII,
)
_CONTACT = re.compile(
    r"(?<!\d)1[3-9]\d{9}(?!\d)|(?:qq|q群|微信|vx|wx|wechat)[号群]?[：:\s]*[A-Za-z0-9_-]{5,}", re.IGNORECASE | re.ASCII
)
_NEUTRAL = frozenset(
    [
        *("温馨提示", "友情提示", "系统通知", "系统消息", "通知", "提醒", "活动通知", "官方通知"),
        *("客服", "客服中心", "会员", "会员中心", "服务", "服务中心", "官方", "平台"),
        *("短信", "验证码", "商城", "公司", "优惠", "促销", "快递", "物流"),
    ]
)
"""Names that tell nobody who sends."""
_BEFORE: tuple[tuple[re.Pattern[str], VariableType], ...] = (
    (re.compile(r"(?:电话|手机|手机号|热线|致电|拨打)[：:\s]*$"), VariableType.PHONE),
    (re.compile(r"(?:日期|时间)[：:\s]*$"), VariableType.DATETIME),
    (re.compile(r"(?:金额|余额|￥|人民币)[：:\s]*$"), VariableType.MONEY),
)
_AFTER: tuple[tuple[re.Pattern[str], VariableType], ...] = ((re.compile(r"^\s*(?:元|万元|RMB)"), VariableType.MONEY),)
_TYPE_NAMES: Mapping[VariableType, tuple[str, str]] = MappingProxyType(
    {
        VariableType.PHONE: ("phone number", "电话号码"),
        VariableType.DATETIME: ("time", "时间"),
        VariableType.MONEY: ("amount", "金额"),
    }
)


def find_in_template(
    content: str, variables: tuple[VariableSpec, ...], kind: SmsType, signature_name: str, words: Iterable[str]
) -> Iterator[Objection]:
    """Yield what is likely to be said about a template's text; ``words`` are those that no text may say."""
    yield from _find_words(content, words)
    yield from _find_signature(content, signature_name)
    yield from _find_thin_text(content, variables)
    yield from _find_attributes(content, variables)
    yield from _find_codes(content, variables, kind)
    if kind is SmsType.NOTIFY:
        yield from _find_wrong_kind(content)
    for match in _LINK.finditer(content):
        yield _likely(
            "link",
            "links are better left to the link variable (NEWTEXT); reviewers check every address that stands in a text",
            "请使用解析标识变量代替固定链接；文中的网址会被逐一核查",
            match,
        )
    for match in _CONTACT.finditer(content):
        yield _likely("contact", "private contact data stands in the text", "文中含有个人联系方式", match)


def find_in_signature(form: SignatureForm, *, is_foreign: bool) -> Iterator[Objection]:
    """Yield what is likely to be said about a signature; ``is_foreign``: other companies hold the name."""
    if form.name in _NEUTRAL:
        yield _likely(
            "neutral_name",
            "the name does not tell who sends",
            "签名过于中性，无法识别发送主体，请使用企业或品牌名称",
            field=_NAME,
        )
    found = _TESTING.search(form.name)
    if found:
        yield _likely("test_name", "names for tests are rejected", "签名不能含有测试字样", found, _NAME)
    if is_foreign:
        yield _likely(
            "name_of_others",
            "another company holds a signature of this name: show the right to it",
            "已有其他企业持有同名签名，请提供授权证明",
            field=_NAME,
        )
    title = form.source_title
    wants_address = form.source in {SignatureSource.APP, SignatureSource.SHOP, SignatureSource.SITE}
    if title and wants_address and "." not in title:
        yield _likely(
            "source_title_address",
            "this is no address that a reviewer can open",
            "请填写可访问的网址，审核员将据此核实来源",
            field="source_title_content",
        )


def _find_words(content: str, words: Iterable[str]) -> Iterator[Objection]:
    folded = content.casefold()
    for word in sorted(words):
        start = folded.find(word.casefold())
        if start >= 0:
            yield Objection(
                "sensitive_word",
                _CONTENT,
                f"contains a sensitive word: {word}",
                f"含有敏感词：{word}",
                start,
                start + len(word),
                Severity.LIKELY,
            )


def _find_signature(content: str, signature_name: str) -> Iterator[Objection]:
    if signature_name and (start := content.find(signature_name)) >= 0:
        yield Objection(
            "signature_in_text",
            _CONTENT,
            "the platform adds the signature; do not repeat it in the text",
            "签名由平台自动添加，请勿在内容中重复",
            start,
            start + len(signature_name),
            Severity.LIKELY,
        )


def _find_thin_text(content: str, variables: tuple[VariableSpec, ...]) -> Iterator[Objection]:
    fixed = sum(char.isalnum() for char in VARIABLE.sub("", content))
    if 0 < fixed < _FEW_FIXED:
        yield _likely("little_text", "there is too little fixed text", "固定文字过少，审核员无法判断用途")
    values = [spec for spec in variables if spec.type is not VariableType.NEWTEXT]
    if len(values) > _MANY_VALUES and all(spec.type is VariableType.TEXT for spec in values):
        yield _likely(
            "all_other",
            "every variable is of the type other: choose phone, time, amount … where they fit",
            "变量全部为“其他”类型，请按实际含义选择电话号码、时间、金额等类型",
            field="variable_attributes",
        )


def _find_attributes(content: str, variables: tuple[VariableSpec, ...]) -> Iterator[Objection]:
    types = {spec.index: spec.type for spec in variables}
    for match in VARIABLE.finditer(content):
        given = types.get(int(match[1]))
        if given is None:
            continue
        hints = [kind for pattern, kind in _BEFORE if pattern.search(content[: match.start()])]
        hints += [kind for pattern, kind in _AFTER if pattern.search(content[match.end() :])]
        if hints and given not in hints:
            en, zh = _TYPE_NAMES[hints[0]]
            yield _likely(
                "wrong_attribute",
                f"from the words around it, {match[0]} looks like a {en}",
                f"从上下文看，{match[0]} 应为“{zh}”类型",
                match,
            )


def _find_codes(content: str, variables: tuple[VariableSpec, ...], kind: SmsType) -> Iterator[Objection]:
    word, talk = _CODE_WORD.search(content), _CODE_TALK.search(content)
    if talk and not word:
        yield _likely(
            "code_word_missing",
            "a text with a code must contain 验证码, 注册码, 校验码 or 动态码",
            "验证码类内容必须包含“验证码”“注册码”“校验码”“动态码”之一",
            talk,
        )
    values = sum(spec.type is not VariableType.NEWTEXT for spec in variables)
    if word and (values > _CODE_VALUES or kind is SmsType.PROMOTION or _MARKETING.search(content)):
        yield _likely(
            "code_with_more",
            "a text with a code must have neither marketing nor more variables",
            "含验证码的内容不能带有营销信息或多余变量",
            word,
        )


def _find_wrong_kind(content: str) -> Iterator[Objection]:
    for match in _MARKETING.finditer(content):
        yield _likely(
            "marketing_in_notice",
            "this sounds like marketing: choose a promotion signature and template",
            "通知类内容含有营销信息，请改用推广类签名和模板",
            match,
        )
    for pattern, en, zh in _TRADES:
        if found := pattern.search(content):
            yield _likely("trade_in_notice", f"notices must not be about {en}", f"通知类内容不能涉及{zh}", found)
    if found := _DUNNING.search(content):
        yield _likely("dunning", "this sounds like dunning", "内容疑似催收", found)


def _likely(code: str, en: str, zh: str, match: re.Match[str] | None = None, field: str = _CONTENT) -> Objection:
    start, end = match.span() if match else (None, None)
    return Objection(code, field, en, zh, start, end, Severity.LIKELY)
