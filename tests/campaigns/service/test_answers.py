"""Auto-answers on a running line: one message per text and per number and day, and never to what is no phone."""

import asyncio
import base64
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import SignatureId, TaskId, TenantId
from hongyan.rooms.campaigns.contracts import TaskState
from hongyan.rooms.campaigns.service.admission import Admission
from hongyan.rooms.campaigns.service.answers import Answers
from hongyan.rooms.campaigns.service.desk import Rooms
from hongyan.rooms.delivery.contracts import MessageClass, MessageState
from hongyan.rooms.identity.contracts import Actor, TenantState, system_actor
from hongyan.rooms.sms.contracts import AutoAnswers, Signature, SmsType
from hongyan.run.graph import Graph
from simulators.carriers.simulator import CarrierSimulator
from support.callbacks_house import bare_graph
from support.identity import found_household
from support.line import SendingLine, phone, until
from support.office import Office

S = MessageState
GONE, HEARD = "您已退订，我们不会再给您发送此类短信。", "已收到，谢谢。"


@dataclass(slots=True)
class House:
    """A company with a usable signature, and the line below it."""

    graph: Graph
    line: SendingLine
    clock: FrozenClock
    answers: Answers
    actor: Actor
    signature: Signature

    @property
    def tenant(self) -> TenantId:
        return self.actor.tenant()

    async def set_answers(self, opt_out: str = GONE, other: str = HEARD) -> None:
        async with self.line.db.begin() as uow:
            wanted = AutoAnswers(opt_out, other)
            await self.graph.sms.answers.set_answers(uow, self.actor, self.signature.signature_id, wanted)

    async def ask(self, uow: Uow, number: str, text: str, *, uplink_id: str = "", age: timedelta = timedelta()) -> bool:
        """Run the job of one text from a canonical number; tells whether it was answered."""
        sealer = await self.graph.keys.sealer(uow, self.tenant)
        task_id = await self.answers.answer(
            uow,
            uplink_id=uplink_id or str(uuid.uuid4()),
            tenant_id=self.tenant,
            signature_id=self.signature.signature_id,
            sealed=sealer.seal(number),
            text=text,
            received_at=self.clock.now() - age,
        )
        return task_id is not None

    async def write(self, number: str, text: str, *, uplink_id: str = "", age: timedelta = timedelta()) -> bool:
        """Do the same in a transaction of its own."""
        async with self.line.db.begin() as uow:
            return await self.ask(uow, number, text, uplink_id=uplink_id, age=age)

    async def texts(self) -> list[tuple[str, int]]:
        """Return (text, class) of everything in the ledger."""
        async with self.line.db.begin() as uow:
            return await uow.fetch(
                "SELECT m.text, b.klass FROM delivery_messages AS m"
                " JOIN delivery_batches AS b ON b.batch_id = m.message_id >> 8 ORDER BY m.message_id"
            )


async def open_house(db: Database, folder: Path, kind: SmsType = SmsType.NOTIFY) -> House:
    """Build it; the answers' clock stands still."""
    graph, clock = bare_graph(db, folder), FrozenClock(datetime.now(UTC))
    line = SendingLine(db, ring=graph.ring)
    admission = Admission(
        identity=graph.identity,
        enterprises=graph.enterprises,
        sms=graph.sms,
        smart=graph.smart,
        video=graph.video_sms,
    )
    rooms = Rooms(
        clock=clock,
        ids=graph.ids,
        jobs=graph.jobs,
        admission=admission,
        audience=graph.audience,
        delivery=graph.delivery,
        links=graph.short_links,
        identity=graph.identity,
    )
    office = Office(graph.jobs, graph.identity, graph.reviews, graph.enterprises, graph.sms)
    async with db.begin() as uow:
        actor = (await found_household(uow, graph.identity)).actor
        await office.file_enterprise(uow, actor)
        signature = await office.make_usable_signature(uow, actor, kind=kind)
        await line.delivery.ensure_partitions(uow)
        await line.receipts.ensure_partitions(uow)
        await line.carriers.provision_signature(uow, actor.tenant(), signature.signature_id)
    answers = Answers(rooms=rooms, carriers=graph.carriers, sms=graph.sms, keys=graph.keys)
    return House(graph, line, clock, answers, actor, signature)


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    made = await open_house(db, tmp_path)
    yield made
    await made.graph.db.close()


async def deliver(house: House, job: dict[str, object], *, at: datetime | None = None) -> TaskId | None:
    """Run a job as the worker does, with the arguments that the line gave it."""
    async with house.line.db.begin() as uow:
        return await house.answers.answer(
            uow,
            uplink_id=str(job["uplink_id"]),
            tenant_id=TenantId(str(job["tenant_id"])),
            signature_id=SignatureId(str(job["signature_id"])),
            sealed=base64.b64decode(str(job["number"])),
            text=str(job["text"]),
            received_at=at or datetime.fromisoformat(str(job["at"])),
        )


