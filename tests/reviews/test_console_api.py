"""Reviewers work over a real socket: queue, guides, evidence that runs nothing, one decision and many."""

import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from PIL import Image

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import FileId, TenantId
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.identity.contracts import Actor, Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.reviews.console_api.router import console_router
from hongyan.rooms.reviews.contracts import DueKind, Submission
from support.identity import PASSWORD, Household, cheap_identity, found_household, identity_app, vendor_doors
from support.office import Office, open_office, picture
from support.server import serving
from support.sessions import signed_in

PNG = b"\x89PNG\r\n\x1a\n"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class House:
    db: Database
    office: Office
    goose: Household
    company: httpx.AsyncClient
    desk: httpx.AsyncClient
    second: httpx.AsyncClient
    operator: httpx.AsyncClient

    async def submit(self, *names: str, kind: str = "sms.signature") -> list[str]:
        """Put things on the desk; returns their reviews."""
        async with self.db.begin() as uow:
            tenant = self.goose.tenant.id
            made = [Submission(kind, n, tenant, n, {"name": n}, DueKind.WORKING_HOURS_2) for n in names]
            return [(await self.office.reviews.submit(uow, one, submitted_by="ann")).review_id for one in made]


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    clock = FrozenClock(datetime.now(UTC))
    identity = cheap_identity(clock, db.url)
    office = open_office(clock, db.url, identity, tmp_path)
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
        for name, role in (
            ("desk", Role.REVIEWER),
            ("second", Role.REVIEWER),
            ("operator", Role.PLATFORM_OPERATOR),
        ):
            await identity.people.create_user(uow, system_actor(), None, NewUser(name, PASSWORD, frozenset({role})))

    async def paper(uow: Uow, actor: Actor, tenant_id: TenantId, ref: str) -> tuple[str, bytes]:
        del tenant_id
        found, data = await office.enterprises.read_paper(uow, actor, FileId(ref))
        return found.name, data

    doors = vendor_doors(db, identity, clock)
    router = console_router(db, office.reviews, doors, {"enterprises": paper})
    async with serving(identity_app(db, identity, clock, console_routers=[router])) as url:
        browsers = [await signed_in(url, name) for name in ("goose-admin", "desk", "second", "operator")]
        yield House(db, office, goose, *browsers)
        for browser in browsers:
            await browser.aclose()


async def file(house: House, papers: dict[str, tuple[str, bytes]]) -> str:
    """Hand a filing in with these papers; returns its review."""
    async with house.db.begin() as uow:
        made, actor = house.office.enterprises, house.goose.actor
        values = {"document_type": "business_licence", "signature_differs": "yes"}
        await made.save_filing(uow, actor, Scene.SMART_SEND, values)
        needed = {
            "business_licence": ("licence.png", picture()),
            "material_commitment": ("m.pdf", pdf()),
            "signature_authorisation": ("s.pdf", pdf()),
            "company_relation": ("c.pdf", pdf()),
        }
        for field, (name, data) in {**needed, **papers}.items():
            await made.upload_paper(uow, actor, Scene.SMART_SEND, field, name, data)
        filing = await made.submit_filing(uow, actor, Scene.SMART_SEND)
    assert filing.review_id is not None
    return filing.review_id


def pdf(pages: int = 1) -> bytes:
    """Return a document of red pages."""
    packed, sheets = io.BytesIO(), [Image.new("RGB", (60, 80), "red") for _ in range(pages)]
    sheets[0].save(packed, "PDF", save_all=True, append_images=sheets[1:])
    return packed.getvalue()


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def rar(name: str, data: bytes) -> bytes:
    """Return an archive of the fourth version with one member that is stored as it is."""

    def block(kind: int, flags: int, body: bytes) -> bytes:
        rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest

    member = struct.pack(
        "<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0x5AF7_0000, 20, 0x30, len(name), 0x81A4
    )
    return (
        b"Rar!\x1a\x07\x00"
        + block(0x73, 0, bytes(6))
        + block(0x74, 0x8000, member + name.encode())
        + data
        + block(0x7B, 0x4000, b"")
    )


