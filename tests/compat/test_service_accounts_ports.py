"""The vendor's client and channel numbers of service accounts: register, list, bind, unbind, delete; and pictures."""

import io
import json
import re
import struct
import zlib
from typing import Any

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk
from PIL import Image

from support.accounts import Studio, form_of, image, new_name, new_port
from support.cloud import Holder
from support.doors import Company
from support.installation import Installation

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NOBODY = "0" * 32
INVALID = "KM.90016803"


def refused(studio: Studio, method: str, request: Any) -> tuple[str, str]:
    refusal = studio.client.refused(method, request)
    assert refusal.status == 400
    return refusal.code, refusal.text


@pytest.fixture(scope="module")
def account(studio: Studio) -> Any:
    """An account in effect that collects nothing by itself."""
    return studio.live()


def sign() -> str:
    return new_name("签")


def test_a_channel_number_is_registered_listed_and_deleted(studio: Studio, account: Any) -> None:
    port, signs = new_port(), [sign(), sign()]
    request = studio.port_request(port, signs, port_type=3)
    answer = studio.client.ask("register_port", request).data.data
    assert (answer.port, answer.port_type, answer.sign) == (port, 3, signs)
    row = studio.get_port(port)
    assert len(row.id) == 32
    assert (row.port, row.sign, row.port_type, row.sign_check) == (port, signs, 3, 1)
    assert (row.pub_id, row.pub_name, row.province, row.is_bind, row.pub_list) == (None, None, None, 0, [])
    proof = studio.picture("OTHER")
    assert list(row.authorization_files) == [proof]
    assert httpx.get(row.authorization_files[proof], trust_env=False).status_code == 200
    assert row.create_time is not None
    gone = studio.client.ask("delete_port_info", sdk.DeletePortInfoRequest(port_id=row.id)).data.data
    assert (gone.port, gone.port_type) == (port, 3)
    assert refused(studio, "delete_port_info", sdk.DeletePortInfoRequest(port_id=row.id))[0] == "KM.99990704"
    assert refused(studio, "delete_port_info", sdk.DeletePortInfoRequest(port_id="short"))[0] == INVALID


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"port": "1" * 22}, INVALID, "port"),
        ({"port": "10x"}, INVALID, "port"),
        ({"port_type": 5, "port": "123456"}, INVALID, "port: exactly 5 digits"),
        ({"port_type": 2}, INVALID, "port_type"),
        ({"port_type": 3, "sign_check": 0}, INVALID, "sign_check: must be 1"),
        ({"port_type": 5, "port": "12345", "sign_check": 0}, INVALID, "sign_check: must be 1"),
        ({"sign_check": 2}, INVALID, "sign_check"),
        ({"sign": []}, INVALID, "sign"),
        ({"sign": ["一"]}, INVALID, "sign"),
        ({"sign": ["甲乙"] * 6}, INVALID, "sign"),
        ({"sign": ["甲乙", "甲乙"]}, INVALID, "甲乙 is there twice"),
        ({"sign": ["【甲】乙"]}, INVALID, "sign"),
        ({"authorization_files": []}, INVALID, "authorization_files"),
        ({"authorization_files": ["a picture"]}, INVALID, "authorization_files"),
        ({"authorization_files": [NOBODY]}, "KM.99990706", NOBODY),
        ({"authorization_files": [NOBODY] * 2}, INVALID, "a picture is there twice"),
    ],
)
def test_a_channel_number_that_breaks_a_rule_is_refused(
    studio: Studio, account: Any, changes: dict[str, Any], code: str, said: str
) -> None:
    found = refused(studio, "register_port", studio.port_request(new_port(), [sign()], **changes))
    assert (found[0], said in found[1]) == (code, True), found


def test_a_number_needs_an_approved_account_and_is_registered_once(studio: Studio, account: Any) -> None:
    port = new_port()
    studio.register(port, [sign()])
    assert refused(studio, "register_port", studio.port_request(port, [sign()]))[0] == "KM.99990750"
    assert studio.client.ask("register_port", studio.port_request(port, [sign()], port_type=3))


