"""Jump links over a database: how many there may be, and decisions that come late, twice, or for what is gone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import NotFound
from hongyan.rooms.campaigns.errors import JumpLinkExists, JumpLinksTooMany
from hongyan.rooms.campaigns.service.jump_links import JumpLinks, JumpLinkState
from hongyan.rooms.identity.contracts import Actor
from hongyan.rooms.short_links.contracts import DomainKind
from support.callbacks_house import bare_graph
from support.identity import found_household

_URL = "https://shop.example.com/sale"


@pytest.fixture
async def jump_links(db: Database, tmp_path: Path) -> AsyncIterator[JumpLinks]:
    """The product's own, on a database."""
    graph = bare_graph(db, tmp_path)
    yield graph.campaigns.jump_links
    await graph.db.close()


@pytest.fixture
async def actor(uow: Uow, db: Database, tmp_path: Path) -> Actor:
    """The administrator of a company with smart messages open."""
    graph = bare_graph(db, tmp_path)
    found = (await found_household(uow, graph.identity)).actor
    await graph.db.close()
    return found


async def test_a_list_has_an_end(
    uow: Uow, jump_links: JumpLinks, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hongyan.rooms.campaigns.service.jump_links.MAX_LINKS", 2)
    first = await jump_links.add(uow, actor, "a", f"{_URL}/a")
    await jump_links.add(uow, actor, "b", f"{_URL}/b")
    with pytest.raises(JumpLinksTooMany) as refused:
        await jump_links.add(uow, actor, "c", f"{_URL}/c")
    assert refused.value.field == "url"
    await jump_links.delete(uow, actor, first.link_id)
    await jump_links.add(uow, actor, "c", f"{_URL}/c")
    assert [link.name for link in await jump_links.list(uow, actor)] == ["c", "b"]


async def test_the_desk_sees_whose_they_are(uow: Uow, db: Database, tmp_path: Path, actor: Actor) -> None:
    graph = bare_graph(db, tmp_path)
    await graph.campaigns.jump_links.add(uow, actor, "促销", f"{_URL}/x")
    await graph.campaigns.domains.register(uow, actor, "l.goose.example.com", DomainKind.CUSTOM)
    await graph.db.close()
    rows = await uow.fetch("SELECT title, snapshot FROM reviews_submissions ORDER BY title", ())
    assert [title for title, _ in rows] == ["goose科技有限公司 · l.goose.example.com", "goose科技有限公司 · 促销"]
    assert {snapshot["legal_name"] for _, snapshot in rows} == {"goose科技有限公司"}


async def test_decisions_that_come_late_or_twice_change_nothing(uow: Uow, jump_links: JumpLinks, actor: Actor) -> None:
    link = await jump_links.add(uow, actor, "促销", f" {_URL}/夏 ")
    # As it stands in a header, and once: also when it is spelled in another way.
    assert link.url == f"{_URL}/%E5%A4%8F"
    with pytest.raises(JumpLinkExists):
        await jump_links.add(uow, actor, "again", f"{_URL}/%E5%A4%8F")
    tenant_id = actor.tenant()
    await jump_links.decide(uow, tenant_id, link.link_id, is_approved=False, reason="打不开")
    await jump_links.decide(uow, tenant_id, link.link_id, is_approved=True, reason="")
    (found,) = await jump_links.list(uow, actor)
    assert (found.state, found.reason) == (JumpLinkState.REJECTED, "打不开")
    await jump_links.delete(uow, actor, link.link_id)
    await jump_links.decide(uow, tenant_id, link.link_id, is_approved=True, reason="")
    with pytest.raises(NotFound):
        await jump_links.show(uow, actor, link.link_id)


async def test_a_decision_told_again_says_nothing_of_what_was_handed_in_since(
    uow: Uow, db: Database, tmp_path: Path, jump_links: JumpLinks, actor: Actor
) -> None:
    graph, tenant_id = bare_graph(db, tmp_path), actor.tenant()
    other = await jump_links.add(uow, actor, "other", f"{_URL}/other")
    link = await jump_links.add(uow, actor, "sale", _URL)
    (story,) = (await jump_links.show(uow, actor, link.link_id))[1]
    review_id = story.review.review_id
    told = {"is_approved": False, "reason": "打不开", "review_id": review_id}
    await graph.reviews.withdraw(uow, tenant_id, review_id, withdrawn_by="desk")
    await jump_links.decide(uow, tenant_id, link.link_id, **told)
    # a URL that another has is refused at its field, and nothing is changed
    with pytest.raises(JumpLinkExists) as refused:
        await jump_links.change(uow, actor, link.link_id, "sale", other.url)
    assert refused.value.field == "url"
    await jump_links.change(uow, actor, link.link_id, "sale", f"{_URL}/new")
    await jump_links.decide(uow, tenant_id, link.link_id, **told)
    found = (await jump_links.show(uow, actor, link.link_id))[0]
    assert (found.state, found.url) == (JumpLinkState.REVIEWING, f"{_URL}/new")
    await graph.db.close()
