"""The way to the first message: which steps of quickstart §1 to §3 a tenant has done, and which is next. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hongyan.rooms.enterprises.contracts import Filing, FilingState, Scene
from hongyan.rooms.identity.contracts import Service
from hongyan.rooms.reviews.contracts import Review, ReviewState
from hongyan.rooms.service_accounts.service.standing import AccountsStanding
from hongyan.rooms.sms.contracts import SignatureStatus, TemplateStatus
from hongyan.rooms.sms.service.standing import SmsStanding


class StepState(StrEnum):
    """Where a step stands."""

    DONE = "done"
    WAITING = "waiting"
    """Handed in; others are at it."""
    REFUSED = "refused"
    """To be mended and handed in again."""
    NEXT = "next"
    LATER = "later"
    """A step before it comes first."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its key is a word that pages know."""

    key: str
    state: StepState
    since: datetime | None = None
    """Waiting: when it was handed in."""
    due_at: datetime | None = None
    """Waiting: when the desk has promised to decide."""


@dataclass(frozen=True, slots=True)
class Guide:
    """One of the three ways: ``smart``, ``service_accounts``, ``basic``."""

    key: Service
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Known:
    """All that guides are made of."""

    services: frozenset[Service]
    filings: Mapping[Scene, Filing]
    sms: SmsStanding
    accounts: AccountsStanding
    has_sent: bool
    has_sent_video: bool
    waiting: Sequence[Review]
    """What waits at the desk."""


def make_guides(known: Known) -> tuple[Guide, ...]:
    """Return the three ways."""
    sms, accounts, waiting = known.sms, known.accounts, known.waiting
    signatures, templates = sms.signatures, sms.templates
    smart = (
        _plain("open", is_done=Service.SMART in known.services),
        _filing(known, Scene.SMART_SEND),
        _plain("app", is_done=sms.apps > 0),
        _reviewed(
            "signature",
            is_done=SignatureStatus.REVIEW_PASSED in signatures,
            is_waiting=bool({SignatureStatus.PENDING_REVIEW, SignatureStatus.PROCESSING} & signatures.keys()),
            is_refused=SignatureStatus.REVIEW_NOT_PASS in signatures,
            reviews=[one for one in waiting if one.kind == "sms.signature"],
        ),
        _reviewed(
            "template",
            is_done=TemplateStatus.ACTIVE in templates,
            is_waiting=TemplateStatus.REVIEWING in templates,
            is_refused=TemplateStatus.REJECTED in templates,
            reviews=[one for one in waiting if one.kind == "sms.template"],
        ),
        _plain("send", is_done=known.has_sent),
    )
    service_accounts = (
        _plain("open", is_done=Service.SERVICE_ACCOUNTS in known.services),
        _filing(known, Scene.SERVICE_ACCOUNT),
        _reviewed(
            "account",
            is_done=accounts.effective > 0,
            is_waiting=accounts.accounts > accounts.rejected,
            is_refused=accounts.rejected > 0,
            reviews=[one for one in waiting if one.kind.startswith("service_accounts.")],
        ),
        _plain("port", is_done=accounts.ports > 0),
        _plain("bind", is_done=accounts.bindings > 0),
    )
    basic = (
        _plain("open", is_done=Service.BASIC in known.services),
        _filing(known, Scene.BASIC),
        _plain("send", is_done=known.has_sent_video),
    )
    return (
        Guide(Service.SMART, _in_order(smart)),
        Guide(Service.SERVICE_ACCOUNTS, _in_order(service_accounts)),
        Guide(Service.BASIC, _in_order(basic)),
    )


def _plain(key: str, *, is_done: bool) -> Step:
    return Step(key, StepState.DONE if is_done else StepState.NEXT)


def _reviewed(key: str, *, is_done: bool, is_waiting: bool, is_refused: bool, reviews: Iterable[Review]) -> Step:
    if is_done:
        return Step(key, StepState.DONE)
    if is_waiting:
        first = min(reviews, key=lambda review: review.due_at, default=None)
        if first is None:
            return Step(key, StepState.WAITING)
        return Step(key, StepState.WAITING, first.submitted_at, first.due_at)
    return Step(key, StepState.REFUSED if is_refused else StepState.NEXT)


def _filing(known: Known, scene: Scene) -> Step:
    filing = known.filings[scene]
    return _reviewed(
        "filing",
        is_done=filing.state is FilingState.APPROVED,
        is_waiting=filing.is_pending,
        is_refused=filing.state is FilingState.REJECTED,
        reviews=[one for one in known.waiting if one.review_id == filing.review_id],
    )


def _in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Let a step be next only when all before it are done."""
    found: list[Step] = []
    for step in steps:
        is_reachable = all(one.state is StepState.DONE for one in found)
        found.append(step if is_reachable or step.state is not StepState.NEXT else Step(step.key, StepState.LATER))
    return tuple(found)


def waiting_of(news: Iterable[Review]) -> list[Review]:
    """Return what waits, of what is new."""
    return [review for review in news if review.state is ReviewState.PENDING]
