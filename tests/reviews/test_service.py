from dataclasses import replace
from datetime import timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, InvalidInput
from hongyan.kernel.ids import TenantId, UserId
from hongyan.rooms.identity.contracts import Actor
from hongyan.rooms.reviews.contracts import (
    DueKind,
    GivenReason,
    KindCount,
    Review,
    ReviewFilter,
    ReviewState,
    Submission,
)
from hongyan.rooms.reviews.errors import (
    AlreadyDecided,
    AlreadyUnderReview,
    OtherKind,
    ReviewNotFound,
    SecondReviewerNeeded,
    UrgedTooSoon,
)
from support.office import OPERATOR, REVIEWER, Office, take_jobs

GOOSE = TenantId("00000000-0000-4000-8000-0000000000f1")
SWAN = TenantId("00000000-0000-4000-8000-0000000000f2")
SECOND = replace(REVIEWER, user_id=UserId("00000000-0000-4000-8000-00000000000c"), user_name="second")
NOWHERE = "00000000-0000-4000-8000-000000000000"


def submission(
    subject: str = "42",
    *,
    tenant_id: TenantId = GOOSE,
    due: DueKind = DueKind.WORKING_HOURS_2,
    kind: str = "room.thing",
    name: str = "thing",
) -> Submission:
    return Submission(kind, subject, tenant_id, f"thing {subject} 100%", {"name": name}, due)


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


async def test_who_comes_second_is_told_who_decided_what_and_why(uow: Uow, office: Office, clock: FrozenClock) -> None:
    review = await submit(uow, office)
    clock.advance(timedelta(minutes=5))
    await office.reviews.reject(uow, REVIEWER, review.review_id, "模糊")
    for decide in (
        office.reviews.approve(uow, SECOND, review.review_id),
        office.reviews.reject(uow, SECOND, review.review_id, "too"),
        office.reviews.claim(uow, SECOND, review.review_id),
    ):
        with pytest.raises(AlreadyDecided) as told:
            await decide
        assert told.value.text("zh-CN") == "该审核单已由 reviewer 于 2026-11-23 10:05 驳回（模糊），不能再次处理。"
        assert told.value.text("en") == "reviewer rejected this at 2026-11-23 10:05 (Beijing time) already: 模糊."
    assert len(await take_jobs(uow)) == 1
    with pytest.raises(AlreadyDecided) as customer:
        await office.reviews.urge(uow, GOOSE, review.review_id, urged_by="ann")
    assert "reviewer" not in customer.value.text("zh-CN")


async def test_reasons_by_code_reach_the_room_in_chinese_and_are_kept_in_both_languages(
    uow: Uow, office: Office
) -> None:
    review = await submit(uow, office, kind="enterprises.filing")
    given = (GivenReason("seal_missing", "material_commitment", "第 2 页"),)
    await office.reviews.reject(uow, REVIEWER, review.review_id, "谢谢", reasons=given)
    found = await office.reviews.get_review(uow, REVIEWER, review.review_id)
    assert found.reason == "智能信息素材承诺函：函件未盖公章（第 2 页）；谢谢"
    assert found.reason_en.startswith("Commitment on smart message material: A letter lacks the company's seal")
    assert (found.reasons, found.is_asked_back) == (given, False)
    (job,) = await take_jobs(uow)
    assert job.args["reason"] == found.reason
    assert (await office.reviews.list_history(uow, REVIEWER, review.review_id))[-1].reasons == given


async def test_a_question_gives_it_back_and_the_customer_hands_in_again_at_once(uow: Uow, office: Office) -> None:
    review = await submit(uow, office)
    with pytest.raises(InvalidInput):
        await office.reviews.reject(uow, REVIEWER, review.review_id, " ", is_asked_back=True)
    await office.reviews.reject(uow, REVIEWER, review.review_id, "哪个品牌？", is_asked_back=True)
    (job,) = await take_jobs(uow)
    assert (job.args["decision"], job.args["reason"]) == ("rejected", "请补充说明：哪个品牌？")
    again = await submit(uow, office)
    before = await office.reviews.find_previous(uow, REVIEWER, again)
    assert before is not None
    assert (before.review_id, before.is_asked_back) == (review.review_id, True)
    assert (await office.reviews.list_history(uow, REVIEWER, review.review_id))[-1].action.value == "asked_back"


