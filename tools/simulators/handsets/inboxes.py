"""Reads the inboxes of several carriers' simulators and sorts what it finds into phones."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Sms:
    """One SMS on a phone. ``key`` tells it from all others of the phone; ``received_at`` is ISO 8601."""

    key: str
    source: str
    text: str
    received_at: str
    parts: int


class Inboxes:
    """The inboxes of all carriers; one that does not answer has nothing to say."""

    def __init__(self, urls: list[str]) -> None:
        """Read from the carriers' inbox servers at ``urls``."""
        self._urls = [url.rstrip("/") for url in urls]
        self._http = httpx.AsyncClient(trust_env=False, timeout=3.0)

    async def list_numbers(self, limit: int = 60) -> list[str]:
        """Return numbers that received something, latest first as each carrier says."""
        answers = await asyncio.gather(*(self._get(url, f"/numbers?limit={limit}") for url in self._urls))
        return list(dict.fromkeys(number for answer in answers for number in answer.get("numbers", [])))[:limit]

    async def list_messages(self, number: str) -> list[Sms]:
        """Return a phone's messages, oldest first."""
        answers = await asyncio.gather(*(self._get(url, f"/inbox/{number}") for url in self._urls))
        found = [
            Sms(f"{no}-{message['id']}", message["src_id"], message["text"], message["received_at"], message["parts"])
            for no, answer in enumerate(answers)
            for message in answer.get("messages", [])
        ]
        return sorted(found, key=lambda sms: sms.received_at)

    async def _get(self, url: str, path: str) -> dict[str, Any]:
        try:
            answer = await self._http.get(url + path)
        except httpx.HTTPError:
            return {}
        body: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
        return body

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
