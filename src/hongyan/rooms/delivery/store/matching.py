"""Reports: find the part behind a carrier's id, fold parts into messages, raise states.

Statements: ``reports``, ``outcomes``.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, TaskId, TenantId
from hongyan.kernel.keys.numbers import NumberSealer, TenantKeys
from hongyan.rooms.delivery.contracts import MessageState, ReportFact, Tally, day_number, signed
from hongyan.rooms.delivery.rules import (
    HIGHEST_RANK,
    OPEN,
    STATE_NUMBERS,
    STATES_BY_NUMBER,
    fold_parts,
)
from hongyan.rooms.delivery.store import firsts, outcomes, reports

_MATCH_DAYS: Final = 12
"""How long after planning a report is looked for: seven days of validity, 72 hours of waiting, and a margin."""

_WHOLE_NUMBER: Final = 8
"""Digits from which a number is compared: some carriers send only the end of it, or a mask."""

_CLOCKS_DIFFER: Final = timedelta(seconds=2)
"""Clocks of the process that opened a span and of the one that took a report may differ by so much."""


async def apply(
    uow: Uow,
    keys: TenantKeys,
    account_id: AccountId,
    facts: Sequence[ReportFact],
    at: datetime,
    tally: Tally,
    *,
    repeats: bool,
) -> list[int]:
    """Carry reports into the ledger; returns the indexes of those that no stored outcome explains. Safe to repeat.

    ``repeats``: the carrier's ids may come again within days (they hold no time).
    """
    found = await _find(
        uow, account_id, {signed(fact.carrier_msg_id) for fact in facts}, day_number(at), repeats=repeats
    )
    chosen = await _choose(uow, keys, facts, found, repeats=repeats)
    unmatched: list[int] = []
    best: dict[int, tuple[int, ReportFact]] = {}
    owners: dict[int, tuple[TenantId, TaskId]] = {}
    parts: list[tuple[int, int, int]] = []
    part_facts: dict[int, ReportFact] = {}
    for index, (fact, match) in enumerate(zip(facts, chosen, strict=True)):
        if match is None:
            unmatched.append(index)
            continue
        owners[match.message_id] = (match.tenant_id, match.task_id)
        state = STATE_NUMBERS[fact.state]
        if match.parts == 1:
            known = best.get(match.message_id)
            if known is None or known[0] < state:
                best[match.message_id] = (state, fact)
        else:
            parts.append((match.message_id, match.part_no, state))
            kept = part_facts.get(match.message_id)
            if kept is None or state < STATE_NUMBERS[kept.state]:
                part_facts[match.message_id] = fact
    if parts:
        best |= await _fold(uow, parts, part_facts)
    if best:
        await _raise(uow, best, owners, at, tally)
    return unmatched


async def _find(
    uow: Uow, account_id: AccountId, carrier_msg_ids: Collection[int], day: int, *, repeats: bool
) -> dict[int, list[reports.Match]]:
    """Look among today's and yesterday's messages, and in other days for what is not there (or may be there twice).

    Also in days to come: whoever planned may have a clock that is ahead.
    """
    found: dict[int, list[reports.Match]] = defaultdict(list)
    for match in await reports.match(uow, account_id, list(carrier_msg_ids), day):
        found[match.carrier_msg_id].append(match)
    rest = carrier_msg_ids if repeats else [one for one in carrier_msg_ids if one not in found]
    if rest:
        for match in await reports.match_others(uow, account_id, list(rest), day - _MATCH_DAYS, day):
            found[match.carrier_msg_id].append(match)
    return found


async def _choose(
    uow: Uow,
    keys: TenantKeys,
    facts: Sequence[ReportFact],
    found: Mapping[int, Sequence[reports.Match]],
    *,
    repeats: bool,
) -> list[reports.Match | None]:
    """Return the part that each report is about.

    Carriers' ids repeat (65,536 in a second, and every year; those without a time whenever a message centre starts
    again): then the number decides.
    """
    doubtful = {carrier_id for carrier_id, matches in found.items() if repeats or len(matches) > 1}
    numbers = (
        await reports.get_numbers(uow, [m.message_id for carrier_id in doubtful for m in found[carrier_id]])
        if doubtful
        else {}
    )
    chosen: list[reports.Match | None] = []
    for fact in facts:
        carrier_id = signed(fact.carrier_msg_id)
        matches = found.get(carrier_id, ())
        if carrier_id in doubtful and (len(matches) > 1 or len(fact.phone) >= _WHOLE_NUMBER):
            fitting = []
            for match in matches:
                sealer = await keys.sealer(uow, match.tenant_id)
                if numbers.get(match.message_id) == sealer.seal(fact.phone):
                    fitting.append(match)
            matches = sorted(fitting, key=lambda m: m.message_id, reverse=True)
        chosen.append(matches[0] if matches else None)
    return chosen


async def _fold(
    uow: Uow, parts: Sequence[tuple[int, int, int]], part_facts: Mapping[int, ReportFact]
) -> dict[int, tuple[int, ReportFact]]:
    """Note reports of parts; returns the messages that are final by it."""
    # One row per part, or an UPDATE … FROM would take any of two: the higher state wins.
    highest: dict[tuple[int, int], int] = {}
    for message_id, part_no, state in parts:
        highest[message_id, part_no] = max(state, highest.get((message_id, part_no), 0))
    message_ids = sorted({message_id for message_id, _, _ in parts})
    # Two transactions with a part each must not both find that the other's is missing.
    await reports.lock_states(uow, message_ids)
    await reports.note_parts(uow, [(*key, state) for key, state in highest.items()])
    final: dict[int, tuple[int, ReportFact]] = {}
    states = await reports.get_part_states(uow, message_ids)
    for message_id, (part_states, is_whole) in states.items():
        folded = fold_parts(part_states) if is_whole else None
        if folded is not None:
            final[message_id] = (folded, part_facts[message_id])
    return final


async def _raise(
    uow: Uow,
    best: Mapping[int, tuple[int, ReportFact]],
    owners: Mapping[int, tuple[TenantId, TaskId]],
    at: datetime,
    tally: Tally,
) -> None:
    """Write final states; rows that are final already are only raised, never lowered."""
    finals = [(message_id, state, fact.code) for message_id, (state, fact) in best.items()]
    done = await outcomes.finish_open(uow, finals, at)
    for message_id in done:
        tally.move(*owners[message_id], MessageState.SUBMITTED, STATES_BY_NUMBER[best[message_id][0]])
    rest = [final for final in finals if final[0] not in done]
    if not rest:
        return
    old = await reports.lock_states(uow, [final[0] for final in rest])
    raised = [f for f in rest if OPEN < old.get(f[0], HIGHEST_RANK) < f[1]]
    if raised:
        await reports.raise_states(uow, raised, at)
        for message_id, state, _ in raised:
            tally.move(*owners[message_id], STATES_BY_NUMBER[old[message_id]], STATES_BY_NUMBER[state])


async def explain(
    uow: Uow,
    keys: TenantKeys,
    line: NumberSealer,
    account_id: AccountId,
    facts: Sequence[ReportFact],
    at: datetime,
    tally: Tally,
) -> list[int]:
    """Explain reports that no outcome explains by their number; returns the indexes of those that are left over.

    The outcomes of a span are written together, when its last answer has come or is given up: until then a report may
    belong to any message of a span that was open when it came, and none other may take it.
    """
    since = await outcomes.get_oldest_open(uow, account_id)
    ripe = [index for index, fact in enumerate(facts) if since is None or fact.at + _CLOCKS_DIFFER < since]
    if not ripe:
        return list(range(len(facts)))
    late = await firsts.explain(uow, line, account_id, [facts[index] for index in ripe], at, tally)
    rest = [facts[ripe[index]] for index in late]
    still = await resolve_unknowns(uow, keys, line, account_id, rest, at, tally) if rest else []
    explained = set(ripe) - {ripe[late[index]] for index in still}
    return [index for index in range(len(facts)) if index not in explained]


async def resolve_unknowns(
    uow: Uow,
    keys: TenantKeys,
    line: NumberSealer,
    account_id: AccountId,
    facts: Sequence[ReportFact],
    at: datetime,
    tally: Tally,
) -> list[int]:
    """Explain reports by unknown messages to the same number on the account; returns the indexes left over.

    The report proves that the carrier took the part: its lost answer is written as an outcome, and then it is matched
    like any other.
    """
    sealed = [line.seal(fact.phone) for fact in facts]
    waiting: dict[bytes, list[outcomes.UnknownRow]] = defaultdict(list)
    for row in await outcomes.find_unknowns(uow, account_id, sorted(set(sealed))):
        waiting[row.line_number].append(row)
    rows: list[outcomes.OutcomeRow] = []
    batch_owners: dict[int, tuple[int, TenantId, TaskId]] = {}
    changed: dict[int, outcomes.UnknownRow] = {}
    explained: list[int] = []
    for index, (fact, number) in enumerate(zip(facts, sealed, strict=True)):
        queue = waiting.get(number)
        if not queue:
            continue
        row = queue[0]
        part_no, missing = row.missing[0], row.missing[1:]
        rows.append(outcomes.OutcomeRow(row.message_id, part_no, row.parts, signed(fact.carrier_msg_id), 0))
        batch_owners[row.message_id >> 8] = (row.message_id >> 8, row.tenant_id, row.task_id)
        row = row._replace(missing=missing)
        changed[row.message_id] = row
        explained.append(index)
        if missing:
            queue[0] = row
        else:
            queue.pop(0)
            tally.move(row.tenant_id, row.task_id, MessageState.UNKNOWN, MessageState.SUBMITTED)
    left = [index for index in range(len(facts)) if index not in set(explained)]
    if not rows:
        return left
    await outcomes.insert_outcomes(uow, account_id, rows, list(batch_owners.values()), at)
    await outcomes.delete_unknowns(uow, [m for m, row in changed.items() if not row.missing])
    partial = [(m, row.missing) for m, row in changed.items() if row.missing]
    if partial:
        await outcomes.shrink_unknowns(uow, partial)
    still = await apply(uow, keys, account_id, [facts[index] for index in explained], at, tally, repeats=True)
    return sorted(left + [explained[index] for index in still])