def test_companies_share_a_number_only_with_other_signatures(studio: Studio, rival: Studio, account: Any) -> None:
    port, ours = new_port(), sign()
    pending = rival.create()
    request = rival.port_request(port, [ours])
    if rival.client.ask("list_pub_infos", sdk.ListPubInfosRequest(approve_state=2)).data.page_info.total == 0:
        assert refused(rival, "register_port", request)[0] == "KM.99990751"
    rival.approve(pending)
    studio.register(port, [ours])
    assert refused(rival, "register_port", request)[0] == "KM.99990750"
    assert refused(rival, "register_port", rival.port_request(port, [sign()], sign_check=0))[0] == "KM.99990750"
    theirs = rival.register(port, [sign()])
    assert refused(studio, "delete_port_info", sdk.DeletePortInfoRequest(port_id=theirs.id))[0] == "KM.99990704"


def test_a_signature_of_another_company_is_refused(studio: Studio, rival: Studio, account: Any, demo: Company) -> None:
    if rival.client.ask("list_pub_infos", sdk.ListPubInfosRequest(approve_state=2)).data.page_info.total == 0:
        rival.approve(rival.create())
    found = refused(rival, "register_port", rival.port_request(new_port(), [demo.name]))
    assert found == ("KM.99990755", f"sign: {demo.name} is a signature of another company.")
    studio.register(new_port(), [demo.name])


def test_channel_numbers_are_filtered_and_paged(studio: Studio, account: Any) -> None:
    word = new_name("")
    rows = [studio.register(new_port(), [f"{word}{no}"], port_type=kind) for no, kind in enumerate((1, 3))]
    studio.client.ask("lock_port", studio.bind_request(account, rows[0]))

    def ids(**wanted: Any) -> list[str]:
        request = sdk.ListPortInfosRequest(**({"sign_search": word} | wanted))
        return [row.port for row in studio.client.ask("list_port_infos", request).data.data]

    one, three = rows[0].port, rows[1].port
    assert (ids(), ids(offset=1, limit=1), ids(type=0)) == ([three, one], [one], [three, one])
    assert ids(port=one, port_type="") == [one]
    assert (ids(port=one), ids(port_type=3), ids(is_bind=1), ids(is_bind=0)) == ([one], [three], [one], [three])
    assert ids(type=1) == [one]
    assert (ids(type=1, pub_name=account.pub_name), ids(type=1, pub_name="没有的名称")) == ([one], [])
    assert ids(pub_name="没有的名称") == [three, one]
    assert (ids(start_time="2020-01-01T00:00:00Z"), ids(end_time="2020-01-01T00:00:00Z")) == ([three, one], [])
    page = studio.client.ask("list_port_infos", sdk.ListPortInfosRequest(sign_search=word, limit=1)).data.page_info
    assert (page.offset, page.limit, page.total) == (0, 1, 2)
    for wanted in ({"type": 2}, {"port_type": 4}, {"is_bind": 2}, {"sign_search": "签" * 19}, {"port": "1" * 22}):
        assert refused(studio, "list_port_infos", sdk.ListPortInfosRequest(**wanted))[0] == INVALID


def test_an_account_is_bound_and_unbound(studio: Studio, account: Any) -> None:
    signs = [sign(), sign()]
    row = studio.register(new_port(), signs)
    request = studio.bind_request(account, row, province="河北省,苏州市", sign=signs[:1])
    assert studio.client.ask("lock_port", request).data.message == "成功"
    (bound,) = studio.bindings(row.port)
    assert (bound.pub_id, bound.pub_name, bound.port) == (account.pub_id, account.pub_name, row.port)
    assert (bound.sign, bound.province, bound.is_bind) == (signs[:1], "河北省,苏州市", 1)
    assert (bound.port_type, bound.sign_check) == (1, 1)
    assert bound.id != row.id
    listed = studio.get_port(row.port)
    assert (listed.is_bind, listed.sign) == (1, signs)
    assert [(pub.pub_name, pub.pub_reference) for pub in listed.pub_list] == [(account.pub_name, "")]
    assert refused(studio, "delete_port_info", sdk.DeletePortInfoRequest(port_id=row.id))[0] == "KM.99990754"
    again = studio.bind_request(account, row, province="石家庄市", sign=signs)
    assert refused(studio, "lock_port", again)[0] == "KM.99990741"
    studio.client.ask("lock_port", studio.bind_request(account, row, province="石家庄市", sign=signs[1:]))
    for one in studio.bindings(row.port):
        request = sdk.UnlockPortRequest(body=sdk.UnlockPortRequestBody(id=one.id))
        assert studio.client.ask("unlock_port", request).data.message == "成功"
    assert refused(studio, "unlock_port", request)[0] == "KM.99990705"
    assert studio.get_port(row.port).is_bind == 0
    studio.client.ask("delete_port_info", sdk.DeletePortInfoRequest(port_id=row.id))


