from dataclasses import replace

import pytest

from hongyan.kernel.errors import HongyanError, InvalidInput
from hongyan.kernel.http.targets import Allowances
from hongyan.kernel.ids import FileId, SmsAppId
from hongyan.rooms.sms.contracts import SignatureForm, SignatureSource, SignatureStatus, SmsType
from hongyan.rooms.sms.rules import signatures as rules
from hongyan.rooms.sms.rules.ids import is_template_id, is_uuid

FORM = SignatureForm(
    "鸿雁", SmsType.NOTIFY, SmsAppId("a"), FileId("f"), SignatureSource.COMPANY, involves_third_party=False
)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("HUAWEI", ""),
        ("a_1", "http://example.com/mo"),
        ("鸿雁应用", "https://8.8.8.8:8443/mo?x=1"),
        ("x" * 30, "https://[2606:4700::1111]/"),
    ],
)
def test_a_good_app_passes(name: str, url: str) -> None:
    rules.check_app(name, url, Allowances())


@pytest.mark.parametrize(
    ("name", "url", "field"),
    [
        ("", "", "app_name"),
        ("x" * 31, "", "app_name"),
        ("a-b", "", "app_name"),
        ("a b", "", "app_name"),
        ("A", "ftp://example.com", "up_link_addr"),
        ("A", "example.com", "up_link_addr"),
        ("A", "http://localhost/", "up_link_addr"),
        ("A", "http://127.0.0.1/", "up_link_addr"),
        ("A", "http://10.0.0.1/", "up_link_addr"),
        ("A", "http://[::1]/", "up_link_addr"),
        ("A", "http://[bad/", "up_link_addr"),
        ("A", "http://224.0.0.1/", "up_link_addr"),
        ("A", "http://example.com:99999/", "up_link_addr"),
        ("A", "http://user@example.com/", "up_link_addr"),
        ("A", "http://exa mple.com/", "up_link_addr"),
        ("A", "http://example.com/a b", "up_link_addr"),
        ("A", "http://" + "x" * 300, "up_link_addr"),
    ],
)
def test_a_bad_app_is_refused_with_its_field(name: str, url: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.check_app(name, url, Allowances())
    assert refused.value.field == field


@pytest.mark.parametrize(
    "form",
    [
        FORM,
        replace(FORM, name="华为2"),
        replace(FORM, name="x" * 16),
        replace(FORM, source=SignatureSource.TRADEMARK),
        replace(FORM, source=SignatureSource.SITE, source_title="example.com"),
        replace(FORM, involves_third_party=True, attorney_file_id=FileId("f2")),
    ],
)
def test_a_good_signature_passes(form: SignatureForm) -> None:
    rules.check_signature(form)


@pytest.mark.parametrize(
    ("form", "field", "code"),
    [
        (replace(FORM, name="雁"), "signature_name", "KM.00001485"),
        (replace(FORM, name="雁" * 17), "signature_name", "KM.00001485"),
        (replace(FORM, name="123456"), "signature_name", "KM.90016803"),
        (replace(FORM, name="a b"), "signature_name", "KM.90016803"),
        (replace(FORM, apply_desc="x" * 81), "apply_desc", "KM.90016803"),
        (replace(FORM, source_title="x" * 181), "source_title_content", "KM.90016803"),
        (replace(FORM, source=SignatureSource.SHOP), "source_title_content", "KM.90016803"),
        (replace(FORM, involves_third_party=True), "power_attorney_file_id", "KM.90016803"),
    ],
)
def test_a_bad_signature_is_refused_with_field_and_code(form: SignatureForm, field: str, code: str) -> None:
    with pytest.raises(HongyanError) as refused:
        rules.check_signature(form)
    assert (refused.value.field, refused.value.vendor_code) == (field, code)


@pytest.mark.parametrize(
    ("name", "source", "needs"),
    [
        ("鸿雁科技", SignatureSource.COMPANY, True),
        ("鸿雁（北京）科技", SignatureSource.COMPANY, False),
        ("鸿雁北京科技", SignatureSource.COMPANY, False),
        ("鸿雁科技", SignatureSource.APP, False),
    ],
)
def test_a_name_that_is_not_the_company_s_needs_proof(name: str, source: SignatureSource, needs: bool) -> None:
    assert rules.needs_relation_proof(replace(FORM, name=name, source=source), "鸿雁(北京)科技") is needs


def test_the_life_of_a_signature_is_a_table_without_holes() -> None:
    assert set(rules.NEXT_STATUSES) == set(SignatureStatus)
    for status, outcomes in rules.DECIDED.items():
        assert set(outcomes) <= rules.NEXT_STATUSES[status]


@pytest.mark.parametrize(
    ("text", "uuid", "number"),
    [
        ("00000000-0000-4000-8000-00000000000f", True, False),
        ("0000000000004000800000000000000f", False, False),
        ("15010661", False, True),
        ("9" * 19, False, False),
        ("１５", False, False),
        ("", False, False),
    ],
)
def test_texts_that_cannot_be_ids_are_known(text: str, uuid: bool, number: bool) -> None:
    assert (is_uuid(text), is_template_id(text)) == (uuid, number)


@pytest.mark.parametrize(
    ("name", "data", "kind", "said"),
    [
        ("", b"x", "png", "name"),
        ("x" * 65, b"x", "png", "name"),
        ("a.png", b"", None, "empty"),
        ("a.png", bytes(2 * 1024 * 1024 + 1), "png", "2 MB"),
        ("a.png", b"x", None, "none of these"),
        ("a.pdf", b"x", "pdf", "content is pdf"),
        ("a.png", b"x", "jpg", "ends in .png"),
        ("a", b"x", "jpg", "ends in .a"),
    ],
)
def test_a_picture_that_is_not_one_is_refused(name: str, data: bytes, kind: str | None, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        rules.check_file(name, data, kind)


def test_a_picture_is_taken_under_each_of_its_extensions() -> None:
    for name, kind in [("a.jpg", "jpg"), ("a.JPEG", "jpg"), ("a.png", "png"), ("营业执照.gif", "gif")]:
        rules.check_file(name, b"x", kind)
