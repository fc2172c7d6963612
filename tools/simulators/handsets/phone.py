"""The virtual handset: a web page per number that shows its inbox as a phone would, with cards where it can.

What it knows it has from the carriers' inboxes and from the resolver, as a real handset would; nothing from the
platform's database.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from simulators.handsets.accounts import TARGETS, Accounts, draw_account, draw_shortcuts
from simulators.handsets.cards import draw_card
from simulators.handsets.devices import MODELS, Device, Devices, canonical, device_hash
from simulators.handsets.inboxes import Inboxes, Sms
from simulators.handsets.upstream import Platform

_VIEWS = Path(__file__).parent / "views"
_CHINA = timezone(timedelta(hours=8))
_SIGNATURE = re.compile(r"^【([^】]{1,20})】|【([^】]{1,20})】$")
_NUMBER = re.compile(r"\+?\d{5,16}", re.ASCII)
_MAX_CARDS = 5000
_REASONS = {
    "unknown": "链接不存在",
    "expired": "链接已过期",
    "signature_differs": "短信签名与链接不符",
    "quota_used": "解析次数已用完",
    "template_disabled": "模板已停用",
    "vendor_not_active": "厂商未启用此模板",
    "unreachable": "解析服务无应答",
}


@dataclass(slots=True)
class _Answer:
    """What the resolver said about a message's link; ``is_rendered`` once its drawing was reported."""

    card: dict[str, Any] | None
    reason: str | None
    is_rendered: bool = False