async def test_who_refuses_is_told_once_over_the_same_channel(house: House) -> None:
    line, number = house.line, phone(7)
    await house.set_answers()
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        account = await line.add_account(carrier.port)
        async with line.db.begin() as uow:
            channel = await line.carriers.find_channel(uow, house.tenant, house.signature.signature_id)
        assert channel is not None
        dialled = account.src_number + channel.extension

        async def received() -> int:
            return len(carrier.received)

        async def written(text: str, count: int) -> list[dict[str, object]]:
            """Let the phone write, and return the jobs that so many texts have made."""

            async def is_heard() -> bool:
                return carrier.send_mo(number, dialled, text)

            async def jobs() -> list[dict[str, object]]:
                return await line.jobs_named("campaigns.answer_uplink")

            await until(is_heard, bool)
            return await until(jobs, lambda found: len(found) == count)

        async with line.running():
            # when a phone refuses
            [job] = await written("TD", 1)
            task_id = await deliver(house, job)
            assert task_id is not None
            # then it is suppressed, and hears of it all the same, from the number that it wrote to
            await until(lambda: line.counts(task_id, house.tenant), lambda counts: counts == {S.DELIVERED: 1})
            [sms] = carrier.received
            assert (sms.dest, sms.text, sms.src_id) == (number, f"【鸿雁演示】{GONE}", dialled)
            # and a job that comes again sends nothing, nor does a second refusal on the same day
            assert await deliver(house, job) is None
            *_, again = await written("退订", 2)
            assert await deliver(house, again) is None
            # but one of the next day is answered
            house.clock.advance(timedelta(hours=25))
            assert await deliver(house, again, at=house.clock.now()) is not None
            await until(received, lambda count: count == 2)
            # and nothing else goes to that number
            async with line.db.begin() as uow:
                rows = await uow.fetch("SELECT count(*) FROM delivery_suppressions")
            assert rows == [(1,)]
    assert await line.violations() == []


async def test_an_answer_is_a_notice_of_the_tenant_in_its_books(db: Database, tmp_path: Path) -> None:
    house = await open_house(db, tmp_path, SmsType.PROMOTION)
    await house.set_answers()
    uplink_id = str(uuid.uuid4())
    assert await house.write(phone(1), "什么时候到？", uplink_id=uplink_id)
    assert await house.texts() == [(f"【鸿雁演示】{HEARD}", MessageClass.NOTICE)]
    async with db.begin() as uow:
        task = (await house.graph.campaigns.views.get(uow, house.tenant, TaskId(uplink_id))).task
        planned = await uow.fetch("SELECT sum(messages) FROM delivery_planned_fresh")
    assert (task.source, task.counts.submitted) == ("answer", 1)
    assert task.state is TaskState.RUNNING
    assert planned == [(1,)]
    await house.graph.db.close()


async def test_nothing_is_answered_that_nobody_asked_to_answer(house: House) -> None:
    assert not await house.write(phone(1), "TD")
    await house.set_answers(other="")
    assert not await house.write(phone(1), "你好")
    assert await house.write(phone(1), "TD")
    await house.set_answers(opt_out="")
    assert not await house.write(phone(2), "TD")
    assert await house.write(phone(2), "你好")


async def test_a_number_has_one_answer_a_day_whatever_it_writes(house: House) -> None:
    await house.set_answers()
    for text, hours, is_answered in [
        ("a", 0, True),
        ("b", 23, False),
        ("TD", 0, False),
        ("c", 2, True),
        ("d", 1, False),
    ]:
        house.clock.advance(timedelta(hours=hours))
        assert await house.write(phone(1), text) is is_answered, text
    assert await house.write(phone(2), "a")
    async with house.line.db.begin() as uow:
        assert await house.answers.forget(uow) == 0
        house.clock.advance(timedelta(hours=25))
        assert await house.answers.forget(uow) == 2


async def test_a_worker_that_dies_midway_leaves_nothing_and_the_next_one_answers_once(house: House) -> None:
    await house.set_answers()
    uplink_id = str(uuid.uuid4())

    async def dies() -> None:
        async with house.line.db.begin() as uow:
            assert await house.ask(uow, phone(1), "TD", uplink_id=uplink_id)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await dies()
    assert await house.texts() == []
    assert await house.write(phone(1), "TD", uplink_id=uplink_id)
    for hours in (0, 13, 24, 48):
        house.clock.advance(timedelta(hours=hours))
        assert not await house.write(phone(1), "TD", uplink_id=uplink_id, age=timedelta(hours=hours))
    assert len(await house.texts()) == 1


async def test_two_workers_with_the_same_text_answer_once(house: House) -> None:
    await house.set_answers()
    for uplink_ids in ([str(uuid.uuid4())] * 4, [str(uuid.uuid4()) for _ in range(4)]):
        number = phone(uuid.UUID(uplink_ids[0]).int % 10**8)
        done = await asyncio.gather(*(house.write(number, "TD", uplink_id=one) for one in uplink_ids))
        assert sorted(done) == [False, False, False, True]
    assert len(await house.texts()) == 2


@pytest.mark.parametrize("number", ["10086", "95588", "106900001234", "8610690001234", "861069000123", "8612345678901"])
async def test_service_numbers_are_not_answered(house: House, number: str) -> None:
    await house.set_answers()
    assert not await house.write(number, "TD")
    assert not await house.write(number, "你好")


async def test_nobody_is_answered_half_a_day_later(house: House) -> None:
    await house.set_answers()
    assert not await house.write(phone(1), "TD", age=timedelta(hours=13))
    assert await house.write(phone(1), "TD", age=timedelta(hours=11))


async def test_a_suspended_tenant_answers_nobody(house: House) -> None:
    await house.set_answers()
    async with house.line.db.begin() as uow:
        await house.graph.identity.tenants.set_state(uow, system_actor(), house.tenant, TenantState.SUSPENDED)
    assert not await house.write(phone(1), "TD")
    async with house.line.db.begin() as uow:
        await house.graph.identity.tenants.set_state(uow, system_actor(), house.tenant, TenantState.ACTIVE)
    assert await house.write(phone(1), "TD")


async def test_who_has_opted_out_hears_no_other_answer(house: House) -> None:
    await house.set_answers()
    async with house.line.db.begin() as uow:
        sealer = await house.graph.keys.sealer(uow, house.tenant)
        signature_id = house.signature.signature_id
        await house.graph.audience.take_uplink(uow, house.tenant, sealer.seal(phone(1)), "TD", signature=signature_id)
    assert not await house.write(phone(1), "你好")
    assert await house.write(phone(1), "TD")
