"""A company's paperwork for tests: the review desk, filings and SMS on one graph, and ways to get things approved."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import FileId, RandomIds, SmsAppId, TenantId, UserId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Role
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.sms.contracts import (
    Signature,
    SignatureForm,
    SignatureSource,
    SmsTemplate,
    SmsType,
    TemplateForm,
    VariableSpec,
    VariableType,
)
from hongyan.rooms.sms.service.door import SmsService

REVIEWER = Actor(
    None, UserId("00000000-0000-4000-8000-00000000000a"), "reviewer", frozenset({Role.REVIEWER}), "console"
)
OPERATOR = Actor(
    None, UserId("00000000-0000-4000-8000-00000000000b"), "operator", frozenset({Role.PLATFORM_OPERATOR}), "console"
)
PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
CONTENT = "尊敬的${1}，您的订单已发货，详情请点击 ${2} 查看。"
VARIABLES = (VariableSpec(1, VariableType.TEXT, "姓名"), VariableSpec(2, VariableType.NEWTEXT, ""))
CHANNEL = "1069012345678"


def picture(kind: str = "PNG") -> bytes:
    """Return a small picture of a kind that Pillow writes (PNG, JPEG, GIF, BMP)."""
    packed = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(packed, kind)
    return packed.getvalue()


@dataclass(frozen=True, slots=True)
class DeferredJob:
    """A job that a transaction has deferred."""

    name: str
    args: dict[str, object]


async def take_jobs(uow: Uow, prefix: str = "") -> list[DeferredJob]:
    """Return the jobs deferred so far whose name begins with ``prefix``, in order, and remove them."""
    rows = await uow.fetch(
        "WITH gone AS (DELETE FROM procrastinate_jobs WHERE task_name LIKE %s AND status = 'todo'"
        " RETURNING id, task_name, args) SELECT task_name, args::text FROM gone ORDER BY id",
        (prefix + "%",),
    )
    return [DeferredJob(name, json.loads(args)) for name, args in rows]


@dataclass(frozen=True, slots=True)
class Office:
    """The services of paperwork."""

    jobs: Jobs
    identity: IdentityService
    reviews: ReviewsService
    enterprises: EnterprisesService
    sms: SmsService

    async def decide(
        self,
        uow: Uow,
        review_id: str | None,
        *,
        is_approved: bool = True,
        reason: str = "no",
        is_asked_back: bool = False,
    ) -> None:
        """Decide a review and let its room hear of it, in this transaction, as the job would."""
        assert review_id is not None
        if is_approved:
            await self.reviews.approve(uow, REVIEWER, review_id)
        else:
            await self.reviews.reject(uow, REVIEWER, review_id, reason, is_asked_back=is_asked_back)
        await self.hear(uow)

    async def hear(self, uow: Uow) -> None:
        """Let the rooms hear of what was decided, in this transaction, as the jobs would."""
        for room in ("enterprises", "sms"):
            for job in await take_jobs(uow, f"{room}.review_decided"):
                await self._deliver(uow, job)

    async def _deliver(self, uow: Uow, job: DeferredJob) -> None:
        tenant_id = TenantId(str(job.args["tenant_id"]))
        subject, review = str(job.args["subject_id"]), str(job.args["review_id"])
        said = {"is_approved": job.args["decision"] == "approved", "reason": str(job.args["reason"])}
        if job.args["kind"] == "enterprises.filing":
            await self.enterprises.review_decided(uow, tenant_id, Scene(subject), review_id=review, **said)
            return
        part = self.sms.signatures if job.args["kind"] == "sms.signature" else self.sms.templates
        await part.review_decided(uow, tenant_id, subject, review_id=review, **said)

    async def file_enterprise(
        self, uow: Uow, actor: Actor, *, scene: Scene = Scene.SMART_SEND, has_relation_letter: bool = True
    ) -> None:
        """File for a scene and have it approved."""
        values = {"document_type": "business_licence", "signature_differs": "yes" if has_relation_letter else "no"}
        await self.enterprises.save_filing(uow, actor, scene, values)
        await self.enterprises.upload_paper(uow, actor, scene, "business_licence", "licence.png", picture())
        letters = ["material_commitment", "signature_authorisation"]
        for field in letters + ["company_relation"] * has_relation_letter:
            await self.enterprises.upload_paper(uow, actor, scene, field, f"{field}.pdf", PDF)
        filing = await self.enterprises.submit_filing(uow, actor, scene)
        await self.decide(uow, filing.review_id)

    async def make_signature(
        self,
        uow: Uow,
        actor: Actor,
        *,
        name: str = "鸿雁演示",
        kind: SmsType = SmsType.NOTIFY,
        app_name: str = "HONGYAN",
    ) -> Signature:
        """Make an app and a signature that waits for review."""
        app = await self.sms.apps.create_app(uow, actor, app_name)
        return await self.sms.signatures.create_signature(
            uow, actor, await self.signature_form(uow, actor, app.app_id, name=name, kind=kind)
        )

    async def signature_form(
        self, uow: Uow, actor: Actor, app_id: SmsAppId, *, name: str = "鸿雁演示", kind: SmsType = SmsType.NOTIFY
    ) -> SignatureForm:
        """Return a good form, its picture uploaded."""
        file = await self.sms.apps.upload_file(uow, actor, "licence.png", picture())
        return SignatureForm(name, kind, app_id, FileId(file.file_id), SignatureSource.COMPANY, False)

    async def make_usable_signature(self, uow: Uow, actor: Actor, *, kind: SmsType = SmsType.NOTIFY) -> Signature:
        """Make a signature that was approved and has a channel number."""
        signature = await self.make_signature(uow, actor, kind=kind)
        await self.decide(uow, signature.review_id)
        await self.sms.set_channel_number(uow, signature.tenant_id, signature.signature_id, CHANNEL)
        return await self.sms.signatures.get_signature(uow, actor, signature.signature_id)

    async def make_usable_template(self, uow: Uow, actor: Actor) -> SmsTemplate:
        """Make everything that a send needs."""
        signature = await self.make_usable_signature(uow, actor)
        template = await self.sms.templates.create_template(uow, actor, template_form(signature))
        await self.decide(uow, template.review_id)
        return await self.sms.templates.get_template(uow, actor, template.template_id)


def template_form(signature: Signature, *, content: str = CONTENT, name: str = "发货通知") -> TemplateForm:
    """Return a good form."""
    return TemplateForm(name, signature.signature_id, content, VARIABLES)


def open_office(clock: Clock, database_url: str, identity: IdentityService, folder: Path) -> Office:
    """Build the services; files are kept under ``folder``."""
    jobs, ids, files = Jobs(database_url), RandomIds(), Files(folder.as_uri())
    reviews = ReviewsService(clock=clock, ids=ids, jobs=jobs)
    enterprises = EnterprisesService(clock=clock, ids=ids, jobs=jobs, files=files, identity=identity, reviews=reviews)
    sms = SmsService(
        clock=clock,
        ids=ids,
        jobs=jobs,
        files=files,
        identity=identity,
        reviews=reviews,
        enterprises=enterprises,
    )
    return Office(jobs, identity, reviews, enterprises, sms)
