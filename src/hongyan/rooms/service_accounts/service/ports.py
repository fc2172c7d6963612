"""Channel numbers: registered, bound to accounts by hand or by themselves, unbound, deleted."""

from collections.abc import Awaitable, Callable

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.service_accounts.contracts.accounts import Pub, State
from hongyan.rooms.service_accounts.contracts.lists import PortFilter, Window
from hongyan.rooms.service_accounts.contracts.ports import Binding, Port, PortForm, PortRow
from hongyan.rooms.service_accounts.errors import (
    BindingNotFound,
    NoApprovedPub,
    PortDiffers,
    PortIsBound,
    PortNotFound,
    PortTaken,
    PubNotFound,
    SignIsForeign,
)
from hongyan.rooms.service_accounts.rules import ports as rules
from hongyan.rooms.service_accounts.rules.accounts import require_state
from hongyan.rooms.service_accounts.service.desk import Desk
from hongyan.rooms.service_accounts.service.pictures import PicturesService
from hongyan.rooms.service_accounts.store import pictures as picture_store
from hongyan.rooms.service_accounts.store import ports as store
from hongyan.rooms.service_accounts.store import pubs as pub_store

IsForeign = Callable[[Uow, TenantId, str], Awaitable[bool]]
"""Whether a signature is other companies' and not this one's; who knows that is named by ``run``."""


