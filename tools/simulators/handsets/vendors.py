"""The vendors' half of the published interface: capability, templates, domains. One server plays them all, by path.

``POST /vendors/{vendor}/v1/capabilities|templates|domains``. Not for: what handsets do (``phone``).
"""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.handsets.devices import Devices
from simulators.handsets.signing import Verifier
from simulators.handsets.upstream import Platform

_MAX_NUMBERS = 1000


class VendorDoors:
    """Answers the platform. ``is_down`` makes every door answer 503, as a vendor in trouble does."""

    def __init__(self, devices: Devices, secret: str, platform: Platform, *, activate_after_s: float = 0.0) -> None:
        """``activate_after_s`` 0 activates templates in the answer, more does it later through ``template-states``."""
        self._devices = devices
        self._verifier = Verifier(secret, platform.now)
        self._platform = platform
        self._activate_after_s = activate_after_s
        self._later: set[asyncio.Task[None]] = set()
        self.is_down = False
        self.asked = 0
        self.calls = 0
        self.templates: dict[tuple[str, str], dict[str, Any]] = {}
        self.domains: set[tuple[str, str]] = set()

    def routes(self) -> list[Route]:
        """Return the three doors."""
        return [
            Route("/vendors/{vendor}/v1/capabilities", self._capabilities, methods=["POST"]),
            Route("/vendors/{vendor}/v1/templates", self._templates, methods=["POST"]),
            Route("/vendors/{vendor}/v1/domains", self._domains, methods=["POST"]),
        ]

    async def _capabilities(self, request: Request) -> Response:
        body = await self._proven(request)
        if isinstance(body, Response):
            return body
        digests = body["sha1"]
        if len(digests) > _MAX_NUMBERS or (body["sha256"] and len(body["sha256"]) != len(digests)):
            return JSONResponse({"error": "numbers"}, 400)
        self.calls += 1
        self.asked += len(digests)
        vendor = request.path_params["vendor"].upper()
        answers = []
        for digest in digests:
            device = self._devices.of_sha1(digest)
            can = device.can_show and device.vendor == vendor
            answers.append({"capable": "yes" if can else "no", "age_s": device.age_s, "confidence": device.confidence})
        return JSONResponse({"answers": answers})

    async def _templates(self, request: Request) -> Response:
        body = await self._proven(request)
        if isinstance(body, Response):
            return body
        vendor = request.path_params["vendor"].upper()
        self.templates[vendor, body["tpl_id"]] = body
        ref = f"{vendor.lower()}-{body['tpl_id']}-{body['version']}"
        if self._activate_after_s <= 0:
            return JSONResponse({"state": "active", "ref": ref})
        task = asyncio.create_task(self._activate(vendor, body["tpl_id"], body["version"], ref))
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        return JSONResponse({"state": "submitted", "ref": ref})

    async def _activate(self, vendor: str, tpl_id: str, version: int, ref: str) -> None:
        await asyncio.sleep(self._activate_after_s)
        state = {"tpl_id": tpl_id, "version": version, "state": "active", "ref": ref}
        await self._platform.call(vendor, "/handset/v1/template-states", state)

    async def _domains(self, request: Request) -> Response:
        body = await self._proven(request)
        if isinstance(body, Response):
            return body
        self.domains.add((request.path_params["vendor"].upper(), body["domain"]))
        return JSONResponse({"state": "active"})

    async def _proven(self, request: Request) -> dict[str, Any] | Response:
        raw = await request.body()
        if self.is_down:
            return JSONResponse({"error": "down"}, 503)
        reason = self._verifier.why_not(request.headers, request.url.path, raw)
        if reason is not None:
            return JSONResponse({"error": "call_not_proven", "reason": reason}, 401)
        body: dict[str, Any] = json.loads(raw)
        return body
