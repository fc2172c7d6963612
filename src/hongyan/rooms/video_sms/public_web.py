"""The preview of a video template on the links port: its frames one below the other, placeholders as they are.

The address holds a random token; no script, no outside resource.
"""

import secrets

from jinja2 import Environment, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hongyan.kernel.db.database import Database
from hongyan.rooms.video_sms.contracts import Document, VideoTemplate
from hongyan.rooms.video_sms.service.door import PREVIEW_WORD, VideoSmsService

MOUNTS = (PREVIEW_WORD,)
"""First words of the paths that belong here."""
_NOT_FOUND = 404
_TEXTS = {
    "zh-CN": {"frame": "第 {} 帧", "note": "模板预览，参数以占位符显示"},
    "en": {"frame": "Frame {}", "note": "Template preview; parameters are shown as placeholders"},
}
_PAGE = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{{ title }}</title>
<style nonce="{{ nonce }}">
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 26rem; padding: 1rem; }
section { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: .75rem; margin: 1rem 0;
  padding: 1rem; }
h1 { font-size: 1.25rem; } h2 { font-size: .875rem; font-weight: 500; margin: 0 0 .5rem; opacity: .7; }
img, video, audio { border-radius: .5rem; display: block; max-width: 100%; } audio { width: 100%; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; } small { opacity: .7; }
</style></head><body><main><h1>{{ title }}</h1><small>{{ texts.note }}</small>
{% for frame in frames %}<section><h2>{{ texts.frame.format(loop.index) }}</h2>
{% for kind, name, value in frame %}{% if kind == "txt" %}<p>{{ value }}</p>
{% elif kind == "image" %}<img src="{{ value }}" alt="{{ name }}">
{% elif kind == "audio" %}<audio controls src="{{ value }}"></audio>
{% else %}<video controls playsinline src="{{ value }}"></video>
{% endif %}{% endfor %}</section>
{% endfor %}</main></body></html>
"""


def create_public_web(db: Database, service: VideoSmsService) -> Starlette:
    """Return the application; mount it under each word of :data:`MOUNTS`, paths unchanged."""
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(_PAGE)

    async def find(request: Request) -> tuple[VideoTemplate, Document] | None:
        path = request.path_params
        async with db.begin() as uow:
            return await service.find_preview(uow, path["tpl_id"], path["token"])

    async def preview(request: Request) -> Response:
        found = await find(request)
        if found is None:
            return Response(status_code=_NOT_FOUND, headers=_headers("default-src 'none'"))
        template, document = found
        nonce = secrets.token_urlsafe(16)
        language = "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "zh-CN"
        base = f"/{PREVIEW_WORD}/{template.tpl_id}/{template.preview_token}"
        frames, number = [], 0
        for frame in document.frames:
            shown = []
            for part in frame:
                value = part.data.decode() if part.kind == "txt" else f"{base}/{number}"
                shown.append((part.kind.value, part.name, value))
                number += 1
            frames.append(shown)
        html = page.render(
            title=document.subject, frames=frames, texts=_TEXTS[language], language=language, nonce=nonce
        )
        policy = f"default-src 'none'; img-src 'self'; media-src 'self'; style-src 'nonce-{nonce}'"
        closed = "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        return HTMLResponse(html, headers=_headers(policy + closed))

    async def medium(request: Request) -> Response:
        found = await find(request)
        parts = [part for frame in found[1].frames for part in frame] if found else []
        number = int(request.path_params["number"])
        if number >= len(parts) or parts[number].kind == "txt":
            return Response(status_code=_NOT_FOUND, headers=_headers("default-src 'none'"))
        part = parts[number]
        return Response(part.data, media_type=part.content_type, headers=_headers("default-src 'none'; sandbox"))

    root = f"/{PREVIEW_WORD}/{{tpl_id}}/{{token}}"
    return Starlette(routes=[Route(root, preview), Route(root + "/{number:int}", medium)])


def _headers(policy: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "X-Content-Type-Options": "nosniff",
    }
