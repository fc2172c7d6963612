"""A company files and a reviewer decides, over a real socket."""

import asyncio
import io
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.enterprises.console_api.router import DrawPage
from hongyan.rooms.enterprises.console_api.router import console_router as filings_router
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.rendering.service import compile_template
from hongyan.rooms.reviews.console_api.evidence import count_pages, draw_page
from hongyan.rooms.reviews.console_api.router import console_router as reviews_router
from hongyan.rooms.sms.console_api.router import console_router as sms_router
from support.identity import PASSWORD, Household, cheap_identity, found_household, identity_app, vendor_doors
from support.office import PDF, Office, open_office, picture
from support.server import serving
from support.sessions import signed_in


@dataclass(frozen=True, slots=True)
class House:
    db: Database
    easel: list[DrawPage]
    """What draws pages now."""
    office: Office
    goose: Household
    company: httpx.AsyncClient
    reviewer: httpx.AsyncClient


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    clock = FrozenClock(datetime.now(UTC))
    identity = cheap_identity(clock, db.url)
    office = open_office(clock, db.url, identity, tmp_path)
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
        new = NewUser("desk", PASSWORD, frozenset({Role.REVIEWER}))
        await identity.people.create_user(uow, system_actor(), None, new)
    doors = vendor_doors(db, identity, clock)
    easel: list[DrawPage] = [draw_page]

    async def draw(data: bytes, page: int) -> bytes:
        return await easel[0](data, page)

    routers = [
        filings_router(db, office.enterprises, doors, draw, count_pages),
        reviews_router(db, office.reviews, doors),
        sms_router(db, office.sms, doors, compile_template=compile_template),
    ]
    async with serving(identity_app(db, identity, clock, console_routers=routers)) as url:
        company, reviewer = await signed_in(url, "goose-admin"), await signed_in(url, "desk")
        yield House(db, easel, office, goose, company, reviewer)
        await company.aclose()
        await reviewer.aclose()


async def upload(house: House, field: str, name: str, data: bytes) -> httpx.Response:
    return await house.company.post(f"/filings/smart_send/papers/{field}", files={"file": (name, data)})


async def test_a_paper_is_leafed_through_page_by_page_up_to_a_limit(house: House) -> None:
    red = Image.new("RGB", (6, 8), "red")
    for count in (3, 22):
        packed = io.BytesIO()
        red.save(packed, "PDF", save_all=True, append_images=[red] * (count - 1))
        paper = (await upload(house, "material_commitment", "letter.pdf", packed.getvalue())).json()
        pages = f"/filings/papers/{paper['paper_id']}/pages"
        shown = min(count, 20)
        assert (await house.company.get(pages)).json() == {"pages": count, "shown": shown}
        assert (await house.company.get(f"{pages}/{shown - 1}")).content.startswith(b"\x89PNG")
        assert (await house.company.get(f"{pages}/{shown}")).status_code in {400, 404}
    assert (await house.company.get(f"/filings/papers/{uuid4()}/pages")).status_code == 404


async def test_a_company_that_asks_for_many_pages_waits_for_its_own(house: House) -> None:
    paper = (await upload(house, "business_licence", "licence.png", picture())).json()
    page = f"/filings/papers/{paper['paper_id']}/pages/0"
    drawing, is_told = 0, asyncio.Event()

    async def draw(_data: bytes, _page: int) -> bytes:
        nonlocal drawing
        drawing += 1
        assert drawing == 1
        await is_told.wait()
        drawing -= 1
        return b"drawn"

    house.easel[0] = draw
    asking = [asyncio.ensure_future(house.company.get(page)) for _ in range(40)]
    async with asyncio.timeout(20):
        for refusal in itertools.islice(asyncio.as_completed(asking), 15):
            assert (await refusal).status_code == 503
    is_told.set()
    asked = await asyncio.gather(*asking)
    assert Counter(answer.status_code for answer in asked) == {200: 25, 503: 15}
    assert {answer.json()["code"] for answer in asked if answer.status_code == 503} == {"enterprises.drawing_busy"}
    assert (await house.company.get(page)).status_code == 200


