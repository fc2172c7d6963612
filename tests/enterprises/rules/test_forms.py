import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import FileId, TenantId
from hongyan.rooms.enterprises.contracts import FieldKind, Paper, Scene
from hongyan.rooms.enterprises.errors import FilingIncomplete
from hongyan.rooms.enterprises.rules import fields, forms
from support.office import PDF, picture

MB = 1024 * 1024


def spec(name: str, scene: Scene = Scene.SMART_SEND) -> fields.FieldSpec:
    found = fields.find_field(scene, name)
    assert found is not None
    return found


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as written:
        written.writestr("note.txt", "hello")
    return packed.getvalue()


def paper(name: str, media_type: str = "application/pdf", size: int = 10) -> Paper:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Paper(FileId("p"), TenantId("t"), Scene.BASIC, name, "a.pdf", media_type, size, "00", now, now)


@pytest.mark.parametrize(
    ("field", "name", "data", "media_type"),
    [
        ("business_licence", "a.png", picture(), "image/png"),
        ("business_licence", "营业执照.JPG", picture("JPEG"), "image/jpeg"),
        ("business_licence", "a.jpeg", picture("JPEG"), "image/jpeg"),
        ("business_licence", "a.gif", picture("GIF"), "image/gif"),
        ("business_licence", "a.bmp", picture("BMP"), "image/bmp"),
        ("material_commitment", "承诺函.pdf", PDF, "application/pdf"),
        ("special_papers", "a.zip", archive(), "application/zip"),
        ("special_papers", "a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(20), "application/vnd.rar"),
    ],
)
def test_a_file_of_the_right_type_passes(field: str, name: str, data: bytes, media_type: str) -> None:
    assert forms.check_file(spec(field), name, data) == media_type


@pytest.mark.parametrize(
    ("field", "name", "data", "said"),
    [
        ("material_commitment", "a.pdf", picture(), "type pdf is needed; the content is png"),
        ("material_commitment", "a.pdf", b"\x00\x01\x02", "none of these"),
        ("material_commitment", "a.png", PDF, "ends in .png but the content is pdf"),
        ("material_commitment", "a.pdf", PDF[:20], "damaged"),
        ("material_commitment", "a.pdf", PDF + bytes(2 * MB), "larger than 2 MB"),
        ("material_commitment", "a.pdf", b"", "empty"),
        ("material_commitment", "", PDF, "name"),
        ("material_commitment", "x" * 101, PDF, "name"),
        ("material_commitment", "../a.pdf", PDF, "name"),
        ("material_commitment", "a\x00.pdf", PDF, "name"),
        ("material_commitment", "..\\a.pdf", PDF, "name"),
        ("business_licence", "a.png", picture()[:30], "damaged"),
        ("business_licence", "a.jpg", picture(), "ends in .jpg but the content is png"),
        ("special_papers", "a.zip", b"PK\x03\x04" + bytes(40), "damaged"),
        ("special_papers", "a.zip", PDF, "rar, zip is needed"),
    ],
)
def test_a_wrong_file_is_refused_with_field_and_reason(field: str, name: str, data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        forms.check_file(spec(field), name, data)
    assert refused.value.field == field


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    packed = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(packed, "PNG")
    with pytest.raises(InvalidInput, match="damaged"):
        forms.check_file(spec("business_licence"), "a.png", packed.getvalue())


def test_values_are_trimmed_and_unknown_ones_dropped() -> None:
    given = {"document_type": " business_licence ", "colour": "red", "business_licence": "x", "signature_differs": " "}
    assert forms.check_values(Scene.SMART_SEND, given) == {"document_type": "business_licence"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("document_type", "passport"),
        ("company_name", "x" * 101),
        ("company_name", "a\x00b"),
        ("credit_code", "123"),
        ("credit_code", "91350100M000100Y4I"),
        ("contact_phone", "call me"),
        ("contact_email", "a@b"),
        ("contact_email", "a b@c.d"),
        ("industry", "games"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field(field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        forms.check_values(Scene.SERVICE_ACCOUNT, {field: value})
    assert refused.value.field == field


@pytest.mark.parametrize("code", ["91350100M000100Y43", "12345678-X", "12345678X"])
def test_credit_and_organisation_codes_pass(code: str) -> None:
    assert forms.check_values(Scene.SERVICE_ACCOUNT, {"credit_code": code}) == {"credit_code": code}


@pytest.mark.parametrize(
    ("scene", "values", "papers", "missing"),
    [
        (Scene.SMART_SEND, {}, set(), "document_type"),
        (Scene.SMART_SEND, {"document_type": "x"}, set(), "business_licence"),
        (
            Scene.SMART_SEND,
            {"document_type": "x"},
            {"business_licence", "material_commitment"},
            "signature_authorisation",
        ),
        (
            Scene.SMART_SEND,
            {"document_type": "x", "signature_differs": "yes"},
            {"business_licence", "material_commitment", "signature_authorisation"},
            "company_relation",
        ),
        (
            Scene.BASIC,
            {"document_type": "x", "has_qr": "yes"},
            {"business_licence", "material_commitment", "signature_authorisation", "port_registration"},
            "video_qr",
        ),
    ],
)
def test_what_is_missing_is_named(scene: Scene, values: dict[str, str], papers: set[str], missing: str) -> None:
    with pytest.raises(FilingIncomplete) as refused:
        forms.check_complete(scene, values, {name: paper(name) for name in papers})
    assert refused.value.field == missing


def test_what_is_required_only_in_a_case_is_not_missed_in_others() -> None:
    papers = {"business_licence", "material_commitment", "signature_authorisation"}
    values = {"document_type": "x", "signature_differs": "no"}
    forms.check_complete(Scene.SMART_SEND, values, {name: paper(name) for name in papers})


def test_a_paper_is_reused_only_where_type_and_size_fit() -> None:
    letter = spec("material_commitment")
    assert forms.is_reusable(letter, paper("material_commitment"))
    assert not forms.is_reusable(letter, paper("material_commitment", "image/png"))
    assert not forms.is_reusable(letter, paper("material_commitment", "text/plain"))
    assert not forms.is_reusable(replace(letter, max_bytes=5), paper("material_commitment"))


def test_the_table_of_fields_is_whole() -> None:
    assert set(fields.FIELDS) == set(Scene) == set(fields.SERVICES) == set(fields.TITLES)
    for scene, specs in fields.FIELDS.items():
        names = [found.name for found in specs]
        assert len(names) == len(set(names))
        for found in specs:
            assert (found.kind is FieldKind.FILE) == bool(found.types and found.max_bytes)
            assert (found.kind is FieldKind.CHOICE) == bool(found.choices)
            assert found.required_when is None or fields.find_field(scene, found.required_when[0]) is not None
    assert fields.find_field(Scene.SMART_LINKS, "signature_authorisation") is None
