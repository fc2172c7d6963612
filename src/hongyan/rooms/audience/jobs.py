"""Jobs of the audience: parsing uploads, refusals by uplink, and removing files whose time is over."""

import base64

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import FileId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.audience.service import AudienceService


def register_jobs(jobs: Jobs, db: Database, service: AudienceService) -> None:
    """Register the handlers."""

    @jobs.handler("audience.parse")
    async def parse(tenant_id: TenantId, file_id: FileId) -> None:
        # Key: the file; a repetition goes on at the last checkpoint, and changes nothing once the file is parsed.
        await service.parse(db, tenant_id, file_id)

    @jobs.handler("audience.uplink_received")
    async def uplink_received(
        *, uplink_id: str, tenant_id: TenantId | None, signature_id: str | None, number: str, text: str
    ) -> None:
        # Key: tenant, number, signature; opting out twice is opting out. A text to no tenant's number is only stored.
        del uplink_id
        if tenant_id is not None:
            async with db.begin() as uow:
                await service.take_uplink(uow, tenant_id, base64.b64decode(number), text, signature=signature_id)

    @jobs.periodic("audience.delete_old_files", "20 3 * * *")
    async def delete_old_files() -> None:
        # Key: the age of a file.
        async with db.begin() as uow:
            await service.delete_old_files(uow)
