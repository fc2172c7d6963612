"""What submit answers mean, protocol by protocol: slow down, or in doubt; every other code refuses.

And reports as values that the ledger can hold.

Source: protocols page, clauses 1.7, 2.5, 3.7 and 4. What a code is called for people: ``carriers.explain_code``.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple, Self

from hongyan.rooms.carriers.contracts import CodeMeaning
from hongyan.rooms.gateways.contracts import Answered, PartOutcome, Reported
from hongyan.rooms.receipts.contracts import CarrierReport


class Results(NamedTuple):
    """The codes of one protocol that do not simply refuse."""

    prefix: str
    """In front of codes that people see; empty for CMPP, whose codes came first."""
    throttled: frozenset[int]
    """Certain not taken, and worth another try when we are slower."""
    in_doubt: frozenset[int]
    """The part may have been taken: never sent again."""
    is_hex: bool = False
    quota: frozenset[int] = frozenset()
    """Certain not taken, and nothing else will be for long: forbidden at this hour, a day's share used up."""

    def retold(self, codes: Iterable[tuple[str, str]]) -> Self:
        """Return them as one channel's carrier means them: ``codes`` are (result, meaning), as in its options."""
        told = {int(code, 0): meaning for code, meaning in codes}
        if not told:
            return self

        def those(known: frozenset[int], meaning: CodeMeaning | None) -> frozenset[int]:
            return known.difference(told).union(code for code, said in told.items() if said == meaning)

        return self._replace(
            throttled=those(self.throttled, CodeMeaning.THROTTLED),
            in_doubt=those(self.in_doubt, CodeMeaning.IN_DOUBT),
            quota=those(self.quota, None),
        )

    def name(self, code: int) -> str:
        """Return the code as people and lists see it."""
        if not self.prefix:
            return str(code)
        return f"{self.prefix}:0x{code:02x}" if self.is_hex else f"{self.prefix}:{code}"

    def answered(self, seq: int, key: int, code: int, carrier_ref: str | None = None) -> Answered:
        """Return what an answer says."""
        if code == 0:
            return Answered(seq, key, 0, PartOutcome.ACCEPTED, "", carrier_ref)
        if code in self.throttled:
            outcome = PartOutcome.THROTTLED
        elif code in self.quota:
            outcome = PartOutcome.QUOTA
        else:
            outcome = PartOutcome.IN_DOUBT if code in self.in_doubt else PartOutcome.REFUSED
        return Answered(seq, key, code, outcome, self.name(code))


CMPP: Final = Results("", throttled=frozenset({8}), in_doubt=frozenset({3}))
SGIP: Final = Results("sgip", throttled=frozenset({11, 33}), in_doubt=frozenset({9}))
SMGP: Final = Results("smgp", throttled=frozenset({1}), in_doubt=frozenset({12}), quota=frozenset({74, 75, 76}))
SMPP: Final = Results("smpp", throttled=frozenset({0x14, 0x58}), in_doubt=frozenset(), is_hex=True)

_PLAIN: Final = frozenset({"DELIVRD", "ACCEPTD", "EXPIRED"})
_NO_ERROR: Final = frozenset("0")


def plain(word: str) -> str:
    """Return a word of a carrier (a state, a number, a time, an id) without what none of them has: control characters.

    PostgreSQL cannot hold a NUL, and lists and terminals obey the others.
    """
    return word if word.isprintable() else "".join([char for char in word if char.isprintable()])


def reported(seq: int, deliver_id: int, report: CarrierReport) -> Reported:
    """Return what a report says, its words made plain."""
    key, stat, dest, submit_time, done_time, smsc_seq = report
    if not (stat.isprintable() and dest.isprintable() and submit_time.isprintable() and done_time.isprintable()):
        report = CarrierReport(key, plain(stat), plain(dest), plain(submit_time), plain(done_time), smsc_seq)
    return Reported(seq, deliver_id, report)


def stat_with_error(stat: str, error: str) -> str:
    """Return a report's state with its error code, like ``UNDELIV/601``; states that say it all stay as they are."""
    stat, error = plain(stat).upper(), plain(error)
    if stat in _PLAIN or _NO_ERROR.issuperset(error):
        return stat
    return f"{stat}/{error}"
