"""Jobs of send tasks. Keys: (task) for prepare, plan and settle; each may run any number of times."""

import base64
from datetime import datetime
from typing import Any

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import AccountId, FileId, SignatureId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.campaigns.service.answers import Answers
from hongyan.rooms.campaigns.service.clockwork import Clockwork
from hongyan.rooms.campaigns.service.jump_links import REVIEW_KIND as JUMP_LINK
from hongyan.rooms.campaigns.service.jump_links import JumpLinks
from hongyan.rooms.campaigns.service.link_domains import LinkDomains
from hongyan.rooms.campaigns.service.numbers import NumberCheck
from hongyan.rooms.campaigns.service.parses import NumberParses
from hongyan.rooms.campaigns.service.plan import Planner
from hongyan.rooms.campaigns.service.rendered import RenderedCards
from hongyan.rooms.campaigns.service.video import VideoTasks
from hongyan.rooms.campaigns.service.video_plan import VideoPlanner
from hongyan.rooms.campaigns.service.video_views import VideoViews


def register_jobs(
    jobs: Jobs,
    db: Database,
    *,
    numbers: NumberCheck,
    parses: NumberParses,
    planner: Planner,
    clockwork: Clockwork,
    rendered: RenderedCards,
    domains: LinkDomains,
    jump_links: JumpLinks,
    video: VideoTasks,
    video_planner: VideoPlanner,
    video_views: VideoViews,
    answers: Answers,
) -> None:
    """Register the room's handlers with the worker."""
    _register_answers(jobs, db, answers)
    _register_parses(jobs, parses)
    _register_video_plans(jobs, db, video_planner)

    @jobs.handler("campaigns.prepare")
    async def prepare(tenant_id: str, task_id: str) -> None:
        await numbers.prepare(TenantId(tenant_id), TaskId(task_id))

    @jobs.handler("campaigns.plan")
    async def plan(tenant_id: str, task_id: str) -> None:
        await planner.plan(TenantId(tenant_id), TaskId(task_id))
        await clockwork.settle([(TenantId(tenant_id), TaskId(task_id))])

    @jobs.handler("campaigns.task_settled")
    async def settle(tenant_id: str, task_id: str) -> None:
        await settle_all([(tenant_id, task_id)])

    @jobs.handler("campaigns.tasks_settled")
    async def settle_all(tasks: list[tuple[str, str]]) -> None:
        owned = [(TenantId(tenant_id), TaskId(task_id)) for tenant_id, task_id in tasks]
        await clockwork.settle(await video.settle_all(db, owned))

    @jobs.handler("campaigns.video_reply")
    async def video_reply(*, uplink_id: str, account_id: int, number: str, text: str, at: str) -> None:
        """Take in what a phone answered on a video channel. Key: the uplink."""
        async with db.begin() as uow:
            await video_views.take_reply(
                uow,
                uplink_id=uplink_id,
                account_id=AccountId(account_id),
                sealed=base64.b64decode(number),
                text=text,
                at=datetime.fromisoformat(at),
            )

    @jobs.handler("campaigns.cards_rendered")
    async def cards_rendered(cards: list[dict[str, Any]]) -> None:
        await rendered.take(cards)

    @jobs.handler("campaigns.review_decided")
    async def review_decided(
        *, review_id: str, kind: str, tenant_id: str, subject_id: str, decision: str, reason: str
    ) -> None:
        """Take a decision about a link domain or a jump link in; safe to repeat (key: the submission)."""
        owner, link_id, is_approved = TenantId(tenant_id), int(subject_id), decision == "approved"
        async with db.begin() as uow:
            if kind == JUMP_LINK:
                await jump_links.decide(
                    uow, owner, link_id, is_approved=is_approved, reason=reason, review_id=review_id
                )
            else:
                await domains.decide(uow, owner, link_id, is_approved=is_approved, review_id=review_id)

    @jobs.periodic("campaigns.forget_letters", "31 4 * * *")
    async def forget_letters() -> None:
        """Forget letters that nobody handed in with a domain. Repeatable."""
        await domains.letters.forget()

    @jobs.periodic("campaigns.tick", "* * * * *")
    async def tick() -> None:
        await clockwork.tick()
        await video.tick(db)


def _register_video_plans(jobs: Jobs, db: Database, planner: VideoPlanner) -> None:
    @jobs.handler("campaigns.plan_video")
    async def plan_video(*, tenant_id: str, task_id: str, file_id: str, shared: list[str] | None) -> None:
        """Plan the messages of a large file. Key: the task's chunks."""
        await planner.plan(db, TenantId(tenant_id), TaskId(task_id), FileId(file_id), shared)

    @jobs.handler("campaigns.plan_video_again")
    async def plan_video_again(*, tenant_id: str, task_id: str, send_at: str) -> None:
        """Plan many failed messages once more. Key: the task's chunks."""
        await planner.plan_again(db, TenantId(tenant_id), TaskId(task_id), datetime.fromisoformat(send_at))


def _register_parses(jobs: Jobs, parses: NumberParses) -> None:
    @jobs.handler("campaigns.parse_numbers")
    async def parse_numbers(tenant_id: str, parse_id: str) -> None:
        await parses.run(TenantId(tenant_id), FileId(parse_id))

    @jobs.periodic("campaigns.forget_parses", "41 * * * *")
    async def forget_parses() -> None:
        """Forget what nobody made a task of within a week. Repeatable."""
        await parses.forget()


def _register_answers(jobs: Jobs, db: Database, answers: Answers) -> None:
    @jobs.handler("campaigns.answer_uplink")
    async def answer_uplink(
        *, uplink_id: str, tenant_id: str, signature_id: str, number: str, text: str, at: str
    ) -> None:
        """Answer a text from a phone where its signature wants that. Key: the uplink."""
        async with db.begin() as uow:
            await answers.answer(
                uow,
                uplink_id=uplink_id,
                tenant_id=TenantId(tenant_id),
                signature_id=SignatureId(signature_id),
                sealed=base64.b64decode(number),
                text=text,
                received_at=datetime.fromisoformat(at),
            )

    @jobs.periodic("campaigns.forget_answers", "27 * * * *")
    async def forget_answers() -> None:
        """Forget answers that keep nobody from the next one. Repeatable."""
        async with db.begin() as uow:
            await answers.forget(uow)
