"""What the console sends and reads about resolve tasks and links."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final, Self

from pydantic import BaseModel, Field

from hongyan.kernel.errors import HongyanError
from hongyan.kernel.http.vendor import UUID_PATTERN
from hongyan.kernel.phones import mask_phone, normalise_phone
from hongyan.rooms.campaigns.contracts import Link, LinkSums, NewLink, ResolvedStatus, ResolveTask
from hongyan.rooms.campaigns.service.link_files import MAX_FILE_ROWS
from hongyan.rooms.campaigns.service.resolve import ResolveWish
from hongyan.rooms.short_links.contracts import DomainKind, LinkKind

MAX_CONSOLE_ROWS: Final = 2_000
"""Links that are typed into one form; more come in a file."""
Plain: Final = r"^[^\x00]*$"
"""PostgreSQL has no U+0000; other limits are the service's."""


class WantedLink(BaseModel):
    """A link that is wanted: for whom, with which values of the card, where a tap on the plain link goes."""

    cust_flag: str = Field(min_length=1, max_length=64, pattern=Plain)
    params: dict[str, Annotated[str, Field(max_length=2000, pattern=Plain)]] = Field(default={}, max_length=100)
    custom_url: str = Field(default="", max_length=2048, pattern=Plain)
    short_code: str = Field(default="", max_length=10, pattern=Plain)


class WantedResolveTask(BaseModel):
    """The form. ``domain`` empty: the preset public one; a domain with chosen codes needs one in every row."""

    name: str = Field(max_length=100, pattern=Plain)
    card_template_id: str = Field(max_length=36, pattern=Plain)
    kind: LinkKind
    domain: str = Field(default="", max_length=100, pattern=Plain)
    has_own_codes: bool = False
    signatures: list[Annotated[str, Field(max_length=100, pattern=Plain)]] = Field(max_length=5)
    days: int = Field(ge=1, le=180)
    resolving_times: int = Field(default=1, ge=1, le=10_000_000)
    rows: list[WantedLink] = Field(default=[], max_length=MAX_CONSOLE_ROWS)
    number_file_id: str | None = Field(default=None, pattern=UUID_PATTERN)
    """In the place of rows: a file that was uploaded, with a row for each number."""
    custom_url: str = Field(default="", max_length=2048, pattern=Plain)
    """Where taps lead for the rows of the file that name nothing."""

    def wish(self, of_file: tuple[Sequence[NewLink], Mapping[int, HongyanError]] | None = None) -> ResolveWish:
        """Return the form in the service's terms; rows of a file come with what speaks against some of them."""
        if of_file is not None:
            rows, refused = of_file
            return replace(self.wish(), rows=rows, refused=refused, max_rows=MAX_FILE_ROWS)
        return ResolveWish(
            card_template_id=self.card_template_id,
            signs=tuple(self.signatures),
            resolving_times=self.resolving_times,
            kind=self.kind,
            domain_kind=DomainKind.CUSTOM if self.has_own_codes else DomainKind.STANDARD,
            domain=self.domain or None,
            days=self.days,
            rows=[
                NewLink(row.cust_flag.strip(), row.params, row.custom_url.strip() or None, row.short_code or None)
                for row in self.rows
            ],
            name=self.name,
            max_rows=MAX_CONSOLE_ROWS,
        )


class ResolveTaskView(BaseModel):
    """A resolve task: what was asked for, what was made, how many phones drew a card."""

    task_id: str
    name: str
    card_template_id: str
    card_template_name: str
    kind: LinkKind
    domain: str
    signatures: list[str]
    days: int
    resolving_times: int
    resolved: int
    wanted: int
    made: int
    first_url: str | None
    """The link, where there is one; of a group the only one."""
    created_by: str
    created_at: datetime
    expires_at: datetime | None

    @classmethod
    def of(cls, first: Link, task: ResolveTask, sums: LinkSums) -> Self:
        """Return a task by its first link."""
        common = first.task
        return cls(
            task_id=task.task_id,
            name=common.name,
            card_template_id=common.card_template_id,
            card_template_name=common.card_template_name,
            kind=task.kind,
            domain=task.domain,
            signatures=list(common.signatures),
            days=task.validity_days,
            resolving_times=task.resolving_times,
            resolved=task.resolved,
            wanted=sums.wanted,
            made=sums.made,
            first_url=first.aim_url,
            created_by=common.created_by,
            created_at=common.created_at,
            expires_at=common.created_at + timedelta(days=task.validity_days),
        )


class ResolveTaskList(BaseModel):
    """A page of resolve tasks."""

    items: list[ResolveTaskView]
    total: int


class LinkDetailView(BaseModel):
    """A link and what became of it; a phone number as its mark is masked."""

    link_id: str
    task_id: str
    task_name: str
    is_send: bool
    card_template_id: str
    card_template_name: str
    cust_flag: str
    aim_url: str | None
    status: ResolvedStatus
    result_code: str
    error: str
    created_at: datetime
    expires_at: datetime | None
    resolved_at: datetime | None
    resolved_times: int

    @classmethod
    def of(cls, link: Link) -> Self:
        """Return a row."""
        return cls(
            link_id=f"{link.task.task_id}/{link.link_id}",
            task_id=link.task.task_id,
            task_name=link.task.name,
            is_send=link.task.is_send,
            card_template_id=link.task.card_template_id,
            card_template_name=link.task.card_template_name,
            cust_flag=_masked(link.row.cust_flag),
            aim_url=link.aim_url,
            status=link.status,
            result_code=link.result_code,
            error="" if link.code is not None else link.error_message,
            created_at=link.task.created_at,
            expires_at=link.expires_at,
            resolved_at=link.resolved_at,
            resolved_times=link.resolved_times,
        )


class LinkDetailList(BaseModel):
    """A page of links; the total ends at 10,001."""

    items: list[LinkDetailView]
    total: int


def _masked(cust_flag: str) -> str:
    phone = normalise_phone(cust_flag)
    return cust_flag if phone is None else mask_phone(phone)