async def test_a_company_files_and_a_reviewer_approves(house: House) -> None:
    forms = (await house.company.get("/filings")).json()["items"]
    assert [form["scene"] for form in forms] == ["smart_send", "smart_links", "service_account", "basic"]
    licence = next(field for field in forms[0]["fields"] if field["name"] == "business_licence")
    assert (licence["zh"], licence["is_required"], licence["kind"]) == ("营业执照", True, "file")

    letter = await house.company.get("/filings/letters/material_commitment")
    assert letter.content.startswith(b"PK")
    assert letter.headers["Content-Disposition"].endswith(".docx")
    assert (await house.company.get("/filings/letters/love")).status_code == 404

    saved = await house.company.put("/filings/smart_send", json={"values": {"document_type": "business_licence"}})
    assert saved.json()["values"] == {"document_type": "business_licence"}
    early = await house.company.post("/filings/smart_send/submit")
    assert (early.status_code, early.json()["field"]) == (400, "business_licence")

    assert (await upload(house, "business_licence", "营业执照.png", picture())).status_code == 201
    renamed = await upload(house, "material_commitment", "letter.pdf", picture())
    assert (renamed.status_code, renamed.json()["field"]) == (400, "material_commitment")
    large = await upload(house, "material_commitment", "letter.pdf", PDF + bytes(2 * 1024 * 1024))
    assert "larger than 2 MB" in large.json()["title"]
    for field in ("material_commitment", "signature_authorisation"):
        assert (await upload(house, field, f"{field}.pdf", PDF)).status_code == 201
    submitted = (await house.company.post("/filings/smart_send/submit")).json()
    assert (submitted["state"], submitted["is_pending"]) == ("reviewing", True)
    assert (await house.company.post("/filings/smart_send/urge")).status_code == 409

    queue = (await house.reviewer.get("/reviews", params={"state": "pending"})).json()
    assert queue["total"] == 1
    review_id = queue["items"][0]["review_id"]
    assert (await house.reviewer.post(f"/reviews/{review_id}/claim")).status_code == 204
    detail = (await house.reviewer.get(f"/reviews/{review_id}")).json()
    assert detail["claimed_by"] == "desk"
    assert detail["snapshot"]["legal_name"] == "goose科技有限公司"
    assert [event["action"] for event in detail["history"]] == ["submitted", "claimed"]
    paper = next(found for found in detail["snapshot"]["papers"] if found["field"] == "business_licence")
    download = await house.reviewer.get(f"/filings/papers/{paper['paper_id']}")
    assert download.content == picture()
    assert download.headers["Content-Type"] == "image/png"
    assert download.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E8%90%A5")
    pages = f"/filings/papers/{paper['paper_id']}/pages"
    drawn = await house.company.get(f"{pages}/0")
    assert (drawn.headers["Content-Type"], drawn.content[:4]) == ("image/png", b"\x89PNG")
    assert "sandbox" in drawn.headers["Content-Security-Policy"]
    assert (await house.company.get(f"{pages}/1")).status_code == 404
    assert (await house.reviewer.get(pages)).json() == {"pages": 1, "shown": 1}
    # a letter without a page is said to be what it is
    letter = next(found for found in detail["snapshot"]["papers"] if found["name"].endswith(".pdf"))
    damaged = await house.company.get(f"/filings/papers/{letter['paper_id']}/pages/0")
    assert (damaged.status_code, damaged.json()["code"]) == (400, "kernel.sandbox_crash")

    assert (await house.reviewer.post(f"/reviews/{review_id}/release")).status_code == 204
    assert (await house.reviewer.post(f"/reviews/{review_id}/reject", json={"reason": " "})).status_code == 400
    assert (await house.reviewer.post(f"/reviews/{review_id}/approve", json={"note": "ok"})).status_code == 204
    again = await house.reviewer.post(f"/reviews/{review_id}/reject", json={"reason": "no"})
    assert (again.status_code, again.json()["code"]) == (409, "reviews.already_decided")

    tenant = house.goose.tenant.id
    async with house.db.begin() as uow:
        await house.office.hear(uow)
    assert (await house.company.get("/filings/smart_send")).json()["state"] == "approved"
    revoked = await house.reviewer.post(f"/filings/smart_send/revoke/{tenant}", json={"reason": "expired"})
    assert revoked.status_code == 204
    assert (await house.company.get("/filings/smart_send")).json()["reason"] == "expired"


async def test_a_company_does_not_reach_the_desk_nor_a_reviewer_a_filing(house: House) -> None:
    assert (await house.company.get("/reviews")).status_code == 403
    assert (await house.reviewer.get("/filings")).status_code == 403
    assert (await house.company.get("/filings/unknown")).status_code == 400
    missing = await house.reviewer.get("/reviews/00000000-0000-4000-8000-000000000000")
    assert (missing.status_code, missing.json()["code"]) == (404, "reviews.not_found")


