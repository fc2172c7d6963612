"""The vendor's SDK, unmodified, fills the material library; a card made of materials reaches a phone."""

import asyncio
import io
import json
import re
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from support.card_documents import of_layout, standard, template_request, video
from support.card_media import bomb, data_uri, film, picture
from support.cloud import Client, Desk, Holder, eventually
from support.server import serving

CREATED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def named(extension: str = "png") -> str:
    """Return a file name that nobody used."""
    return f"m{uuid4().hex[:12]}.{extension}"


def image_body(data: bytes | None = None, **changes: Any) -> dict[str, Any]:
    """Return the upload of a picture of 16:9 that breaks no rule."""
    body = {
        "resource_type": "image",
        "file_type": "stream",
        "file_stream": data_uri(picture() if data is None else data),
        "file_name": named(),
        "image_rate": "sixteenToNine",
        "description": "秋季新品",
    }
    return body | changes


def film_body(data: bytes | None = None, **changes: Any) -> dict[str, Any]:
    """Return the upload of a video that breaks no rule."""
    stream = data_uri(film() if data is None else data, "video/mp4")
    body = {"resource_type": "video", "file_type": "stream", "file_stream": stream, "file_name": named("mp4")}
    return body | changes


def request_of(body: dict[str, Any]) -> Any:
    return sdk.UploadAimTemplateMaterialRequest(body=sdk.UploadAimTemplateMaterialRequestBody(**body))


def upload(cloud: Client, body: dict[str, Any]) -> Any:
    answer = cloud.ask("upload_aim_template_material", request_of(body))
    assert (answer.status, answer.message) == ("200", "success")
    assert UUID.fullmatch(answer.data.material_id)
    assert re.fullmatch(r"\d{18}", answer.data.aim_resource_id)
    return answer.data


def listed(cloud: Client, kind: str = "image", **query: Any) -> Any:
    wanted = {"resource_type": kind, "offset": 1, "limit": 10} | query
    answer = cloud.ask("list_aim_template_materials", sdk.ListAimTemplateMaterialsRequest(**wanted))
    assert (answer.status, answer.message) == ("200", "success")
    return answer.data


def covers(cloud: Client, resource_id: str) -> list[Any]:
    request = sdk.ShowTemplateVideoThumbnailRequest(aim_resource_id=resource_id)
    answer = cloud.ask("show_template_video_thumbnail", request)
    assert (answer.status, answer.message) == ("200", "success")
    return list(answer.data)


def delete_request(*material_ids: str) -> Any:
    body = sdk.DeleteTemplateMaterialRequestBody(material_ids=list(material_ids))
    return sdk.DeleteTemplateMaterialRequest(body=body)


def fetched(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, trust_env=False, timeout=20)


def test_a_picture_is_kept_written_anew_listed_and_deleted(cloud: Client) -> None:
    body = image_body(file_name=f"100%_{named()}")
    made = upload(cloud, body)
    data = listed(cloud, file_name=body["file_name"])
    assert (data.page_info.offset, data.page_info.limit, data.page_info.total) == (1, 10, 1)
    (found,) = data.results
    assert (found.id, found.aim_resource_id) == (made.material_id, made.aim_resource_id)
    assert CREATED.fullmatch(found.created_at)
    assert (found.resource_type, found.file_name) == ("image", body["file_name"])
    assert (found.image_rate, found.description, found.thumbnail) == ("sixteenToNine", "秋季新品", None)
    assert re.fullmatch(r"[0-9a-f]{32}/image/.+", found.obs_object_key)
    assert found.obs_object_key.endswith(body["file_name"])

    file = fetched(found.obs_file_url)
    assert (file.status_code, file.headers["content-type"]) == (200, "image/png")
    assert file.headers["cache-control"] == "private, no-store"
    assert Image.open(io.BytesIO(file.content)).size == (160, 90)
    assert fetched(found.obs_file_url[:-8] + "AAAA.png").status_code == 404

    assert listed(cloud, file_name="100%_").page_info.total >= 1
    assert listed(cloud, file_name="100__").page_info.total == 0
    assert listed(cloud, material_id=made.material_id).page_info.total == 1
    assert listed(cloud, aim_resource_id=made.aim_resource_id).page_info.total == 1
    assert listed(cloud, aim_resource_id="HWR100017516").results == []
    assert listed(cloud, "video", material_id=made.material_id).results == []

    answer = cloud.ask("delete_template_material", delete_request(made.material_id))
    assert (answer.status, answer.message, answer.data) == ("200", "success", None)
    assert listed(cloud, material_id=made.material_id).results == []
    eventually("the bytes are gone", lambda: fetched(found.obs_file_url).status_code == 404)
    assert cloud.refused("delete_template_material", delete_request(made.material_id)).code == "KM.90016901"


