"""Rules of apps and signatures: names, addresses, sources, states. Pure.

Source: product.md §2.3, §2.4, §3.6; api.md §5.8, §5.9.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.targets import Allowances, is_public
from hongyan.rooms.sms.contracts import SignatureForm, SignatureSource, SignatureStatus
from hongyan.rooms.sms.rules.objections import Objection, raise_first

MAX_APPS = 2
MAX_SIGNATURES = 200
"""Per app."""
MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_FILE_NAME = 64
MAX_APPLY_DESC = 80
MAX_SOURCE_TITLE = 180
MAX_APP_NAME = 30
MAX_UPLINK_URL = 255
MAX_SIGNATURE_NAME = 16
_NAME_LENGTHS = range(2, MAX_SIGNATURE_NAME + 1)

_APP_NAME = re.compile(r"[A-Za-z0-9_\u3400-\u9fff]+")
_SIGNATURE_NAME = re.compile(r"[A-Za-z0-9\u3400-\u9fff]+")
_PORTS: Mapping[str, int] = MappingProxyType({"http": 80, "https": 443})
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}", re.IGNORECASE)

FILE_TYPES: Mapping[str, str] = MappingProxyType({"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"})
"""What the pictures of a signature may be: kind by content → media type. Source: product.md §2.4."""
_EXTENSIONS: Mapping[str, str] = MappingProxyType({"jpg": "jpg", "jpeg": "jpg", "png": "png", "gif": "gif"})
MAX_PIXELS = 50_000_000
"""More is a decompression bomb: 2 MB of a scan have some 12 million pixels."""

_S = SignatureStatus
NEXT_STATUSES: Mapping[SignatureStatus, frozenset[SignatureStatus]] = MappingProxyType(
    {
        _S.PENDING_REVIEW: frozenset({_S.PROCESSING, _S.REVIEW_NOT_PASS}),
        _S.PROCESSING: frozenset({_S.REVIEW_PASSED}),
        _S.REVIEW_PASSED: frozenset({_S.TO_BE_ACTIVATED}),
        _S.REVIEW_NOT_PASS: frozenset({_S.PENDING_REVIEW}),
        _S.TO_BE_ACTIVATED: frozenset({_S.PENDING_ACTIVATE}),
        _S.PENDING_ACTIVATE: frozenset({_S.REVIEW_PASSED, _S.TO_BE_ACTIVATED}),
    }
)
"""The life of a signature. Source: product.md §2.4."""

DECIDED: Mapping[SignatureStatus, tuple[SignatureStatus, SignatureStatus]] = MappingProxyType(
    {
        _S.PENDING_REVIEW: (_S.PROCESSING, _S.REVIEW_NOT_PASS),
        _S.PENDING_ACTIVATE: (_S.REVIEW_PASSED, _S.TO_BE_ACTIVATED),
    }
)
"""Where a review leads from a status: (approved, rejected)."""

_TITLE_NEEDED: Mapping[SignatureSource, tuple[str, str]] = MappingProxyType(
    {
        SignatureSource.SITE: ("the site's domain", "网站域名"),
        SignatureSource.APP: ("the app's download address", "APP应用下载地址"),
        SignatureSource.ACCOUNT: ("the full name of the account or mini-program", "公众号或小程序的全称"),
        SignatureSource.SHOP: ("the shop's address", "电商平台店铺地址"),
    }
)


def check_app(name: str, uplink_url: str, allowances: Allowances) -> None:
    """Check an app's form; ``allowances`` are private targets that the operator opened.

    Raises:
        InvalidInput: the name or the uplink address breaks its rule.
    """
    if not 1 <= len(name) <= MAX_APP_NAME:
        raise InvalidInput(
            "app_name", reason=f"1 to {MAX_APP_NAME} characters are needed", reason_zh=f"长度必须为 1–{MAX_APP_NAME}"
        )
    if not _APP_NAME.fullmatch(name):
        raise InvalidInput(
            "app_name",
            reason="only letters, digits, underscores and Chinese characters",
            reason_zh="只能包含字母、数字、下划线和中文",
        )
    if uplink_url:
        _check_uplink(uplink_url, allowances)


def _check_uplink(url: str, allowances: Allowances) -> None:
    """Refuse what cannot be a public address; names are looked up, and checked again, when an uplink is pushed."""
    if len(url) > MAX_UPLINK_URL:
        raise InvalidInput(
            "up_link_addr", reason=f"at most {MAX_UPLINK_URL} characters", reason_zh=f"最多 {MAX_UPLINK_URL} 个字符"
        )
    wrong = InvalidInput(
        "up_link_addr",
        reason="a public http or https address (domain, or IP and port) is needed",
        reason_zh="必须为公网 http 或 https 地址（域名或 IP:端口）",
    )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise wrong from None
    if parts.scheme not in {"http", "https"} or parts.username is not None or re.search(r"\s", url):
        raise wrong
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if not _HOST.fullmatch(host):
            raise wrong from None
        return
    if not is_public(address) and not allowances.cover(host, address, port):
        raise wrong


def check_signature(form: SignatureForm) -> None:
    """Check what a customer filled in for a signature; files and the app are looked up by the service.

    Raises:
        SignatureNameLength: not 2 to 16 characters.
        InvalidInput: another field breaks its rule.
    """
    raise_first(find_refusals(form))


def find_refusals(form: SignatureForm) -> Iterator[Objection]:
    """Yield everything for which a form is refused, in the order in which fields are checked."""
    if len(form.name) not in _NAME_LENGTHS:
        yield Objection(
            "signature_name_length", "signature_name", "2 to 16 characters are needed", "长度必须为 2–16 个字符"
        )
    if form.name and (not _SIGNATURE_NAME.fullmatch(form.name) or form.name.isdigit()):
        yield Objection(
            "signature_name_characters",
            "signature_name",
            "only Chinese characters, letters and digits, and not digits alone",
            "只能包含中文、字母和数字，且不能全为数字",
        )
    yield from _at_most("apply_desc", form.apply_desc, MAX_APPLY_DESC)
    yield from _at_most("source_title_content", form.source_title, MAX_SOURCE_TITLE)
    needed = _TITLE_NEEDED.get(form.source)
    if needed is not None and not form.source_title:
        yield Objection(
            "source_title_missing",
            "source_title_content",
            f"{needed[0]} is needed with signature_source {form.source}",
            f"该签名来源需要填写{needed[1]}",
        )
    if form.involves_third_party and form.attorney_file_id is None:
        yield Objection(
            "attorney_missing",
            "power_attorney_file_id",
            "is needed when is_involved_third is yes",
            "涉及第三方权益时必须上传授权委托书",
        )


def _at_most(field: str, value: str, longest: int) -> Iterator[Objection]:
    if len(value) > longest:
        yield Objection(f"{field}_length", field, f"at most {longest} characters", f"最多 {longest} 个字符")


def name_key(name: str) -> str:
    """Return a name without differences that no reader sees: width, case, blanks and kinds of brackets."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s()（）]", "", folded)