async def test_the_queue_counts_filters_and_tells_the_clock(house: House) -> None:
    (first,) = await house.submit("first")
    (other,) = await house.submit("other", kind="sms.template")
    assert (await house.desk.post(f"/reviews/{first}/claim")).status_code == 204
    mine = (await house.desk.get("/reviews", params={"state": "pending", "claim": "mine"})).json()["items"]
    assert [row["review_id"] for row in mine] == [first]
    assert 0 <= mine[0]["minutes_left"] <= 120
    assert mine[0]["days_left"] >= 0
    free = (await house.desk.get("/reviews", params={"claim": "nobody"})).json()["items"]
    assert [row["review_id"] for row in free] == [other]
    day = "2020-01-01"
    assert (await house.desk.get("/reviews", params={"submitted_to": day})).json()["total"] == 0
    assert (await house.desk.get("/reviews", params={"submitted_from": day, "kind": "sms.template"})).json()[
        "total"
    ] == 1
    assert (await house.desk.get("/reviews", params={"submitted_from": "soon"})).json()["field"] == "submitted_from"
    counts = (await house.desk.get("/reviews/counts")).json()["items"]
    assert [(one["kind"], one["pending"], one["mine"], one["unclaimed"]) for one in counts] == [
        ("sms.signature", 1, 1, 0),
        ("sms.template", 1, 0, 1),
    ]


async def test_the_queue_is_listed_by_what_is_asked_for(house: House) -> None:
    names = ("first", "second", "third")
    ids = [(await house.submit(name))[0] for name in names]
    async with house.db.begin() as uow:
        # Handed in an hour apart, and the second is due last.
        for no, review_id in enumerate(ids):
            await uow.fetch(
                """UPDATE reviews_submissions SET submitted_at = submitted_at + make_interval(hours => %s),
                   due_at = due_at + make_interval(days => %s) WHERE review_id = %s RETURNING 1""",
                (no - 3, int(no == 1), review_id),
            )

    async def listed(sort: str) -> list[str]:
        return [row["review_id"] for row in (await house.desk.get("/reviews", params={"sort": sort})).json()["items"]]

    assert await listed("submitted_at") == ids
    assert await listed("-submitted_at") == ids[::-1]
    assert (await listed("due_at"))[-1] == (await listed("-due_at"))[0] == ids[1]
    assert (await house.desk.get("/reviews", params={"sort": "title"})).json()["field"] == "sort"


async def test_customers_reach_nothing_of_the_desk_and_reviewers_no_settings(house: House) -> None:
    (review,) = await house.submit("first")
    for path in ("", "/counts", "/guides", f"/{review}", f"/{review}/evidence/0", f"/{review}/evidence/0/file"):
        assert (await house.company.get(f"/reviews{path}")).status_code == 403, path
    for verb in ("approve", "reject", "ask-back"):
        said = {"reason": "x", "question": "x"}
        assert (await house.company.post(f"/reviews/{review}/{verb}", json=said)).status_code == 403
        assert (await house.operator.post(f"/reviews/{review}/{verb}", json=said)).status_code == 403
    bulk = {"kind": "sms.signature", "review_ids": [review], "approve": True}
    assert (await house.company.post("/reviews/bulk", json=bulk)).status_code == 403
    change = await house.desk.put("/reviews/guides/sms.signature", json={"needs_two": False})
    assert change.status_code == 403
    assert (await house.desk.get(f"/reviews/{NOWHERE}")).status_code == 404


async def test_two_people_are_needed_where_the_operator_says_so(house: House) -> None:
    assert (await house.operator.put("/reviews/guides/sms.signature", json={"needs_two": True})).status_code == 204
    assert (await house.operator.put("/reviews/guides/moon", json={"needs_two": True})).json()["field"] == "kind"
    guides = {one["kind"]: one for one in (await house.desk.get("/reviews/guides")).json()["items"]}
    assert (guides["sms.signature"]["needs_two"], guides["sms.signature"]["changed_by"]) == (True, "operator")
    assert not guides["sms.template"]["needs_two"]
    (review,) = await house.submit("first")
    approval = {"checks": ["names_owner"]}
    assert (await house.desk.post(f"/reviews/{review}/approve", json=approval)).status_code == 204
    again = await house.desk.post(f"/reviews/{review}/approve", json=approval)
    assert (again.status_code, again.json()["code"]) == (409, "reviews.second_reviewer_needed")
    waiting = (await house.desk.get(f"/reviews/{review}")).json()
    assert (waiting["state"], waiting["first_by"], waiting["needs_two"]) == ("pending", "desk", True)
    assert (await house.second.post(f"/reviews/{review}/approve", json={})).status_code == 204
    assert (await house.desk.get(f"/reviews/{review}")).json()["state"] == "approved"


