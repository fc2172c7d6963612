"""From draft to phone and back: the desk, the vendors, the switch, the end of a template; materials in it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import Forbidden
from hongyan.kernel.ids import TenantId
from hongyan.rooms.handsets.contracts import RegistrationState, Vendor, VendorState
from hongyan.rooms.identity.contracts import Actor, system_actor
from hongyan.rooms.smart.contracts import (
    AuditState,
    CardTemplate,
    MaterialKind,
    NewTemplate,
    TemplateFilter,
    TemplateState,
)
from hongyan.rooms.smart.errors import (
    MaterialInUse,
    MaterialNotFetched,
    MaterialRefused,
    MaterialSpaceFull,
    SensitiveWords,
    TemplateNotCreated,
)
from hongyan.rooms.smart.rules import uploads
from hongyan.rooms.smart.rules.uploads import Upload
from hongyan.rooms.smart.service import materials as material_module
from hongyan.rooms.smart.service.life import REVIEW_KIND, TemplateLife
from hongyan.rooms.smart.vendor_api.bodies import TemplateBody
from support.card_documents import image, of_layout, standard, video
from support.card_media import data_uri, film, picture
from support.cards import CardWorld, card_world
from support.identity import cheap_identity, found_household

BOTH = frozenset({Vendor.HUAWEI, Vendor.XIAOMI})


@dataclass
class Office:
    """A tenant among cards."""

    world: CardWorld
    actor: Actor

    @property
    def tenant_id(self) -> TenantId:
        return self.actor.tenant()

    async def make(self, new: NewTemplate | None = None) -> CardTemplate:
        async with self.world.db.begin() as uow:
            return await self.world.smart.life.create(uow, self.actor, new or card())

    async def get(self, template: CardTemplate) -> CardTemplate:
        async with self.world.db.begin() as uow:
            return await self.world.smart.get_template(uow, self.tenant_id, template.tpl_id)

    async def decide(self, template: CardTemplate, *, approve: bool = True) -> None:
        """Let the desk decide, twice: jobs are repeated."""
        async with self.world.db.begin() as uow:
            rows = await uow.fetch("SELECT review_id FROM smart_templates WHERE tpl_id = %s", (template.tpl_id,))
        for _ in range(2):
            async with self.world.db.begin() as uow:
                await self.world.smart.life.review_decided(
                    uow,
                    self.tenant_id,
                    template.tpl_id,
                    review_id=str(rows[0][0]),
                    is_approved=approve,
                    reason="" if approve else "no",
                )

    async def answer(self, template: CardTemplate, vendor: Vendor, state: RegistrationState, reason: str = "") -> None:
        async with self.world.db.begin() as uow:
            await self.world.smart.life.note_vendor_state(uow, template.tpl_id, 1, vendor, state, reason)

    async def jobs(self, name: str) -> list[dict[str, Any]]:
        async with self.world.db.begin() as uow:
            rows = await uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", (name,))
        return [row[0] for row in rows]

    async def upload(self, upload: Upload) -> Any:
        materials = self.world.smart.materials
        prepared = await materials.prepare(self.actor, upload)
        async with self.world.db.begin() as uow:
            return await materials.store(uow, self.actor, prepared)


def card(vendors: frozenset[Vendor] = BOTH, **changes: Any) -> NewTemplate:
    return replace(TemplateBody.model_validate(standard(**changes)).to_new(), vendors=vendors)


@pytest.fixture
async def office(db: Database) -> AsyncIterator[Office]:
    async with card_world(db) as world:
        async with db.begin() as uow:
            house = await found_household(uow, cheap_identity(SystemClock(), db.url))
        yield Office(world, house.actor)


TOLD = "callbacks.card_template_decided"
HANDED_IN = "handsets.submit_template"


async def test_the_first_vendor_passes_a_template_and_later_ones_are_told(office: Office) -> None:
    template = await office.make()
    assert template.audit_state is AuditState.IN_REVIEW
    assert await office.jobs(HANDED_IN) == []
    await office.decide(template)
    handed_in = await office.jobs(HANDED_IN)
    assert [(job["vendor"], job["tpl_id"], job["version"]) for job in handed_in] == [
        ("HUAWEI", template.tpl_id, 1),
        ("XIAOMI", template.tpl_id, 1),
    ]
    assert handed_in[0]["document"]["pages"][0]["content"]
    assert (await office.get(template)).audit_state is AuditState.IN_REVIEW

    await office.answer(template, Vendor.HUAWEI, RegistrationState.SUBMITTED)
    assert await office.jobs(TOLD) == []
    await office.answer(template, Vendor.HUAWEI, RegistrationState.ACTIVE)
    assert (await office.get(template)).is_active
    await office.answer(template, Vendor.HUAWEI, RegistrationState.ACTIVE)
    await office.answer(template, Vendor.XIAOMI, RegistrationState.REJECTED)
    assert await office.jobs(TOLD) == [{"tenant_id": office.tenant_id, "tpl_id": template.tpl_id}]
    await office.answer(template, Vendor.HUAWEI, RegistrationState.DISABLED)
    assert len(await office.jobs(TOLD)) == 2
    assert (await office.get(template)).audit_state is AuditState.PASSED

    async with office.world.db.begin() as uow:
        life = office.world.smart.life
        notice = await life.find_notice(uow, office.tenant_id, template.tpl_id)
        assert notice is not None
        assert (notice.tpl_state, notice.audit_state, notice.audit_desc) == (1, 2, "")
        assert notice.factory_info == (("HuaWei", 0), ("XiaoMi", 2))
        assert await life.find_notice(uow, office.tenant_id, "600009999") is None


async def test_a_template_fails_when_every_vendor_refuses_and_may_still_be_taken_later(office: Office) -> None:
    template = await office.make()
    await office.answer(template, Vendor.HUAWEI, RegistrationState.SUBMITTED)
    await office.decide(template)
    await office.answer(template, Vendor.HUAWEI, RegistrationState.REJECTED, "图片含二维码")
    assert (await office.get(template)).audit_state is AuditState.IN_REVIEW
    await office.answer(template, Vendor.XIAOMI, RegistrationState.FAILED)
    failed = await office.get(template)
    assert (failed.audit_state, failed.audit_desc) == (AuditState.FAILED, "HUAWEI: 图片含二维码; XIAOMI: failed")
    await office.answer(template, Vendor.XIAOMI, RegistrationState.ACTIVE)
    passed = await office.get(template)
    assert (passed.audit_state, passed.audit_desc) == (AuditState.PASSED, "")
    assert len(await office.jobs(TOLD)) == 2
    await office.answer(replace(template, tpl_id="600009999"), Vendor.HUAWEI, RegistrationState.ACTIVE)


async def test_the_desk_refuses_once_and_its_word_counts_for_one_submission(office: Office) -> None:
    template = await office.make()
    async with office.world.db.begin() as uow:
        await office.world.smart.life.review_decided(
            uow,
            office.tenant_id,
            template.tpl_id,
            review_id="00000000-0000-4000-8000-000000000001",
            is_approved=True,
            reason="",
        )
    assert (await office.get(template)).desk_passed_at is None
    await office.decide(template, approve=False)
    failed = await office.get(template)
    assert (failed.audit_state, failed.audit_desc) == (AuditState.FAILED, "no")
    assert len(await office.jobs(TOLD)) == 1
    assert await office.jobs(HANDED_IN) == []


async def test_without_a_vendor_to_go_to_a_template_fails(office: Office) -> None:
    template = await office.make()
    async with office.world.db.begin() as uow:
        for vendor in BOTH:
            await office.world.handsets.set_vendor_state(uow, vendor, VendorState.DISABLED)
    await office.decide(template)
    assert (await office.get(template)).audit_state is AuditState.FAILED


async def test_no_vendors_named_means_all_that_can(office: Office) -> None:
    template = await office.make(card(frozenset()))
    assert {info.vendor for info in template.factories} == set(Vendor) - {Vendor.VIVO}


async def test_gates_close_and_open_in_the_order_they_were_asked_for(office: Office) -> None:
    template = await office.make()
    await office.decide(template)
    await office.answer(template, Vendor.HUAWEI, RegistrationState.ACTIVE)
    life = office.world.smart.life
    for state in (TemplateState.DISABLED, TemplateState.DISABLED, TemplateState.ENABLED):
        async with office.world.db.begin() as uow:
            await life.set_state(uow, office.actor, template.tpl_id, state, "why")
    async with office.world.db.begin() as uow:
        await life.delete(uow, office.actor, template.tpl_id)
    closed = await office.jobs("delivery.close_gate")
    assert [(job["subject_id"], job["kind"], job["reason"]) for job in closed] == [
        (template.tpl_id, "card", "why"),
        (template.tpl_id, "card", "deleted"),
    ]
    assert len(await office.jobs("delivery.open_gate")) == 1
    async with office.world.db.begin() as uow:
        locks = await uow.fetch("SELECT DISTINCT lock FROM procrastinate_jobs WHERE task_name LIKE %s", ("delivery.%",))
    assert locks == [(f"smart.gate/{template.tpl_id}",)]


async def test_who_may_not_create_does_not(office: Office) -> None:
    with pytest.raises(Forbidden):
        async with office.world.db.begin() as uow:
            await office.world.smart.life.create(uow, system_actor(), card())


async def test_an_operators_words_replace_ours(office: Office, tmp_path: Any) -> None:
    words = tmp_path / "words.txt"
    world = office.world
    life = TemplateLife(
        clock=world.clock,
        jobs=world.jobs,
        handsets=world.handsets,
        reviews=world.smart.life._reviews,
        identity=world.smart.life._identity,
        pictures_url="x",
        words_file=words,
    )
    async with world.db.begin() as uow:
        await life.create(uow, office.actor, card(tpl_name="没有文件"))
        words.write_text("# 自定义\n新品\n", "utf-8")
        with pytest.raises(SensitiveWords):
            await life.create(uow, office.actor, card())


async def test_the_desk_sees_what_it_decides_about(office: Office) -> None:
    template = await office.make()
    async with office.world.db.begin() as uow:
        rows = await uow.fetch(
            "SELECT kind, title, snapshot FROM reviews_submissions WHERE subject_id = %s", (template.tpl_id,)
        )
    kind, title, snapshot = rows[0]
    assert (kind, title) == (REVIEW_KIND, "goose科技有限公司 · 新品上架")
    assert snapshot["legal_name"] == "goose科技有限公司"
    assert (snapshot["layout"], snapshot["use"], snapshot["params"]) == ("图文", "commercial", {"param1": "王女士"})
    assert snapshot["vendors"] == ["HUAWEI", "XIAOMI"]
    assert snapshot["pages"][0]["content"]


# --- materials --------------------------------------------------------------------------------------------------------

PICTURE = Upload(
    MaterialKind.IMAGE, is_url=False, stream=data_uri(picture()), name="a.png", rate="sixteenToNine", description="d"
)
FILM = Upload(MaterialKind.VIDEO, is_url=False, stream=data_uri(film(), "video/mp4"), name="a.mp4")


def with_sources(body: dict[str, Any], *contents: dict[str, Any], vendors: frozenset[Vendor]) -> NewTemplate:
    """Put components first in a body."""
    rest = [
        one
        for one in body["pages"][0]["contents"]
        if one["position_number"] not in {c["position_number"] for c in contents}
    ]
    body["pages"][0]["contents"] = [*contents, *rest]
    return replace(TemplateBody.model_validate(body).to_new(), vendors=vendors)


async def test_a_template_takes_materials_of_the_right_kind_and_size(office: Office) -> None:
    still, clip = await office.upload(PICTURE), await office.upload(FILM)
    huawei = frozenset({Vendor.HUAWEI})
    shown = await office.make(with_sources(of_layout("Video", "片"), video(1, clip.resource_id, 1), vendors=huawei))
    first = shown.elements[0]
    assert first.src == f"material:{clip.resource_id}/{clip.file}"
    assert first.cover.endswith(".jpg")
    own = video(1, clip.resource_id, 1, cover=still.resource_id)
    shown = await office.make(with_sources(of_layout("Video", "片"), own, vendors=huawei))
    assert shown.elements[0].cover == f"material:{still.resource_id}/{still.file}"

    for wrong in (
        with_sources(standard(), image(1, clip.resource_id, 1), vendors=huawei),
        with_sources(of_layout("Video", "片"), video(1, still.resource_id, 1), vendors=huawei),
        with_sources(standard(), image(1, "691996319597764608", 1), vendors=huawei),
        with_sources(standard(), image(1, "HWR100017516", 1), vendors=huawei),
        with_sources(
            of_layout("StandardImageAndText", "图"), image(1, still.resource_id, 1), vendors=frozenset({Vendor.VIVO})
        ),
    ):
        with pytest.raises(TemplateNotCreated):
            await office.make(wrong)


async def test_what_nobody_shows_for_thirty_days_is_removed(office: Office) -> None:
    lonely, clip, still = await office.upload(PICTURE), await office.upload(FILM), await office.upload(PICTURE)
    body = with_sources(of_layout("Video", "片"), video(1, clip.resource_id, 1), vendors=frozenset({Vendor.HUAWEI}))
    shown = await office.make(body)
    materials, world = office.world.smart.materials, office.world
    world.clock.advance(timedelta(days=29))
    async with world.db.begin() as uow:
        assert await materials.delete_unused(uow) == 0
        fresh = await materials.list_materials(uow, office.actor, MaterialKind.IMAGE)
    assert {one.material_id for one in fresh.items} == {lonely.material_id, still.material_id}
    world.clock.advance(timedelta(days=2))
    async with world.db.begin() as uow:
        assert await materials.delete_unused(uow) == 2
        assert await materials.delete_unused(uow) == 0
    (job,) = await office.jobs("smart.delete_files")
    assert set(job["files"]) == {lonely.file, still.file}
    assert await materials.find_file(lonely.file) is not None
    for _ in range(2):
        await materials.delete_files(job["files"])
    assert await materials.find_file(lonely.file) is None

    await office.decide(shown, approve=False)
    with pytest.raises(MaterialInUse):
        async with world.db.begin() as uow:
            await materials.delete(uow, office.actor, [clip.material_id])
    async with world.db.begin() as uow:
        await world.smart.life.delete(uow, office.actor, shown.tpl_id)
        # Its days count from now.
        assert await materials.delete_unused(uow) == 0
        await materials.delete(uow, office.actor, [clip.material_id.upper()])
    assert len((await office.jobs("smart.delete_files"))[1]["files"]) == 2


async def test_addresses_of_the_list_end_after_a_day(office: Office) -> None:
    still = await office.upload(PICTURE)
    materials = office.world.smart.materials
    url = materials.file_url(still)
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(url)).status_code == 200
        phones = f"{office.world.links_url}/m/f/{still.file}"
        for asked, status, size in (
            ("bytes=0-9", 206, 10),
            ("bytes=-5", 206, 5),
            ("bytes=5-", 206, still.size_bytes - 5),
            ("bytes=99999999-", 416, 0),
            ("bytes=-", 200, still.size_bytes),
            ("lines=1", 200, still.size_bytes),
        ):
            answer = await client.get(phones, headers={"range": asked})
            assert (asked, answer.status_code, len(answer.content)) == (asked, status, size)
        office.world.clock.advance(timedelta(hours=25))
        assert (await client.get(url)).status_code == 404
        assert (await client.get(phones)).status_code == 200
        for wrong in ("/m/s/AAAA.png", "/m/s/ü.png", "/m/f/..%2F..%2Fkeys.json", "/m/f/" + "0" * 32 + ".png"):
            assert (await client.get(office.world.links_url + wrong)).status_code == 404


async def test_a_full_library_takes_nothing_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material_module, "MAX_SPACE_BYTES", 100)
    with pytest.raises(MaterialSpaceFull):
        await office.upload(PICTURE)
    assert uploads.MAX_SPACE_BYTES == 10 * 1024**3


async def test_a_reader_that_dies_costs_one_refusal(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material_module, "_CHILD_MEMORY_BYTES", 40 * 1024 * 1024)
    with pytest.raises(MaterialRefused, match="file_stream"):
        await office.upload(PICTURE)


async def test_an_address_that_does_not_answer_is_named(office: Office) -> None:
    by_url = replace(PICTURE, is_url=True, url="http://127.0.0.1:1/a.png")
    with pytest.raises(MaterialNotFetched, match="file_url"):
        await office.upload(by_url)


async def test_templates_of_others_are_not_there(office: Office) -> None:
    await office.make()
    async with office.world.db.begin() as uow:
        stranger = await found_household(uow, cheap_identity(SystemClock(), office.world.db.url), "stranger", number=1)
        page = await office.world.smart.list_templates(uow, stranger.tenant.id, TemplateFilter(is_public=False))
    assert page.total == 0
