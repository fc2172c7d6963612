"""The way from a vendor (or the handset it made) to the platform: signed calls to the links port."""

import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from simulators.handsets.signing import headers_for

Clock = Callable[[], float]


def key_id_of(vendor: str) -> str:
    """Return the id of the key that a simulated vendor shares with the platform."""
    return f"sim-{vendor.lower()}"


class Platform:
    """Calls ``resolver`` (the links port's URL) as any of the vendors."""

    def __init__(self, resolver: str, secret: str, *, now: Clock = time.time) -> None:
        """Sign with ``secret``, the same for every simulated vendor; ``now`` gives seconds since 1970."""
        self.now = now
        self.resolver = resolver.rstrip("/")
        self._secret = secret
        self._http = httpx.AsyncClient(trust_env=False, timeout=10.0)

    async def call(self, vendor: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """POST ``body`` and return status and answer (empty when it is not JSON).

        Raises:
            httpx.HTTPError: the platform cannot be reached.
        """
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = headers_for(key_id_of(vendor), self._secret, path, raw, at_s=self.now())
        answer = await self._http.post(self.resolver + path, content=raw, headers=headers)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.status_code, answer.json() if is_json else {}

    async def resolve(self, vendor: str, code: str, domain: str, signature: str, device: str) -> dict[str, Any]:
        """Ask for the card behind a code; the answer has ``result`` ``card`` or ``none`` with ``reason``."""
        body = {
            "code": code,
            "domain": domain,
            "signature": signature,
            "device_hash": device,
            "request_id": secrets.token_hex(12),
            "vendor": vendor,
            "model": "simulated",
        }
        status, answer = await self.call(vendor, "/handset/v1/resolve", body)
        return answer if status == 200 else {"result": "none", "reason": answer.get("reason", f"http_{status}")}

    async def find_beside(self, vendor: str, signature: str, number: str) -> dict[str, Any]:
        """Ask what to show with messages of a signature that came from a number; refused, it is nothing."""
        body = {"signature": signature, "number": number, "request_id": secrets.token_hex(12)}
        status, answer = await self.call(vendor, "/handset/v1/service-account", body)
        return answer if status == 200 else {}

    async def report(self, vendor: str, kind: str, code: str, device: str, position: int | None = None) -> None:
        """Tell what happened to a card."""
        event = {
            "event_id": secrets.token_hex(12),
            "kind": kind,
            "code": code,
            "device_hash": device,
            "at": datetime.fromtimestamp(self.now(), UTC).isoformat(),
            "position": position,
        }
        await self.call(vendor, "/handset/v1/events", {"events": [event]})

    async def report_tap(self, vendor: str, owner_id: str, target: str, item: list[str]) -> None:
        """Tell what was tapped on a service account, or on a scene of shortcut keys."""
        event = {
            "event_id": secrets.token_hex(12),
            "shortcut_id" if target == "shortcut" else "pub_id": owner_id,
            "target": target,
            "item": item,
            "at": datetime.fromtimestamp(self.now(), UTC).isoformat(),
        }
        await self.call(vendor, "/handset/v1/service-account-taps", {"events": [event]})

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
