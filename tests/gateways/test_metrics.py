"""The numbers of a gateway process count what happened, and their labels are bounded."""

from typing import TypeVar

from hongyan.kernel.db.database import Database
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.gateways.service.metrics import CODES, Meter
from simulators.carriers.simulator import CarrierSimulator
from support.line import SIGNATURE, TENANT, SendingLine, chunk_of, phone, until

S = MessageState
T = TypeVar("T")


async def _now(value: T) -> T:
    return value


async def test_everything_that_happened_is_counted(db: Database) -> None:
    metrics = Metrics("gateway")
    line = SendingLine(db, metrics=metrics)
    await line.prepare()

    def shown(text: str) -> bool:
        return text in metrics.render().decode()

    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        await line.add_account(carrier.port, window_pdus=16, connections=2)
        async with line.db.begin() as uow:
            await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
            channel = await line.carriers.find_channel(uow, TENANT, SIGNATURE)
        assert channel is not None
        async with line.running():
            await line.plan(chunk_of([phone(n) for n in range(100)]))
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 100})
            assert carrier.send_mo(phone(1), channel.channel_number, "hello")
            for text in (
                'hongyan_gateway_submits_total{account="carrier-1"} 100.0',
                'hongyan_gateway_answers_total{account="carrier-1",code="0",outcome="accepted"} 100.0',
                'hongyan_gateway_reports_total{account="carrier-1",state="DELIVRD"} 100.0',
                'hongyan_gateway_uplinks_total{account="carrier-1"} 1.0',
                'hongyan_gateway_logins_total{account="carrier-1",result="ok"} 2.0',
                'hongyan_gateway_links_up{account="carrier-1"} 2.0',
                'hongyan_gateway_window{account="carrier-1"} 32.0',
                "hongyan_gateway_leases_held 1.0",
                'hongyan_gateway_transaction_seconds_count{account="carrier-1",what="claim"}',
            ):
                await until(lambda text=text: _now(shown(text)), bool)  # type: ignore[misc]
    # an account that others work on is shown no more
    assert not shown('hongyan_gateway_links_up{account="carrier-1"}')


def test_carriers_cannot_invent_labels() -> None:
    metrics = Metrics("gateway")
    meter = Meter(metrics)
    meter.reported("a", ["DELIVRD", "MK:0012", "<script>"], 0)
    codes = {meter._bounded(str(code)) for code in range(CODES + 100)}
    assert len(codes) == CODES + 1
    assert 'state="other"} 2.0' in metrics.render().decode()