def test_pages_are_counted_from_one(cloud: Client) -> None:
    mark = uuid4().hex[:8]
    names = [f"{mark}_{no}.png" for no in range(3)]
    for name in names:
        upload(cloud, image_body(file_name=name))
    first, second = (listed(cloud, file_name=mark, offset=page, limit=2) for page in (1, 2))
    assert [one.file_name for one in first.results] == [names[2], names[1]]
    assert [one.file_name for one in second.results] == [names[0]]
    assert (second.page_info.offset, second.page_info.limit, second.page_info.total) == (2, 2, 3)
    zero = sdk.ListAimTemplateMaterialsRequest(resource_type="image", offset=0, limit=2)
    refused = cloud.refused("list_aim_template_materials", zero)
    assert (refused.code, "offset" in refused.text) == ("KM.90016803", True)
    for wrong in ({"limit": 1001}, {"resource_type": "thumbnail"}, {"file_name": "x" * 101}):
        query = {"resource_type": "image", "offset": 1, "limit": 2} | wrong
        refused = cloud.refused("list_aim_template_materials", sdk.ListAimTemplateMaterialsRequest(**query))
        assert (refused.status, refused.code) == (400, "KM.90016803")
        assert next(iter(wrong)) in refused.text


def test_a_video_has_covers_and_one_of_them_is_primary(cloud: Client) -> None:
    body = film_body()
    made = upload(cloud, body)
    (found,) = listed(cloud, "video", material_id=made.material_id).results
    cover = found.thumbnail
    assert (cover.is_primary, cover.resource_type, cover.is_auto_gen) == (1, "image", 0)
    assert (cover.file_name, cover.image_rate, cover.description) == (body["file_name"][:-3] + "jpg", None, "")
    assert re.fullmatch(r"\d{18}", cover.aim_resource_id)
    assert CREATED.fullmatch(cover.created_at)
    assert cover.obs_object_key
    assert fetched(cover.obs_file_url).headers["content-type"] == "image/jpeg"
    assert len(fetched(cover.obs_file_url).content) == cover.size <= 100 * 1024
    part = fetched(found.obs_file_url, range="bytes=4-7")
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"ftyp", "video/mp4")

    own = {
        "resource_type": "thumbnail",
        "material_id": made.material_id,
        "file_type": "stream",
        "file_stream": data_uri(picture(kind="JPEG"), "image/jpeg"),
        "file_name": named("jpg"),
    }
    thumbnail = upload(cloud, own)
    auto, mine = covers(cloud, made.aim_resource_id)
    assert (auto.id, auto.is_primary, auto.is_auto_gen) == (cover.id, 1, 0)
    assert (mine.id, mine.is_primary, mine.is_auto_gen) == (thumbnail.material_id, 0, 1)
    assert (mine.file_name, mine.aim_resource_id) == (own["file_name"], thumbnail.aim_resource_id)
    assert (mine.image_rate, mine.description, mine.obs_bucket_name) == (None, "", "hongyan-materials")
    assert re.fullmatch(r"[0-9a-f]{32}", mine.domain_id)
    assert mine.obs_object_key.startswith(mine.domain_id)
    assert CREATED.fullmatch(mine.created_at)
    assert len(fetched(mine.obs_file_url).content) == mine.size

    def choose(resource_id: str, thumbnail_id: str) -> Any:
        wanted = sdk.SetPrimaryVideoThumbnailRequestBody(aim_resource_id=resource_id, thumbnail_id=thumbnail_id)
        return sdk.SetPrimaryVideoThumbnailRequest(body=wanted)

    answer = cloud.ask("set_primary_video_thumbnail", choose(made.aim_resource_id, mine.id))
    assert (answer.status, answer.message, answer.data) == ("200", "success", None)
    assert [one.is_primary for one in covers(cloud, made.aim_resource_id)] == [0, 1]
    (again,) = listed(cloud, "video", material_id=made.material_id).results
    assert again.thumbnail.id == mine.id

    for wrong in (
        choose(made.aim_resource_id, str(uuid4())),
        choose("1", mine.id),
        choose(mine.aim_resource_id, mine.id),
    ):
        assert cloud.refused("set_primary_video_thumbnail", wrong).code == "KM.90016901"
    in_use = cloud.refused("delete_template_material", delete_request(mine.id))
    assert (in_use.code, mine.id in in_use.text) == ("KM.90016902", True)
    cloud.ask("delete_template_material", delete_request(made.material_id))
    gone = sdk.ShowTemplateVideoThumbnailRequest(aim_resource_id=made.aim_resource_id)
    assert cloud.refused("show_template_video_thumbnail", gone).code == "KM.90016901"


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    (image_body(resource_type="sound"), "KM.90016803", "resource_type"),
    (image_body(file_type="path"), "KM.90016803", "file_type"),
    (image_body(image_rate=None), "KM.90016803", "image_rate"),
    (image_body(image_rate="fourToThree"), "KM.90016803", "image_rate"),
    (image_body(image_rate="oneToOne"), "KM.90016903", "image_rate"),
    (image_body(file_name=None), "KM.90016803", "file_name"),
    (image_body(file_name="x" * 201), "KM.90016803", "file_name"),
    (image_body(file_name="a  b.png"), "KM.90016803", "file_name"),
    (image_body(file_name="../a.png"), "KM.90016803", "file_name"),
    (image_body(file_name="a.jpg"), "KM.90016903", "file_name"),
    (image_body(description="长" * 51), "KM.90016803", "description"),
    (image_body(description="<b>"), "KM.90016803", "description"),
    (image_body(file_stream=None), "KM.90016803", "file_stream"),
    (image_body(file_stream="iVBORw0KGgo="), "KM.90016803", "file_stream"),
    (image_body(file_stream="data:image/png;base64,@@@@"), "KM.90016803", "file_stream"),
    (image_body(file_stream="data:image/png;base64,abc"), "KM.90016803", "file_stream"),
    (image_body(file_stream="data:image/png;base64,"), "KM.90016803", "file_stream"),
    (image_body(file_stream=data_uri(picture(kind="GIF"), "image/gif")), "KM.90016803", "file_stream"),
    (image_body(file_stream=data_uri(picture(kind="JPEG"))), "KM.90016903", "file_stream"),
    (image_body(file_stream=data_uri(b"\x89PNG\r\n\x1a\n" + bytes(100))), "KM.90016903", "file_stream"),
    (image_body(bomb()), "KM.90016903", "too many pixels"),
    (image_body(picture() + bytes(2 * 1024 * 1024)), "KM.90016903", "2 MB"),
    (image_body(resource_type="thumbnail"), "KM.90016803", "material_id"),
    (image_body(resource_type="thumbnail", material_id=str(uuid4())), "KM.90016901", "material_id"),
    (image_body(picture() + bytes(101 * 1024), resource_type="thumbnail", material_id="x"), "KM.90016903", "100 KB"),
    (film_body(film(1980)), "KM.90016903", "1980 s"),
    (film_body(film()[:2000]), "KM.90016903", "file_stream"),
    (film_body(film() + bytes(7 * 1024 * 1024)), "KM.90016903", "7 MB"),
    (film_body(file_stream=data_uri(picture())), "KM.90016903", "file_stream"),
    (image_body(file_type="url"), "KM.90016803", "file_url"),
    (image_body(file_type="url", file_url="https://x.example.com/a", file_name=""), "KM.90016803", "file_url"),
    (image_body(file_type="url", file_url="ftp://x.example.com/a.png"), "KM.90016803", "file_url"),
    (image_body(file_type="url", file_url="http://10.1.2.3/a.png"), "KM.90016905", "file_url"),
    (image_body(file_type="url", file_url="http://169.254.169.254/latest/a.png"), "KM.90016905", "file_url"),
]


