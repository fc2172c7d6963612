"""How each room gives the review desk the files that its submissions name; the desk itself knows no room above it."""

from collections.abc import Mapping

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import NotFound
from hongyan.kernel.ids import FileId, TenantId
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.reviews.contracts import EvidenceReader
from hongyan.run.graph import Graph


def evidence_readers(graph: Graph) -> Mapping[str, EvidenceReader]:
    """Return the readers by room."""

    async def paper(uow: Uow, actor: Actor, tenant_id: TenantId, ref: str) -> tuple[str, bytes]:
        found, data = await graph.enterprises.read_paper(uow, actor, FileId(ref))
        if found.tenant_id != tenant_id:
            raise NotFound(what="file", id=ref)
        return found.name, data

    async def sms_file(uow: Uow, actor: Actor, tenant_id: TenantId, ref: str) -> tuple[str, bytes]:
        found, data = await graph.sms.apps.read_file(uow, actor, tenant_id, ref)
        return found.name, data

    async def account_picture(uow: Uow, actor: Actor, tenant_id: TenantId, ref: str) -> tuple[str, bytes]:
        found, data = await graph.service_accounts.pictures.read(uow, actor, tenant_id, ref)
        return found.name, data

    async def card_material(uow: Uow, actor: Actor, tenant_id: TenantId, ref: str) -> tuple[str, bytes]:
        # The name cannot be guessed and stands in the submission of this tenant, which the desk has checked.
        del uow, tenant_id
        actor.require(Permission.REVIEW_LIST)
        data = await graph.smart.materials.find_file(ref)
        if data is None:
            raise NotFound(what="file", id=ref)
        return ref, data

    async def domain_letter(uow: Uow, actor: Actor, tenant_id: TenantId, ref: str) -> tuple[str, bytes]:
        del uow
        return await graph.campaigns.domains.letters.read(actor, tenant_id, ref)

    async def video_signature_file(uow: Uow, actor: Actor, tenant_id: TenantId, ref: str) -> tuple[str, bytes]:
        found, data = await graph.video_sms.signatures.files.read(uow, actor, tenant_id, FileId(ref))
        return found.name, data

    return {
        "campaigns": domain_letter,
        "enterprises": paper,
        "sms": sms_file,
        "service_accounts": account_picture,
        "smart": card_material,
        "video_sms": video_signature_file,
    }
