"""Kill -9 of each process, and of all at once, in the middle of a send of 20,000: nobody is forgotten, nobody gets two."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.crashes import (
    EVERYTHING,
    OURS,
    SERVERS,
    SPAN,
    SPANS_PER_CONNECTION,
    Watcher,
    assert_books_add_up,
    kill,
    move_to,
    numbers,
    recover,
    write_csv,
)
from support.installation import Installation, running_installation
from support.outside_carrier import OutsideCarrier

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

_RECIPIENTS = 20_000
_CONNECTIONS = 2
_SPAN_LIMIT = SPANS_PER_CONNECTION * SPAN * _CONNECTIONS
_REPORT_AFTER_S = 15.0
"""Later than all is sent: until then nothing that is unknown can have been explained."""
_BLOCKS = itertools.count()


@pytest.fixture(scope="module")
def carrier() -> Iterator[OutsideCarrier]:
    with OutsideCarrier(report_after_s=_REPORT_AFTER_S).serving() as serving:
        yield serving


@pytest.fixture(scope="module")
def house(carrier: OutsideCarrier) -> Iterator[Installation]:
    with running_installation() as running:
        move_to(running, carrier, connections=_CONNECTIONS)
        yield running


@pytest.mark.parametrize("victim", [*OURS, *SERVERS, EVERYTHING])
def test_a_kill_in_the_middle_of_a_send(
    victim: str, house: Installation, carrier: OutsideCarrier, tmp_path: Path
) -> None:
    # given a send under way
    phones = numbers(13300000000 + next(_BLOCKS) * 1_000_000, _RECIPIENTS)
    watcher, before = Watcher(house), carrier.messages
    task_id = watcher.send(write_csv(tmp_path / f"{victim}.csv", phones))
    carrier.wait_for(before + 3_000, 120)
    # when somebody dies
    kill(house, victim)
    seconds = recover(house, victim)
    # then the rest is sent by itself, and at most the open spans are unknown
    task = watcher.until_sent(task_id, _RECIPIENTS, 120)
    unknown = task["states"].get("unknown", 0)
    print(f"{victim}: healthy after {seconds:.1f} s, unknown {unknown}, {task['states']}")
    assert unknown <= _SPAN_LIMIT
    # and whoever got a message is accounted for as delivered, everybody else as unknown
    got = carrier.received()
    arrived = {phone for phone in phones if got[f"86{phone}"]}
    rest = {"unknown": _RECIPIENTS - len(arrived)} if len(arrived) < _RECIPIENTS else {}
    ended = watcher.until(
        "all reports are in", task_id, lambda t: t["states"] == {"delivered": len(arrived), **rest}, 90
    )
    watcher.until("the task has moved on", task_id, lambda t: t["state"] in {"finished", "finishing"}, 90)
    assert ended["counts"]["submitted"] == _RECIPIENTS
    # and nobody got two, and the books add up
    assert [phone for phone, times in got.items() if times > 1] == []
    assert_books_add_up(house)