def test_a_binding_that_breaks_a_rule_is_refused(studio: Studio, rival: Studio, account: Any) -> None:
    row = studio.register(new_port(), [sign()])

    def bind(**changes: Any) -> tuple[str, str]:
        return refused(studio, "lock_port", studio.bind_request(account, row, **changes))

    assert bind(sign=["不在其中"])[0] == "KM.99990752"
    assert bind(sign=[])[0] == INVALID
    assert bind(province="火星")[0] == "KM.99990740"
    assert bind(province="江苏省,苏州市")[0] == "KM.99990741"
    assert bind(province="北" * 501)[0] == INVALID
    assert bind(port="10690")[0] == "KM.99990753"
    assert bind(ext_port_id=NOBODY)[0] == "KM.99990704"
    assert bind(pub_id=NOBODY)[0] == "KM.99990701"
    assert bind(pub_id=studio.create().pub_id)[0] == "KM.99990713"
    assert refused(rival, "lock_port", rival.bind_request(account, row))[0] == "KM.99990704"
    studio.client.ask("lock_port", studio.bind_request(account, row, province=""))
    (bound,) = studio.bindings(row.port)
    assert bound.province == "全国"
    unbind = sdk.UnlockPortRequest(body=sdk.UnlockPortRequestBody(id=bound.id))
    assert refused(rival, "unlock_port", unbind)[0] == "KM.99990705"
    short = sdk.UnlockPortRequest(body=sdk.UnlockPortRequestBody(id="short"))
    assert refused(studio, "unlock_port", short)[0] == INVALID


def test_an_account_collects_numbers_by_their_signatures(studio: Studio) -> None:
    ours, other = sign(), sign()
    before = studio.register(new_port(), [ours, other])
    made = studio.create(auto_get_port=1, signs_for_auto_get_port=[ours], areas_for_auto_get_port=["北京市"])
    assert studio.bindings(before.port) == []
    studio.approve(made, "pub")
    (bound,) = studio.bindings(before.port)
    assert (bound.pub_id, bound.sign, bound.province) == (made.pub_id, [ours], "北京市")
    after = studio.register(new_port(), [ours], port_type=3)
    assert after.is_bind == 1
    change = sdk.UpdatePubInfoRequestBody(change_reason="换签名", signs_for_auto_get_port=[other])
    studio.client.ask("update_pub_info", sdk.UpdatePubInfoRequest(pub_id=made.pub_id, body=change))
    studio.approve(made, "pub")
    assert [row.sign for row in studio.bindings(before.port)] == [[other]]
    assert studio.bindings(after.port) == []


def test_only_administrators_unbind_and_delete(studio: Studio, account: Any, reader: Holder, demo: Any) -> None:
    row = studio.register(new_port(), [sign()])
    operator = Holder(demo.url, "hongyan-demo", "campaigner", demo.password)
    bind = studio.bind_request(account, row).body.to_dict()
    assert reader.call("POST", "/v1/aim-sa/ports/associate", bind).status_code == 403
    assert (
        reader.call("POST", "/v1/aim-sa/ports", studio.port_request(new_port(), [sign()]).body.to_dict()).status_code
        == 403
    )
    assert operator.call("POST", "/v1/aim-sa/ports/associate", bind).status_code == 200
    (bound,) = studio.bindings(row.port)
    for caller in (reader, operator):
        assert caller.call("POST", "/v1/aim-sa/ports/disassociate", {"id": bound.id}).status_code == 403
        assert caller.call("DELETE", f"/v1/aim-sa/ports/{row.id}").status_code == 403
        assert caller.call("GET", "/v1/aim-sa/ports").status_code == 200


