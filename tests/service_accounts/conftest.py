from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import RandomIds
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.identity.contracts import Actor, Service, system_actor
from hongyan.rooms.service_accounts.contracts.accounts import (
    Action,
    MenuForm,
    MenuItem,
    Picture,
    PictureUse,
    PortalForm,
    Pub,
    PubForm,
)
from hongyan.rooms.service_accounts.contracts.ports import Port, PortForm, PortType
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService
from hongyan.rooms.service_accounts.service.pictures import Drawn
from support.account_desks import Desks, open_desks
from support.identity import cheap_identity, found_household
from support.office import PDF, REVIEWER, Office, open_office, picture, take_jobs

LINKS = "https://km.example"
SIZES = {PictureUse.PUB_LOGO: (240, 240), PictureUse.BG_IMAGE: (1440, 810), PictureUse.OTHER: (30, 40)}


@dataclass
class Goose:
    """A company that has filed for service accounts, and the room around it."""

    db: Database
    clock: FrozenClock
    office: Office
    service: ServiceAccountsService
    actor: Actor
    rival: Actor

    async def picture(self, uow: Uow, actor: Actor, use: PictureUse) -> Picture:
        width, height = SIZES[use]
        return await self.service.pictures.keep(uow, actor, Drawn(use, "image/png", 100, width, height, b"pixels"))

    async def form(self, uow: Uow, actor: Actor, name: str, **collect: tuple[str, ...]) -> PubForm:
        logo = await self.picture(uow, actor, PictureUse.PUB_LOGO)
        proof = await self.picture(uow, actor, PictureUse.OTHER)
        return PubForm(
            logo.picture_id,
            name,
            "简介",
            "",
            0,
            (proof.picture_id,),
            auto_ports=bool(collect),
            signs=collect.get("signs", ()),
            areas=collect.get("areas", ()),
        )

    async def create(self, uow: Uow, name: str, actor: Actor | None = None, **collect: tuple[str, ...]) -> Pub:
        actor = actor or self.actor
        back = await self.picture(uow, actor, PictureUse.BG_IMAGE)
        made = await self.service.accounts.create_pub(
            uow,
            actor,
            await self.form(uow, actor, name, **collect),
            PortalForm(back.picture_id, "介绍"),
            MenuForm((MenuItem("客服", Action.CALLING, "4008"),)),
        )
        return made.pub

    async def live(self, uow: Uow, name: str, actor: Actor | None = None, **collect: tuple[str, ...]) -> Pub:
        pub = await self.create(uow, name, actor, **collect)
        await self.decide_all(uow)
        return await self.service.accounts.find(uow, pub.tenant_id, pub.pub_id)

    async def decide_all(
        self, uow: Uow, *, is_approved: bool = True, times: int = 1, is_asked_back: bool = False
    ) -> int:
        """Decide all that waits and tell the room ``times`` times; returns how many there were."""
        rows = await uow.fetch("SELECT review_id::text FROM reviews_submissions WHERE state = 'pending' ORDER BY kind")
        for (review_id,) in rows:
            if is_approved:
                await self.office.reviews.approve(uow, REVIEWER, review_id)
            else:
                await self.office.reviews.reject(uow, REVIEWER, review_id, "no", is_asked_back=is_asked_back)
        for job in await take_jobs(uow, "service_accounts.review_decided"):
            args = {key: str(value) for key, value in job.args.items()}
            for _ in range(times):
                await self.service.review_decided(
                    uow,
                    args["tenant_id"],  # type: ignore[arg-type] - a text out of JSON
                    args["subject_id"],
                    kind=args["kind"],
                    review_id=args["review_id"],
                    is_approved=args["decision"] == "approved",
                    reason=args["reason"],
                )
        return len(rows)

    async def port(self, uow: Uow, number: str, *signs: str, actor: Actor | None = None) -> Port:
        actor = actor or self.actor
        proof = await self.picture(uow, actor, PictureUse.OTHER)
        form = PortForm(number, PortType.PLAIN, signs, is_checked=True, proofs=(proof.picture_id,))
        return await self.service.ports.register_port(uow, actor, form)


async def _file(uow: Uow, office: Office, actor: Actor, industry: str) -> None:
    scene = Scene.SERVICE_ACCOUNT
    await office.identity.tenants.open_service(uow, system_actor(actor.tenant()), Service.SERVICE_ACCOUNTS)
    values = {
        "document_type": "business_licence",
        "company_name": "公司",
        "credit_code": "91350100M000100Y43",
        "contact_name": "王一",
        "contact_phone": "4008008800",
        "contact_email": "it@example.com",
        "company_type": "company",
        "industry": industry,
        "signature_differs": "yes",
    }
    await office.enterprises.save_filing(uow, actor, scene, values)
    await office.enterprises.upload_paper(uow, actor, scene, "business_licence", "licence.png", picture())
    await office.enterprises.upload_paper(uow, actor, scene, "account_authorisation", "letter.png", picture())
    await office.enterprises.upload_paper(uow, actor, scene, "company_relation", "letter.pdf", PDF)
    filing = await office.enterprises.submit_filing(uow, actor, scene)
    await office.decide(uow, filing.review_id)


@pytest.fixture
async def goose(db: Database, tmp_path: Path) -> Goose:
    """Two companies that have filed, on Monday, 23 November 2026, 10:00 in Shanghai."""
    clock = FrozenClock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    identity = cheap_identity(clock, db.url)
    office = open_office(clock, db.url, identity, tmp_path)
    service = ServiceAccountsService(
        clock=clock,
        ids=RandomIds(),
        files=Files(tmp_path.as_uri()),
        ring=create_key_ring(),
        identity=identity,
        reviews=office.reviews,
        enterprises=office.enterprises,
        links_url=LINKS,
        is_foreign=office.sms.signatures.is_foreign,
    )
    async with db.begin() as uow:
        house = await found_household(uow, identity)
        other = await found_household(uow, identity, "heron", number=1)
        await _file(uow, office, house.actor, "news")
        await _file(uow, office, other.actor, "travel")
    return Goose(db, clock, office, service, house.actor, other.actor)


@pytest.fixture
async def desks(goose: Goose) -> AsyncIterator[Desks]:
    """The browsers of the company's people, and another company's."""
    async with open_desks(goose) as made:
        yield made
