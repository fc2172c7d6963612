"""The door of filings: fill in, upload, submit; what other rooms ask is whether a scene is filed.

Not for: deciding about filings (room ``reviews``); the decision comes back as the job ``enterprises.review_decided``.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import FileId, Ids, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.enterprises import store
from hongyan.rooms.enterprises.contracts import FieldKind, FieldSpec, Filing, FilingState, Paper, Scene
from hongyan.rooms.enterprises.errors import (
    FilingMissing,
    FilingUnderReview,
    LetterNotFound,
    PaperNotFound,
    RealNameMissing,
)
from hongyan.rooms.enterprises.rules import fields, forms, letters
from hongyan.rooms.identity.contracts import Actor, Permission, RealName, Tenant
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import DueKind, ReviewStory, Submission
from hongyan.rooms.reviews.service import ReviewsService

AREA = "enterprises"
REVIEW_KIND = "enterprises.filing"


class EnterprisesService:
    """Use cases of filings."""

    def __init__(
        self, *, clock: Clock, ids: Ids, jobs: Jobs, files: Files, identity: IdentityService, reviews: ReviewsService
    ) -> None:
        """Work with the given parts."""
        self._clock = clock
        self._ids = ids
        self._jobs = jobs
        self._files = files
        self._identity = identity
        self._reviews = reviews

    def list_fields(self, scene: Scene) -> tuple[FieldSpec, ...]:
        """Return the fields of a scene's form, in order."""
        return fields.FIELDS[scene]

    async def list_filings(self, uow: Uow, actor: Actor) -> tuple[Filing, ...]:
        """Return the tenant's filings of all scenes, those not begun included."""
        return await self.read_standing(uow, actor.tenant(Permission.FILING_LIST))

    async def read_standing(self, uow: Uow, tenant_id: TenantId) -> tuple[Filing, ...]:
        """Return a tenant's filings of all scenes; the caller has checked who asks."""
        rows = await store.list_filings(uow, tenant_id)
        papers = await store.list_papers(uow, tenant_id)
        return tuple(_filing(rows.get(scene) or store.new_row(tenant_id, scene), papers) for scene in Scene)

    async def get_filing(self, uow: Uow, actor: Actor, scene: Scene) -> Filing:
        """Return the tenant's filing of a scene; one not begun is empty but for papers approved elsewhere."""
        tenant_id = actor.tenant(Permission.FILING_LIST)
        row = await store.find_filing(uow, tenant_id, scene) or store.new_row(tenant_id, scene)
        return _filing(row, await store.list_papers(uow, tenant_id))

    async def save_filing(self, uow: Uow, actor: Actor, scene: Scene, values: Mapping[str, str]) -> Filing:
        """Keep the texts and choices of a form; an approved filing stays approved, the edit counts once reviewed.

        Raises:
            FilingUnderReview: a submission waits for its decision.
            InvalidInput: a value breaks its field's rule.
            RealNameMissing: the enterprise is not verified (also: the service is not open, the tenant is suspended).
        """
        tenant = await self._editor(uow, actor, scene)
        checked = forms.check_values(scene, values)
        row = await self._editable(uow, tenant.id, scene)
        row = replace(row, values=checked)
        await store.save_filing(uow, row)
        await self._note(uow, actor, "filing.save", scene)
        return _filing(row, await store.list_papers(uow, tenant.id))

    async def upload_paper(self, uow: Uow, actor: Actor, scene: Scene, field: str, name: str, data: bytes) -> Paper:
        """Keep a document of a file field; the newest one counts.

        Raises:
            InvalidInput: no such field, or the file is too large, damaged, of a wrong type or named as what it is not.
            FilingUnderReview: a submission waits for its decision.
        """
        tenant = await self._editor(uow, actor, scene)
        spec = fields.find_field(scene, field)
        if spec is None or spec.kind is not FieldKind.FILE:
            raise InvalidInput(field, reason="the form has no such file field", reason_zh="没有该上传项")
        media_type = await self.check_document(spec, name, data)
        await self._editable(uow, tenant.id, scene)
        paper = Paper(
            paper_id=FileId(self._ids.uuid()),
            tenant_id=tenant.id,
            scene=scene,
            field=field,
            name=name,
            media_type=media_type,
            size_bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            uploaded_at=self._clock.now(),
            approved_at=None,
        )
        # Bytes first: a row never stands without its file; bytes whose transaction fails are unreachable.
        await self._files.put(AREA, paper.paper_id, data)
        await store.insert_paper(uow, paper)
        await self._note(uow, actor, "filing.upload", scene, {"field": field, "name": name, "sha256": paper.sha256})
        return paper

    @staticmethod
    async def check_document(spec: FieldSpec, name: str, data: bytes) -> str:
        """Check a document that another room keeps as a filing's papers are checked; return its media type.

        Raises:
            InvalidInput: too large, empty, damaged, of a wrong type or named as what it is not.
        """
        # Pictures are decoded to the end: off the loop, 2 MB may take tens of milliseconds.
        return await asyncio.to_thread(forms.check_file, spec, name, data)

    async def remove_paper(self, uow: Uow, actor: Actor, scene: Scene, field: str) -> Filing:
        """Take a field's own document out of the form; one that another scene has approved takes its place, if any.

        Raises:
            PaperNotFound: the field has no document of this scene.
            FilingUnderReview: a submission waits for its decision.
        """
        tenant = await self._editor(uow, actor, scene)
        row = await self._editable(uow, tenant.id, scene)
        if not await store.remove_papers(uow, tenant.id, scene, field, self._clock.now()):
            raise PaperNotFound(id=field)
        await self._note(uow, actor, "filing.remove_paper", scene, {"field": field})
        return _filing(row, await store.list_papers(uow, tenant.id))

    async def submit_filing(self, uow: Uow, actor: Actor, scene: Scene) -> Filing:
        """Hand a filing in for review (three working days).

        Raises:
            FilingIncomplete: a required field is empty.
            FilingUnderReview: it is under review already.
        """
        tenant = await self._editor(uow, actor, scene)
        row = await self._editable(uow, tenant.id, scene)
        papers = await store.list_papers(uow, tenant.id)
        filing = _filing(row, papers)
        forms.check_complete(scene, filing.values, filing.papers)
        review = await self._reviews.submit(
            uow,
            Submission(
                kind=REVIEW_KIND,
                subject_id=scene.value,
                tenant_id=tenant.id,
                title=f"{tenant.legal_name} · {fields.TITLES[scene]}",
                snapshot=_snapshot(tenant, filing),
                due=DueKind.WORKING_DAYS_3,
            ),
            submitted_by=actor.user_name,
        )
        row = replace(
            row,
            state=row.state if row.state is FilingState.APPROVED else FilingState.REVIEWING,
            is_pending=True,
            reason="",
            review_id=review.review_id,
            submitted_at=self._clock.now(),
        )
        await store.save_filing(uow, row)
        await self._note(uow, actor, "filing.submit", scene, {"review_id": review.review_id})
        return _filing(row, papers)

    async def list_stories(self, uow: Uow, actor: Actor, scene: Scene | None = None) -> tuple[ReviewStory, ...]:
        """Return what became of the tenant's submissions, of one scene or of all: the newest first."""
        tenant_id = actor.tenant(Permission.FILING_LIST)
        return await self._reviews.list_stories(uow, tenant_id, REVIEW_KIND, scene and scene.value)

    async def urge_filing(self, uow: Uow, actor: Actor, scene: Scene) -> None:
        """Remind the review desk; refusals as in ``ReviewsService.urge``."""
        tenant_id = actor.tenant(Permission.FILING_EDIT)
        row = await store.find_filing(uow, tenant_id, scene)
        if row is None or row.review_id is None:
            raise FilingMissing(scene=scene.value, state=FilingState.NONE.value)
        await self._reviews.urge(uow, tenant_id, row.review_id, urged_by=actor.user_name)

    async def review_decided(
        self, uow: Uow, tenant_id: TenantId, scene: Scene, *, review_id: str, is_approved: bool, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id)."""
        row = await store.find_filing(uow, tenant_id, scene, lock=True)
        if row is None or not row.is_pending or row.review_id != review_id:
            return
        now = self._clock.now()
        # What the desk noted when it approved is no reason why anything was refused.
        decided = replace(row, is_pending=False, reason="" if is_approved else reason, decided_at=now)
        if not is_approved:
            # An edit of an approved filing that is refused leaves what was approved in force.
            state = FilingState.APPROVED if row.state is FilingState.APPROVED else FilingState.REJECTED
            await store.save_filing(uow, replace(decided, state=state))
            return
        filing = _filing(row, await store.list_papers(uow, tenant_id))
        own = [paper.paper_id for paper in filing.papers.values() if paper.scene is scene]
        await store.approve_papers(uow, tenant_id, own, now)
        await store.save_filing(uow, replace(decided, state=FilingState.APPROVED, approved_values=row.values))
        await self._gate(uow, "open", tenant_id, scene, "approved")

    async def revoke_filing(self, uow: Uow, actor: Actor, tenant_id: TenantId, scene: Scene, reason: str) -> None:
        """Take an approval back; what waits to be sent under it stops within two seconds.

        Raises:
            InvalidInput: no reason is given.
            FilingMissing: the filing is not approved.
        """
        actor.require(Permission.REVIEW_DECIDE)
        if not reason.strip():
            raise InvalidInput("reason", reason="a reason is needed", reason_zh="请填写原因")
        row = await store.find_filing(uow, tenant_id, scene, lock=True)
        if row is None or row.state is not FilingState.APPROVED:
            raise FilingMissing(scene=scene.value, state=(row.state if row else FilingState.NONE).value)
        if row.is_pending and row.review_id is not None:
            await self._reviews.withdraw(uow, tenant_id, row.review_id, withdrawn_by=actor.user_name)
        await store.save_filing(
            uow, replace(row, state=FilingState.REJECTED, is_pending=False, reason=reason, decided_at=self._clock.now())
        )
        await self._gate(uow, "close", tenant_id, scene, reason)
        await self._identity.note(
            uow,
            actor,
            "filing.revoke",
            subject_kind="filing",
            subject_id=scene.value,
            tenant_id=tenant_id,
            after={"reason": reason},
        )

    async def read_paper(self, uow: Uow, actor: Actor, paper_id: FileId) -> tuple[Paper, bytes]:
        """Return a document: the tenant's own, or any for reviewers.

        Raises:
            PaperNotFound: none, or another tenant's.
        """
        paper = await store.find_paper(uow, paper_id)
        is_own = paper is not None and actor.tenant_id == paper.tenant_id and actor.may(Permission.FILING_LIST)
        if paper is None or not (is_own or (actor.tenant_id is None and actor.may(Permission.REVIEW_LIST))):
            raise PaperNotFound(id=paper_id)
        return paper, await self._files.get(AREA, paper.paper_id)

    async def make_letter(self, uow: Uow, actor: Actor, letter_id: str) -> tuple[str, bytes]:
        """Return a sample letter's file name and its bytes (docx), with the tenant's name and code filled in.

        Raises:
            LetterNotFound: there is none with that id.
        """
        letter = letters.LETTERS.get(letter_id)
        if letter is None:
            raise LetterNotFound(id=letter_id)
        tenant = await self._identity.get_tenant(uow, actor.tenant(Permission.FILING_LIST))
        return f"{letter.title}.docx", letters.make_letter(
            letter, company=tenant.legal_name, credit_code=tenant.credit_code
        )

    async def require_filed(self, uow: Uow, tenant_id: TenantId, scene: Scene) -> None:
        """Let pass when the tenant's filing of a scene is approved.

        Raises:
            FilingMissing: it is not.
        """
        row = await store.find_filing(uow, tenant_id, scene)
        state = row.state if row else FilingState.NONE
        if state is not FilingState.APPROVED:
            raise FilingMissing(scene=scene.value, state=state.value)

    async def has_approved_paper(self, uow: Uow, tenant_id: TenantId, field: str) -> bool:
        """Tell whether the tenant has an approved document of a field, in whatever scene."""
        papers = await store.list_papers(uow, tenant_id)
        return any(paper.field == field and paper.approved_at for paper in papers)

    async def _editor(self, uow: Uow, actor: Actor, scene: Scene) -> Tenant:
        tenant_id = actor.tenant(Permission.FILING_EDIT)
        tenant = await self._identity.require_service(uow, tenant_id, fields.SERVICES[scene])
        if tenant.real_name is not RealName.VERIFIED:
            raise RealNameMissing
        return tenant

    async def _editable(self, uow: Uow, tenant_id: TenantId, scene: Scene) -> store.FilingRow:
        row = await store.lock_filing(uow, tenant_id, scene)
        if row.is_pending:
            raise FilingUnderReview
        return row

    async def _gate(self, uow: Uow, verb: str, tenant_id: TenantId, scene: Scene, reason: str) -> None:
        gate = {"tenant_id": tenant_id, "kind": "filing", "subject_id": scene.value, "reason": reason}
        # One lock per filing: opening and closing run in the order in which they were written.
        await self._jobs.defer(uow, f"delivery.{verb}_gate", gate, lock=f"gate.filing.{tenant_id}.{scene}")

    async def _note(
        self, uow: Uow, actor: Actor, action: str, scene: Scene, after: Mapping[str, str] | None = None
    ) -> None:
        await self._identity.note(
            uow, actor, action, subject_kind="filing", subject_id=scene.value, tenant_id=actor.tenant_id, after=after
        )


def _filing(row: store.FilingRow, papers: Iterable[Paper]) -> Filing:
    """Join a filing with its papers (newest first): its own, else one that another scene has approved."""
    chosen: dict[str, Paper] = {}
    reused: dict[str, Paper] = {}
    for paper in papers:
        spec = fields.find_field(row.scene, paper.field)
        if spec is None or paper.removed_at is not None:
            continue
        if paper.scene is row.scene:
            chosen.setdefault(paper.field, paper)
        elif paper.approved_at is not None and forms.is_reusable(spec, paper):
            reused.setdefault(paper.field, paper)
    found = {**reused, **chosen}
    return Filing(
        tenant_id=row.tenant_id,
        scene=row.scene,
        state=row.state,
        is_pending=row.is_pending,
        values=row.values,
        papers=found,
        reason=row.reason,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        review_id=row.review_id,
        missing=tuple(spec.name for spec in forms.list_missing(row.scene, row.values, found)),
    )


def _snapshot(tenant: Tenant, filing: Filing) -> dict[str, object]:
    """Return what the reviewer sees: the company as identity knows it, the form, the papers."""
    return {
        "legal_name": tenant.legal_name,
        "credit_code": tenant.credit_code,
        "scene": filing.scene.value,
        "values": dict(filing.values),
        "papers": [
            {
                "field": field,
                "paper_id": paper.paper_id,
                "name": paper.name,
                "media_type": paper.media_type,
                "size_bytes": paper.size_bytes,
                "sha256": paper.sha256,
                "approved_before": paper.approved_at is not None,
            }
            for field, paper in sorted(filing.papers.items())
        ],
    }
