"""Jobs of carriers."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.carriers.service import CarriersService


def register_jobs(jobs: Jobs, db: Database, service: CarriersService) -> None:
    """Register ``carriers.provision_signature`` and ``carriers.release_signature``."""

    @jobs.handler("carriers.provision_signature")
    async def provision_signature(*, tenant_id: str, signature_id: str, signature_name: str = "") -> None:
        """Give a signature its channel number. Key: (tenant, signature)."""
        del signature_name  # names are the signature room's business
        async with db.begin() as uow:
            await service.provision_signature(uow, TenantId(tenant_id), SignatureId(signature_id))

    @jobs.handler("carriers.release_signature")
    async def release_signature(*, tenant_id: str, signature_id: str) -> None:
        """Take a deleted signature's channel number back. Key: (tenant, signature)."""
        async with db.begin() as uow:
            await service.release_signature(uow, TenantId(tenant_id), SignatureId(signature_id))
