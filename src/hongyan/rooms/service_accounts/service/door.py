"""The door of the room: its parts, decisions of the desk, and what a phone shows with a message."""

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import Ids, TenantId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.service_accounts.contracts.accounts import MenuForm, PartKind, Place, PortalForm, Shown
from hongyan.rooms.service_accounts.rules import ports as rules
from hongyan.rooms.service_accounts.service.accounts import AccountsService
from hongyan.rooms.service_accounts.service.desk import KIND, Desk
from hongyan.rooms.service_accounts.service.parts import PartsService
from hongyan.rooms.service_accounts.service.pictures import PicturesService
from hongyan.rooms.service_accounts.service.ports import IsForeign, PortsService
from hongyan.rooms.service_accounts.service.shortcuts import NOUN as SHORTCUT
from hongyan.rooms.service_accounts.service.shortcuts import ShortcutsService
from hongyan.rooms.service_accounts.service.taps import TapsService
from hongyan.rooms.service_accounts.store import parts as part_store
from hongyan.rooms.service_accounts.store import ports as port_store
from hongyan.rooms.service_accounts.store import pubs as pub_store

MAX_NUMBER = 32


class ServiceAccountsService:
    """Service accounts. The parts are ``pictures``, ``parts``, ``ports``, ``accounts``, ``shortcuts`` and ``taps``."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        files: Files,
        ring: KeyRing,
        identity: IdentityService,
        reviews: ReviewsService,
        enterprises: EnterprisesService,
        links_url: str,
        is_foreign: IsForeign,
    ) -> None:
        """Build the parts; links to pictures stand below ``links_url``."""
        self._desk = Desk(clock=clock, ids=ids, identity=identity, reviews=reviews, enterprises=enterprises)
        self.pictures = PicturesService(desk=self._desk, files=files, ring=ring, links_url=links_url)
        self.parts = PartsService(desk=self._desk, pictures=self.pictures)
        self.ports = PortsService(desk=self._desk, pictures=self.pictures, is_foreign=is_foreign)
        self.shortcuts = ShortcutsService(desk=self._desk, pictures=self.pictures, is_foreign=is_foreign)
        self.taps = TapsService(clock=clock)
        self.accounts = AccountsService(desk=self._desk, pictures=self.pictures, parts=self.parts, ports=self.ports)

    async def review_decided(
        self,
        uow: Uow,
        tenant_id: TenantId,
        subject_id: str,
        *,
        kind: str,
        review_id: str,
        is_approved: bool,
        reason: str,
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        noun = kind.removeprefix(KIND)
        if noun == "pub":
            await self.accounts.review_decided(
                uow, tenant_id, subject_id, review_id=review_id, is_approved=is_approved, reason=reason
            )
        elif noun == SHORTCUT:
            await self.shortcuts.review_decided(
                uow, tenant_id, subject_id, review_id=review_id, is_approved=is_approved
            )
        else:
            await self.parts.review_decided(
                uow, tenant_id, PartKind(noun), subject_id, review_id=review_id, is_approved=is_approved
            )

    async def find_for_message(
        self, uow: Uow, *, signature: str, channel_number: str, place: Place | None = None
    ) -> Shown | None:
        """Return what a phone shows with a message that carries a signature and came from a channel number.

        ``place`` is where the phone is, as far as it says; without it only bindings to the whole country are met.
        """
        if not channel_number.isascii() or not channel_number.isdigit() or len(channel_number) > MAX_NUMBER:
            return None
        found = await port_store.list_in_effect(uow, rules.candidates(channel_number))
        shown = {port.tenant_id for port, _ in found}
        shown = {tenant_id for tenant_id in shown if await self._desk.may_show(uow, tenant_id)}
        best = rules.best_binding(
            [(port, binding) for port, binding in found if port.tenant_id in shown],
            sign=signature.strip("【】"),
            number=channel_number,
            place=place or Place(),
        )
        if best is None:
            return None
        binding = best[1]
        pub = await pub_store.find_pub(uow, binding.tenant_id, binding.pub_id)
        if pub is None or pub.live is None:
            return None
        live = {part.kind: part.live for part in await part_store.list_of_pub(uow, binding.tenant_id, pub.pub_id)}
        menu, portal = live.get(PartKind.MENU), live.get(PartKind.PORTAL)
        return Shown(
            pub_id=pub.pub_id,
            tenant_id=pub.tenant_id,
            pub=pub.live,
            menu=menu if isinstance(menu, MenuForm) else None,
            portal=portal if isinstance(portal, PortalForm) else None,
        )
