"""The pages that people see: a card as H5, previews of public templates, and the pictures of the presets.

No script, no outside resource but the images a tenant names; every page is ``no-store``, ``noindex``, ``no-referrer``.
A page has no effect: reloading, prefetching or HEAD count nothing.
"""

import secrets
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from hongyan.kernel.db.database import Database
from hongyan.rooms.short_links.contracts import LinkState
from hongyan.rooms.smart.contracts import Card
from hongyan.rooms.smart.public_web.drawing import draw
from hongyan.rooms.smart.service.door import SmartService

_HERE = Path(__file__).parent
PICTURES = _HERE / "pictures"
_OK, _NOT_FOUND, _GONE = 200, 404, 410

_TEXTS = {
    "zh-CN": {
        "unknown": ("链接不存在", "没有找到对应的卡片，请核对短信中的链接是否完整。"),
        "expired": ("链接已过期", "这条信息的有效期已过，卡片不再显示。"),
        "disabled": ("卡片已停用", "发送方已停用此卡片。"),
        "preview": ("模板预览", "示例内容，仅供预览"),
        "footer": ("由发送方通过智能信息提供", ""),
    },
    "en": {
        "unknown": ("No such link", "There is no card here. Please check that the link in the message is complete."),
        "expired": ("This link has expired", "The message is past its validity; its card is no longer shown."),
        "disabled": ("Card withdrawn", "The sender has withdrawn this card."),
        "preview": ("Template preview", "Sample content"),
        "footer": ("Provided by the sender of the message", ""),
    },
}

_JINJA = Environment(
    loader=FileSystemLoader(_HERE / "views"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class CardPages:
    """The three kinds of pages."""

    def __init__(self, db: Database, service: SmartService) -> None:
        """Read cards through ``service``."""
        self._db = db
        self._service = service

    async def card(self, request: Request) -> Response:
        """Show the card behind a code to somebody who tapped the link by hand."""
        levels, slash, code = request.path_params["path"].rpartition("/")
        host = request.headers.get("host", "").lower()
        link = await self._service.find_link(code, f"{host}/{levels.lower()}" if slash else host or None)
        if link is None or link.card_template_id is None:
            return self._notice(request, "unknown", _NOT_FOUND)
        if link.state is not LinkState.ACTIVE:
            return self._notice(request, "expired", _GONE)
        async with self._db.begin() as uow:
            card = await self._service.find_card(uow, link)
        if card is None:
            return self._notice(request, "disabled", _GONE)
        return self._card_page(request, card, is_preview=False)

    async def preview(self, request: Request) -> Response:
        """Show a template with its examples: a public one, or a private one to who has its key."""
        async with self._db.begin() as uow:
            key = request.query_params.get("key")
            card = await self._service.find_preview(uow, request.path_params["tpl_id"], key)
        if card is None:
            return self._notice(request, "unknown", _NOT_FOUND)
        return self._card_page(request, card, is_preview=True)

    async def picture(self, request: Request) -> Response:
        """Give out a picture of a preset template."""
        path = PICTURES / f"{request.path_params['name']}.svg"
        if path.parent != PICTURES or not path.is_file():
            return Response(status_code=_NOT_FOUND)
        headers = {
            "Cache-Control": "public, max-age=86400",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Access-Control-Allow-Origin": "*",
        }
        return FileResponse(path, media_type="image/svg+xml", headers=headers)

    def _card_page(self, request: Request, card: Card, *, is_preview: bool) -> Response:
        pages = [draw(page) for page in card.pages]
        values = {"title": card.name, "pages": pages, "is_preview": is_preview}
        return self._page(request, "card.html", _OK, values)

    def _notice(self, request: Request, kind: str, status: int) -> Response:
        return self._page(request, "notice.html", status, {"kind": kind})

    def _page(self, request: Request, view: str, status: int, values: dict[str, Any]) -> Response:
        return _respond(view, status, values, _language(request), "frame-ancestors 'none'")


def framed_card(title: str, pages: list[dict[str, Any]], language: str) -> Response:
    """Return a card for a frame in a page of the same origin (the console): it looks as on the H5 page, and is inert.

    Taps lead nowhere, and the browser runs nothing in it, whatever a template holds.
    """
    values = {"title": title, "pages": [draw(_without_taps(page)) for page in pages], "is_preview": True}
    return _respond("card.html", _OK, values, language, "frame-ancestors 'self'; sandbox")


def _without_taps(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_taps(value) for key, value in node.items() if key != "event"}
    return [_without_taps(entry) for entry in node] if isinstance(node, list) else node


def _respond(view: str, status: int, values: dict[str, Any], language: str, policy: str) -> Response:
    nonce = secrets.token_urlsafe(16)
    html = _JINJA.get_template(view).render(values, nonce=nonce, language=language, texts=_TEXTS[language])
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            f"default-src 'none'; img-src 'self' data: https: http:; media-src 'self' https: http:;"
            f" style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; {policy}"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Language",
    }
    return HTMLResponse(html, status, headers)


def _language(request: Request) -> str:
    wanted = request.headers.get("accept-language", "").strip().lower()
    return "en" if wanted.startswith("en") else "zh-CN"
