"""The phones over HTTP, for demonstrations and tests.

GET  /inbox/{number}   {"number", "messages": [{"id", "message_id", "src_id", "subject", "received_at", "frames":
                       [{"parts": [{"name", "content_type", "octets", "sha256", "text"}]}]}]}, oldest first
GET  /numbers?limit=N  {"numbers": [...]}, latest first
POST /mo               {"from", "to", "text"}: a reply; 202, or 409 when nobody listens
GET  /stats            counters of each centre
GET  /healthz          {"status": "ok"}
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from simulators.mmsc.centre import MmscSimulator
from simulators.mmsc.phones import Phones, ShownMessage
from telcowire.asyncio.mm7 import Answer, Mm7Server
from telcowire.mm7.http import HttpMessage

_MAX_BODY_OCTETS: Final = 65_536


class InboxServer:
    """Serves the phones of some centres; a reply goes through the centre whose message the phone got last."""

    def __init__(self, phones: Phones, centres: Sequence[MmscSimulator], host: str, port: int) -> None:
        """Listen on nothing yet."""
        self._phones: Final = phones
        self._centres: Final = centres
        self.server: Final = Mm7Server(self._handle, host=host, port=port, max_body_octets=_MAX_BODY_OCTETS)

    async def _handle(self, request: HttpMessage, _peer: str) -> Answer:
        path = unquote(urlsplit(request.target).path)
        query = parse_qs(urlsplit(request.target).query)
        try:
            status, answer = self._answer(request, path, query)
        except ValueError as error:
            status, answer = 400, {"error": str(error)}
        return Answer(status, "application/json", json.dumps(answer, ensure_ascii=False).encode())

    def _answer(self, request: HttpMessage, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        places: dict[str, Callable[[], dict[str, Any]]] = {
            "/numbers": lambda: {"numbers": self._phones.list_numbers(max(0, int(query.get("limit", ["20"])[0])))},
            "/stats": lambda: {"centres": [centre.read_stats() for centre in self._centres]},
            "/healthz": lambda: {"status": "ok"},
        }
        if request.method == "GET" and path.startswith("/inbox/"):
            number = path.removeprefix("/inbox/")
            return 200, {"number": number, "messages": [_as_json(m) for m in self._phones.list_messages(number)]}
        if request.method == "GET" and path in places:
            return 200, places[path]()
        if request.method == "POST" and path == "/mo":
            uplink = json.loads(request.body)
            if not isinstance(uplink, dict) or not all(isinstance(uplink.get(k), str) for k in ("from", "to", "text")):
                raise ValueError("from, to and text are needed, as strings")
            is_taken = self._centre_of(uplink["from"]).send_mo(uplink["from"], uplink["to"], uplink["text"])
            return (202, {"status": "taken"}) if is_taken else (409, {"error": "nobody listens for this centre"})
        return 404, {"error": f"{request.method} {path} is not served here"}

    def _centre_of(self, number: str) -> MmscSimulator:
        messages = self._phones.list_messages(number)
        carrier = messages[-1].message_id.partition(".")[0] if messages else ""
        return next((centre for centre in self._centres if centre.carrier == carrier), self._centres[0])


def _as_json(message: ShownMessage) -> dict[str, Any]:
    frames = [{"parts": [part._asdict() for part in frame]} for frame in message.frames]
    return {**message._asdict(), "frames": frames}
