"""The first domain for everybody becomes the one where new links are made."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.rooms.campaigns.service.public_domains import PublicDomains
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import system_actor
from support.cards import card_world
from support.identity import cheap_identity


async def test_the_first_domain_becomes_the_default_and_the_next_does_not(db: Database) -> None:
    out = OutgoingHttp()
    async with card_world(db, vendors=frozenset({Vendor.HUAWEI})) as world:
        domains = PublicDomains(
            jobs=world.jobs,
            links=world.short_links,
            handsets=world.handsets,
            identity=cheap_identity(world.clock, db.url),
            out=out,
        )
        actor = system_actor()
        async with db.begin() as uow:
            # given an installation that has no domain at all
            await uow.fetch("UPDATE short_links_domains SET is_preset = false RETURNING domain_id")
            first = await domains.add(uow, actor, "A.example.com")
            second = await domains.add(uow, actor, "b.example.com")
            listed = await domains.list(uow, actor)
            jobs = await uow.fetch(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'handsets.register_domain'"
            )
    await out.close()
    assert (first.domain.name, first.domain.is_preset, second.domain.is_preset) == ("a.example.com", True, False)
    assert [one.domain.is_preset for one in listed] == [True, False, False]
    assert dict(first.at_vendors) == {Vendor.HUAWEI: None}
    assert jobs[0][0] == 2
