"""The verdict finds what it is there to find: every fault of the books by its name."""

import json
from pathlib import Path

import pytest

from hongyan.rooms.delivery.contracts import MessageState
from simulators.wires.wire import FaultyWire
from support.chaos.carriers import CMPP, MANNERS, Ledger, SimulatedCarrier
from support.chaos.verdict import Verdict, judge_one

S = MessageState
_DEST = "8613800000001"


class _Journal:
    """A carrier that runs nowhere, and what its journal says."""

    def __init__(self, folder: Path, *, manner: str = "quick") -> None:
        self.carrier = SimulatedCarrier(CMPP[0], 1, 2, FaultyWire(1), folder, manner=MANNERS[manner])
        self.ledger = Ledger([self.carrier])

    def accept(self, *parts: int, of: int = 1, at: float = 1000.0) -> None:
        with self.carrier.journal.open("a") as file:
            for part in parts:
                file.write(json.dumps({"at": at, "dest": _DEST, "part": part, "parts": of}) + "\n")
        self.ledger.read()

    def judge(self, state: MessageState, *, may_miss: bool = False) -> list[str]:
        verdict = Verdict()
        judge_one(verdict, self.ledger, _DEST, state, None, {self.carrier.channel.name} if may_miss else set())
        return sorted(verdict.examples)


@pytest.fixture
def journal(tmp_path: Path) -> _Journal:
    return _Journal(tmp_path)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        *((state, ["lost"]) for state in (S.HELD, S.QUEUED, S.ATTEMPTED)),
        *((state, ["phantom"]) for state in (S.SUBMITTED, S.DELIVERED)),
        *((state, []) for state in (S.UNKNOWN, S.FAILED, S.EXPIRED, S.CANCELLED, S.SUPPRESSED, S.REFUSED)),
    ],
)
def test_who_is_in_no_journal(journal: _Journal, state: MessageState, found: list[str]) -> None:
    assert journal.judge(state) == found


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (S.DELIVERED, []),
        *((state, ["lost"]) for state in (S.QUEUED, S.ATTEMPTED, S.SUBMITTED, S.UNKNOWN)),
        *((state, ["wrong"]) for state in (S.FAILED, S.CANCELLED, S.SUPPRESSED, S.REFUSED)),
    ],
)
def test_who_is_in_a_journal(journal: _Journal, state: MessageState, found: list[str]) -> None:
    journal.accept(1)
    assert journal.judge(state) == found


def test_twice_is_found_whatever_became_of_it(journal: _Journal) -> None:
    journal.accept(1)
    journal.accept(1)
    assert journal.judge(S.DELIVERED) == ["twice"]
    assert journal.judge(S.UNKNOWN) == ["lost", "twice"]


def test_half_a_message_is_unknown_or_failed(journal: _Journal) -> None:
    journal.accept(1, of=2)
    assert journal.judge(S.UNKNOWN) == []
    assert journal.judge(S.DELIVERED) == ["wrong"]
    assert journal.judge(S.QUEUED) == ["wrong"]
    journal.accept(2, of=2)
    assert journal.judge(S.DELIVERED) == []


def test_the_fate_is_the_carriers(tmp_path: Path) -> None:
    journal = _Journal(tmp_path, manner="usual")
    journal.accept(1)
    fates = {f"86138{n:08d}": journal.carrier.is_delivered(f"86138{n:08d}") for n in range(5000)}
    assert 0.02 < sum(not fate for fate in fates.values()) / len(fates) < 0.04
    assert journal.judge(S.DELIVERED if journal.carrier.is_delivered(_DEST) else S.FAILED) == []
    assert journal.judge(S.FAILED if journal.carrier.is_delivered(_DEST) else S.DELIVERED) == ["wrong"]


def test_a_report_may_be_missing_where_its_carrier_lost_it(journal: _Journal) -> None:
    journal.accept(1, at=1000.0)
    assert journal.judge(S.SUBMITTED, may_miss=True) == []
    assert journal.judge(S.QUEUED, may_miss=True) == ["lost"]
    journal.carrier.kills.append(1000.1)
    assert journal.judge(S.UNKNOWN) == []
    journal.carrier.kills[:] = [1005.0]
    assert journal.judge(S.UNKNOWN) == ["lost"]
