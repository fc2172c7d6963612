"""Addresses, posts, attempts and notices as our own doors show them: JSON values, times in UTC."""

from datetime import datetime
from typing import Literal, cast

from typing_extensions import TypedDict

from hongyan.rooms.callbacks.contracts import Attempt, Notice, Post
from hongyan.rooms.callbacks.service.desk import Listed

StateName = Literal["waiting", "delivered", "dead"]


class CountsDocument(TypedDict):
    """Posts of an address by state."""

    waiting: int
    delivered: int
    dead: int


class AddressDocument(TypedDict):
    """An address and how it is doing."""

    id: str
    kind: str
    subject: str
    callback_url: str
    remark: str
    state: str
    is_signed: bool
    failures: int
    failing_since: str | None
    disables_at: str | None
    paused_until: str | None
    last_success_at: str | None
    last_attempt_at: str | None
    notice_at: str | None
    disabled_at: str | None
    created_at: str
    updated_at: str
    posts: CountsDocument


class AddressList(TypedDict):
    """All addresses of a tenant."""

    items: list[AddressDocument]


class PostDocument(TypedDict):
    """One post, without its body."""

    post_id: int
    request_id: str
    document: str
    receipts: int
    task_ids: list[str]
    state: StateName
    attempts: int
    next_at: str | None
    created_at: str
    done_at: str | None
    last_status: int | None
    last_error: str | None


class PostList(TypedDict):
    """A page of posts."""

    items: list[PostDocument]
    total: int


class AttemptDocument(TypedDict):
    """One line of the delivery log."""

    at: str
    request_id: str
    document: str
    receipts: int
    attempt_no: int
    duration_ms: int
    status: int | None
    error: str | None
    answer: str


class AttemptList(TypedDict):
    """The last tries."""

    items: list[AttemptDocument]


class NoticeDocument(TypedDict):
    """Something the owner should know."""

    id: str
    kind: str
    callback_url: str
    failing_since: str
    disables_at: str
    at: str


class NoticeList(TypedDict):
    """The newest notices."""

    items: list[NoticeDocument]


class SecretDocument(TypedDict):
    """A signing secret at the only moment it is shown."""

    secret: str


class Removed(TypedDict):
    """What was removed, or is no longer signed."""

    id: str


class Replayed(TypedDict):
    """How many posts are due again."""

    count: int


def describe(listed: Listed) -> AddressDocument:
    """Return an address."""
    address, counts = listed.address, listed.counts
    return {
        "id": address.address_id,
        "kind": address.kind.value,
        "subject": address.subject,
        "callback_url": address.url,
        "remark": address.remark,
        "state": address.state.value,
        "is_signed": address.is_signed,
        "failures": address.failures,
        "failing_since": _iso(address.failing_since),
        "disables_at": _iso(address.disables_at),
        "paused_until": _iso(address.paused_until),
        "last_success_at": _iso(address.last_success_at),
        "last_attempt_at": _iso(address.last_attempt_at),
        "notice_at": _iso(address.notice_at),
        "disabled_at": _iso(address.disabled_at),
        "created_at": _utc(address.created_at),
        "updated_at": _utc(address.updated_at),
        "posts": {"waiting": counts.waiting, "delivered": counts.delivered, "dead": counts.dead},
    }


def describe_post(post: Post) -> PostDocument:
    """Return a post; ``next_at`` only while it waits."""
    return {
        "post_id": post.post_id,
        "request_id": post.request_id,
        "document": post.document.value,
        "receipts": post.receipts,
        "task_ids": [*post.task_ids],
        "state": cast("StateName", post.state.name.lower()),
        "attempts": post.attempts,
        "next_at": _utc(post.next_at) if post.done_at is None else None,
        "created_at": _utc(post.created_at),
        "done_at": _iso(post.done_at),
        "last_status": post.last_status,
        "last_error": post.last_error,
    }


def describe_attempt(attempt: Attempt) -> AttemptDocument:
    """Return a line of the log."""
    return {
        "at": _utc(attempt.at),
        "request_id": attempt.request_id,
        "document": attempt.document,
        "receipts": attempt.receipts,
        "attempt_no": attempt.attempt_no,
        "duration_ms": attempt.duration_ms,
        "status": attempt.status,
        "error": attempt.error,
        "answer": attempt.answer,
    }


def describe_notice(notice: Notice) -> NoticeDocument:
    """Return a notice."""
    return {
        "id": notice.address_id,
        "kind": notice.kind.value,
        "callback_url": notice.url,
        "failing_since": _utc(notice.failing_since),
        "disables_at": _utc(notice.disables_at),
        "at": _utc(notice.at),
    }


def _utc(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _iso(at: datetime | None) -> str | None:
    return None if at is None else _utc(at)