async def test_refusals_name_the_field_and_the_second_one_hears_who_was_first(house: House) -> None:
    (review,) = await house.submit("first")
    for said, field in (
        ({}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reasons": [{"code": "neutral_name"}, {"code": "moon"}]}, "reasons.1.code"),
        ({"reasons": [{"code": "other", "field": "name"}]}, "reasons.0.text"),
    ):
        refused = await house.desk.post(f"/reviews/{review}/reject", json=said)
        assert (refused.status_code, refused.json()["field"]) == (400, field), refused.text
    empty = await house.desk.post(f"/reviews/{review}/ask-back", json={"question": ""})
    assert (empty.status_code, empty.json()["field"]) == (400, "question")
    wrong = await house.desk.post(f"/reviews/{review}/approve", json={"checks": ["moon"]})
    assert wrong.json()["field"] == "checks"
    good = {"reasons": [{"code": "neutral_name", "field": "name"}], "reason": "请改名"}
    assert (await house.desk.post(f"/reviews/{review}/reject", json=good)).status_code == 204
    late = await house.second.post(f"/reviews/{review}/approve", json={})
    assert (late.status_code, late.json()["code"]) == (409, "reviews.already_decided")
    assert late.json()["title"].startswith("desk rejected this at ")
    seen = (await house.company.get("/reviews/decisions?kind=sms.signature&subject_id=first")).json()["items"]
    assert seen[0]["reason"] == "签名名称：签名含义过于宽泛，无法识别企业；请改名"
    assert seen[0]["reason_en"] == "Signature: The name identifies nobody; 请改名"
    assert "decided_by" not in seen[0]


async def test_many_are_decided_one_by_one_and_each_says_how_it_went(house: House) -> None:
    one, two = await house.submit("one", "two")
    (foreign,) = await house.submit("three", kind="sms.template")
    await house.second.post(f"/reviews/{two}/reject", json={"reason": "no"})
    bulk = {"kind": "sms.signature", "review_ids": [one, two, foreign, NOWHERE, one], "approve": True}
    answer = await house.desk.post("/reviews/bulk", json=bulk)
    rows = [(row["review_id"], row["is_done"], row["code"]) for row in answer.json()["items"]]
    assert rows == [
        (one, True, ""),
        (two, False, "reviews.already_decided"),
        (foreign, False, "reviews.other_kind"),
        (NOWHERE, False, "reviews.not_found"),
    ]
    assert (await house.desk.get(f"/reviews/{one}")).json()["state"] == "approved"
    assert (await house.desk.get(f"/reviews/{foreign}")).json()["state"] == "pending"
    too_many = await house.desk.post("/reviews/bulk", json={**bulk, "review_ids": [NOWHERE] * 51})
    assert (too_many.status_code, too_many.json()["field"]) == (400, "review_ids")
    wrong = {"kind": "sms.template", "review_ids": [foreign], "approve": False, "reasons": [{"code": "moon"}]}
    assert (await house.desk.post("/reviews/bulk", json=wrong)).json()["items"][0]["code"] == "kernel.invalid_input"


async def test_many_are_approved_with_the_checklist_and_a_note_and_earlier_rounds_are_told(house: House) -> None:
    (before,) = await house.submit("one")
    assert (await house.desk.post(f"/reviews/{before}/ask-back", json={"question": "哪个门店？"})).status_code == 204
    one, two = await house.submit("one", "two")
    bulk = {"kind": "sms.signature", "review_ids": [one, two], "approve": True}
    wrong = (await house.desk.post("/reviews/bulk", json={**bulk, "checks": ["moon"]})).json()["items"]
    assert [row["code"] for row in wrong] == ["kernel.invalid_input"] * 2
    said = {**bulk, "checks": ["names_owner"], "reason": "电话核实过"}
    answer = (await house.desk.post("/reviews/bulk", json=said)).json()["items"]
    assert [row["is_done"] for row in answer] == [True, True]
    shown = (await house.desk.get(f"/reviews/{one}")).json()
    last = shown["history"][-1]
    assert (last["action"], last["checks"], last["note"]) == ("approved", ["names_owner"], "电话核实过")
    (earlier,) = shown["rounds"]
    assert (earlier["review_id"], earlier["is_asked_back"]) == (before, True)
    assert [(event["action"], event["note"]) for event in earlier["history"]] == [
        ("submitted", ""),
        ("asked_back", "哪个门店？"),
    ]
    assert (await house.desk.get(f"/reviews/{two}")).json()["rounds"] == []


async def test_evidence_is_drawn_anew_and_never_leaves_as_what_it_claims_to_be(house: House) -> None:
    named = {"证明/执照.png": picture(), "bomb.txt": bytes(600_000)}
    review = await file(
        house,
        {"material_commitment": ("a.pdf", pdf(pages=3)), "special_papers": ("special.zip", zipped(**named))},
    )
    detail = (await house.desk.get(f"/reviews/{review}")).json()
    numbers = {one["field"]: one["number"] for one in detail["evidence"]}
    base = f"/reviews/{review}/evidence"

    scan = await house.desk.get(f"{base}/{numbers['business_licence']}/pages/0")
    assert scan.content.startswith(PNG)
    assert scan.headers["Content-Type"] == "image/png"
    assert scan.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    letter = f"{base}/{numbers['material_commitment']}"
    told = (await house.desk.get(letter)).json()
    assert (told["kind"], told["shows"], told["pages"], told["name"]) == ("pdf", "pages", 3, "a.pdf")
    assert (await house.desk.get(f"{letter}/pages/2")).content.startswith(PNG)
    assert (await house.desk.get(f"{letter}/pages/3")).status_code == 404
    kept = await house.desk.get(f"{letter}/file")
    assert kept.headers["Content-Type"] == "application/octet-stream"
    assert kept.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a.pdf"
    assert kept.headers["X-Content-Type-Options"] == "nosniff"

    archive = (await house.desk.get(f"{base}/{numbers['special_papers']}")).json()
    assert archive["shows"] == "entries"
    assert [entry["name"] for entry in archive["entries"]] == ["证明/执照.png", "bomb.txt"]
    assert archive["unpacked_bytes"] == 600_000 + len(picture())
    assert archive["is_suspicious"]
    assert (await house.desk.get(f"{base}/{numbers['special_papers']}/pages/0")).status_code == 404
    assert (await house.desk.get(f"{base}/99")).status_code == 404


async def test_a_rar_is_listed_and_damaged_files_are_named_as_such(house: House) -> None:
    broken = pdf()[:40] + b"\x00" * 200 + b"\n%%EOF\n"
    review = await file(
        house,
        {"special_papers": ("special.rar", rar("licence.txt", b"12345")), "company_relation": ("b.pdf", broken)},
    )
    detail = (await house.desk.get(f"/reviews/{review}")).json()
    numbers = {one["field"]: one["number"] for one in detail["evidence"]}
    listed = (await house.desk.get(f"/reviews/{review}/evidence/{numbers['special_papers']}")).json()
    assert listed["entries"] == [{"name": "licence.txt", "size_bytes": 5, "is_encrypted": False, "is_folder": False}]
    assert not listed["is_suspicious"]
    damaged = (await house.desk.get(f"/reviews/{review}/evidence/{numbers['company_relation']}")).json()
    assert (damaged["shows"], damaged["kind"]) == ("damaged", "pdf")
    page = await house.desk.get(f"/reviews/{review}/evidence/{numbers['company_relation']}/pages/0")
    assert (page.status_code, page.json()["code"]) == (400, "kernel.sandbox_crash")


async def test_what_nobody_reads_for_the_desk_is_not_there(house: House) -> None:
    async with house.db.begin() as uow:
        made = Submission(
            "sms.signature", "x", house.goose.tenant.id, "x", {"licence_file_id": "1"}, DueKind.WORKING_HOURS_2
        )
        review = (await house.office.reviews.submit(uow, made, submitted_by="ann")).review_id
    assert (await house.desk.get(f"/reviews/{review}")).json()["evidence"][0]["field"] == "licence_file_id"
    assert (await house.desk.get(f"/reviews/{review}/evidence/0")).status_code == 404