# --- pictures -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size", "kind", "use", "shown"),
    [
        ("logo.png", (240, 240), "PNG", "PUB_LOGO", "image/png"),
        ("背景.JPG", (1920, 1080), "JPEG", "BG_IMAGE", "image/jpeg"),
        ("app.jpeg", (192, 192), "JPEG", "FASTAPP_LOGO", "image/jpeg"),
        ("proof.bmp", (30, 40), "BMP", "OTHER", "image/png"),
    ],
)
def test_a_picture_is_kept_and_shown_by_a_link(
    studio: Studio, name: str, size: tuple[int, int], kind: str, use: str, shown: str
) -> None:
    answer = studio.upload(name, image(*size, kind), use)
    data = answer.data
    ending = "jpg" if shown == "image/jpeg" else "png"
    assert (data.resource_type, data.resource_url) == (1, f"AimSauploadService/{data.resource_id}.{ending}")
    link = json.loads(answer.raw_content)["data"]["auth_resource_url"]
    picture = httpx.get(link, trust_env=False)
    assert picture.headers["content-type"] == shown
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in picture.headers["content-security-policy"]
    assert Image.open(io.BytesIO(picture.content)).size == size
    broken = link[:-6] + ("AAAAAA" if not link.endswith("AAAAAA") else "BBBBBB")
    assert httpx.get(broken, trust_env=False).status_code == 404


def bomb() -> bytes:
    """Return a small PNG that says it has 900 million pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    lines = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "data", "use", "said"),
    [
        ("logo.png", image(239, 240), "PUB_LOGO", "at least 240 x 240 pixels"),
        ("logo.png", image(240, 250), "PUB_LOGO", "the ratio 1:1"),
        ("logo.png", image(240, 240) + bytes(110_000), "PUB_LOGO", "larger than 100 KB"),
        ("back.png", image(1440, 900), "BG_IMAGE", "the ratio 16:9"),
        ("back.bmp", image(1600, 900, "BMP"), "BG_IMAGE", "larger than 4 MB"),
        ("app.png", image(191, 191), "FASTAPP_LOGO", "at least 192 x 192"),
        ("logo.jpg", image(240, 240), "PUB_LOGO", "the name ends in .jpg but the content is png"),
        ("logo.gif", image(240, 240, "GIF"), "PUB_LOGO", "a jpg, jpeg, png or bmp picture"),
        ("proof.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "OTHER", "a jpg, jpeg, png or bmp picture"),
        ("proof.png", b"", "OTHER", "the file is empty"),
        ("proof.png", image(300, 300)[:200], "OTHER", "damaged or incomplete"),
        ("proof.png", bomb(), "OTHER", "pixels"),
        ("proof.png", image(30, 30), "VIDEO", "file_type"),
    ],
    ids=(
        *(
            "narrow logo",
            "oblong logo",
            "heavy logo",
            "wrong ratio",
            "heavy background",
            "small app logo",
            "png as jpg",
        ),
        *("gif", "svg", "empty", "cut off", "bomb", "unknown type"),
    ),
)
def test_an_upload_that_is_not_what_it_must_be_is_refused(
    studio: Studio, name: str, data: bytes, use: str, said: str
) -> None:
    refusal = form_of(name, data, use, lambda request: studio.client.refused("upload_media", request))
    assert (refusal.status, said in refusal.text) == (400, True), refusal
    assert refusal.code in {"KM.99990720", INVALID}


def test_proofs_are_not_too_large_together(studio: Studio) -> None:
    noise = Image.effect_noise((1500, 1300), 120)
    packed = io.BytesIO()
    noise.save(packed, "BMP")
    large = [str(studio.upload("proof.bmp", packed.getvalue(), "OTHER").data.resource_id) for _ in range(3)]
    wizard = studio.wizard(pub=studio.pub_body(authorization_files=large))
    assert refused(studio, "create_pub_info", wizard)[0] == "KM.99990722"


def test_what_hides_in_a_picture_is_not_kept(studio: Studio) -> None:
    data = image(240, 240) + b"<script>alert(1)</script>"
    link = json.loads(studio.upload("logo.png", data, "PUB_LOGO").raw_content)["data"]["auth_resource_url"]
    assert b"script" not in httpx.get(link, trust_env=False).content


def test_a_reader_may_not_upload(reader: Holder, installation: Installation) -> None:
    answer = reader.call(
        "POST", "/v1/aim-sa/media/upload", files={"file": ("a.png", image(240, 240))}, data={"file_type": "OTHER"}
    )
    assert answer.status_code == 403
