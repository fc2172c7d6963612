"""Downloads of 号码解析: which numbers can show the card, which cannot, which have wrong values.

Not for: rows of a file that gave no recipient (``audience``), messages (``views``).
"""

from collections.abc import AsyncIterator

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import FileId, TaskId, TenantId
from hongyan.kernel.phones import national_form
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns.contracts import RecipientFlag, Task
from hongyan.rooms.campaigns.errors import NumbersNotChecked
from hongyan.rooms.campaigns.store import tasks as store

_KINDS = {
    "capable": RecipientFlag.CAPABLE,
    "incapable": RecipientFlag.INCAPABLE,
    "wrong_value": RecipientFlag.WRONG_VALUE,
}


class ParseExports:
    """Streams the numbers of a task block by block; they are the customer's own."""

    def __init__(self, *, db: Database, audience: AudienceService) -> None:
        """Read blocks and flags from ``audience``."""
        self._db = db
        self._audience = audience

    async def find_task(self, tenant_id: TenantId, task_id: TaskId) -> Task:
        """Return a task whose numbers have been checked.

        Raises:
            TaskNotFound: none of this tenant has the id.
            NumbersNotChecked: it has no number file, or is still being parsed.
        """
        async with self._db.begin() as uow:
            task = await store.get_task(uow, tenant_id, task_id)
        if task.number_file_id is None or task.chunks is None:
            raise NumbersNotChecked(state=task.state.value)
        return task

    async def csv(self, task: Task, kind: str) -> AsyncIterator[str]:
        """Yield a csv of one kind: ``capable``, ``incapable`` or ``wrong_value``; one piece per block."""
        flag = _KINDS[kind]
        yield "\ufeff手机号码\n"
        async with self._db.begin() as uow:
            file = await self._audience.get_file(uow, task.tenant_id, task.number_file_id or FileId(""))
        for block_no in range(file.blocks):
            block = await self._audience.read_block(file.file_id, block_no)
            flags = await self._audience.read_flags(FileId(task.id), block_no)
            numbers = (national_form(block.phones[i]) for i, one in enumerate(flags) if one == flag)
            yield "".join(f"{number}\n" for number in numbers)
