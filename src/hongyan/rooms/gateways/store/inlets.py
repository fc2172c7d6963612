"""Statements of inlets: how their transactions begin (as behind the fence, without it), and when they last heard."""

from datetime import datetime
from typing import Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow

# As in `leases`: index scans whatever statistics say, and an end to a transaction whose process froze.
_STEADY: Final[LiteralString] = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('idle_in_transaction_session_timeout', '8000', true)
"""

_NOTE: Final[LiteralString] = """
INSERT INTO gateways_inlets AS i (account_id, report_at) VALUES (%s, clock_timestamp())
ON CONFLICT (account_id) DO UPDATE SET report_at = excluded.report_at
WHERE i.report_at < excluded.report_at - interval '5 seconds'
"""


async def steady(uow: Uow) -> None:
    """Let the transaction read by keys only, and end when its process freezes."""
    await hot.fetch(uow, _STEADY, ())


async def note_report(uow: Uow, account_id: int) -> None:
    """Note that a report came; within five seconds of the last note nothing is written."""
    await hot.send(uow, _NOTE, (account_id,))


async def last_report(uow: Uow, account_id: int) -> datetime | None:
    """Return when a listener of any process last stored a report of the account."""
    rows = await hot.fetch(uow, "SELECT report_at FROM gateways_inlets WHERE account_id = %s", (account_id,))
    return rows[0][0] if rows else None
