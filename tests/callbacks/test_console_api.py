"""The console's endpoints of callback addresses over a real socket, with a customer's server on another one."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hongyan.rooms.callbacks.console_api.router import console_router
from hongyan.rooms.callbacks.contracts import DISABLED_AFTER, GIVEN_UP_AFTER
from support.callbacks_house import CallbacksHouse
from support.identity import cheap_identity, vendor_doors
from support.sessions import Sessions, found_companies, open_sessions, refused
from support.sink import Sink

HOOKS = "/callbacks"


@pytest.fixture
async def people(house: CallbacksHouse) -> AsyncIterator[Sessions]:
    clock = house.graph.clock
    identity = cheap_identity(clock, house.db.url)
    company = await found_companies(house.db, identity, house.people)
    router = console_router(house.db, house.room.desk, vendor_doors(house.db, identity, clock))
    async with open_sessions(house.db, identity, clock, company, [router]) as sessions:
        yield sessions


async def put(browser: httpx.AsyncClient, kind: str, url: str, remark: str = "") -> httpx.Response:
    return await browser.put(f"{HOOKS}/kinds/{kind}", json={"callback_url": url, "remark": remark})


async def made(browser: httpx.AsyncClient, kind: str, url: str) -> dict[str, Any]:
    answer = await put(browser, kind, url)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_address_is_set_replaced_and_removed(people: Sessions, sink: Sink) -> None:
    assert (await people.admin.get(HOOKS)).json() == {"items": [], "notices": []}
    first = await made(people.admin, "aim.single", sink.url("/one"))
    again = (await put(people.admin, "aim.single", f" {sink.url('/two')} ", "生产环境")).json()
    assert (again["id"], again["callback_url"], again["remark"]) == (first["id"], sink.url("/two"), "生产环境")
    await made(people.admin, "video.reply", sink.url("/reply"))
    items = (await people.reader.get(HOOKS)).json()["items"]
    assert {one["kind"] for one in items} == {"aim.single", "video.reply"}
    assert (await people.admin.delete(f"{HOOKS}/{first['id']}")).status_code == 204
    assert refused(await people.admin.get(f"{HOOKS}/{first['id']}"))[:2] == (404, "callbacks.address_not_found")


async def test_an_address_that_cannot_be_called_is_refused_at_its_field(people: Sessions) -> None:
    wrong = [
        "",
        "ftp://example.com/",
        "http://10.0.0.1/hook",
        "http://u:p@example.com/",
        "http://x.cn/\x00",
        "h" * 2000,
    ]
    found = [refused(await put(people.admin, "aim.single", url))[::2] for url in wrong]
    assert found == [(400, "callback_url")] * len(wrong)


async def test_kinds_of_apps_and_templates_are_not_set_here(people: Sessions, sink: Sink) -> None:
    assert (await put(people.admin, "sms.uplink", sink.url())).status_code == 400
    assert refused(await put(people.admin, "aim.single", sink.url(), "长" * 1001))[::2] == (400, "remark")


async def test_the_test_button_posts_an_example_and_logs_it(people: Sessions, sink: Sink) -> None:
    address = await made(people.admin, "aim.batch", sink.url())
    path = f"{HOOKS}/{address['id']}"
    sink.status, sink.answer = 503, b"busy"
    tried = (await people.admin.post(f"{path}/test")).json()
    assert (tried["status"], tried["answer"], tried["attempt_no"]) == (503, "busy", 0)
    assert len(sink.received) == 1
    log = (await people.reader.get(f"{path}/attempts")).json()
    assert (log["total"], log["items"][0]["request_id"]) == (1, tried["request_id"])
    # the log is read by pages, and by how a try went
    sink.status, sink.answer = 200, b"ok"
    for _ in range(2):
        await people.admin.post(f"{path}/test")

    async def logged(**query: object) -> tuple[int, list[int]]:
        found = (await people.reader.get(f"{path}/attempts", params=query)).json()
        return found["total"], [one["status"] for one in found["items"]]

    assert await logged(offset=1, limit=2) == (3, [200, 503])
    assert await logged(result="well") == (2, [200, 200])
    assert await logged(sort="-at") == (3, [200, 200, 503])
    assert await logged(sort="at", limit=2) == (3, [503, 200])
    assert await logged(result="failed") == (1, [503])
    # the address itself is as well as before
    assert (await people.admin.get(path)).json()["failures"] == 0


async def test_signing_is_switched_on_and_off(people: Sessions, sink: Sink) -> None:
    path = f"{HOOKS}/{(await made(people.admin, 'aim.single', sink.url()))['id']}"
    secret = (await people.admin.post(f"{path}/secret")).json()["secret"]
    assert secret.startswith("whsec_")
    assert (await people.admin.get(path)).json()["is_signed"] is True
    await people.admin.post(f"{path}/test")
    assert "webhook-signature" in sink.received[0].headers
    assert (await people.admin.delete(f"{path}/secret")).status_code == 204
    assert (await people.admin.get(path)).json()["is_signed"] is False


async def test_posts_are_listed_and_dead_ones_are_sent_again(
    house: CallbacksHouse, people: Sessions, sink: Sink
) -> None:
    address = await made(people.admin, "aim.batch", sink.url())
    path = f"{HOOKS}/{address['id']}"
    task_id = await house.task()
    sink.status = 500
    await house.end(task_id, 2)
    await house.carry()
    waiting = (await people.reader.get(f"{path}/posts?state=waiting&task_id={task_id}")).json()
    assert (waiting["total"], waiting["items"][0]["last_status"], waiting["items"][0]["receipts"]) == (1, 500, 2)
    assert waiting["items"][0]["next_at"] is not None
    # five days later it is given up, and the address is off
    house.clock.advance(max(DISABLED_AFTER, GIVEN_UP_AFTER) + timedelta(hours=1))
    await house.carry()
    await house.room.upkeep.tick()
    shown = (await people.admin.get(path)).json()
    assert (shown["state"], shown["posts"]["dead"]) == ("disabled", 1)
    assert (await people.admin.get(HOOKS)).json()["notices"][0]["kind"] == "disabled"
    assert refused(await people.admin.post(f"{path}/replay", json={"state": "dead"}))[:2] == (
        409,
        "callbacks.address_disabled",
    )
    assert (await people.admin.post(f"{path}/enable")).json()["state"] == "active"
    sink.status = 200
    assert (await people.admin.post(f"{path}/replay", json={"state": "dead"})).json() == {"count": 1}
    await house.carry()
    assert (await people.admin.get(f"{path}/posts?state=delivered&state=dead")).json()["items"][0][
        "state"
    ] == "delivered"
    assert [one.json()["retry"] for one in sink.received][-1] is True


async def test_posts_are_listed_in_both_orders_of_their_time(
    house: CallbacksHouse, people: Sessions, sink: Sink
) -> None:
    path = f"{HOOKS}/{(await made(people.admin, 'aim.batch', sink.url()))['id']}"
    for _ in range(3):
        await house.end(await house.task(), 1)
        await house.carry()
        house.clock.advance(timedelta(minutes=1))

    async def listed(**query: object) -> list[str]:
        answer = await people.reader.get(f"{path}/posts", params=query)
        assert answer.status_code == 200, answer.text
        return [one["created_at"] for one in answer.json()["items"]]

    newest_first = await listed()
    assert len(newest_first) == 3
    assert newest_first == sorted(newest_first, reverse=True) == await listed(sort="-created_at")
    assert await listed(sort="created_at") == newest_first[::-1]
    assert await listed(sort="created_at", offset=1, limit=1) == [newest_first[1]]
    assert await listed(sort="created_at", begin=newest_first[1]) == newest_first[1::-1]
    # nothing else is served by an index
    for list_of, sort in (("posts", "attempts"), ("posts", "-next_at"), ("attempts", "duration_ms")):
        assert (await people.reader.get(f"{path}/{list_of}", params={"sort": sort})).status_code == 400, sort


async def test_the_post_with_one_message_s_receipt_is_found_by_its_link(
    house: CallbacksHouse, people: Sessions, sink: Sink
) -> None:
    # given a message with a link and one without, told in one post
    address = await made(people.admin, "aim.batch", sink.url())
    task_id = await house.task()
    sink.status = 500
    await house.end(task_id, 2, codes=["AbC123"])
    await house.carry()
    wanted = {"task_id": task_id, "code": "AbC123"}
    # then its life can say where its receipt stands
    (found,) = (await people.reader.get(f"{HOOKS}/posts", params=wanted)).json()["items"]
    assert (found["address_id"], found["callback_url"]) == (address["id"], sink.url())
    assert (found["post"]["state"], found["post"]["last_status"], found["post"]["receipts"]) == ("waiting", 500, 2)
    # and nothing of other links; after the address is removed the post leads nowhere
    other = {"task_id": task_id, "code": "abc123"}
    assert (await people.reader.get(f"{HOOKS}/posts", params=other)).json() == {"items": []}
    # nor for another company
    assert (await people.other.get(f"{HOOKS}/posts", params=wanted)).json() == {"items": []}
    assert (await people.admin.delete(f"{HOOKS}/{address['id']}")).status_code == 204
    (found,) = (await people.reader.get(f"{HOOKS}/posts", params=wanted)).json()["items"]
    assert (found["address_id"], found["callback_url"]) == (None, "")


async def test_a_replay_says_of_what(people: Sessions, sink: Sink) -> None:
    path = f"{HOOKS}/{(await made(people.admin, 'aim.single', sink.url()))['id']}"
    assert refused(await people.admin.post(f"{path}/replay", json={}))[::2] == (400, "begin")
    assert refused(await people.admin.post(f"{path}/replay", json={"state": "waiting"}))[::2] == (400, "state")
    assert refused(await people.admin.post(f"{path}/replay", json={"task_id": "x"}))[::2] == (400, "task_id")
    assert (await people.admin.post(f"{path}/replay", json={"post_ids": [1]})).json() == {"count": 0}


async def test_only_te_admin_changes_and_others_see_nothing(people: Sessions, sink: Sink) -> None:
    address = await made(people.admin, "aim.single", sink.url())
    path = f"{HOOKS}/{address['id']}"
    for browser in (people.reader, people.developer):
        assert (await browser.get(path)).status_code == 200
        assert refused(await put(browser, "aim.single", sink.url()))[0] == 403
        for answer in (
            await browser.post(f"{path}/test"),
            await browser.post(f"{path}/secret"),
            await browser.delete(f"{path}/secret"),
            await browser.post(f"{path}/enable"),
            await browser.post(f"{path}/replay", json={"state": "dead"}),
            await browser.delete(path),
        ):
            assert answer.status_code == 403
    other = people.other
    for answer in (
        await other.get(path),
        await other.get(f"{path}/attempts"),
        await other.get(f"{path}/posts"),
        await other.post(f"{path}/test"),
        await other.post(f"{path}/secret"),
        await other.post(f"{path}/replay", json={"state": "dead"}),
        await other.delete(path),
    ):
        assert answer.status_code == 404
    assert (await other.get(HOOKS)).json()["items"] == []
    assert sink.received == []
