"""The door of carriers: accounts, channel numbers, routes."""

import dataclasses

import pytest

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import SignatureId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.carriers.contracts import Carrier, NewAccount, Protocol
from hongyan.rooms.carriers.errors import AccountExists, AccountNotFound
from hongyan.rooms.carriers.service import CarriersService
from support.line import SIGNATURE, TENANT, SendingLine

NEW = NewAccount(
    name="mobile-1",
    protocol=Protocol.CMPP30,
    host="127.0.0.1",
    port=7890,
    login="901234",
    secret="shared",
    src_number="10690001",
    carrier=Carrier.MOBILE,
    rate_per_s=200,
)


@pytest.fixture
def line(shared_db_url: str) -> SendingLine:
    return SendingLine(Database(shared_db_url))


async def test_an_account_is_added_once_and_its_secret_is_sealed(uow: Uow, line: SendingLine) -> None:
    account = await line.carriers.add_account(uow, NEW)
    assert await line.carriers.list_accounts(uow) == [account]
    assert await line.carriers.open_secret(uow, account.account_id) == "shared"
    [[sealed]] = await uow.fetch("SELECT sealed_secret FROM carriers_accounts")
    assert b"shared" not in bytes(sealed)
    with pytest.raises(AccountExists):
        await line.carriers.add_account(uow, NEW)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("name", "Mobile 1", "name"),
        ("host", "", "host"),
        ("port", 0, "port"),
        ("login", "9012345", "account"),
        ("secret", "", "secret"),
        ("src_number", "1069x", "source"),
        ("rate_per_s", 0, "rate"),
        ("window_pdus", 0, "window"),
        ("connections", 65, "connections"),
        ("heartbeat_s", 0, "heartbeat"),
        ("response_timeout_s", 0, "response_timeout"),
    ],
)
async def test_bad_values_are_named(uow: Uow, line: SendingLine, field: str, value: object, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await line.carriers.add_account(uow, dataclasses.replace(NEW, **{field: value}))  # type: ignore[arg-type]
    assert refused.value.field == named


async def test_a_disabled_account_takes_nothing_and_a_removed_name_is_free(uow: Uow, line: SendingLine) -> None:
    await line.carriers.add_account(uow, NEW)
    await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
    await line.carriers.set_enabled(uow, "mobile-1", is_enabled=False)
    router = await line.carriers.router(uow, TENANT, SIGNATURE, [])
    assert router is not None
    assert router("8613800138000") is None
    await line.carriers.remove_account(uow, "mobile-1")
    assert await line.carriers.list_accounts(uow) == []
    await line.carriers.add_account(uow, NEW)
    for change in (line.carriers.remove_account(uow, "x"), line.carriers.set_enabled(uow, "x", is_enabled=True)):
        with pytest.raises(AccountNotFound):
            await change


async def test_a_signature_keeps_its_number_and_its_room_is_told(uow: Uow, line: SendingLine) -> None:
    await line.carriers.add_account(uow, NEW)
    number = await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
    assert number is not None
    assert number.startswith("10690001")
    assert await line.carriers.provision_signature(uow, TENANT, SIGNATURE) == number
    told = await uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'sms.channel_provisioned'")
    assert told == [({"tenant_id": TENANT, "signature_id": SIGNATURE, "channel_num": number},)] * 2
    assert await line.carriers.provision_signature(uow, TENANT, SignatureId("other")) != number


async def test_a_signature_without_an_account_waits_for_the_first(uow: Uow, line: SendingLine) -> None:
    assert await line.carriers.provision_signature(uow, TENANT, SIGNATURE) is None
    assert await line.carriers.find_channel(uow, TENANT, SIGNATURE) is None
    assert await line.carriers.router(uow, TENANT, SIGNATURE, []) is None
    account = await line.carriers.add_account(uow, NEW)
    channel = await line.carriers.find_channel(uow, TENANT, SIGNATURE)
    assert channel is not None
    assert channel.channel_number == account.src_number + channel.extension
    assert await line.carriers.find_channel_of_number(uow, account, channel.channel_number) == channel
    for other in (account.src_number, "10000" + channel.extension):
        assert await line.carriers.find_channel_of_number(uow, account, other) is None


async def test_routes_follow_segments_and_ported_numbers(uow: Uow, line: SendingLine) -> None:
    mobile = await line.carriers.add_account(uow, NEW)
    unicom = await line.carriers.add_account(
        uow, dataclasses.replace(NEW, name="unicom-1", carrier=Carrier.UNICOM, src_number="10690002")
    )
    await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
    await line.carriers.set_segment(uow, "154", Carrier.UNICOM)
    await line.carriers.set_ported(uow, "8613800138000", Carrier.UNICOM)
    with pytest.raises(InvalidInput):
        await line.carriers.set_segment(uow, "12", Carrier.MOBILE)

    async def ways(*phones: str) -> list[int | None]:
        router = await line.carriers.router(uow, TENANT, SIGNATURE, phones)
        assert router is not None
        return [(route := router(number)) and route.account_id for number in phones]

    phones = ("8613800138000", "8613800138001", "8615412345678")
    assert await ways(*phones) == [unicom.account_id, mobile.account_id, unicom.account_id]
    await line.carriers.set_ported(uow, "8613800138000", None)
    assert (await ways(*phones))[0] == mobile.account_id


async def test_secrets_open_after_the_ring_has_turned(uow: Uow, line: SendingLine) -> None:
    account = await line.carriers.add_account(uow, NEW)
    turned = line.ring.rotated()
    assert await line.carriers.reseal_all(uow, turned) == 1
    only_new = KeyRing({turned.active_id: turned._keys[turned.active_id]})
    carriers = CarriersService(clock=line.clock, ring=only_new, keys=line.keys, jobs=line.jobs)
    assert await carriers.open_secret(uow, account.account_id) == "shared"


VIDEO = dataclasses.replace(
    NEW, name="video-1", protocol=Protocol.MM7, login="vasp-of-demo", listen_port=7960, mm7_schema="REL-5-MM7-1-3"
)


async def test_media_accounts_carry_no_sms_and_sms_accounts_no_media(uow: Uow, line: SendingLine) -> None:
    video = await line.carriers.add_account(uow, VIDEO)
    assert (video.listen_port, video.mm7_schema) == (7960, "REL-5-MM7-1-3")
    assert await line.carriers.provision_signature(uow, TENANT, SIGNATURE) is None
    sms = await line.carriers.add_account(uow, NEW)
    text = await line.carriers.router(uow, TENANT, SIGNATURE, [])
    media = await line.carriers.media_router(uow, TENANT, [])
    assert text is not None
    ways = [text("8613800138000"), media("8613800138000")]
    assert [way.account_id for way in ways if way is not None] == [sms.account_id, video.account_id]
    assert media("8613000130000") is None  # another carrier's number
    assert [way.src_id for way in ways if way is not None][1] == "10690001"
    channel = await line.carriers.find_channel(uow, TENANT, SIGNATURE)
    assert channel is not None
    assert await line.carriers.find_channel_of_number(uow, video, channel.channel_number) is None


@pytest.mark.parametrize(
    ("account", "named"),
    [
        (dataclasses.replace(VIDEO, listen_port=None), "listen_port"),
        (dataclasses.replace(VIDEO, listen_port=70_000), "listen_port"),
        (dataclasses.replace(NEW, listen_port=7960), "listen_port"),
        (dataclasses.replace(NEW, mm7_schema="REL-5-MM7-1-3"), "mm7_schema"),
        (dataclasses.replace(VIDEO, mm7_schema="REL-7"), "mm7_schema"),
        (dataclasses.replace(VIDEO, login="a:b"), "account"),
    ],
)
async def test_what_only_media_accounts_have(uow: Uow, line: SendingLine, account: NewAccount, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await line.carriers.add_account(uow, account)
    assert refused.value.field == named


async def test_two_accounts_do_not_listen_on_one_port(uow: Uow, line: SendingLine) -> None:
    await line.carriers.add_account(uow, VIDEO)
    with pytest.raises(InvalidInput, match="listens"):
        await line.carriers.add_account(uow, dataclasses.replace(VIDEO, name="video-2"))