async def test_two_different_people_approve_what_needs_two(uow: Uow, office: Office) -> None:
    await office.reviews.set_needs_two(uow, OPERATOR, "sms.signature", needs_two=True)
    review = await submit(uow, office, kind="sms.signature")
    await office.reviews.claim(uow, REVIEWER, review.review_id)
    await office.reviews.approve(uow, REVIEWER, review.review_id, "looks fine", checks=["names_owner"])
    waiting = await office.reviews.get_review(uow, REVIEWER, review.review_id)
    assert (waiting.state, waiting.first_by, waiting.claimed_by) == (ReviewState.PENDING, "reviewer", "")
    assert await take_jobs(uow) == []
    with pytest.raises(SecondReviewerNeeded):
        await office.reviews.approve(uow, REVIEWER, review.review_id)
    await office.reviews.approve(uow, SECOND, review.review_id)
    done = await office.reviews.get_review(uow, REVIEWER, review.review_id)
    assert (done.state, done.first_by, done.decided_by) == (ReviewState.APPROVED, "reviewer", "second")
    assert [job.args["decision"] for job in await take_jobs(uow)] == ["approved"]
    events = await office.reviews.list_history(uow, REVIEWER, review.review_id)
    assert [(e.action.value, e.actor_name, e.checks) for e in events[2:]] == [
        ("first_approved", "reviewer", ("names_owner",)),
        ("approved", "second", ()),
    ]


async def test_either_of_two_may_reject_and_the_setting_counts_when_it_is_approved(uow: Uow, office: Office) -> None:
    await office.reviews.set_needs_two(uow, OPERATOR, "sms.signature", needs_two=True)
    first = await submit(uow, office, kind="sms.signature")
    await office.reviews.approve(uow, REVIEWER, first.review_id)
    await office.reviews.reject(uow, REVIEWER, first.review_id, "on second thoughts")
    other = await submit(uow, office, "43", kind="sms.signature")
    await office.reviews.approve(uow, REVIEWER, other.review_id)
    await office.reviews.set_needs_two(uow, OPERATOR, "sms.signature", needs_two=False)
    await office.reviews.approve(uow, REVIEWER, other.review_id)
    assert [job.args["decision"] for job in await take_jobs(uow)] == ["rejected", "approved"]


async def test_no_reviewer_chooses_whether_two_are_needed(uow: Uow, office: Office) -> None:
    with pytest.raises(Forbidden):
        await office.reviews.set_needs_two(uow, REVIEWER, "sms.signature", needs_two=False)
    with pytest.raises(InvalidInput):
        await office.reviews.set_needs_two(uow, OPERATOR, "room.thing", needs_two=True)


async def test_a_decision_about_a_kind_leaves_others_alone(uow: Uow, office: Office) -> None:
    review = await submit(uow, office)
    with pytest.raises(OtherKind):
        await office.reviews.approve(uow, REVIEWER, review.review_id, kind="room.other")
    with pytest.raises(OtherKind):
        await office.reviews.reject(uow, REVIEWER, review.review_id, "no", kind="room.other")
    assert await take_jobs(uow) == []


