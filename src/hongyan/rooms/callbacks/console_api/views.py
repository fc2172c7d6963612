"""What the console sends and reads about callback addresses and posts."""

from datetime import datetime
from typing import Annotated, Literal, Self, cast
from uuid import UUID

from pydantic import BaseModel, Field

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import TaskId
from hongyan.rooms.callbacks.contracts import (
    Address,
    AddressKind,
    AddressState,
    Attempt,
    Notice,
    Post,
    PostFilter,
    PostId,
    PostState,
)
from hongyan.rooms.callbacks.service.desk import MAX_REMARK, Listed

NoticeName = Literal["will_be_disabled", "disabled"]
PostStateName = Literal["waiting", "delivered", "dead"]
TenantKind = Literal["aim.single", "aim.template", "aim.batch", "video.status", "video.reply"]
"""Kinds whose address the tenant sets here; apps and video templates hold theirs themselves."""
_MAX_ID = 2**63 - 1


class CallbackBody(BaseModel):
    """What is filled in for an address."""

    callback_url: Annotated[str, Field(max_length=5_000, pattern=r"^[^\x00]*$")] = ""
    remark: Annotated[str, Field(max_length=MAX_REMARK, pattern=r"^[^\x00]*$")] = ""


class CallbackCounts(BaseModel):
    """Posts of an address by state."""

    waiting: int
    delivered: int
    dead: int


class CallbackView(BaseModel):
    """An address and how it is doing."""

    id: str
    kind: AddressKind
    subject: str
    callback_url: str
    remark: str
    state: AddressState
    is_signed: bool
    failures: int
    failing_since: datetime | None
    disables_at: datetime | None
    paused_until: datetime | None
    last_success_at: datetime | None
    last_attempt_at: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    updated_at: datetime
    posts: CallbackCounts

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """Return an address with the numbers of its posts."""
        address, counts = listed.address, listed.counts
        return cls(
            id=address.address_id,
            kind=address.kind,
            subject=address.subject,
            callback_url=address.url,
            remark=address.remark,
            state=address.state,
            is_signed=address.is_signed,
            failures=address.failures,
            failing_since=address.failing_since,
            disables_at=address.disables_at,
            paused_until=address.paused_until,
            last_success_at=address.last_success_at,
            last_attempt_at=address.last_attempt_at,
            disabled_at=address.disabled_at,
            created_at=address.created_at,
            updated_at=address.updated_at,
            posts=CallbackCounts(waiting=counts.waiting, delivered=counts.delivered, dead=counts.dead),
        )


class CallbackNoticeView(BaseModel):
    """Something that the owner should know."""

    id: str
    kind: NoticeName
    callback_url: str
    failing_since: datetime
    disables_at: datetime
    at: datetime

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """Return a notice."""
        return cls(
            id=notice.address_id,
            kind=notice.kind.value,
            callback_url=notice.url,
            failing_since=notice.failing_since,
            disables_at=notice.disables_at,
            at=notice.at,
        )


class CallbackList(BaseModel):
    """All addresses of a tenant, and the newest notices about them."""

    items: list[CallbackView]
    notices: list[CallbackNoticeView]


class CallbackSecret(BaseModel):
    """A signing secret at the only moment it is shown."""

    secret: str


class CallbackAttempt(BaseModel):
    """One try; ``attempt_no`` is 0 for the test button."""

    at: datetime
    request_id: str
    document: str
    receipts: int
    attempt_no: int
    duration_ms: int
    status: int | None
    error: str | None
    answer: str

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """Return a line of the log."""
        return cls(**{name: getattr(attempt, name) for name in cls.model_fields})


class CallbackAttempts(BaseModel):
    """A page of tries, newest first; ``total`` ends at 10,001."""

    items: list[CallbackAttempt]
    total: int


class CallbackPost(BaseModel):
    """One post, without its body; ``next_at`` only while it waits."""

    post_id: int
    request_id: str
    document: str
    receipts: int
    task_ids: list[str]
    state: PostStateName
    attempts: int
    next_at: datetime | None
    created_at: datetime
    done_at: datetime | None
    last_status: int | None
    last_error: str | None

    @classmethod
    def of(cls, post: Post) -> Self:
        """Return a post."""
        return cls(
            post_id=post.post_id,
            request_id=post.request_id,
            document=post.document.value,
            receipts=post.receipts,
            task_ids=[*post.task_ids],
            state=cast("PostStateName", post.state.name.lower()),
            attempts=post.attempts,
            next_at=post.next_at if post.state is PostState.WAITING else None,
            created_at=post.created_at,
            done_at=post.done_at,
            last_status=post.last_status,
            last_error=post.last_error,
        )


class CallbackPosts(BaseModel):
    """A page of posts; ``total`` ends at 10,001."""

    items: list[CallbackPost]
    total: int


class MessagePost(BaseModel):
    """The post with a message's receipt; without an address, which was removed, it leads nowhere."""

    post: CallbackPost
    address_id: str | None
    callback_url: str

    @classmethod
    def of(cls, post: Post, address: Address | None) -> Self:
        """Return a post with where it goes."""
        return cls(
            post=CallbackPost.of(post),
            address_id=None if address is None else address.address_id,
            callback_url="" if address is None else address.url,
        )


class MessagePosts(BaseModel):
    """The posts with one message's receipt."""

    items: list[MessagePost]


class CallbackReplay(BaseModel):
    """Which ended posts are sent again: everything that is set must hold, at least one thing must be."""

    post_ids: Annotated[list[Annotated[int, Field(ge=1, le=_MAX_ID)]], Field(max_length=1000)] = []
    state: Literal["delivered", "dead"] | None = None
    task_id: UUID | None = None
    begin: datetime | None = None
    end: datetime | None = None

    def to_filter(self) -> PostFilter:
        """Return the posts that are meant.

        Raises:
            InvalidInput: nothing is set.
        """
        state = None if self.state is None else PostState[self.state.upper()]
        where = PostFilter(
            states=frozenset() if state is None else frozenset({state}),
            begin=self.begin,
            end=self.end,
            task_id=None if self.task_id is None else TaskId(str(self.task_id)),
            post_ids=tuple(PostId(one) for one in self.post_ids),
        )
        if where == PostFilter():
            raise InvalidInput("begin", reason="say which posts: nothing is set", reason_zh="请指定要重推的范围")
        return where


class CallbackReplayed(BaseModel):
    """How many posts are due again."""

    count: int
