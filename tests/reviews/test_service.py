from datetime import timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, InvalidInput
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor
from hongyan.rooms.reviews.contracts import DueKind, Review, ReviewFilter, ReviewState, Submission
from hongyan.rooms.reviews.errors import AlreadyDecided, AlreadyUnderReview, ReviewNotFound, UrgedTooSoon
from support.office import OPERATOR, REVIEWER, Office, take_jobs

GOOSE = TenantId("00000000-0000-4000-8000-0000000000f1")
SWAN = TenantId("00000000-0000-4000-8000-0000000000f2")
NOWHERE = "00000000-0000-4000-8000-000000000000"


def submission(
    subject: str = "42", *, tenant_id: TenantId = GOOSE, due: DueKind = DueKind.WORKING_HOURS_2
) -> Submission:
    return Submission("room.thing", subject, tenant_id, f"thing {subject} 100%", {"name": "thing"}, due)


async def submit(uow: Uow, office: Office, subject: str = "42", **more: object) -> Review:
    return await office.reviews.submit(uow, submission(subject, **more), submitted_by="ann")


async def test_an_approval_is_said_to_the_room_in_the_same_transaction(uow: Uow, office: Office) -> None:
    review = await submit(uow, office)
    await office.reviews.approve(uow, REVIEWER, review.review_id, " fine ")

    (job,) = await take_jobs(uow)
    assert job.name == "room.review_decided"
    assert job.args == {
        "review_id": review.review_id,
        "kind": "room.thing",
        "tenant_id": GOOSE,
        "subject_id": "42",
        "decision": "approved",
        "reason": "fine",
    }
    found = await office.reviews.get_review(uow, REVIEWER, review.review_id)
    assert (found.state, found.decided_by, found.reason) == (ReviewState.APPROVED, "reviewer", "fine")


async def test_deciding_twice_the_same_way_changes_nothing_and_another_way_is_refused(uow: Uow, office: Office) -> None:
    review = await submit(uow, office)
    await office.reviews.reject(uow, REVIEWER, review.review_id, "blurred")
    await office.reviews.reject(uow, REVIEWER, review.review_id, "other words")
    with pytest.raises(AlreadyDecided):
        await office.reviews.approve(uow, REVIEWER, review.review_id)

    (job,) = await take_jobs(uow)
    assert (job.args["decision"], job.args["reason"]) == ("rejected", "blurred")
    events = await office.reviews.list_history(uow, REVIEWER, review.review_id)
    assert [(event.action.value, event.actor_name, event.note) for event in events] == [
        ("submitted", "ann", ""),
        ("rejected", "reviewer", "blurred"),
    ]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x00b"])
async def test_a_rejection_needs_a_reason_of_bearable_length(uow: Uow, office: Office, reason: str) -> None:
    review = await submit(uow, office)
    with pytest.raises(InvalidInput) as refused:
        await office.reviews.reject(uow, REVIEWER, review.review_id, reason)
    assert refused.value.field == "reason"


async def test_a_subject_is_under_review_once_until_the_decision(uow: Uow, office: Office) -> None:
    first = await submit(uow, office)
    await submit(uow, office, tenant_id=SWAN)
    with pytest.raises(AlreadyUnderReview):
        await submit(uow, office)
    await office.reviews.reject(uow, REVIEWER, first.review_id, "no")
    assert (await submit(uow, office)).state is ReviewState.PENDING


async def test_a_withdrawn_submission_is_decided_no_more_and_nobody_is_told(uow: Uow, office: Office) -> None:
    review = await submit(uow, office)
    with pytest.raises(ReviewNotFound):
        await office.reviews.withdraw(uow, SWAN, review.review_id, withdrawn_by="eve")
    await office.reviews.withdraw(uow, GOOSE, review.review_id, withdrawn_by="ann")
    await office.reviews.withdraw(uow, GOOSE, review.review_id, withdrawn_by="ann")
    with pytest.raises(AlreadyDecided):
        await office.reviews.approve(uow, REVIEWER, review.review_id)
    with pytest.raises(AlreadyDecided):
        await office.reviews.claim(uow, REVIEWER, review.review_id)
    with pytest.raises(AlreadyDecided):
        await office.reviews.urge(uow, GOOSE, review.review_id, urged_by="ann")
    assert await take_jobs(uow) == []