async def test_urged_ones_come_first_and_each_filter_narrows(uow: Uow, office: Office, clock: FrozenClock) -> None:
    early = await submit(uow, office, "early")
    clock.advance(timedelta(days=1))
    late = await submit(uow, office, "late")
    await office.reviews.urge(uow, GOOSE, late.review_id, urged_by="ann", is_first_free=True)
    await office.reviews.claim(uow, REVIEWER, early.review_id)

    async def ids(**wanted: object) -> list[str]:
        page = await office.reviews.list_reviews(uow, REVIEWER, ReviewFilter(state=ReviewState.PENDING, **wanted))
        return [review.subject_id for review in page.items]

    assert await ids() == ["late", "early"]
    assert await ids(is_urged=True) == ["late"]
    assert await ids(claimed_by="reviewer") == ["early"]
    assert await ids(claimed_by="") == ["late"]
    assert await ids(submitted_from=late.submitted_at) == ["late"]
    assert await ids(submitted_until=late.submitted_at) == ["early"]
    assert await office.reviews.count_kinds(uow, REVIEWER) == (
        KindCount("room.thing", 2, 1, 1, 1, 1, due_at=early.due_at),
    )


async def test_the_comparison_is_with_the_last_decided_submission_of_the_same_thing(
    uow: Uow, office: Office, clock: FrozenClock
) -> None:
    first = await submit(uow, office, name="one")
    assert await office.reviews.find_previous(uow, REVIEWER, first) is None
    await office.reviews.approve(uow, REVIEWER, first.review_id)
    clock.advance(timedelta(minutes=1))
    withdrawn = await submit(uow, office, name="two")
    await office.reviews.withdraw(uow, GOOSE, withdrawn.review_id, withdrawn_by="ann")
    clock.advance(timedelta(minutes=1))
    await submit(uow, office, tenant_id=SWAN, name="foreign")
    third = await submit(uow, office, name="three")
    before = await office.reviews.find_previous(uow, REVIEWER, third)
    assert before is not None
    assert (before.review_id, before.snapshot) == (first.review_id, {"name": "one"})


async def test_all_earlier_rounds_of_a_thing_are_told_whole(uow: Uow, office: Office, clock: FrozenClock) -> None:
    first = await submit(uow, office, name="one")
    await office.reviews.claim(uow, REVIEWER, first.review_id)
    await office.reviews.reject(uow, REVIEWER, first.review_id, "which shop?", is_asked_back=True)
    clock.advance(timedelta(minutes=1))
    second = await submit(uow, office, name="two")
    await office.reviews.withdraw(uow, GOOSE, second.review_id, withdrawn_by="ann")
    clock.advance(timedelta(minutes=1))
    await submit(uow, office, tenant_id=SWAN, name="foreign")
    third = await submit(uow, office, name="three")
    rounds = await office.reviews.list_rounds(uow, REVIEWER, third)
    assert [(one.review_id, [event.action.value for event in events]) for one, events in rounds] == [
        (second.review_id, ["submitted", "withdrawn"]),
        (first.review_id, ["submitted", "claimed", "asked_back"]),
    ]
    assert [one.snapshot for one, _ in rounds] == [{}, {}]
    assert [one.review_id for one, _ in await office.reviews.list_rounds(uow, REVIEWER, second)] == [first.review_id]
    ids = [first.review_id, second.review_id]
    assert await office.reviews.list_asked_back(uow, GOOSE, ids) == {first.review_id}
    assert await office.reviews.list_asked_back(uow, SWAN, ids) == frozenset()


async def test_a_customer_sees_decisions_about_the_own_things_only(uow: Uow, office: Office, actor: Actor) -> None:
    tenant = actor.tenant()
    review = await submit(uow, office, kind="sms.signature", tenant_id=tenant)
    await submit(uow, office, kind="sms.signature", tenant_id=SWAN)
    await office.reviews.reject(uow, REVIEWER, review.review_id, reasons=[GivenReason("neutral_name", "name")])
    (seen,) = await office.reviews.list_decisions(uow, actor, "sms.signature", "42")
    assert (seen.review_id, seen.reasons) == (review.review_id, (GivenReason("neutral_name", "name"),))
    with pytest.raises(InvalidInput):
        await office.reviews.list_decisions(uow, actor, "moon.landing", "42")
    with pytest.raises(Forbidden):
        await office.reviews.list_decisions(uow, REVIEWER, "sms.signature", "42")
