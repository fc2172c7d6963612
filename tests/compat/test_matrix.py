"""Every operation × who must not: nobody, a wrong key, an expired token, a reader, another company. Made from the routes.

A new operation is in here without a line of test; it must have an example of its body, and say who may call it.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from checks.operations_page import words
from hongyan.kernel.settings import Settings
from hongyan.run.connect import database_url
from support.cloud import Client, Holder
from support.holdings import Holdings, kind_of, person_of
from support.installation import Installation
from support.routes import Route, Sample, comparable, field_names, replaced, vendor_routes

pytestmark = pytest.mark.timeout(240)

OPEN = {"create_token"}
"""Who asks here proves themselves by what they ask; `test_auth_tokens` has it."""
ASKS = {"list_aim_send_reports", "list_aim_template_reports"}
"""They are sent by POST and only read."""
NUMBERS = {"hongyan_download_recipients", "hongyan_download_number_file_issues"}
"""They read, but hand out telephone numbers in the clear: not to everybody who may look."""
TELLS = {
    "create_aim_send_task",
    "send_aim_batch_messages",
    "send_aim_batch_different_messages",
    "hongyan_create_send_task",
}
"""Of an SMS template that is another's they say so: the vendor has a code of its own for it. They say nothing more."""
MAY = words(Path(__file__).parents[2])
"""What the page of operations says of each of the vendor's."""
ROUTES = [route for route in vendor_routes() if route.name not in OPEN]
READS = [r for r in ROUTES if r.name not in NUMBERS and (r.method == "GET" or r.name in ASKS)]
WRITES = [r for r in ROUTES if r not in READS]
NOBODYS = {
    "card": "699999999",
    "video_template": "899999999",
    "sms_template": "99999999",
    "video_resource": "999999999999999999",
    "domain": "999999999",
    "pub": "f" * 32,
    "menu": "f" * 32,
    "portal": "f" * 32,
    "port": "f" * 32,
    "binding": "f" * 32,
    "logo": "f" * 32,
    "background": "f" * 32,
}
NOBODYS_UUID = "ffffffff-ffff-4fff-bfff-ffffffffffff"


def named(routes: list[Route]) -> Any:
    return pytest.mark.parametrize("route", routes, ids=[f"{route.method} {route.path}" for route in routes])


@dataclass
class Knocker:
    """Sends samples over one connection that stays open."""

    http: httpx.Client

    def knock(self, route: Route, sample: Sample, path: str, headers: dict[str, str]) -> httpx.Response:
        """Send; who is told to come later, comes later."""
        request = self.http.build_request(
            route.method,
            path,
            params=sample.query,
            json=sample.json,
            content=sample.content,
            data=sample.form,
            files=sample.files,
            headers=headers,
        )
        for _ in range(10):
            answer = self.http.send(request, stream=True)
            # A stream of events has no end: its head says enough.
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                answer.read()
            answer.close()
            if answer.status_code != 503:
                return answer
            time.sleep(float(answer.headers["retry-after"]))
        raise AssertionError(f"{route.path}: throttled ten times in a row")


@pytest.fixture(scope="module")
def door(installation: Installation) -> Iterator[Knocker]:
    with httpx.Client(base_url=installation.url, trust_env=False, timeout=30) as http:
        yield Knocker(http)


def path_of(route: Route, ids: dict[str, str]) -> str:
    """Return the path with ids in it."""
    return route.path.format(**{name: ids[kind_of(route, name) or ""] for name in route.fields})


def nobodys(kind: str) -> str:
    """Return an id that looks right and names nothing."""
    return NOBODYS.get(kind, NOBODYS_UUID)


def id_fields(route: Route, sample: Sample) -> dict[str, str]:
    """Return the fields of an operation that name an object, with its kind: path, query and body."""
    names = {*route.fields, *(one["name"] for one in route.parameters("query")), *field_names(sample.json)}
    return {name: kind for name in sorted(names) if (kind := kind_of(route, name))}


def filled(route: Route, sample: Sample, ids: dict[str, str], names: dict[str, str]) -> Sample:
    """Return a sample whose body and required query name objects that are there, and what must fit them."""
    known = {**names, **{name: ids.get(kind) for name, kind in id_fields(route, sample).items()}}
    query = {name: known.get(name) or value for name, value in sample.query.items()}
    return Sample(query, replaced(sample.json, known), sample.content, sample.form, sample.files)


