"""One object of every kind that a company can have, made through the doors, and where each field of a request takes it.

Fixtures: ``holdings`` (the demo's), ``outsiders`` (what two other companies have, as far as they have it).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from support.accounts import Studio, new_name, new_port
from support.card_documents import standard
from support.card_media import data_uri, film
from support.card_media import picture as photo
from support.cloud import Client, Desk, Holder, eventually
from support.doors import PLAIN_CARD, phones, unique
from support.office import PDF, picture
from support.routes import Route
from support.video_requests import make as make_video_template
from support.video_requests import task as video_task

_KINDS = {
    "app_id": "app",
    "signature_id": "signature",
    "power_attorney_file_id": "signature_file",
    "template_id": "sms_template",
    "sms_template_id": "sms_template",
    "sms_tpl_id": "sms_template",
    "card_template_id": "card",
    "basic_template_id": "video_template",
    "number_file_id": "number_file",
    "material_id": "image",
    "material_ids": "image",
    "aim_resource_id": "video_resource",
    "thumbnail_id": "thumbnail",
    "pub_id": "pub",
    "menu_id": "menu",
    "portal_id": "portal",
    "port_id": "port",
    "ext_port_id": "port",
    "id": "binding",
    "logo_img": "logo",
    "background_img": "background",
    "address_id": "address",
    "domain_id": "domain",
}
_VIEWS = {
    "app": "/v1/sms/apps/{}",
    "signature": "/v1/sms/signatures/{}",
    "signature_file": "/v1/sms/signatures/files?file_id={}",
    "sms_template": "/v1/sms/templates/{}",
    "card": "/v1/aim/templates?tpl_id={}",
    "video_template": "/v1/aim-basic/templates?tpl_id={}",
    "number_file": "/v1/hongyan/number-files/{}",
    "image": "/v1/aim/template-materials?resource_type=image&offset=1&limit=10&material_id={}",
    "video_resource": "/v1/aim/template-material-thumbnails?aim_resource_id={}",
    "pub": "/v1/aim-sa/menus?pub_id={}",
    "menu": "/v1/aim-sa/menus?menu_id={}",
    "address": "/v1/hongyan/callbacks/{}",
    "send_task": "/v1/hongyan/send-tasks/{}",
    "video_task": "/v1/hongyan/video-tasks/{}",
}
"""Where its owner sees an object; what is not here is seen in a list of everything of its kind (``_LISTS``)."""
_LISTS = {
    "portal": "/v1/aim-sa/portals?limit=100",
    "port": "/v1/aim-sa/ports?limit=100",
    "binding": "/v1/aim-sa/ports?type=1&limit=100",
    "domain": "/v1/hongyan/link-domains",
    "thumbnail": "/v1/aim/template-materials?resource_type=video&offset=1&limit=100",
}
_FRESH_EVERY_TIME = ("url", "authorization_files")
"""Parts of answers that are made anew each time: signed addresses."""


def kind_of(route: Route, name: str) -> str | None:
    """Return which kind of object a field of an operation names, if any."""
    is_video = "/aim-basic/" in route.path or "/video-" in route.path
    if name in {"tpl_id", "tpl_ids"}:
        return "video_template" if is_video else "card"
    if name == "file_id":
        return "number_file" if "number-files" in route.path else "signature_file"
    if name == "task_id":
        return "video_task" if is_video else "resolve_task" if "/resolve-" in route.path else "send_task"
    return _KINDS.get(name)


@dataclass
class Holdings:
    """What a company has: ids by kind."""

    client: Client
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Values of fields that must fit the ids beside them, by the field's name."""

    def seen(self, kind: str, person: Holder) -> Any:
        """Return an object as its owner sees it, without what changes by itself; pictures have no view of their own."""
        if kind in {"logo", "background"}:
            return None
        path = _VIEWS[kind].format(self.ids[kind]) if kind in _VIEWS else _LISTS[kind]
        answer = person.call("GET", path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return _settled(answer.json())


def _settled(document: Any) -> Any:
    if isinstance(document, list):
        return [_settled(one) for one in document]
    if isinstance(document, dict):
        return {name: _settled(value) for name, value in document.items() if not name.endswith(_FRESH_EVERY_TIME)}
    if isinstance(document, str) and document.startswith("[{"):
        return _settled(json.loads(document))
    return document


def _post(client: Client, path: str, body: Any) -> Any:
    answer = client.raw("POST", path, body)
    assert answer.status_code == 200, f"{path}: {answer.text}"
    return answer.json()


def hold_basics(client: Client) -> Holdings:
    """Return what every company can make that may send: texts, cards, materials, files, domains, an address."""
    company, kept = client.company, Holdings(client)
    signature = client.raw("GET", f"/v1/sms/signatures/{company.signature_id}").json()
    kept.ids |= {
        "app": signature["app_id"],
        "signature": company.signature_id,
        "signature_file": signature["file_id"],
        "sms_template": company.templates["member"],
        "card": _post(client, "/v1/aim/templates", standard(f"矩阵{uuid4().hex[:8]}"))["data"]["tpl_id"],
        "domain": str(_post(client, "/v1/hongyan/link-domains", {"domain": f"{unique('m')}.example.com"})["domain_id"]),
    }
    kept.names |= {"sms_app_name": company.app_name, "sms_sign": company.name, "sms_signs": company.name}
    kept.names |= {"channel_number": company.channel_number, "channel_num": company.channel_number}
    _hold_materials(kept)
    _hold_tasks(kept)
    callback = {"callback_url": "https://hooks.example.com/matrix", "url_type": 1}
    kept.ids["address"] = _post(client, "/v1/aim/callbacks", callback)["data"]["id"]
    return kept


def _hold_materials(kept: Holdings) -> None:
    name = f"m{uuid4().hex[:12]}"
    image = {"resource_type": "image", "file_type": "stream", "file_stream": data_uri(photo())}
    image |= {"file_name": f"{name}.png", "image_rate": "sixteenToNine"}
    video = {"resource_type": "video", "file_type": "stream", "file_stream": data_uri(film(), "video/mp4")}
    path = "/v1/aim/template-materials"
    kept.ids["image"] = _post(kept.client, path, image)["data"]["material_id"]
    made = _post(kept.client, path, {**video, "file_name": f"{name}.mp4"})["data"]
    kept.ids["video_resource"] = made["aim_resource_id"]
    covers = kept.client.raw("GET", f"/v1/aim/template-material-thumbnails?aim_resource_id={made['aim_resource_id']}")
    kept.ids["thumbnail"] = covers.json()["data"][0]["id"]


def _hold_tasks(kept: Holdings) -> None:
    client, (number,) = kept.client, phones(1, can_show=True)
    rows = f"手机号码,称呼\n{number},王女士\n123,无\n".encode()
    upload = client.raw("POST", "/v1/hongyan/number-files?name=matrix.csv", rows)
    assert upload.status_code == 200, upload.text
    kept.ids["number_file"] = file_id = upload.json()["file_id"]

    def is_read() -> bool:
        return bool(client.raw("GET", f"/v1/hongyan/number-files/{file_id}").json()["state"] == "parsed")

    eventually("the number file is read", is_read)
    own = {"name": "matrix", "card_template_id": PLAIN_CARD, "sms_template_id": kept.ids["sms_template"]}
    own |= {"number_file_id": file_id, "start_when_ready": False}
    kept.ids["send_task"] = _post(client, "/v1/hongyan/send-tasks", own)["task_id"]
    link = {"tpl_id": PLAIN_CARD, "sms_signs": [client.company.name], "resolving_times": 1, "expiration_time": 1}
    link |= {"aim_code_type": "individual", "params": [{"cust_flag": number}]}
    kept.ids["resolve_task"] = _post(client, "/v1/aim/resolve-tasks", link)["task_id"]


def hold_accounts(studio: Studio) -> Holdings:
    """Return a service account that is in effect, its parts, a channel number and a binding."""
    kept, made = Holdings(studio.client), studio.live()
    number = new_port()
    row = studio.register(number, [sign := new_name("签")])
    kept.names |= {"port": number, "sign": sign, "authorization_files": studio.picture("OTHER")}
    studio.client.ask("lock_port", studio.bind_request(made, row))
    kept.ids |= {"pub": made.pub_id, "menu": made.menu_id, "portal": made.portal_id}
    kept.ids |= {"port": row.id, "binding": studio.bindings(number)[0].id}
    kept.ids |= {"logo": studio.picture("PUB_LOGO"), "background": studio.picture("BG_IMAGE")}
    return kept


def person_of(client: Client) -> Holder:
    """Return the administrator of a company with a token."""
    domain, _, user = client.company.user.partition("/")
    return Holder(client.company.url, domain, user, client.company.password)


def file_for_videos(client: Client, desk: Desk) -> None:
    """Open the basic edition for a company and have its filing approved."""
    owner = client.company.console()
    owner.act("POST", "/services/basic/open")
    owner.act("PUT", "/filings/basic", {"values": {"document_type": "business_licence", "signature_differs": "no"}})
    papers = {name: (f"{name}.pdf", PDF) for name in ("material_commitment", "signature_authorisation")}
    papers |= {"port_registration": ("ports.pdf", PDF), "business_licence": ("licence.png", picture())}
    for paper, content in papers.items():
        owner.act("POST", f"/filings/basic/papers/{paper}", files={"file": content})
    owner.act("POST", "/filings/basic/submit")
    desk.approve("enterprises.filing", client.company.name)

    def is_filed() -> bool:
        return bool(owner.get("/filings/basic")["state"] == "approved")

    eventually("the filing for video SMS is approved", is_filed)


@pytest.fixture(scope="session")
def holdings(cloud: Client, studio: Studio) -> Iterator[Holdings]:
    """The demo's objects, one of every kind; what goes on by itself has come to its end."""
    kept = hold_basics(cloud)
    accounts = hold_accounts(studio)
    kept.ids |= accounts.ids
    kept.names |= accounts.names
    kept.ids["video_template"] = make_video_template(cloud, unique("mx"))
    made = cloud.ask("create_vms_send_task", video_task("800000001", phones(1, can_show=True)))
    kept.ids["video_task"] = made.data.task_id
    owner = person_of(cloud)

    eventually("the demo's video is there", lambda: kept.seen("video_task", owner)["state"] == "sending_complete")
    eventually("the task waits to be started", lambda: kept.seen("send_task", owner)["state"] == "ready")
    yield kept
    # Who comes after us registers addresses, too.
    assert cloud.raw("DELETE", f"/v1/hongyan/callbacks/{kept.ids['address']}").status_code == 200


@pytest.fixture(scope="session")
def outsiders(stranger: Client, rival: Studio, desk: Desk) -> dict[str, tuple[Holder, Holdings]]:
    """Who is not the demo, and what they have: one company for service accounts and video SMS, one for the rest."""
    file_for_videos(rival.client, desk)
    return {
        "accounts": (person_of(rival.client), hold_accounts(rival)),
        "all": (person_of(stranger), hold_basics(stranger)),
    }
