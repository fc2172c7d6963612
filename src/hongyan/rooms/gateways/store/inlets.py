"""How a transaction of an inlet begins: with the settings of the fence, and without the fence."""

from typing import Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow

# As in `leases`: index scans whatever statistics say, and an end to a transaction whose process froze.
_STEADY: Final[LiteralString] = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('idle_in_transaction_session_timeout', '8000', true)
"""


async def steady(uow: Uow) -> None:
    """Let the transaction read by keys only, and end when its process freezes."""
    await hot.fetch(uow, _STEADY, ())