def refused_at_the_gate(answer: httpx.Response, text: str) -> None:
    assert answer.status_code == 401, answer.text
    body = answer.json()
    assert set(body) == {"error_code", "error_msg", "request_id"}
    assert body["error_code"] == "APIGW.0301"
    assert body["error_msg"].startswith(f"Incorrect IAM authentication information: {text}")
    assert body["request_id"] == answer.headers["x-request-id"]


@named(ROUTES)
def test_every_operation_shows_a_request_and_hands_ids_that_are_known(route: Route) -> None:
    route.sample()
    assert [name for name in route.fields if kind_of(route, name) is None] == []


# --- who nobody knows ---------------------------------------------------------------------------------------------------


@named(ROUTES)
def test_who_proves_nothing_is_not_heard(door: Knocker, route: Route) -> None:
    ids = dict.fromkeys(_kinds(route), NOBODYS_UUID)
    refused_at_the_gate(door.knock(route, route.sample(), path_of(route, ids), {}), "x-auth-token not found")


def _kinds(route: Route) -> set[str]:
    return {kind_of(route, name) or "" for name in route.fields}


@dataclass
class BadKeys:
    """A pair that is thrown away afterwards, and what its lock is opened with."""

    ak: str
    sk: str
    database: psycopg.Connection[Any]

    def unlock(self) -> None:
        """Forget failures: five in a row would lock the key, and nothing more be said of the signature."""
        self.database.execute("DELETE FROM identity_lockouts WHERE subject = %s", (self.ak,))


@pytest.fixture(scope="module")
def database(installation: Installation) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url(Settings(data_dir=installation.data_dir)), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def bad_keys(cloud: Client, database: psycopg.Connection[Any]) -> Iterator[BadKeys]:
    console = cloud.company.console()
    pair = console.act("POST", "/access-keys", {"description": "thrown away"})
    yield BadKeys(pair["key"]["ak"], pair["sk"], database)
    console.act("DELETE", f"/access-keys/{pair['key']['ak']}")


