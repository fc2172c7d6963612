"""The pages of links that lead nowhere: one each for expired, unknown and malformed ones, and one for trouble of ours.

Small, without any outside resource, in Chinese and English. Not for: cards as pages (``smart``).
"""

import base64
import hashlib
from enum import Enum
from typing import Final

_STYLE: Final = (
    "body{margin:0;min-height:100vh;display:flex;align-items:center;justify-content:center;background:#f5f6f8;"
    "color:#1f2329;font:16px/1.6 system-ui,'PingFang SC','Microsoft YaHei',sans-serif}"
    "main{max-width:20rem;padding:2rem;text-align:center}svg{width:64px;height:64px;color:#8f959e}"
    "h1{font-size:1.25rem;margin:1rem 0 .5rem}p{margin:0;color:#646a73}"
    "@media(prefers-color-scheme:dark){body{background:#17181a;color:#ebebeb}p{color:#a6a6a6}}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"vary", b"accept-language"),
    (
        b"content-security-policy",
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'".encode(),
    ),
)
_CLOCK: Final = '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>'
_LOUPE: Final = '<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4M9 11h4"/>'
_BROKEN: Final = '<path d="M9 15l-2 2a3.5 3.5 0 0 1-5-5l3-3M15 9l2-2a3.5 3.5 0 0 1 5 5l-3 3M8 4l1 3M16 20l-1-3"/>'
_CLOUD: Final = '<path d="M7 18a4 4 0 0 1 0-8 5 5 0 0 1 9.6-1.2A4.6 4.6 0 0 1 17 18zM12 12v2M12 16v.01"/>'


class Page(Enum):
    """Why a link leads nowhere."""

    EXPIRED = "expired"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"
    UNAVAILABLE = "unavailable"


_STATUS: Final = {Page.EXPIRED: 410, Page.UNKNOWN: 404, Page.MALFORMED: 400, Page.UNAVAILABLE: 503}
_ICON: Final = {
    Page.EXPIRED: _CLOCK,
    Page.UNKNOWN: _LOUPE,
    Page.MALFORMED: _BROKEN,
    Page.UNAVAILABLE: _CLOUD,
}
_TEXT: Final = {
    ("zh-CN", Page.EXPIRED): ("链接已失效", "该链接已过有效期或已被停用，如需帮助请联系发送方。"),
    ("zh-CN", Page.UNKNOWN): ("链接不存在", "没有找到这个链接，请核对短信中的地址是否完整。"),
    ("zh-CN", Page.MALFORMED): ("链接格式不正确", "地址中含有多余或缺失的字符，请从短信中重新点击。"),
    ("zh-CN", Page.UNAVAILABLE): ("暂时无法打开", "服务繁忙，请稍后再试。"),
    ("en", Page.EXPIRED): ("This link has expired", "It is past its date or was taken back. Please ask the sender."),
    ("en", Page.UNKNOWN): ("There is no such link", "Please check that the address is complete."),
    ("en", Page.MALFORMED): (
        "This is not a link of ours",
        "The address has characters too many or too few. Please tap it in the message again.",
    ),
    ("en", Page.UNAVAILABLE): ("Not available right now", "Please try again in a moment."),
}


def prefers_english(accept_language: str) -> bool:
    """Tell whether a browser asks for English before Chinese; Chinese is the default."""
    best_en = best_zh = 0.0
    for part in accept_language.lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag.startswith("zh"):
            best_zh = max(best_zh, weight)
        elif tag.startswith("en"):
            best_en = max(best_en, weight)
    return best_en > best_zh


def _draw(language: str, page: Page) -> bytes:
    title, text = _TEXT[language, page]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex,nofollow"><meta name="referrer" content="no-referrer">'
        f"<style>{_STYLE}</style></head><body><main>"
        '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" '
        f'aria-hidden="true">{_ICON[page]}</svg><h1>{title}</h1><p>{text}</p></main></body></html>'
    ).encode()


_DRAWN: Final = {(language, page): _draw(language, page) for language, page in _TEXT}


def page_for(page: Page, accept_language: str) -> tuple[int, bytes]:
    """Return status and HTML."""
    language = "en" if prefers_english(accept_language) else "zh-CN"
    return _STATUS[page], _DRAWN[language, page]
