"""Accounts of every protocol: what they may say; live control; health."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import AccountId
from hongyan.rooms.carriers.contracts import (
    Carrier,
    CarrierSignature,
    Flow,
    Health,
    HealthState,
    NewAccount,
    Protocol,
    ReceiptIds,
    TextCoding,
    WireOptions,
)
from hongyan.rooms.carriers.errors import AccountNotFound
from support.line import SendingLine

CMPP = NewAccount(
    name="channel-1",
    protocol=Protocol.CMPP30,
    host="127.0.0.1",
    port=7890,
    login="901234",
    secret="shared",
    src_number="10690001",
    carrier=Carrier.MOBILE,
)
SGIP = dataclasses.replace(
    CMPP, protocol=Protocol.SGIP12, login="unicom-user", listen_port=8801, options=WireOptions(node=3010099999)
)
SMGP = dataclasses.replace(CMPP, protocol=Protocol.SMGP30, login="12345678")
SMPP = dataclasses.replace(CMPP, protocol=Protocol.SMPP34, login="hongyan")
MM7 = dataclasses.replace(CMPP, protocol=Protocol.MM7, login="vasp", listen_port=7960)
AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.fixture
def line(shared_db_url: str) -> SendingLine:
    return SendingLine(Database(shared_db_url))


def with_options(new: NewAccount, **options: Any) -> NewAccount:
    return dataclasses.replace(new, options=dataclasses.replace(new.options, **options))


@pytest.mark.parametrize(
    "new",
    [
        with_options(CMPP, service_id="MKT", corp_id="901235", coding=TextCoding.GBK, ref_bits=16),
        with_options(CMPP, codes=(("101", "throttled"), ("0xff", "refused")), stats=(("MK:0017", "ignore"),)),
        with_options(SGIP, carrier_signature=CarrierSignature.PREFIX, fee_type="1", fee_code="10"),
        with_options(SMGP, service_id="SVC", corp_id="12345679", fee_type="00"),
        with_options(
            SMPP,
            split_binds=True,
            system_type="VMA",
            receipt_ids=ReceiptIds.HEX,
            tls=True,
            tls_ca="/etc/ca.pem",
            coding=TextCoding.AUTO,
            has_query=True,
        ),
        dataclasses.replace(MM7, priority=2, weight=30, cost_milli=120, group="video"),
        with_options(MM7, codes=(("2004", "throttled"), ("4006", "refused")), sends_validity=True),
    ],
)
async def test_an_account_comes_back_as_it_was_stated(uow: Uow, line: SendingLine, new: NewAccount) -> None:
    added = await line.carriers.add_account(uow, new)
    assert await line.carriers.list_accounts(uow) == [added]
    stated = dataclasses.asdict(new)
    del stated["secret"]
    if new.protocol is Protocol.SGIP12:
        stated["options"]["corp_id"] = "99999"
    found = dataclasses.asdict(added)
    assert {name: found[name] for name in stated} == stated
    assert (added.flow, added.is_enabled) == (Flow.RUNNING, True)


@pytest.mark.parametrize(
    ("login", "options", "corp_id", "node"),
    [
        ("user", WireOptions(node=3010012345), "12345", 3010012345),
        ("user", WireOptions(corp_id="12345"), "12345", 3000012345),
        ("54321", WireOptions(), "54321", 3000054321),
        ("54321", WireOptions(corp_id="12345", node=3010012345), "12345", 3010012345),
    ],
)
async def test_sgip_corporation_and_node_name_each_other(
    uow: Uow, line: SendingLine, login: str, options: WireOptions, corp_id: str, node: int
) -> None:
    added = await line.carriers.add_account(uow, dataclasses.replace(SGIP, login=login, options=options))
    assert (added.options.corp_id, added.options.node) == (corp_id, node)


@pytest.mark.parametrize(
    ("new", "named"),
    [
        (dataclasses.replace(CMPP, login="9012345"), "account"),
        (dataclasses.replace(CMPP, login="九零"), "account"),
        (dataclasses.replace(SMGP, login="123456789"), "account"),
        (dataclasses.replace(SGIP, login="u" * 17), "account"),
        (dataclasses.replace(SMPP, login="s" * 16), "account"),
        (dataclasses.replace(SMPP, secret="123456789"), "secret"),
        (dataclasses.replace(SMGP, secret="x" * 16), "secret"),
        (dataclasses.replace(SGIP, secret="密"), "secret"),
        (dataclasses.replace(SGIP, listen_port=None), "listen_port"),
        (dataclasses.replace(SGIP, window_pdus=33), "window"),
        (dataclasses.replace(SGIP, options=WireOptions()), "corp_id"),
        (with_options(SGIP, corp_id="1234"), "corp_id"),
        (with_options(SGIP, node=2010099999), "node"),
        (with_options(SGIP, fee_type="01"), "fee_type"),
        *[(with_options(one, has_query=True), "has_query") for one in (CMPP, SGIP, SMGP, MM7)],
        (with_options(CMPP, node=3010099999), "node"),
        (with_options(CMPP, corp_id="9012345"), "corp_id"),
        (with_options(CMPP, tls=True), "tls"),
        (with_options(CMPP, split_binds=True), "split_binds"),
        (with_options(CMPP, receipt_ids=ReceiptIds.HEX), "receipt_ids"),
        (with_options(CMPP, service_id="ELEVEN-LONG"), "service_id"),
        (with_options(CMPP, fee_type="1"), "fee_type"),
        (with_options(CMPP, fee_code="1 yuan"), "fee_code"),
        (with_options(CMPP, ref_bits=7), "ref_bits"),
        (with_options(SMPP, service_id="LONGER"), "service_id"),
        (with_options(SMPP, system_type="t" * 13), "system_type"),
        (with_options(SMPP, coding=TextCoding.GBK), "coding"),
        (with_options(SMPP, tls_ca="/etc/ca.pem"), "tls_ca"),
        (with_options(SMPP, corp_id="1"), "corp_id"),
        (with_options(MM7, coding=TextCoding.GBK), "coding"),
        (with_options(MM7, codes=(("1000", "refused"),)), "code"),
        (with_options(MM7, codes=(("0x7d1", "refused"),)), "code"),
        (with_options(MM7, codes=(("2001", "maybe"),)), "code"),
        (with_options(MM7, carrier_signature=CarrierSignature.PREFIX), "carrier_signature"),
        (dataclasses.replace(CMPP, priority=100), "priority"),
        (dataclasses.replace(CMPP, weight=0), "weight"),
        (dataclasses.replace(CMPP, cost_milli=-1), "cost"),
        (dataclasses.replace(CMPP, group="Group 1"), "group"),
    ],
)
async def test_what_a_protocol_cannot_carry_is_named(uow: Uow, line: SendingLine, new: NewAccount, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await line.carriers.add_account(uow, new)
    assert refused.value.field == named
    assert refused.value.text("en").startswith(f"{named}: ")


# --- live control -----------------------------------------------------------------------------------------------------


async def test_the_flow_of_an_account_changes_and_a_drain_ends_once(uow: Uow, line: SendingLine) -> None:
    account = await line.carriers.add_account(uow, CMPP)

    async def flow() -> Flow:
        return (await line.carriers.list_accounts(uow))[0].flow

    assert not await line.carriers.finish_drain(uow, account.account_id)
    await line.carriers.set_flow(uow, CMPP.name, Flow.DRAINING)
    assert await flow() is Flow.DRAINING
    assert await line.carriers.finish_drain(uow, account.account_id)
    assert await flow() is Flow.PAUSED
    await line.carriers.set_flow(uow, CMPP.name, Flow.RUNNING)
    # An operator let it run again while a gateway thought that it had drained.
    assert not await line.carriers.finish_drain(uow, account.account_id)
    assert await flow() is Flow.RUNNING
    with pytest.raises(AccountNotFound):
        await line.carriers.set_flow(uow, "nobody", Flow.PAUSED)


async def test_tuning_changes_what_is_named_and_no_more(uow: Uow, line: SendingLine) -> None:
    before = await line.carriers.add_account(uow, dataclasses.replace(CMPP, rate_per_s=100, weight=5, group="g"))
    tuned = await line.carriers.tune(uow, CMPP.name, rate_per_s=None, window_pdus=64, group="h", serves=("1069",))
    expected = dataclasses.replace(
        before, rate_per_s=None, window_pdus=64, group="h", serves=("1069",), changed_at=tuned.changed_at
    )
    assert tuned == expected
    assert await line.carriers.list_accounts(uow) == [expected]
    tuned = await line.carriers.tune(uow, CMPP.name, options=WireOptions(service_id="MKT"))
    assert (tuned.options.service_id, tuned.group) == ("MKT", "h")
    for changes, named in (({"window_pdus": 0}, "window"), ({"options": WireOptions(tls=True)}, "tls")):
        with pytest.raises(InvalidInput) as refused:
            await line.carriers.tune(uow, CMPP.name, **changes)  # type: ignore[arg-type]
        assert refused.value.field == named
    with pytest.raises(AccountNotFound):
        await line.carriers.tune(uow, "nobody", priority=1)


async def test_address_and_secret_change_without_removing_the_account(uow: Uow, line: SendingLine) -> None:
    account = await line.carriers.add_account(uow, SGIP)
    await line.carriers.add_account(uow, dataclasses.replace(MM7, name="video"))
    tuned = await line.carriers.tune(uow, SGIP.name, host="10.0.0.9", port=8803, listen_port=8802)
    assert (tuned.host, tuned.port, tuned.listen_port) == ("10.0.0.9", 8803, 8802)
    for changes in ({"listen_port": MM7.listen_port}, {"listen_port": None}, {"host": ""}):
        with pytest.raises(InvalidInput):
            await line.carriers.tune(uow, SGIP.name, **changes)  # type: ignore[arg-type]
    await line.carriers.set_secret(uow, SGIP.name, "another")
    assert await line.carriers.open_secret(uow, account.account_id) == "another"
    with pytest.raises(InvalidInput):
        await line.carriers.set_secret(uow, SGIP.name, "x" * 17)
    with pytest.raises(AccountNotFound):
        await line.carriers.set_secret(uow, "nobody", "x")


# --- health -----------------------------------------------------------------------------------------------------------


def health_of(account_id: AccountId, *, epoch: int = 1, state: HealthState = HealthState.UP, **more: Any) -> Health:
    values: dict[str, Any] = {
        "account_id": account_id,
        "holder": "gateway-1",
        "epoch": epoch,
        "state": state,
        "reason": "",
        "detail": "",
        "since": AT,
        "at": AT,
        "links_up": 1,
        "links": 1,
        "pace_per_s": 99.5,
        "sent_per_s": 12.25,
        "in_flight": 3,
        "window": 16,
        "last_report_at": AT,
        "errors": {"sgip:11": 4},
    }
    return Health(**values | more)


async def test_health_is_kept_per_account_and_an_old_epoch_changes_nothing(uow: Uow, line: SendingLine) -> None:
    account = await line.carriers.add_account(uow, CMPP)
    new = health_of(account.account_id, epoch=2)
    await line.carriers.note_health(uow, new)
    assert await line.carriers.list_health(uow) == [new]
    later = dataclasses.replace(new, state=HealthState.DOWN, reason="login_refused", at=AT + timedelta(seconds=2))
    await line.carriers.note_health(uow, later)
    await line.carriers.note_health(uow, health_of(account.account_id, epoch=1))
    assert await line.carriers.list_health(uow) == [later]
    await line.carriers.remove_account(uow, CMPP.name)
    assert await line.carriers.list_health(uow) == []