class PortsService:
    """Use cases of channel numbers."""

    def __init__(self, *, desk: Desk, pictures: PicturesService, is_foreign: IsForeign) -> None:
        """Work with the given parts."""
        self._desk = desk
        self._pictures = pictures
        self._is_foreign = is_foreign

    async def register_port(self, uow: Uow, actor: Actor, form: PortForm) -> Port:
        """Register a channel number; accounts that collect one of its signatures are bound at once.

        Raises:
            InvalidInput: a field breaks its rule.
            PictureNotFound, ProofsTooLarge: a proof.
            NoApprovedPub: no account of the company has passed its review.
            SignIsForeign: a signature is another company's.
            PortTaken: registered already, or held by another company so that phones could not tell them apart.
            FilingMissing: the filing for service accounts is not approved.
        """
        tenant_id = actor.tenant(Permission.PORT_EDIT)
        rules.check_port(form)
        await self._desk.editor(uow, tenant_id)
        await self._pictures.require_proofs(uow, tenant_id, form.proofs)
        pubs = await pub_store.list_live_pubs(uow, tenant_id)
        if not pubs:
            raise NoApprovedPub("port")
        for sign in form.signs:
            if await self._is_foreign(uow, tenant_id, sign):
                raise SignIsForeign("sign", sign=sign)
        await picture_store.lock(uow, "port", form.port)
        same = await store.list_same(uow, form.port, form.type)
        others = [port.form for port in same if port.tenant_id != tenant_id]
        if len(others) < len(same) or rules.is_contested(form, others):
            raise PortTaken("port", port=form.port)
        port = Port(self._desk.new_id(), tenant_id, form, self._desk.clock.now())
        await store.insert_port(uow, port)
        for pub in pubs:
            await self._bind_auto(uow, port, pub)
        await self._desk.note(uow, actor, "port.create", port.port_id, port=form.port, signs=list(form.signs))
        return port

    async def delete_port(self, uow: Uow, actor: Actor, port_id: str) -> Port:
        """Delete a channel number without bindings.

        Raises:
            PortNotFound: the tenant has none with that id.
            PortIsBound: it is bound.
        """
        tenant_id = actor.tenant(Permission.PORT_DELETE)
        port = await self._find(uow, tenant_id, "port_id", port_id)
        if await store.list_bound(uow, tenant_id, port.port_id):
            raise PortIsBound("port_id", port=port.form.port)
        await store.delete_port(uow, tenant_id, port.port_id)
        await self._desk.note(uow, actor, "port.delete", port.port_id, port=port.form.port)
        return port

    async def bind(
        self,
        uow: Uow,
        actor: Actor,
        *,
        pub_id: str,
        port_id: str,
        number: str,
        signs: tuple[str, ...],
        areas: tuple[str, ...],
    ) -> Binding:
        """Show an account with messages of a channel number, for some of its signatures, in some regions.

        Raises:
            PortNotFound, PubNotFound: the tenant has none with that id.
            PortDiffers: ``number`` is not the number of ``port_id``.
            PubInWrongState: the account is not in effect.
            SignNotOnPort, RegionUnknown, RegionsOverlap, InvalidInput: signatures and regions.
        """
        tenant_id = actor.tenant(Permission.PORT_EDIT)
        await self._desk.editor(uow, tenant_id)
        port = await self._find(uow, tenant_id, "ext_port_id", port_id)
        if port.form.port != number:
            raise PortDiffers("port", port=number)
        pub = await pub_store.find_pub(uow, tenant_id, pub_id.lower())
        if pub is None:
            raise PubNotFound("pub_id", id=pub_id)
        require_state(pub, State.EFFECTIVE)
        rules.check_binding(port, signs, areas, await store.list_bound(uow, tenant_id, port.port_id))
        binding = self._binding(port, pub, signs, areas, is_auto=False)
        await store.insert_binding(uow, binding)
        await self._desk.note(uow, actor, "port.bind", port.port_id, pub_id=pub.pub_id, areas=list(areas))
        return binding

    async def unbind(self, uow: Uow, actor: Actor, binding_id: str) -> None:
        """End a binding.

        Raises:
            BindingNotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.PORT_DELETE)
        if not await store.delete_binding(uow, tenant_id, binding_id.lower()):
            raise BindingNotFound("id", id=binding_id)
        await self._desk.note(uow, actor, "port.unbind", binding_id)

    async def list_ports(self, uow: Uow, actor: Actor, wanted: PortFilter, window: Window) -> Page[PortRow]:
        """Return a page of channel numbers, newest first."""
        return await store.list_ports(uow, actor.tenant(Permission.PORT_LIST), wanted, window)

    async def list_bindings(self, uow: Uow, actor: Actor, wanted: PortFilter, window: Window) -> Page[PortRow]:
        """Return a page of bindings, newest first."""
        return await store.list_bindings(uow, actor.tenant(Permission.PORT_LIST), wanted, window)

    async def collect(self, uow: Uow, pub: Pub) -> None:
        """Bind an account to every channel number of its company that carries its signatures, as its form now says."""
        await store.delete_auto(uow, pub.tenant_id, pub.pub_id)
        signs = pub.live.signs if pub.live is not None else ()
        for port in await store.list_tenant_ports(uow, pub.tenant_id, signs) if signs else ():
            await self._bind_auto(uow, port, pub)

    async def _bind_auto(self, uow: Uow, port: Port, pub: Pub) -> None:
        """Bind those signatures that no other binding has there already: who was first, or a person, stays."""
        if pub.live is None:
            return
        bound = await store.list_bound(uow, pub.tenant_id, port.port_id)
        free = tuple(
            sign
            for sign in rules.auto_signs(port, pub.live)
            if rules.find_overlap(port, (sign,), pub.live.areas, bound) is None
        )
        if free:
            await store.insert_binding(uow, self._binding(port, pub, free, pub.live.areas, is_auto=True))

    def _binding(
        self, port: Port, pub: Pub, signs: tuple[str, ...], areas: tuple[str, ...], *, is_auto: bool
    ) -> Binding:
        return Binding(
            binding_id=self._desk.new_id(),
            tenant_id=port.tenant_id,
            port_id=port.port_id,
            pub_id=pub.pub_id,
            signs=signs,
            areas=areas,
            is_auto=is_auto,
            created_at=self._desk.clock.now(),
        )

    async def _find(self, uow: Uow, tenant_id: TenantId, field: str, port_id: str) -> Port:
        await picture_store.lock(uow, "tenant", tenant_id)
        port = await store.find_port(uow, tenant_id, port_id.lower(), lock=True)
        if port is None:
            raise PortNotFound(field, id=port_id)
        return port
