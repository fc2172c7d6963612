"""A small HTTP server for the virtual handset: inboxes, news, uplinks. For demonstrations and tests only.

    GET  /inbox/{number}      {"number", "messages": [{"id", "src_id", "text", "received_at", "parts"}]}, oldest first
    GET  /numbers?limit=N     {"numbers": [...]}, latest first
    GET  /events/{number}     server-sent events, one per new message
    POST /mo                  {"from", "to", "text"}: an uplink; 202, or 409 when nobody is connected
    GET  /stats               counters of each carrier
    GET  /healthz             {"status": "ok"}

Any origin may ask: the handset's page is served elsewhere.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from simulators.carriers.inbox import Inbox

_MAX_HEAD: Final = 16_384
_MAX_BODY: Final = 65_536
_READ_TIMEOUT_S: Final = 15.0
_KEEP_AWAKE_S: Final = 15.0
_REASONS: Final = {200: "OK", 202: "Accepted", 204: "No Content", 400: "Bad Request", 404: "Not Found", 409: "Conflict"}
_CORS: Final = (
    "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET, POST, OPTIONS\r\n"
    "Access-Control-Allow-Headers: *\r\nCache-Control: no-store\r\n"
)

SendMo = Callable[[str, str, str], bool]
ReadStats = Callable[[], list[dict[str, Any]]]


class InboxServer:
    """Serves one inbox; `send_mo(sender, access number, text)` says whether a carrier took the uplink."""

    def __init__(self, inbox: Inbox, send_mo: SendMo, read_stats: ReadStats) -> None:
        """Keep what the answers come from."""
        self._inbox: Final = inbox
        self._send_mo: Final = send_mo
        self._read_stats: Final = read_stats
        self._server: asyncio.Server | None = None
        self._visits: Final[set[asyncio.Task[None]]] = set()

    @property
    def port(self) -> int:
        """The port that is listened on, 0 when closed."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server is not None else 0

    async def listen(self, host: str, port: int) -> None:
        """Start listening.

        Raises:
            OSError: the address cannot be had.
        """
        self._server = await asyncio.start_server(self._visit, host, port, limit=_MAX_HEAD)

    async def close(self) -> None:
        """Stop, and end the streams."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for visit in list(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._visits.add(task)
            task.add_done_callback(self._visits.discard)
        try:
            async with asyncio.timeout(_READ_TIMEOUT_S):
                method, target, body = await _read_request(reader)
            path = unquote(urlsplit(target).path)
            if method == "GET" and path.startswith("/events/"):
                await self._stream(writer, path.removeprefix("/events/"))
            else:
                status, answer = self._answer(method, path, parse_qs(urlsplit(target).query), body)
                await _write(writer, status, answer)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a visitor that left or dawdled: nothing to tell it
        except ValueError as error:
            await _write(writer, 400, {"error": str(error)})
        finally:
            writer.close()

    def _answer(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> tuple[int, dict[str, Any]]:
        if method == "OPTIONS":
            return 204, {}
        if method == "GET" and path.startswith("/inbox/"):
            number = path.removeprefix("/inbox/")
            messages = [message._asdict() for message in self._inbox.list_messages(number)]
            return 200, {"number": number, "messages": messages}
        if method == "GET" and path == "/numbers":
            limit = int(query.get("limit", ["20"])[0])
            return 200, {"numbers": self._inbox.list_numbers(max(0, min(limit, 1000)))}
        if method == "GET" and path == "/stats":
            return 200, {"carriers": self._read_stats()}
        if method == "GET" and path == "/healthz":
            return 200, {"status": "ok"}
        if method == "POST" and path == "/mo":
            uplink = json.loads(body)
            if not isinstance(uplink, dict) or not all(
                isinstance(uplink.get(key), str) for key in ("from", "to", "text")
            ):
                raise ValueError("from, to and text are needed, as strings")
            is_taken = self._send_mo(uplink["from"], uplink["to"], uplink["text"])
            return (202, {"status": "taken"}) if is_taken else (409, {"error": "no connection of the account is open"})
        return 404, {"error": f"{method} {path} is not served here"}

    async def _stream(self, writer: asyncio.StreamWriter, number: str) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{_CORS}Connection: close\r\n\r\n".encode())
        with self._inbox.listen(number) as news:
            await writer.drain()
            while True:
                try:
                    async with asyncio.timeout(_KEEP_AWAKE_S):
                        message = await news.get()
                except TimeoutError:
                    writer.write(b": awake\n\n")
                else:
                    data = json.dumps(message._asdict(), ensure_ascii=False)
                    writer.write(f"id: {message.id}\ndata: {data}\n\n".encode())
                await writer.drain()


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, str, bytes]:
    """Return (method, target, body).

    Raises:
        ValueError: this is no HTTP request, or its body is too long.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    words = head[0].split(" ")
    if len(words) != 3:
        raise ValueError("no request line")
    length = 0
    for line in head[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            length = int(value)
    if not 0 <= length <= _MAX_BODY:
        raise ValueError(f"a body of {length} octets; {_MAX_BODY} are allowed")
    return words[0], words[1], await reader.readexactly(length)


async def _write(writer: asyncio.StreamWriter, status: int, answer: dict[str, Any]) -> None:
    body = json.dumps(answer, ensure_ascii=False).encode() if status != 204 else b""
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: application/json; charset=utf-8\r\n{_CORS}"
    writer.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
    await writer.drain()
