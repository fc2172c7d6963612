"""Brings a centre's requests (reports, texts from phones) to the provider's listener, and again until it takes them."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

from telcowire.asyncio.mm7 import Mm7Client
from telcowire.errors import RemoteProtocolError
from telcowire.mm7.http import write_post
from telcowire.mm7.pdus import Status
from telcowire.mm7.soap import Message, decode_message, encode_message
from telcowire.mm7.statuses import is_success

_SENDERS: Final = 16
_FIRST_WAIT_S: Final = 0.2
_LONGEST_WAIT_S: Final = 5.0
_TRIES: Final = 60
_TIMEOUT_S: Final = 15.0


class Courier:
    """One provider's listener; at most 16 requests at a time. `close` forgets what waits."""

    def __init__(self, url: str) -> None:
        """Bring to `http://host:port/path`."""
        parts = urlsplit(url)
        self._host: Final = f"{parts.hostname}:{parts.port or 80}"
        self._path: Final = parts.path or "/"
        self._client: Final = Mm7Client(parts.hostname or "127.0.0.1", parts.port or 80)
        self._free: Final = asyncio.Semaphore(_SENDERS)
        self._tasks: Final[set[asyncio.Task[None]]] = set()
        self.answered = 0
        self.repeated = 0
        self.given_up = 0

    @property
    def waiting(self) -> int:
        """How many requests are not answered yet."""
        return len(self._tasks)

    def bring(self, message: Message) -> None:
        """Bring a request, until it is answered with success or 60 tries are over."""
        task = asyncio.get_running_loop().create_task(self._bring(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Forget everything."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._client.close()

    async def _bring(self, message: Message) -> None:
        request = write_post(self._host, self._path, *encode_message(message))
        wait_s = _FIRST_WAIT_S
        for tries in range(_TRIES):
            self.repeated += min(tries, 1)
            async with self._free:
                answer = await self._ask(request)
            if answer is not None and is_success(answer.code):
                self.answered += 1
                return
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
        self.given_up += 1

    async def _ask(self, request: bytes) -> Status | None:
        """Return the status of the answer; `None` when there was none."""
        try:
            connection = await self._client.connect()
        except OSError:
            return None
        try:
            answer = await connection.exchange(request, _TIMEOUT_S)
            pdu = decode_message(answer.content_type, answer.body).pdu
        except (OSError, RemoteProtocolError):
            connection.close()
            return None
        self._client.release(connection)
        return getattr(pdu, "status", None)