async def test_the_send_form_s_picker_and_the_proofs(house: House) -> None:
    async with house.db.begin() as uow:
        await house.office.file_enterprise(uow, house.goose.actor)
        template = await house.office.make_usable_template(uow, house.goose.actor)
        signature = await house.office.sms.signatures.get_signature(uow, house.goose.actor, template.signature_id)
    (row,) = (await house.company.get("/sms/sendable")).json()["items"]
    assert (row["template_id"], row["signature_type"]) == (template.template_id, "NOTIFY_TYPE")

    proof = f"/sms/files/{house.goose.tenant.id}/{signature.form.licence_file_id}"
    assert (await house.reviewer.get(proof)).content == picture()
    off = await house.company.put(f"/sms/templates/{template.template_id}/use", json={"is_active": False})
    assert off.status_code == 204
    assert (await house.company.get("/sms/sendable")).json()["items"] == []
    for wrong in (
        f"/sms/templates/{template.template_id}/urge",
        f"/sms/signatures/{signature.signature_id}/urge",
        f"/sms/signatures/{signature.signature_id}/activate",
    ):
        assert (await house.company.post(wrong)).status_code == 409


async def decide(house: House, review_id: str, verb: str, body: dict[str, object]) -> None:
    """Decide at the desk, and let the room hear of it as its job would."""
    assert (await house.reviewer.post(f"/reviews/{review_id}/{verb}", json=body)).status_code == 204
    async with house.db.begin() as uow:
        await house.office.hear(uow)


async def fill_in(house: House, *, without: str = "") -> None:
    """Upload every required paper of the first filing."""
    values = {"document_type": "business_licence", "signature_differs": "no"}
    assert (await house.company.put("/filings/smart_send", json={"values": values})).status_code == 200
    papers = {"business_licence": ("营业执照.png", picture())}
    papers |= {field: (f"{field}.pdf", PDF) for field in ("material_commitment", "signature_authorisation")}
    for field, (name, data) in papers.items():
        if field != without:
            assert (await upload(house, field, name, data)).status_code == 201


async def test_what_is_missing_shows_until_it_is_there(house: House) -> None:
    begun = (await house.company.get("/filings/smart_send")).json()
    letters = ["material_commitment", "signature_authorisation"]
    assert begun["missing"] == ["document_type", "business_licence", *letters]
    assert (begun["pending"], begun["reasons"], begun["reason"]) == (None, [], "")
    await fill_in(house)
    assert (await house.company.get("/filings/smart_send")).json()["missing"] == []
    values = {"document_type": "business_licence", "signature_differs": "yes"}
    differs = await house.company.put("/filings/smart_send", json={"values": values})
    assert differs.json()["missing"] == ["company_relation"]


async def test_a_paper_is_taken_out_and_its_bytes_stay_for_the_desk(house: House) -> None:
    await fill_in(house)
    paper_id = (await house.company.get("/filings/smart_send")).json()["papers"]["business_licence"]["paper_id"]
    without = await house.company.delete("/filings/smart_send/papers/business_licence")
    assert without.json()["missing"] == ["business_licence"]
    again = await house.company.delete("/filings/smart_send/papers/business_licence")
    assert (again.status_code, again.json()["code"]) == (404, "enterprises.paper_not_found")
    assert (await house.reviewer.get(f"/filings/papers/{paper_id}")).content == picture()


async def test_a_refusal_stands_beside_its_field_and_in_the_history(house: House) -> None:
    await fill_in(house)
    pending = (await house.company.post("/filings/smart_send/submit")).json()["pending"]
    assert pending["due_at"] > pending["submitted_at"] < pending["urging_possible_at"]
    for change in (
        house.company.put("/filings/smart_send", json={"values": {}}),
        house.company.delete("/filings/smart_send/papers/business_licence"),
        house.company.post("/filings/smart_send/submit"),
    ):
        assert (await change).json()["code"] == "enterprises.under_review"

    (row,) = (await house.reviewer.get("/reviews", params={"state": "pending"})).json()["items"]
    reason = {"code": "other", "field": "business_licence", "text": "看不清有效期"}
    await decide(house, row["review_id"], "reject", {"reasons": [reason], "reason": "请重新提交"})
    refused = (await house.company.get("/filings/smart_send")).json()
    assert (refused["state"], refused["is_pending"], refused["pending"]) == ("rejected", False, None)
    assert refused["reasons"] == [{"field": "business_licence", "zh": "看不清有效期", "en": "看不清有效期"}]
    assert "请重新提交" in refused["reason"]

    (story,) = (await house.company.get("/filings/smart_send/history")).json()["items"]
    assert [(event["action"], event["by"]) for event in story["events"]] == [
        ("submitted", "goose-admin"),
        ("rejected", ""),
    ]
    # and it is mended and handed in again: the old reasons are gone, the history keeps them
    assert (await upload(house, "business_licence", "新.png", picture())).status_code == 201
    handed = (await house.company.post("/filings/smart_send/submit")).json()
    assert (handed["state"], handed["reasons"], handed["reason"]) == ("reviewing", [], "")
    stories = (await house.company.get("/filings/smart_send/history")).json()["items"]
    assert {one["state"]: one["reasons"] for one in stories} == {"pending": [], "rejected": refused["reasons"]}


