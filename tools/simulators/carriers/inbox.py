"""The phones behind the carriers: the last messages per number, in memory. Served over HTTP by `inbox_http`."""

import asyncio
import itertools
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

_MESSAGES_PER_NUMBER: Final = 50
_NUMBERS: Final = 20_000
_LISTENER_BACKLOG: Final = 100
_MOBILE_DIGITS: Final = 11


def phone_of(number: str) -> str:
    """Return the one name of a phone: a mainland mobile number is the same with and without its country code."""
    return "86" + number if len(number) == _MOBILE_DIGITS and number.startswith("1") else number


class InboxMessage(NamedTuple):
    """One SMS as the phone shows it: whole, however many parts it came in; `received_at` is ISO 8601 in UTC."""

    id: int
    src_id: str
    text: str
    received_at: str
    parts: int


class Inbox:
    """The last 50 messages of each of the last 20,000 numbers, and who is watching."""

    def __init__(self) -> None:
        """Start with empty phones."""
        self._ids: Final = itertools.count(1)
        self._numbers: Final[OrderedDict[str, deque[InboxMessage]]] = OrderedDict()
        self._listeners: Final[dict[str, set[asyncio.Queue[InboxMessage]]]] = {}

    def put(self, number: str, src_id: str, text: str, received_at: str, parts: int) -> None:
        """Let a message arrive at a phone."""
        number = phone_of(number)
        message = InboxMessage(next(self._ids), src_id, text, received_at, parts)
        phone = self._numbers.get(number)
        if phone is None:
            phone = self._numbers[number] = deque(maxlen=_MESSAGES_PER_NUMBER)
            if len(self._numbers) > _NUMBERS:
                self._numbers.popitem(last=False)
        else:
            self._numbers.move_to_end(number)
        phone.append(message)
        for queue in self._listeners.get(number, ()):
            if not queue.full():  # a watcher that does not read misses news, nobody waits for it
                queue.put_nowait(message)

    def list_messages(self, number: str) -> list[InboxMessage]:
        """Messages of a number, oldest first."""
        return list(self._numbers.get(phone_of(number), ()))

    def list_numbers(self, limit: int) -> list[str]:
        """Numbers that got something, the latest first."""
        return list(itertools.islice(reversed(self._numbers), limit))

    @contextmanager
    def listen(self, number: str) -> Iterator[asyncio.Queue[InboxMessage]]:
        """Watch a number: its new messages come through the queue."""
        number = phone_of(number)
        queue: asyncio.Queue[InboxMessage] = asyncio.Queue(_LISTENER_BACKLOG)
        watchers = self._listeners.setdefault(number, set())
        watchers.add(queue)
        try:
            yield queue
        finally:
            watchers.discard(queue)
            if not watchers:
                self._listeners.pop(number, None)