def signed(door: Knocker, route: Route, path: str, ak: str, sk: str) -> httpx.Response:
    """Send a sample as the vendor's signer signs it."""
    sample = route.sample()
    draft = door.http.build_request(
        route.method,
        path,
        params=sample.query,
        json=sample.json,
        content=sample.content,
        data=sample.form,
        files=sample.files,
    )
    content_type = draft.headers.get("content-type", "application/json")
    is_json = content_type == "application/json"
    request = SdkRequest(
        method=route.method,
        schema="http",
        host=draft.url.netloc.decode(),
        resource_path=path,
        query_params=[(name, str(value)) for name, value in sample.query.items()],
        header_params={"Content-Type": content_type}
        | ({} if is_json else {"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}),
        # The signer asks only whether there is a body: what is not JSON it does not sign.
        body=draft.read().decode() if is_json else "unsigned",
    )
    headers = dict(Signer(BasicCredentials(ak, sk, "")).sign(request).header_params)
    for _ in range(10):
        answer = door.http.request(route.method, draft.url, content=draft.read(), headers=headers)
        if answer.status_code != 503:
            return answer
        time.sleep(float(answer.headers["retry-after"]))
    raise AssertionError(f"{route.path}: throttled ten times in a row")


@named(ROUTES)
def test_a_wrong_key_is_not_heard(door: Knocker, route: Route, bad_keys: BadKeys) -> None:
    path = path_of(route, dict.fromkeys(_kinds(route), NOBODYS_UUID))
    refused_at_the_gate(signed(door, route, path, "HYNOBODYSKEY00000000", "x" * 40), "Get secretKey failed")
    bad_keys.unlock()
    refused_at_the_gate(signed(door, route, path, bad_keys.ak, bad_keys.sk[::-1]), "verify aksk signature fail")


def test_the_same_signer_with_the_right_key_is_heard(door: Knocker, bad_keys: BadKeys) -> None:
    bad_keys.unlock()
    for name in ("list_aim_msg_app", "create_resolve_task", "upload_media"):
        (route,) = (one for one in ROUTES if one.name == name)
        assert signed(door, route, route.path, bad_keys.ak, bad_keys.sk).status_code != 401


@pytest.fixture(scope="module")
def expired(cloud: Client, database: psycopg.Connection[Any]) -> tuple[dict[str, str], str]:
    """A token that was good until an hour ago, and how its end is written."""
    token = person_of(cloud).token
    row = database.execute(
        "UPDATE identity_tokens SET expires_at = date_trunc('second', now()) - interval '1 hour' "
        "WHERE ctid = (SELECT ctid FROM identity_tokens ORDER BY issued_at DESC LIMIT 1) "
        "RETURNING to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    ).fetchone()
    assert row is not None
    return {"x-auth-token": token}, row[0]


@named(ROUTES)
def test_an_expired_token_opens_nothing(door: Knocker, route: Route, expired: tuple[dict[str, str], str]) -> None:
    path = path_of(route, dict.fromkeys(_kinds(route), NOBODYS_UUID))
    headers, until = expired
    refused_at_the_gate(door.knock(route, route.sample(), path, headers), f"token expires, expires_at: {until}")


# --- who may only read --------------------------------------------------------------------------------------------------


@named(WRITES)
def test_who_may_only_read_changes_and_spends_nothing(
    door: Knocker, route: Route, reader: Holder, holdings: Holdings
) -> None:
    sample = filled(route, route.sample(), holdings.ids, holdings.names)
    answer = door.knock(route, sample, path_of(route, holdings.ids), {"x-auth-token": reader.token})
    assert (answer.status_code, answer.json()["error_code"]) == (403, "KM.99990403"), answer.text
    if route.name in MAY:
        assert answer.json()["error_msg"] == f"This needs the permission {MAY[route.name]['may']}."


@named(READS)
def test_who_may_only_read_reads(door: Knocker, route: Route, reader: Holder, holdings: Holdings) -> None:
    sample = filled(route, route.sample(), holdings.ids, holdings.names)
    headers = {"x-auth-token": reader.token} | {one["name"]: reader.token for one in _own_headers(route)}
    answer = door.knock(route, sample, path_of(route, holdings.ids), headers)
    assert answer.status_code == 200, answer.text


def _own_headers(route: Route) -> list[dict[str, Any]]:
    return [one for one in route.parameters("header") if one.get("required")]


# --- who is somebody else -----------------------------------------------------------------------------------------------


def named_ids(route: Route) -> dict[str, str]:
    """Return the fields that name objects; none where the example is missing, which is another test's to say."""
    with suppress(LookupError):
        return id_fields(route, route.sample())
    return {}


OTHERS = [
    pytest.param(route, name, kind, id=f"{route.method} {route.path} {name}")
    for route in ROUTES
    for name, kind in named_ids(route).items()
]


@pytest.mark.parametrize(("route", "name", "kind"), OTHERS)
def test_what_belongs_to_others_is_not_there(
    door: Knocker,
    route: Route,
    name: str,
    kind: str,
    cloud: Client,
    holdings: Holdings,
    outsiders: dict[str, tuple[Holder, Holdings]],
) -> None:
    is_special = any(part in route.path for part in ("/aim-sa/", "/aim-basic/", "/video-"))
    outsider, own = outsiders["accounts" if is_special else "all"]
    theirs, nothing = holdings.ids[kind], nobodys(kind)
    is_write = route in WRITES and route.method != "GET"
    before = holdings.seen(kind, person_of_once(cloud)) if is_write else None
    answers = []
    for wanted in (theirs, nothing):
        # All other ids are the caller's own, so that nothing else is wrong; where they have none, it is nobody's.
        ids = {one: nobodys(one) for one in holdings.ids} | own.ids | {kind: wanted}
        sample = filled(route, route.sample(), ids, own.names)
        query = {**sample.query, **({name: wanted} if name in _query_names(route) else {})}
        sample = Sample(query, sample.json, sample.content, sample.form, sample.files)
        answers.append(door.knock(route, sample, path_of(route, ids), {"x-auth-token": outsider.token}))
    real, none = answers
    assert real.status_code == none.status_code, real.text
    if route.name in TELLS and kind == "sms_template":
        assert (real.json()["error_code"], none.json()["error_code"]) == ("KM.00001138", "KM.00001135")
    else:
        assert comparable(real.text, theirs) == comparable(none.text, nothing)
    if is_write:
        assert real.status_code == 400, f"{name} is not looked at: {real.text}"
        assert holdings.seen(kind, person_of_once(cloud)) == before


def _query_names(route: Route) -> set[str]:
    return {one["name"] for one in route.parameters("query")}


_OWNERS: dict[str, Holder] = {}


def person_of_once(client: Client) -> Holder:
    """Return the owner, signed in once."""
    if client.company.user not in _OWNERS:
        _OWNERS[client.company.user] = person_of(client)
    return _OWNERS[client.company.user]
