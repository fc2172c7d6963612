"""The platform's own link domains, for everybody: added, made the default, taken out of use, known to handset vendors.

Not for: tenants' domains, which the review desk decides about (``link_domains``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hongyan.kernel.db.database import Uow
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.campaigns.service.domain_checks import DomainCheck, check_domain
from hongyan.rooms.handsets.contracts import Registration, Vendor, VendorState
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.short_links.contracts import Domain, DomainId, DomainKind, DomainState
from hongyan.rooms.short_links.errors import DomainIsPreset, DomainUnusable
from hongyan.rooms.short_links.service import ShortLinksService


@dataclass(frozen=True, slots=True)
class PublicDomain:
    """A domain for everybody and what each connected handset vendor made of it; ``None``: never handed in there."""

    domain: Domain
    at_vendors: Mapping[Vendor, Registration | None]


class PublicDomains:
    """Use cases of the platform's link domains; all of them need ``PLATFORM_TEMPLATE_EDIT``."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        links: ShortLinksService,
        handsets: HandsetsService,
        identity: IdentityService,
        out: OutgoingHttp,
    ) -> None:
        """Stand on the rooms below; ``out`` asks domains whether they lead here."""
        self._out = out
        self._jobs = jobs
        self._links = links
        self._handsets = handsets
        self._identity = identity

    async def list(self, uow: Uow, actor: Actor) -> tuple[PublicDomain, ...]:
        """Return the domains for everybody, the default one first."""
        actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        found = await self._links.list_domains(uow, None)
        vendors = await self._connected(uow)
        ordered = sorted(found, key=lambda one: (not one.is_preset, one.domain_id))
        return tuple([await self._with_vendors(uow, one, vendors) for one in ordered])

    async def get(self, uow: Uow, actor: Actor, domain_id: int) -> Domain:
        """Return a domain for everybody; it is locked until the commit.

        Raises:
            NotFound: there is none with that id.
        """
        actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        return await self._links.get_domain(uow, None, DomainId(domain_id))

    async def add(self, uow: Uow, actor: Actor, name: str) -> PublicDomain:
        """Add a domain for everybody, active at once, and hand it in at every connected handset vendor.

        The first one becomes the default one.

        Raises:
            DomainExists: the name is registered, by whomever.
            InvalidInput: no host name.
        """
        actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        domain = await self._links.create_domain(uow, None, name, DomainKind.STANDARD, state=DomainState.ACTIVE)
        if not any(one.is_preset for one in await self._links.list_domains(uow, None)):
            domain = await self._links.make_preset(uow, domain.domain_id)
        await self._hand_in(uow, domain)
        return await self._noted(uow, actor, "add", domain)

    async def make_preset(self, uow: Uow, actor: Actor, domain_id: int) -> PublicDomain:
        """Let new links be made there when none is named; links that exist stay where they are.

        Raises:
            NotFound: there is none with that id.
            DomainUnusable: it is disabled.
        """
        actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        return await self._noted(uow, actor, "preset", await self._links.make_preset(uow, DomainId(domain_id)))

    async def set_active(self, uow: Uow, actor: Actor, domain_id: int, *, is_active: bool) -> PublicDomain:
        """Take a domain out of use (its links are dead within 2 s), or use it again. Repeating changes nothing.

        Raises:
            NotFound: there is none with that id.
            DomainIsPreset: the default one cannot be taken out of use.
        """
        domain = await self.get(uow, actor, domain_id)
        if domain.is_preset and not is_active:
            raise DomainIsPreset("domain", domain=domain.name)
        state = DomainState.ACTIVE if is_active else DomainState.DISABLED
        if domain.state is state:
            return await self._with_vendors(uow, domain, await self._connected(uow))
        await self._links.set_domain_state(uow, domain.domain_id, state)
        return await self._noted(
            uow, actor, "enable" if is_active else "disable", await self.get(uow, actor, domain_id)
        )

    async def hand_in_again(self, uow: Uow, actor: Actor, domain_id: int) -> PublicDomain:
        """Hand a domain in at every connected handset vendor once more, in the background.

        Raises:
            NotFound: there is none with that id.
            DomainUnusable: it is disabled.
        """
        domain = await self.get(uow, actor, domain_id)
        if domain.state is not DomainState.ACTIVE:
            raise DomainUnusable("domain", domain=domain.name)
        await self._hand_in(uow, domain)
        return await self._noted(uow, actor, "hand_in", domain)

    async def check(self, domain: Domain) -> DomainCheck:
        """Ask a domain whether its name is known and leads here, by https and by http. Outside any transaction."""
        return await check_domain(self._out, domain.name)

    async def _connected(self, uow: Uow) -> tuple[Vendor, ...]:
        accounts = await self._handsets.list_vendors(uow)
        return tuple(sorted(account.vendor for account in accounts if account.state is VendorState.ACTIVE))

    async def _hand_in(self, uow: Uow, domain: Domain) -> None:
        for vendor in await self._connected(uow):
            args = {"vendor": vendor.value, "domain": domain.name}
            once = f"handsets.register_domain/{vendor}/{domain.name}"
            await self._jobs.defer(uow, "handsets.register_domain", args, once_key=once)

    async def _with_vendors(self, uow: Uow, domain: Domain, vendors: tuple[Vendor, ...]) -> PublicDomain:
        said = {one.vendor: one for one in await self._handsets.list_domain_registrations(uow, domain.name)}
        return PublicDomain(domain, {vendor: said.get(vendor) for vendor in vendors})

    async def _noted(self, uow: Uow, actor: Actor, verb: str, domain: Domain) -> PublicDomain:
        await self._identity.note(
            uow,
            actor,
            f"public_domain.{verb}",
            subject_kind="link_domain",
            subject_id=str(domain.domain_id),
            after={"domain": domain.name},
        )
        return await self._with_vendors(uow, domain, await self._connected(uow))