class Handsets:
    """The phones of everybody."""

    def __init__(self, inboxes: Inboxes, devices: Devices, platform: Platform, *, link_domains: list[str]) -> None:
        """Recognise links of ``link_domains`` (with port, without scheme)."""
        self._inboxes = inboxes
        self._devices = devices
        self._platform = platform
        self._accounts = Accounts(platform)
        names = "|".join(re.escape(domain) for domain in link_domains)
        # The published rule: a blank, or an end of the text, on each side of the link.
        self._link = re.compile(rf"(?:(?<=\s)|^)(?:https?://)?({names})/([0-9A-Za-z]{{3,32}})(?=\s|$)")
        self._answers: dict[tuple[str, str], _Answer] = {}

    def routes(self) -> list[Route]:
        """Return the pages."""
        return [
            Route("/", self._home),
            Route("/phone/{number}", self._phone),
            Route("/phone/{number}/messages", self._messages),
            Route("/phone/{number}/events", self._event, methods=["POST"]),
            Route("/phone/{number}/taps", self._tap, methods=["POST"]),
        ]

    async def _home(self, _request: Request) -> Response:
        rows = []
        for number in await self._inboxes.list_numbers():
            device = self._devices.of_number(number)
            kind = "card" if device.can_show else "text"
            label = "可显示卡片" if device.can_show else "仅文本"
            rows.append(
                f'<a class="row" href="/phone/{escape(number)}"><span class="dot {device.vendor.lower()}"></span>'
                f'<b>{_spaced(number)}</b><small>{MODELS[device.vendor]}</small><em class="{kind}">{label}</em></a>'
            )
        body = "".join(rows) or '<p class="empty">还没有手机收到短信。发送一条智能信息，它会出现在这里。</p>'
        return _html("home.html", rows=body, count=len(rows))

    async def _phone(self, request: Request) -> Response:
        number = request.path_params["number"]
        if _NUMBER.fullmatch(number) is None:
            return HTMLResponse("", 404)
        device = self._devices.of_number(number)
        content = await self._conversation(number, device)
        return _html(
            "phone.html",
            number=escape(number),
            shown=_spaced(number),
            vendor=device.vendor.lower(),
            model=MODELS[device.vendor],
            ability="可显示智能信息卡片" if device.can_show else "不支持智能信息卡片",
            time=datetime.now(_CHINA).strftime("%H:%M"),
            content=content,
        )

    async def _messages(self, request: Request) -> Response:
        number = request.path_params["number"]
        if _NUMBER.fullmatch(number) is None:
            return HTMLResponse("", 404)
        content = await self._conversation(number, self._devices.of_number(number))
        return HTMLResponse(content, headers={"Cache-Control": "no-store"})

    async def _event(self, request: Request) -> Response:
        """Report what the person with the phone did."""
        number = request.path_params["number"]
        body = await request.json()
        kind, code = body.get("kind"), str(body.get("code", ""))
        if kind not in {"exposed", "clicked"} or (canonical(number), code) not in self._answers:
            return JSONResponse({}, 400)
        device = self._devices.of_number(number)
        await self._platform.report(device.vendor, kind, code, device_hash(number), body.get("position"))
        return JSONResponse({})

    async def _tap(self, request: Request) -> Response:
        """Report what the person with the phone tapped beside a message; the platform knows what there is."""
        number = request.path_params["number"]
        body = await request.json()
        target, item = body.get("target"), [str(name) for name in body.get("item", [])]
        if _NUMBER.fullmatch(number) is None or target not in TARGETS:
            return JSONResponse({}, 400)
        await self._accounts.tap(self._devices.of_number(number).vendor, str(body.get("owner_id", "")), target, item)
        return JSONResponse({})

    async def _conversation(self, number: str, device: Device) -> str:
        messages = await self._inboxes.list_messages(number)
        blocks, day = [], ""
        for sms in messages:
            at = datetime.fromisoformat(sms.received_at).astimezone(_CHINA)
            stamp = at.strftime("%m月%d日 %H:%M")
            if stamp != day:
                blocks.append(f'<div class="when">{stamp}</div>')
                day = stamp
            blocks.append(await self._message(number, device, sms))
            blocks.append(await self._beside(device, sms))
        return "".join(blocks) or '<p class="empty">暂无信息</p>'

    async def _message(self, number: str, device: Device, sms: Sms) -> str:
        match = self._link.search(sms.text)
        text = f'<div class="bubble">{self._linked(sms.text)}</div>'
        sender = f'<div class="sender">{escape(sms.source)}</div>'
        if match is None or not device.can_show:
            return f'<article class="msg" data-key="{escape(sms.key)}">{sender}{text}</article>'
        domain, code = match[1], match[2]
        answer = await self._resolve(number, device, code, domain, _signature_of(sms))
        if answer.card is None:
            why = _REASONS.get(answer.reason or "", answer.reason or "")
            return (
                f'<article class="msg" data-key="{escape(sms.key)}">{sender}{text}'
                f'<div class="why">未显示卡片：{escape(why)}</div></article>'
            )
        return (
            f'<article class="msg has-card" data-key="{escape(sms.key)}" data-code="{escape(code)}">{sender}'
            f'<div class="as-card">{draw_card(answer.card)}</div><div class="as-text">{text}</div>'
            '<button class="switch" type="button"><span class="to-text">显示原文</span>'
            '<span class="to-card">显示卡片</span></button></article>'
        )

    async def _beside(self, device: Device, sms: Sms) -> str:
        """Show the shortcut keys and the account of a message's signature and sender, on handsets that can."""
        signature = _signature_of(sms)
        if not device.can_show or not signature or not sms.source.isdigit():
            return ""
        beside = await self._accounts.find(device.vendor, signature, sms.source)
        keys = draw_shortcuts(beside.shortcuts) if beside.shortcuts else ""
        return keys + (draw_account(beside.account) if beside.account else "")

    async def _resolve(self, number: str, device: Device, code: str, domain: str, signature: str) -> _Answer:
        """Ask once per phone and link (again only while nobody answered), and report the first drawing."""
        key = canonical(number), code
        answer = self._answers.get(key)
        try:
            if answer is None or answer.reason == "unreachable":
                found = await self._platform.resolve(device.vendor, code, domain, signature, device_hash(number))
                answer = _Answer(found.get("card"), found.get("reason"))
            if answer.card is not None and not answer.is_rendered:
                await self._platform.report(device.vendor, "rendered", code, device_hash(number))
                answer.is_rendered = True
        except httpx.HTTPError:
            answer = answer or _Answer(None, "unreachable")
        if len(self._answers) > _MAX_CARDS:
            self._answers.pop(next(iter(self._answers)))
        self._answers[key] = answer
        return answer

    def _linked(self, text: str) -> str:
        """Return the text with its links tappable."""
        parts, last = [], 0
        for match in self._link.finditer(text):
            parts.append(escape(text[last : match.start()]))
            link = f"{match[1]}/{match[2]}"
            parts.append(f'<a href="http://{escape(link)}" target="_blank" rel="noopener">{escape(link)}</a>')
            last = match.end()
        return "".join(parts) + escape(text[last:])


def _signature_of(sms: Sms) -> str:
    found = _SIGNATURE.search(sms.text.strip())
    return (found[1] or found[2]) if found else ""


def _spaced(number: str) -> str:
    digits = canonical(number)
    if not digits.startswith("86") or len(digits) != 13:
        return f"+{digits}"
    return f"{digits[2:5]} {digits[5:9]} {digits[9:]}"


def _html(view: str, **values: object) -> Response:
    text = Template((_VIEWS / view).read_text(encoding="utf-8")).substitute(values)
    return HTMLResponse(text, headers={"Cache-Control": "no-store"})
