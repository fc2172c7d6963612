"""Pure rules of send tasks: the state machine as a table, names, schedules, the sending window of promotion."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hongyan.kernel.clock import DEFAULT_ZONE
from hongyan.kernel.phones import is_mainland, normalise_phone
from hongyan.rooms.campaigns.contracts import MAX_TASK_NAME, Fallback, TaskState
from hongyan.rooms.campaigns.errors import (
    ScheduleInPast,
    SignNotOnCard,
    TaskNameInvalid,
    TaskStateConflict,
    ValidityInvalid,
)

PROMOTION_FROM = time(8, 0)
PROMOTION_UNTIL = time(22, 0)
"""推广类 goes out between these times of the tenant's zone. Source: product.md of the requirements §4."""
ANSWER_REST = timedelta(hours=24)
"""A number has one auto-answer of a signature in this time: two machines cannot answer each other for ever."""
ANSWER_WITHIN = timedelta(hours=12)
"""An older text is not answered any more. Far shorter than the rest: a job that comes again after the rest is over
finds its text too old, so that no text is answered twice."""
_MAX_AHEAD = timedelta(days=90)
_GRACE = timedelta(minutes=1)
MAX_VALIDITY_DAYS = 7

_S = TaskState
NEXT: dict[TaskState, frozenset[TaskState]] = {
    _S.DRAFT: frozenset({_S.PARSING, _S.RUNNING, _S.CANCELLED}),
    _S.PARSING: frozenset({_S.READY, _S.REFUSED, _S.CANCELLED}),
    _S.READY: frozenset({_S.SCHEDULED, _S.HELD, _S.RUNNING, _S.REFUSED, _S.CANCELLED}),
    _S.SCHEDULED: frozenset({_S.HELD, _S.RUNNING, _S.REFUSED, _S.CANCELLED}),
    _S.HELD: frozenset({_S.RUNNING, _S.PAUSED, _S.FINISHING, _S.REFUSED, _S.CANCELLED}),
    _S.RUNNING: frozenset({_S.HELD, _S.PAUSED, _S.FINISHING, _S.FINISHED, _S.REFUSED, _S.CANCELLED}),
    _S.PAUSED: frozenset({_S.SCHEDULED, _S.RUNNING, _S.HELD, _S.FINISHING, _S.FINISHED, _S.CANCELLED}),
    _S.FINISHING: frozenset({_S.FINISHED, _S.CANCELLED}),
    _S.FINISHED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.REFUSED: frozenset(),
}
"""From which state a task may go where; nothing goes back."""


def may_answer(phone: str, received_at: datetime, now: datetime) -> bool:
    """Tell whether a text from a canonical number may be answered by itself: young, and from a mobile phone.

    Service numbers (10086, 95588, 1069…) are machines. Mainland mobiles only: of a foreign number nobody can tell here
    whether it is a phone.
    """
    return now - received_at <= ANSWER_WITHIN and is_mainland(phone) and normalise_phone("+" + phone) == phone


def is_final(state: TaskState) -> bool:
    """Tell whether a task is over."""
    return not NEXT[state]


def check_transition(state: TaskState, target: TaskState, action: str) -> None:
    """Refuse an action that the state does not allow.

    Raises:
        TaskStateConflict: with the state and the action.
    """
    if target not in NEXT[state]:
        raise TaskStateConflict("state", state=state.value, action=action)


def check_name(name: str, field: str = "task_name") -> str:
    """Return the trimmed name: 1–30 characters.

    Raises:
        TaskNameInvalid: it is empty or longer.
    """
    trimmed = name.strip()
    if not trimmed:
        raise TaskNameInvalid(field, reason="must not be blank", reason_zh="任务名称不能为空")
    if len(trimmed) > MAX_TASK_NAME:
        raise TaskNameInvalid(
            field,
            reason=f"has {len(trimmed)} characters, at most {MAX_TASK_NAME} are allowed",
            reason_zh=f"共 {len(trimmed)} 个字符，最多 {MAX_TASK_NAME} 个",
        )
    if any(ord(ch) < ord(" ") for ch in trimmed):
        raise TaskNameInvalid(field, reason="has control characters", reason_zh="含有控制字符")
    return trimmed