async def test_urging_waits_for_the_deadline_then_for_four_hours(uow: Uow, office: Office, clock: FrozenClock) -> None:
    review = await submit(uow, office)
    with pytest.raises(UrgedTooSoon):
        await office.reviews.urge(uow, GOOSE, review.review_id, urged_by="ann")
    clock.advance(timedelta(hours=2))
    assert (await office.reviews.urge(uow, GOOSE, review.review_id, urged_by="ann")).urge_count == 1
    clock.advance(timedelta(hours=3))
    with pytest.raises(UrgedTooSoon, match="2026-11-23 08:00"):
        await office.reviews.urge(uow, GOOSE, review.review_id, urged_by="ann")
    clock.advance(timedelta(hours=1))
    urged = await office.reviews.urge(uow, GOOSE, review.review_id, urged_by="ann")
    assert (urged.urge_count, urged.urged_at) == (2, clock.now())
    assert (await office.reviews.get_review(uow, REVIEWER, review.review_id)).urge_count == 2


async def test_the_queue_shows_the_soonest_deadline_first_and_filters(
    uow: Uow, office: Office, clock: FrozenClock
) -> None:
    slow = await submit(uow, office, "slow", due=DueKind.WORKING_DAYS_3)
    quick = await submit(uow, office, "quick")
    other = await submit(uow, office, "other", tenant_id=SWAN)
    await office.reviews.approve(uow, REVIEWER, other.review_id)
    clock.advance(timedelta(hours=5))

    async def ids(wanted: ReviewFilter) -> list[str]:
        page = await office.reviews.list_reviews(uow, REVIEWER, wanted)
        assert page.total == len(page.items)
        return [review.review_id for review in page.items]

    assert await ids(ReviewFilter(state=ReviewState.PENDING)) == [quick.review_id, slow.review_id]
    assert await ids(ReviewFilter(state=ReviewState.PENDING, is_overdue=True)) == [quick.review_id]
    assert await ids(ReviewFilter(tenant_id=SWAN)) == [other.review_id]
    assert await ids(ReviewFilter(kind="room.other")) == []
    assert await ids(ReviewFilter(kind="room.thing", text="SLOW 100%")) == [slow.review_id]
    page = await office.reviews.list_reviews(uow, REVIEWER, ReviewFilter(tenant_id=GOOSE), offset=1, limit=1)
    assert ([review.review_id for review in page.items], page.total) == ([slow.review_id], 2)


async def test_a_reviewer_claims_and_releases(uow: Uow, office: Office) -> None:
    review = await submit(uow, office)
    await office.reviews.claim(uow, REVIEWER, review.review_id)
    assert (await office.reviews.get_review(uow, REVIEWER, review.review_id)).claimed_by == "reviewer"
    await office.reviews.claim(uow, REVIEWER, review.review_id, release=True)
    assert (await office.reviews.get_review(uow, REVIEWER, review.review_id)).claimed_by == ""


async def test_only_reviewers_see_and_decide(uow: Uow, office: Office, actor: Actor) -> None:
    review = await submit(uow, office)
    with pytest.raises(Forbidden):
        await office.reviews.list_reviews(uow, actor, ReviewFilter())
    with pytest.raises(Forbidden):
        await office.reviews.get_review(uow, actor, review.review_id)
    for nobody in (actor, OPERATOR):
        with pytest.raises(Forbidden):
            await office.reviews.approve(uow, nobody, review.review_id)
        with pytest.raises(Forbidden):
            await office.reviews.claim(uow, nobody, review.review_id)
    with pytest.raises(ReviewNotFound):
        await office.reviews.get_review(uow, REVIEWER, NOWHERE)
    with pytest.raises(ReviewNotFound):
        await office.reviews.approve(uow, REVIEWER, NOWHERE)
