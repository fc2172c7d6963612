"""Paces, unknown messages and lives in the console and the shell: who may look, who may act, what is written down."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.keys.ring import load_or_create_key_ring
from hongyan.rooms.delivery.console_api import console_router
from hongyan.rooms.delivery.contracts import OpenSpan, Tally, Verdict
from hongyan.rooms.identity.contracts import Permission, Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.receipts.console_api import console_router as lives_router
from hongyan.rooms.receipts.contracts import CarrierReport
from hongyan.run.commands import message, pace, unknown
from hongyan.run.web import acting_with, line_notes, only_with, reading_messages, reveal_notes
from support.identity import PASSWORD, cheap_identity, found_household, identity_app, vendor_doors
from support.ledger import carrier_id, result_of
from support.line import SIGNATURE, TENANT, SendingLine, chunk_of, phone
from support.server import serving
from support.sessions import signed_in


@dataclass(frozen=True, slots=True)
class House:
    db: Database
    line: SendingLine
    operator: httpx.AsyncClient
    reviewer: httpx.AsyncClient
    tenant: httpx.AsyncClient

    async def audit(self) -> list[tuple[str, str]]:
        async with self.db.begin() as uow:
            return [tuple(row) for row in await uow.fetch("SELECT action, subject_id FROM identity_audit ORDER BY id")]


async def attempted(line: SendingLine, verdict: Verdict, count: int = 2) -> OpenSpan:
    """Send messages and let the carrier answer so."""
    account = await line.add_account(1)
    await line.plan(chunk_of([phone(n) for n in range(count)]))
    async with line.db.begin() as uow:
        tally = Tally()
        [span] = await line.delivery.claim(uow, account.account_id, 1, tally, spans=1, span_messages=64)
        code = None if verdict is Verdict.ACCEPTED else "no_answer"
        results = [result_of(span, verdict, code)]
        await line.delivery.take_span_results(uow, account.account_id, results, tally, is_repeated=False)
        await line.delivery.fold_sender(uow, account.account_id, tally)
    return span


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    clock = SystemClock()
    identity, line = cheap_identity(clock, db.url), SendingLine(db)
    await line.prepare()
    async with db.begin() as uow:
        await found_household(uow, identity)
        for name, role in (("operator", Role.PLATFORM_OPERATOR), ("desk", Role.REVIEWER)):
            await identity.people.create_user(uow, system_actor(), None, NewUser(name, PASSWORD, frozenset({role})))
    doors = vendor_doors(db, identity, clock)
    routers = [
        console_router(
            db=db,
            service=line.delivery,
            may_look=only_with(doors, Permission.CHANNEL_LIST),
            may_edit=acting_with(doors, Permission.CHANNEL_EDIT),
            note=line_notes(identity),
            name_of=lambda actor: actor.user_name,
        ),
        lives_router(
            db=db,
            service=line.receipts,
            whose=reading_messages(doors),
            may_reveal=acting_with(doors, Permission.NUMBER_REVEAL),
            note=reveal_notes(identity),
        ),
    ]
    async with serving(identity_app(db, identity, clock, console_routers=routers)) as url:
        browsers = [await signed_in(url, name) for name in ("operator", "desk", "goose-admin")]
        yield House(db, line, *browsers)
        for browser in browsers:
            await browser.aclose()


async def test_operators_set_and_clear_paces_and_it_is_written_down(house: House) -> None:
    wanted = {"tenant_id": TENANT, "rate_per_s": 50}
    answer = await house.operator.put("/paces", json=wanted)
    assert answer.status_code == 200, answer.text
    await house.operator.put("/paces", json={**wanted, "signature_id": SIGNATURE, "rate_per_s": 5})
    items = (await house.operator.get("/paces")).json()["items"]
    assert [(one["signature_id"], one["rate_per_s"], one["changed_by"]) for one in items] == [
        (SIGNATURE, 5, "operator"),
        (None, 50, "operator"),
    ]
    where = {"tenant_id": TENANT}
    for _ in range(2):
        assert (await house.operator.delete("/paces", params=where)).status_code == 204
    assert len((await house.operator.get("/paces")).json()["items"]) == 1
    actions = [action for action, subject in await house.audit() if subject == TENANT]
    assert actions == ["pace.set", "pace.set", "pace.clear"]
    assert (await house.operator.put("/paces", json={**wanted, "rate_per_s": 0})).status_code == 400


async def test_operators_decide_about_unknown_messages(house: House) -> None:
    span = await attempted(house.line, Verdict.UNKNOWN)
    first, second = (one.message_id for one in span.messages)
    listed = (await house.operator.get("/unknowns")).json()
    assert (listed["total"], listed["items"][0]["phone_masked"], listed["items"][0]["may_resend"]) == (
        2,
        "138****0000",
        "resent",
    )
    assert (await house.operator.get("/unknowns", params={"account_id": 99})).json()["total"] == 0
    policies = (await house.operator.put("/unknowns/policies/notice", json={"may_resend_unknown": True})).json()
    assert [(one["klass"], one["may_resend_unknown"]) for one in policies["items"]] == [
        ("code", False),
        ("notice", True),
        ("promotion", False),
    ]
    assert (await house.operator.get("/unknowns/policies")).json() == policies
    resent = await house.operator.post("/unknowns/resend", json={"message_ids": [first, 77]})
    assert resent.json() == {"answers": {str(first): "resent", "77": "not_unknown"}}
    assert (await house.operator.post("/unknowns/give-up", json={"message_ids": [second]})).json() == {"count": 1}
    actions = [action for action, _ in await house.audit() if action.startswith("unknown.")]
    assert actions == ["unknown.policy", "unknown.resend", "unknown.give_up"]


@pytest.mark.parametrize("who", ["reviewer", "tenant"])
async def test_others_are_turned_away(house: House, who: str) -> None:
    browser: httpx.AsyncClient = getattr(house, who)
    answers = [
        await browser.get("/paces"),
        await browser.put("/paces", json={"tenant_id": TENANT, "rate_per_s": 5}),
        await browser.delete("/paces", params={"tenant_id": TENANT}),
        await browser.get("/unknowns"),
        await browser.get("/unknowns/policies"),
        await browser.put("/unknowns/policies/notice", json={"may_resend_unknown": True}),
        await browser.post("/unknowns/resend", json={"message_ids": [1]}),
        await browser.post("/unknowns/give-up", json={"message_ids": [1]}),
    ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)


async def test_a_life_shows_ids_and_reports_as_the_carrier_wrote_them(house: House) -> None:
    span = await attempted(house.line, Verdict.ACCEPTED, 1)
    [sent] = span.messages
    async with house.db.begin() as uow:
        [account] = await house.line.carriers.list_accounts(uow)
        report = CarrierReport(carrier_id(sent.message_id), "MK:0012", sent.phone[2:], "2611230427", "2611230428", 0)
        await house.line.receipts.take_reports(uow, account, [report])
    told = (await house.operator.get(f"/messages/{sent.message_id}")).json()
    assert (told["state"], told["carrier_code"], told["phone_masked"]) == ("failed", "MK:0012", "138****0000")
    assert [(one["account_id"], one["carrier"]) for one in told["spans"]] == [(account.account_id, account.carrier)]
    [part] = told["parts"]
    assert part["carrier_msg_id"] == str(carrier_id(sent.message_id))
    assert [(one["stat"], one["done_time"]) for one in part["reports"]] == [("MK:0012", "2611230428")]
    # with what each part carried, what codes mean, and why it went over its channel
    assert (part["text"], part["meaning"]) == (told["text"], None)
    assert part["reports"][0]["meaning"]["zh"]
    way = told["way"]
    assert (way["account_id"], way["segment_carrier"], way["is_chosen"], way["why"]["zh"]) == (
        account.account_id,
        "mobile",
        True,
        "选用",
    )
    # a tenant sees its own messages only, and who decides about templates none
    assert (await house.tenant.get(f"/messages/{sent.message_id}")).status_code == 404
    assert (await house.reviewer.get(f"/messages/{sent.message_id}")).status_code == 403
    assert (await house.operator.get("/messages/5")).status_code == 404


async def test_a_whole_number_is_shown_for_a_reason_that_its_tenant_reads(house: House) -> None:
    [sent] = (await attempted(house.line, Verdict.ACCEPTED, 1)).messages
    path = f"/messages/{sent.message_id}/reveal"
    for empty in ({}, {"reason": ""}, {"reason": "  "}):
        answer = await house.operator.post(path, json=empty)
        assert (answer.status_code, answer.json()["field"]) == (400, "reason")
    assert [one for one in await house.audit() if one[0] == "message.reveal"] == []
    shown = await house.operator.post(path, json={"reason": "投诉核查 2026-11"})
    assert shown.json() == {"phone": "13800000000"}
    async with house.db.begin() as uow:
        rows = await uow.fetch("SELECT tenant_id, after FROM identity_audit WHERE action = 'message.reveal'")
    assert [(str(tenant), after) for tenant, after in rows] == [(TENANT, {"reason": "投诉核查 2026-11"})]
    # others' messages are not there, and who decides about templates may not ask
    assert (await house.tenant.post(path, json={"reason": "好奇"})).status_code == 404
    assert (await house.reviewer.post(path, json={"reason": "好奇"})).status_code == 403
    assert (await house.operator.post("/messages/5/reveal", json={"reason": "核查"})).status_code == 404


# --- the shell --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shell(db_url: str, nats_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in (("DATABASE_URL", db_url), ("NATS_URL", nats_url), ("DATA_DIR", str(tmp_path))):
        monkeypatch.setenv(f"HONGYAN_{name}", value)
    return tmp_path


def run(app: Any, *words: str) -> Result:
    return CliRunner().invoke(app, words)


def read(done: Result) -> Any:
    assert done.exit_code == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_paces_unknown_messages_and_lives_in_the_shell(shell: Path, db_url: str) -> None:
    ring = load_or_create_key_ring(shell / "keys.json")

    async def given() -> OpenSpan:
        db = Database(db_url)
        try:
            line = SendingLine(db, ring=ring)
            await line.prepare()
            async with db.begin() as uow:
                await found_household(uow, cheap_identity(SystemClock(), db.url))
            return await attempted(line, Verdict.UNKNOWN)
        finally:
            await db.close()

    first, second = (str(one.message_id) for one in asyncio.run(given()).messages)
    assert read(run(pace.app, "set", "goose", "40", "--json"))["rate_per_s"] == 40
    tenant_id = read(run(pace.app, "list", "--json"))[0]["tenant_id"]
    assert "40" in run(pace.app, "list").stdout
    assert read(run(pace.app, "set", tenant_id, "5", "--signature", SIGNATURE, "--json"))["kind"] == "signature"
    assert read(run(pace.app, "clear", "goose", "--json")) == {"cleared": True}
    assert run(pace.app, "set", "nobody", "4").exit_code == 1
    listed = read(run(unknown.app, "list", "--channel", "carrier-1", "--json"))
    assert (listed["total"], listed["items"][0]["may_resend"]) == (2, "resent")
    assert phone(0) not in str(listed)
    assert run(unknown.app, "list", "--channel", "none").exit_code == 1
    assert {one["klass"]: one["may_resend_unknown"] for one in read(run(unknown.app, "policy", "--json"))} == {
        "code": False,
        "notice": False,
        "promotion": False,
    }
    assert "notice: once more" in run(unknown.app, "policy", "notice", "--resend").stdout
    assert run(unknown.app, "policy", "notice").exit_code == 1
    assert read(run(unknown.app, "resend", first, "--json")) == {first: "resent"}
    assert run(unknown.app, "resend", first).exit_code == 1
    assert read(run(unknown.app, "give-up", second, "--json")) == {"count": 1}
    told = run(message.app, "show", first).stdout
    assert f"{first}: queued" in told
    assert "unknown on account 1: no_answer" in told
    assert "sent once more by shell:" in told
    assert read(run(message.app, "show", second, "--json"))["state"] == "unknown_final"
    assert run(message.app, "show", "5").exit_code == 1