def check_schedule(send_at: datetime | None, now: datetime, field: str = "send_at") -> datetime | None:
    """Return the time to send at; up to a minute ago counts as now.

    Raises:
        ScheduleInPast: it is over, or more than 90 days ahead.
    """
    if send_at is None:
        return None
    if send_at < now - _GRACE:
        raise ScheduleInPast(field, reason=f"{send_at.isoformat()} is in the past", reason_zh="定时发送时间已过")
    if send_at > now + _MAX_AHEAD:
        raise ScheduleInPast(field, reason="is more than 90 days ahead", reason_zh="定时发送时间不能超过 90 天")
    return send_at if send_at > now else None


def check_validity(days: int, field: str = "validity_days", most: int = MAX_VALIDITY_DAYS) -> int:
    """Return the days a link lives: 1–7 for a personal one.

    Raises:
        ValidityInvalid: otherwise.
    """
    if not 1 <= days <= most:
        raise ValidityInvalid(
            field, reason=f"is {days}, must be 1 to {most} days", reason_zh=f"为 {days}，有效期须为 1–{most} 天"
        )
    return days


def check_card_signs(card_signs: Collection[str], signs: Collection[str], field: str) -> None:
    """Let one match suffice where a card template names SMS signatures; where it names none, any will do.

    Raises:
        SignNotOnCard: the template names signatures, and none of ``signs`` is one.
    """
    known = [sign.strip() for sign in card_signs]
    if known and not set(known) & set(signs):
        wanted = ", ".join(known)
        raise SignNotOnCard(
            field,
            reason=f"the card template goes with messages signed {wanted} only",
            reason_zh=f"卡片模板只能用于以下签名的短信：{wanted}",
        )


def default_name(now: datetime) -> str:
    """Return the name of a task that was given none: ``Task_20261123081500123``, in Chinese time."""
    local = now.astimezone(DEFAULT_ZONE)
    return f"Task_{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"


def held_until(now: datetime, *, is_promotion: bool, zone: ZoneInfo = DEFAULT_ZONE) -> datetime | None:
    """Return when a message may go that may not go now (推广类 outside 08:00–22:00), or ``None`` when it may."""
    if not is_promotion:
        return None
    local = now.astimezone(zone)
    if PROMOTION_FROM <= local.time() < PROMOTION_UNTIL:
        return None
    day = local.date() if local.time() < PROMOTION_FROM else local.date() + timedelta(days=1)
    return datetime.combine(day, PROMOTION_FROM, zone).astimezone(now.tzinfo)


def submitted_count(capable: int, incapable: int, fallback: Fallback) -> int:
    """Return how many numbers get a message at all."""
    return capable + (0 if fallback is Fallback.NONE else incapable)


class PartsTally:
    """How many parts a send would take, by kind of text and carrier.

    Kinds: ``capable`` (with link), ``incapable`` (the same text, for those who cannot show the card), ``plain`` (theirs
    without link). Beside them ``longest``: the characters of the longest text of
    each kind.
    """

    def __init__(self, known: Mapping[str, Mapping[str, int]]) -> None:
        """Go on from what was counted before."""
        self._sums = {kind: Counter(sums) for kind, sums in known.items()}

    def add(self, kind: str, carrier: str, text: str, parts: int) -> None:
        """Count one message."""
        self._sums.setdefault(kind, Counter())[carrier] += parts
        longest = self._sums.setdefault("longest", Counter())
        longest[kind] = max(longest[kind], len(text))

    def sums(self) -> dict[str, dict[str, int]]:
        """Return what was counted."""
        return {kind: dict(sums) for kind, sums in self._sums.items()}
