"""签名管理 over a real socket: documents, the form with its refusals, review, deletion, what templates make of it."""

import dataclasses
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import FileId
from hongyan.rooms.campaigns.console_api.waiting import waiting_router
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.reviews.contracts import GivenReason
from hongyan.rooms.reviews.rules.evidence import list_evidence
from hongyan.rooms.video_sms.console_api.router import console_router
from hongyan.rooms.video_sms.console_api.signatures import video_signatures_console
from hongyan.rooms.video_sms.rules import signatures as rules
from hongyan.rooms.video_sms.service.signature_files import KEPT_FOR, MOST_OPEN
from support.identity import PASSWORD, cheap_identity, found_household, identity_app, vendor_doors
from support.office import PDF, REVIEWER, picture, take_jobs
from support.server import serving
from support.sessions import signed_in
from support.video_house import VideoHouse, open_video_house

NOWHERE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Desks:
    """The browsers of a company's people, and another company's."""

    house: VideoHouse
    admin: httpx.AsyncClient
    reader: httpx.AsyncClient
    other: httpx.AsyncClient

    async def upload(
        self, name: str = "letter.pdf", data: bytes = PDF, field: str = "authorisation_file_id"
    ) -> httpx.Response:
        """Hand a document over."""
        files = {"file": (name, data)}
        return await self.admin.post("/video-signatures/files", files=files, data={"field": field})

    async def file(self, **how: Any) -> str:
        """Return the id of a document that was taken."""
        answer = await self.upload(**how)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["file_id"])

    async def create(self, name: str = "鸿雁演示", **changes: Any) -> httpx.Response:
        """Hand a signature in."""
        return await self.admin.post("/video-signatures", json={"signature_name": name, **changes})

    async def make(self, name: str = "鸿雁演示", **changes: Any) -> str:
        """Return the id of a signature that waits for its review."""
        answer = await self.create(name, **changes)
        assert answer.status_code == 201, answer.text
        assert answer.json()["state"] == "reviewing"
        return str(answer.json()["signature_id"])

    async def decide(
        self, signature_id: str, *, is_approved: bool = True, is_asked_back: bool = False, **said: Any
    ) -> None:
        """Let the desk decide, as the job would carry it in."""
        office, signatures = self.house.office, self.house.templates.signatures
        async with self.house.db.begin() as uow:
            found = await signatures.find(uow, self.house.tenant, signature_id)
            assert found.review_id is not None
            if is_approved:
                await office.reviews.approve(uow, REVIEWER, found.review_id)
            else:
                reason = said.pop("reason", "")
                await office.reviews.reject(uow, REVIEWER, found.review_id, reason, is_asked_back=is_asked_back, **said)
            (job,) = await take_jobs(uow, "video_sms.review_decided")
            assert job.args["kind"] == "video_sms.signature"
            for _ in range(2):
                await signatures.review_decided(
                    uow,
                    self.house.tenant,
                    signature_id,
                    review_id=str(job.args["review_id"]),
                    is_approved=job.args["decision"] == "approved",
                    reason=str(job.args["reason"]),
                )

    async def show(self, signature_id: str) -> dict[str, Any]:
        """Return everything the console shows of one."""
        answer = await self.admin.get(f"/video-signatures/{signature_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("商标注册证.txt", "7")
    return packed.getvalue()


def refused(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("field")


@pytest.fixture
async def desks(db: Database, tmp_path: Path) -> AsyncIterator[Desks]:
    house = await open_video_house(db, tmp_path)
    identity = cheap_identity(house.clock, db.url)
    async with db.begin() as uow:
        await found_household(uow, identity, "heron", number=1)
        reader = NewUser("goose-reader", PASSWORD, frozenset({Role.READ_ONLY}))
        await identity.people.create_user(uow, system_actor(house.tenant), house.tenant, reader)
    auth = vendor_doors(db, identity, house.clock)
    routers = [
        video_signatures_console(db, house.templates, auth),
        console_router(db, house.templates, auth),
        waiting_router(db=db, auth=auth, clock=house.clock),
    ]
    async with serving(identity_app(db, identity, house.clock, console_routers=routers)) as url:
        browsers = [await signed_in(url, name) for name in ("goose-admin", "goose-reader", "heron-admin")]
        yield Desks(dataclasses.replace(house), *browsers)
        for browser in browsers:
            await browser.aclose()
    await house.out.close()


async def test_a_signature_lives_from_its_form_to_its_approval(desks: Desks) -> None:
    # given the filing's authorisation, the form needs none of its own
    assert (await desks.admin.get("/video-signatures/needs")).json() == {"is_authorised": True}
    letter, more = await desks.file(), await desks.file(name="证明.zip", data=archive(), field="material_file_id")
    body = {"is_involved_third": True, "authorisation_file_id": letter, "material_file_id": more, "apply_desc": "商标"}
    signature_id = await desks.make(**body)
    # then the desk gets what was filled in, and the documents
    async with desks.house.db.begin() as uow:
        found = await desks.house.templates.signatures.find(uow, desks.house.tenant, signature_id)
        review = await desks.house.office.reviews.get_review(uow, REVIEWER, str(found.review_id))
        evidence = list_evidence(review.kind, review.snapshot)
        files = desks.house.templates.signatures.files
        kept, data = await files.read(uow, REVIEWER, desks.house.tenant, FileId(letter))
    assert (review.kind, review.snapshot["signature_name"]) == ("video_sms.signature", "鸿雁演示")
    assert review.snapshot["is_authorised_by_filing"] is True
    assert [(one.field, one.ref, one.name) for one in evidence] == [
        ("authorisation_file_id", letter, "letter.pdf"),
        ("material_file_id", more, "证明.zip"),
    ]
    assert (kept.media_type, data) == ("application/pdf", PDF)
    # and it waits: nothing may be changed, but it can be taken back
    assert refused(await desks.admin.put(f"/video-signatures/{signature_id}", json={"signature_name": "新"}))[0] == 409
    assert (await desks.admin.post(f"/video-signatures/{signature_id}/urge")).status_code == 409
    desks.house.clock.advance(timedelta(hours=5))
    assert (await desks.admin.post(f"/video-signatures/{signature_id}/urge")).status_code == 204
    assert (await desks.admin.post(f"/video-signatures/{signature_id}/withdraw")).status_code == 204
    assert (await desks.admin.post(f"/video-signatures/{signature_id}/withdraw")).status_code == 409
    taken_back = await desks.show(signature_id)
    assert (taken_back["signature"]["state"], taken_back["reasons"]) == ("rejected", [])
    assert "已撤回" in taken_back["signature"]["review_desc"]
    # when it is refused with a reason at a field, the owner reads it there
    again = await desks.admin.put(f"/video-signatures/{signature_id}", json={"signature_name": "鸿雁演示", **body})
    assert again.json()["state"] == "reviewing"
    reasons = (GivenReason("letter_unreadable", "authorisation_file_id"),)
    await desks.decide(signature_id, is_approved=False, reasons=reasons)
    shown = await desks.show(signature_id)
    assert shown["reasons"][0]["field"] == "authorisation_file_id"
    assert "无法辨认" in shown["reasons"][0]["zh"]
    assert (shown["signature"]["state"], shown["signature"]["is_asked_back"]) == ("rejected", False)
    assert [file["name"] for file in shown["files"]] == ["letter.pdf", "证明.zip"]
    # and when it is asked back, it says so
    await desks.admin.put(f"/video-signatures/{signature_id}", json={"signature_name": "鸿雁演示", **body})
    await desks.decide(signature_id, is_approved=False, is_asked_back=True, reason="是哪个品牌？")
    (row,) = (await desks.admin.get("/video-signatures")).json()["items"]
    assert (row["is_asked_back"], row["review_desc"]) == (True, "请补充说明：是哪个品牌？")
    assert (await desks.show(signature_id))["signature"]["is_asked_back"] is True
    # until it is approved: then it is not changed any more
    await desks.admin.put(f"/video-signatures/{signature_id}", json={"signature_name": "鸿雁新品", **body})
    await desks.decide(signature_id)
    shown = await desks.show(signature_id)
    assert (shown["signature"]["state"], shown["signature"]["signature_name"]) == ("approved", "鸿雁新品")
    assert (len(shown["stories"]), shown["reasons"]) == (4, [])
    assert (await desks.admin.put(f"/video-signatures/{signature_id}", json={"signature_name": "x"})).status_code == 409
    assert (await desks.admin.post(f"/video-signatures/{signature_id}/urge")).status_code == 409
    download = await desks.admin.get(f"/video-signatures/files/{letter}")
    assert (download.content, download.headers["content-type"]) == (PDF, "application/pdf")


async def test_refusals_name_their_field(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    await desks.make()
    for name in ("", "  ", "字" * 21, "鸿[雁]", "【鸿雁】", "鸿#p_1#", "鸿\u0007雁"):
        assert refused(await desks.create(name)) == (400, "signature_name"), name
    for taken in ("鸿雁演示", " 鸿雁演示 ", "鸿 雁演示"):
        assert refused(await desks.create(taken)) == (409, "signature_name")
    assert refused(await desks.create("新", apply_desc="字" * 101)) == (400, "apply_desc")
    assert refused(await desks.create("新", is_involved_third=True)) == (400, "authorisation_file_id")
    assert refused(await desks.create("新", authorisation_file_id=NOWHERE)) == (404, "authorisation_file_id")
    # a document serves its own field alone
    more = await desks.file(name="more.zip", data=archive(), field="material_file_id")
    assert refused(await desks.create("新", authorisation_file_id=more)) == (404, "authorisation_file_id")
    # another name that is taken is no way out of a rejection
    other = await desks.make("鸿雁二号")
    await desks.decide(other, is_approved=False, reason="x")
    taken_name = await desks.admin.put(f"/video-signatures/{other}", json={"signature_name": "鸿雁演示"})
    assert refused(taken_name) == (409, "signature_name")
    monkeypatch.setattr(rules, "MAX_SIGNATURES", 2)
    assert (await desks.create("第三个")).status_code == 409


async def test_documents_are_checked_as_a_filings_papers_are(desks: Desks) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"name": "letter.png", "data": picture()},
        {"name": "letter.pdf", "data": picture()},
        {"name": "letter.zip", "data": PDF},
        {"name": "letter.pdf", "data": PDF[:-20]},
        {"name": "letter.pdf", "data": b""},
        {"name": "letter.pdf", "data": PDF + bytes(2 * 1024 * 1024)},
        {"name": "../letter.pdf"},
    )
    for how in wrong:
        assert refused(await desks.upload(**how)) == (400, "authorisation_file_id"), how["name"]
    pdf_as_material = await desks.upload(field="material_file_id")
    assert refused(pdf_as_material) == (400, "material_file_id")
    assert (await desks.upload(field="licence")).status_code == 400


async def test_documents_that_nobody_hands_in_are_forgotten(desks: Desks) -> None:
    kept = await desks.file()
    await desks.make(authorisation_file_id=kept)
    first = await desks.file()
    for _ in range(MOST_OPEN):
        desks.house.clock.advance(timedelta(seconds=1))
        last = await desks.file()
    assert (await desks.admin.get(f"/video-signatures/files/{first}")).status_code == 404
    desks.house.clock.advance(KEPT_FOR + timedelta(minutes=1))
    files, tenant = desks.house.templates.signatures.files, desks.house.tenant
    async with desks.house.db.begin() as uow:
        assert await files.forget(uow) == MOST_OPEN
        assert await files.forget(uow) == 0
        assert await files.find(uow, tenant, FileId(last)) is None
        assert (await files.read(uow, desks.house.actor, tenant, FileId(kept)))[1] == PDF


async def test_the_letter_is_needed_where_the_filing_has_none(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    async def has_none(*_: object) -> bool:
        return False

    monkeypatch.setattr(EnterprisesService, "has_approved_paper", has_none)
    assert (await desks.admin.get("/video-signatures/needs")).json() == {"is_authorised": False}
    assert refused(await desks.create()) == (400, "authorisation_file_id")
    await desks.make(authorisation_file_id=await desks.file())


async def test_lists_are_filtered_sorted_and_paged(desks: Desks) -> None:
    for name in ("Beta", "alpha", "Gamma"):
        desks.house.clock.advance(timedelta(minutes=1))
        made = await desks.make(name)
    await desks.decide(made)

    async def names(**query: Any) -> list[str]:
        answer = await desks.admin.get("/video-signatures", params=query)
        return [row["signature_name"] for row in answer.json()["items"]]

    assert await names() == ["Gamma", "alpha", "Beta"]
    assert await names(sort="created_at", limit=2) == ["Beta", "alpha"]
    assert await names(sort="created_at", limit=2, offset=2) == ["Gamma"]
    assert await names(sort="name") == (await names(sort="-name"))[::-1]
    assert await names(name="ALPH") == ["alpha"]
    assert await names(state=["approved"]) == ["Gamma"]
    now = desks.house.clock.now()
    assert await names(begin=now.isoformat()) == ["Gamma"]
    assert await names(end=(now - timedelta(seconds=30)).isoformat()) == ["alpha", "Beta"]
    assert (await desks.admin.get("/video-signatures", params={"limit": 1})).json()["total"] == 3


async def test_the_desk_is_told_whether_a_templates_signature_is_approved(desks: Desks) -> None:
    # given an approved signature and a template that carries it, and one that carries another
    signature_id = await desks.make("鸿雁")
    await desks.decide(signature_id)
    made = [await desks.house.make(), await desks.house.make(text="【白鹭】您好")]
    async with desks.house.db.begin() as uow:
        reviews = [await desks.house.office.reviews.get_review(uow, REVIEWER, str(one.review_id)) for one in made]
    assert [one.snapshot["signature_is_approved"] for one in reviews] == [True, False]
    # then deleting the signature names the template, and leaves it as it is
    query = {"what": "video_signature", "id": [signature_id, NOWHERE, "no-uuid"]}
    told = (await desks.admin.get("/waiting", params=query)).json()
    assert (told["template_count"], told["templates"], told["task_count"]) == (1, ["模板"], 0)
    assert (await desks.other.get("/waiting", params=query)).json()["template_count"] == 0
    assert (await desks.admin.delete(f"/video-signatures/{signature_id}")).status_code == 204
    assert (await desks.admin.get(f"/video-signatures/{signature_id}")).status_code == 404
    assert (await desks.admin.get(f"/video-templates/{made[0].tpl_id}")).json()["template"]["signature"] == "鸿雁"


async def test_who_may_what_and_whose(desks: Desks) -> None:
    signature_id, letter = await desks.make(), await desks.file()
    path = f"/video-signatures/{signature_id}"
    # a reader sees
    assert (await desks.reader.get("/video-signatures")).json()["total"] == 1
    assert (await desks.reader.get(path)).status_code == 200
    body = {"signature_name": "新"}
    changes = (
        ("POST", "/video-signatures"),
        ("PUT", path),
        ("DELETE", path),
        ("POST", f"{path}/withdraw"),
        ("POST", f"{path}/urge"),
    )
    for method, where in changes:
        assert (await desks.reader.request(method, where, json=body)).status_code == 403, (method, where)
    files = {"file": ("letter.pdf", PDF)}
    sent = await desks.reader.post("/video-signatures/files", files=files, data={"field": "authorisation_file_id"})
    assert sent.status_code == 403
    # and another company has nothing of it
    assert (await desks.other.get("/video-signatures")).json() == {"items": [], "total": 0}
    for where in (path, f"/video-signatures/files/{letter}"):
        assert (await desks.other.get(where)).status_code == 404, where
    for method, where in changes[2:]:
        assert (await desks.other.request(method, where)).status_code == 404, (method, where)
    assert (await desks.other.post("/video-signatures", json=body)).status_code in {403, 409}
    # every change stands in the log
    await desks.admin.post(f"{path}/withdraw")
    await desks.admin.put(path, json=body)
    await desks.admin.delete(path)
    async with desks.house.db.begin() as uow:
        rows = await uow.fetch("SELECT action FROM identity_audit WHERE subject_id = %s ORDER BY at", (signature_id,))
    assert [row[0] for row in rows] == [f"video_signature.{one}" for one in ("create", "withdraw", "update", "delete")]
    # and a name that was deleted is free
    await desks.make()
