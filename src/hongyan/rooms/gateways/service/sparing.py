"""What a carrier sent and the database refuses to hold: found alone, so that everything beside it is stored.

A transaction over many deliveries or spans that fails with such an error would fail for ever. Troubles of the
database itself (it is away, a lease is lost) are none of this: they pass, and the whole is tried again.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from hongyan.kernel.db.database import UNSTORABLE
from hongyan.rooms.delivery.contracts import MessageVerdict, SpanResult, Verdict

T = TypeVar("T")

REASON: Final = "unstorable"
"""Why a message is unknown whose answer could not be stored."""


async def take_spared(
    items: Sequence[T],
    take: Callable[[Sequence[T]], Awaitable[None]],
    give_up: Callable[[T, Exception], Awaitable[None]],
) -> None:
    """Take items together; where that fails for their values, halves of them, down to the one to give up.

    ``take`` must be repeatable. Raises what it raises of other kinds.
    """
    try:
        await take(items)
    except UNSTORABLE as error:
        if len(items) == 1:
            await give_up(items[0], error)
            return
        middle = len(items) // 2
        await take_spared(items[:middle], take, give_up)
        await take_spared(items[middle:], take, give_up)


def alone(result: SpanResult, message_id: int) -> SpanResult:
    """Return what a span's result says about one message."""
    return SpanResult(
        result.span,
        [answer for answer in result.answers if answer.message_id == message_id],
        [verdict for verdict in result.verdicts if verdict.message_id == message_id],
        result.at,
    )


def without_answers(result: SpanResult, message_ids: set[int]) -> SpanResult:
    """Return the result with these messages unknown: what the carrier said of them cannot be kept."""
    return SpanResult(
        result.span,
        [answer for answer in result.answers if answer.message_id not in message_ids],
        [_unknown(verdict) if verdict.message_id in message_ids else verdict for verdict in result.verdicts],
        result.at,
    )


def _unknown(verdict: MessageVerdict) -> MessageVerdict:
    return MessageVerdict(verdict.message_id, Verdict.UNKNOWN, REASON, verdict.phone, verdict.parts)