async def test_a_question_is_no_refusal(house: House) -> None:
    await fill_in(house)
    assert (await house.company.post("/filings/smart_send/submit")).json()["is_asked_back"] is False
    (row,) = (await house.reviewer.get("/reviews", params={"state": "pending"})).json()["items"]
    await decide(house, row["review_id"], "ask-back", {"question": "签名用于哪个门店？"})
    asked = (await house.company.get("/filings/smart_send")).json()
    assert (asked["state"], asked["is_asked_back"]) == ("rejected", True)
    assert "签名用于哪个门店？" in asked["reason"]
    (story,) = (await house.company.get("/filings/smart_send/history")).json()["items"]
    assert story["is_asked_back"] is True
    # handed in again it is a submission like any other, and refused it is refused
    assert (await house.company.post("/filings/smart_send/submit")).json()["is_asked_back"] is False
    (row,) = (await house.reviewer.get("/reviews", params={"state": "pending"})).json()["items"]
    await decide(house, row["review_id"], "reject", {"reason": "不符"})
    assert (await house.company.get("/filings/smart_send")).json()["is_asked_back"] is False


async def test_an_edit_of_what_was_approved_keeps_the_state_also_when_refused(house: House) -> None:
    await fill_in(house)
    for verb, body in (("approve", {"note": ""}), ("reject", {"reason": "不清晰"})):
        handed = (await house.company.post("/filings/smart_send/submit")).json()
        assert handed["state"] == ("reviewing" if verb == "approve" else "approved")
        (row,) = (await house.reviewer.get("/reviews", params={"state": "pending"})).json()["items"]
        await decide(house, row["review_id"], verb, body)
    filing = (await house.company.get("/filings/smart_send")).json()
    assert (filing["state"], filing["reason"]) == ("approved", "不清晰")


async def test_what_one_scene_approved_is_not_asked_again_by_another(house: House) -> None:
    await fill_in(house)
    await house.company.post("/filings/smart_send/submit")
    (row,) = (await house.reviewer.get("/reviews", params={"state": "pending"})).json()["items"]
    await decide(house, row["review_id"], "approve", {"note": ""})
    links = (await house.company.get("/filings/smart_links")).json()
    assert links["missing"] == ["document_type"]
    assert {field: paper["scene"] for field, paper in links["papers"].items()} == {
        "business_licence": "smart_send",
        "material_commitment": "smart_send",
    }
    own = {"file": ("own.png", picture("JPEG"))}
    wrong = await house.company.post("/filings/smart_links/papers/business_licence", files=own)
    assert (wrong.status_code, wrong.json()["field"]) == (400, "business_licence")
    own = {"file": ("own.jpg", picture("JPEG"))}
    assert (await house.company.post("/filings/smart_links/papers/business_licence", files=own)).status_code == 201
    with_own = (await house.company.get("/filings/smart_links")).json()["papers"]["business_licence"]
    assert with_own["scene"] == "smart_links"
    back = (await house.company.delete("/filings/smart_links/papers/business_licence")).json()
    assert back["papers"]["business_licence"]["scene"] == "smart_send"


async def test_who_may_only_read_changes_nothing_and_strangers_see_nothing(house: House) -> None:
    await fill_in(house)
    paper_id = (await house.company.get("/filings/smart_send")).json()["papers"]["business_licence"]["paper_id"]
    async with house.db.begin() as uow:
        stranger = await found_household(uow, house.office.identity, "swan", number=1)
        new = NewUser("goose-reader", PASSWORD, frozenset({Role.READ_ONLY}))
        await house.office.identity.people.create_user(uow, house.goose.actor, house.goose.tenant.id, new)
    url = str(house.company.base_url).removesuffix("/console/api/")
    reader, swan = await signed_in(url, "goose-reader"), await signed_in(url, f"{stranger.actor.user_name}")
    try:
        assert (await reader.get("/filings/smart_send")).status_code == 200
        refusals = [
            await reader.put("/filings/smart_send", json={"values": {}}),
            await reader.delete("/filings/smart_send/papers/business_licence"),
            await reader.post("/filings/smart_send/submit"),
            await reader.post("/filings/smart_send/urge"),
        ]
        assert [answer.status_code for answer in refusals] == [403] * 4
        assert (await swan.get(f"/filings/papers/{paper_id}")).status_code == 404
        assert (await swan.get("/filings/smart_send")).json()["papers"] == {}
    finally:
        await reader.aclose()
        await swan.aclose()