def needs_relation_proof(form: SignatureForm, legal_name: str) -> bool:
    """Tell whether a signature needs the company relation letter: not the company's name, and no other source."""
    return form.source is SignatureSource.COMPANY and name_key(form.name) != name_key(legal_name)


def check_file(name: str, data: bytes, kind: str | None) -> None:
    """Check an uploaded picture; ``kind`` is what its content is.

    Raises:
        InvalidInput: too large, empty, no picture, or named as what it is not.
    """
    if not 1 <= len(name) <= MAX_FILE_NAME or not name.isprintable():
        raise InvalidInput(
            "file",
            reason=f"the file's name needs 1 to {MAX_FILE_NAME} printable characters",
            reason_zh=f"文件名长度必须为 1–{MAX_FILE_NAME} 个可见字符",
        )
    if not data:
        raise InvalidInput("file", reason="the file is empty", reason_zh="文件为空")
    if len(data) > MAX_FILE_BYTES:
        raise InvalidInput("file", reason="the file is larger than 2 MB", reason_zh="文件大小不能超过 2 MB")
    if kind not in FILE_TYPES:
        raise InvalidInput(
            "file",
            reason=f"a jpg, jpeg, png or gif picture is needed; the content is {kind or 'none of these'}",
            reason_zh="文件类型必须为 jpg、jpeg、png 或 gif，实际内容不符",
        )
    extension = name.rpartition(".")[2].lower()
    if _EXTENSIONS.get(extension) != kind:
        raise InvalidInput(
            "file",
            reason=f"the name ends in .{extension} but the content is {kind}",
            reason_zh=f"文件扩展名 .{extension} 与实际内容（{kind}）不符",
        )