@pytest.mark.parametrize(("body", "code", "names"), REFUSED)
def test_what_breaks_a_rule_is_refused_by_name(cloud: Client, body: dict[str, Any], code: str, names: str) -> None:
    refused = cloud.refused("upload_aim_template_material", request_of(body))
    assert (refused.status, refused.code) == (400, code), refused
    assert names in refused.text


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve what customers keep on servers of their own."""

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name == "away.png":
            return RedirectResponse("http://192.168.7.7/a.png")
        if name == "none.png":
            return Response(status_code=404)
        data = picture(kind="JPEG") if name.startswith("lie") else picture()
        return Response(bytes(3 * 1024 * 1024) if name == "huge.png" else data)

    stop, ready, found = Event(), Event(), list[str]()

    async def serve() -> None:
        async with serving(Starlette(routes=[Route("/{name}", file)])) as url:
            found.append(url)
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    yield found[0]
    stop.set()
    thread.join()


def test_a_picture_is_fetched_from_its_address(cloud: Client, site: str) -> None:
    name = named("PNG")
    body = image_body(file_type="url", file_url=f"{site}/{name}", file_stream=None, file_name=None)
    made = upload(cloud, body)
    (found,) = listed(cloud, material_id=made.material_id).results
    assert found.file_name == name
    for wrong, code, word in (
        ("away.png", "KM.90016905", "192.168.7.7"),
        ("none.png", "KM.90016905", "404"),
        ("huge.png", "KM.90016905", "file_url"),
        ("lie.png", "KM.90016903", "not png"),
    ):
        refused = cloud.refused("upload_aim_template_material", request_of(body | {"file_url": f"{site}/{wrong}"}))
        assert (wrong, refused.code) == (wrong, code)
        assert word in refused.text


def test_a_card_shows_materials_and_keeps_them_while_it_lives(cloud: Client, desk: Desk, stranger: Client) -> None:
    cover = upload(cloud, image_body())
    clip = upload(cloud, film_body())
    body = of_layout("Video", f"片{uuid4().hex[:10]}", ["HUAWEI"])
    body["pages"][0]["contents"][0] = video(1, clip.aim_resource_id, 1)
    still = standard(f"图{uuid4().hex[:10]}")
    picture_of = still["pages"][0]["contents"][0]
    picture_of |= {"src_type": 1, "src": cover.aim_resource_id, "action_type": "VIEW_PIC"}
    picture_of["action"] = {"target": cover.aim_resource_id}
    foreign = stranger.refused("create_aim_personal_template", template_request(still))
    assert (foreign.code, "src" in foreign.text) == ("KM.80040004", True)

    for document, used in ((body, clip), (still, cover)):
        tpl_id = cloud.ask("create_aim_personal_template", template_request(document)).data.tpl_id
        (found,) = cloud.ask("list_aim_templates", sdk.ListAimTemplatesRequest(tpl_id=tpl_id)).templates
        item = json.loads(found.pages)[0]["content"][0]
        for address in filter(None, (item["src"], item.get("cover"))):
            file = fetched(address)
            assert file.status_code == 200
            assert "immutable" in file.headers["cache-control"]
        in_use = cloud.refused("delete_template_material", delete_request(used.material_id))
        assert (in_use.code, tpl_id in in_use.text) == ("KM.90016902", True)
        desk.reject("smart.template", "换一张图", document["tpl_name"])
        wanted = sdk.ListAimTemplatesRequest(tpl_id=tpl_id)
        eventually(
            "rejected", lambda wanted=wanted: cloud.ask("list_aim_templates", wanted).templates[0].audit_state == 3
        )
        cloud.ask("delete_aim_personal_template", sdk.DeleteAimPersonalTemplateRequest(tpl_id=tpl_id))
        cloud.ask("delete_template_material", delete_request(used.material_id))


def test_materials_belong_to_their_tenant(cloud: Client, stranger: Client, reader: Holder) -> None:
    made = upload(cloud, film_body())
    assert listed(stranger, "video", material_id=made.material_id).results == []
    assert stranger.refused("delete_template_material", delete_request(made.material_id)).code == "KM.90016901"
    request = sdk.ShowTemplateVideoThumbnailRequest(aim_resource_id=made.aim_resource_id)
    assert stranger.refused("show_template_video_thumbnail", request).code == "KM.90016901"
    thumbnail = image_body(resource_type="thumbnail", material_id=made.material_id)
    assert stranger.refused("upload_aim_template_material", request_of(thumbnail)).code == "KM.90016901"

    base = "/v1/aim/template-material"
    assert reader.call("GET", f"{base}s?resource_type=video&offset=1&limit=1").status_code == 200
    assert reader.call("POST", f"{base}s", image_body()).status_code == 403
    assert reader.call("POST", f"{base}s/delete", {"material_ids": [made.material_id]}).status_code == 403
    primary = {"aim_resource_id": made.aim_resource_id, "thumbnail_id": made.material_id}
    assert reader.call("POST", f"{base}-thumbnails", primary).status_code == 403


def test_a_repeated_upload_makes_one_material(cloud: Client) -> None:
    body, key = image_body(), {"Idempotency-Key": uuid4().hex}
    first = cloud.raw("POST", "/v1/aim/template-materials", body, headers=key).json()
    assert cloud.raw("POST", "/v1/aim/template-materials", body, headers=key).json() == first
    assert listed(cloud, file_name=body["file_name"]).page_info.total == 1


def test_too_many_ids_at_once_are_refused(cloud: Client) -> None:
    refused = cloud.refused("delete_template_material", delete_request(*(str(uuid4()) for _ in range(21))))
    assert (refused.code, "material_ids" in refused.text) == ("KM.90016803", True)
    assert cloud.refused("delete_template_material", delete_request()).code == "KM.90016803"
