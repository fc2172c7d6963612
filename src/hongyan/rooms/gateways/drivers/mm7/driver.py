"""The driver of an MM7 account: its letters and links. Where the centre calls us is next door, in ``inlet``."""

from collections.abc import Callable, Sequence
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.delivery.contracts import SpanMessage
from hongyan.rooms.gateways.contracts import Link, LinkListener, LoadContent
from hongyan.rooms.gateways.drivers.mm7.letters import Letters
from hongyan.rooms.gateways.drivers.mm7.link import Mm7Link
from telcowire.errors import LoginRefusedError
from telcowire.mm7.statuses import BAD_IDENTIFICATION

_AFTER_REFUSAL_S: Final = 15.0
"""How long a refused login is not tried again: every try takes messages out of the queue and back."""


class Mm7Driver:
    """One account's MM7, for one tenure."""

    def __init__(
        self, account: Account, secret: str, *, clock: Clock, load_content: LoadContent, may_send: Callable[[], bool]
    ) -> None:
        """Take contents from ``load_content``; ``may_send`` asks the lease."""
        self._account: Final = account
        self._secret: Final = secret
        self._clock: Final = clock
        self._may_send: Final = may_send
        self._letters: Final = Letters(account, load_content, clock)
        self._wait_until_s = 0.0

    def encode(self, message: SpanMessage) -> Sequence[bytes]:
        """Return the one part of a video message: what names its content."""
        return [message.text.encode()]

    async def open_link(self, listener: LinkListener) -> Link:
        """Look whether the centre can be reached.

        Raises:
            OSError: it cannot.
            LoginRefusedError: it has refused our login a moment ago.
        """
        if self._clock.monotonic() < self._wait_until_s:
            raise LoginRefusedError("the centre refused the login", BAD_IDENTIFICATION)
        link = Mm7Link(
            self._account, self._secret, self._letters, self._clock, listener, self._may_send, self._wait_after_refusal
        )
        await link.open()
        return link

    def _wait_after_refusal(self) -> None:
        self._wait_until_s = self._clock.monotonic() + _AFTER_REFUSAL_S
