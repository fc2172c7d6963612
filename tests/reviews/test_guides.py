"""Checklists, reasons and the words that customers read."""

from dataclasses import replace

import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.enterprises.rules.fields import FIELDS
from hongyan.rooms.reviews.contracts import GivenReason
from hongyan.rooms.reviews.rules import wording
from hongyan.rooms.reviews.rules.evidence import list_evidence
from hongyan.rooms.reviews.rules.guides.by_kind import GUIDES, guide_of


def test_every_text_is_there_in_both_languages_and_codes_are_unique() -> None:
    for guide in GUIDES.values():
        for words in (guide.fields, guide.checks, guide.reasons):
            assert len({word.code for word in words}) == len(words)
            assert all(word.zh and word.en and word.zh != word.en for word in words)
        assert {reason.field for reason in guide.reasons} <= {"", *(field.code for field in guide.fields)}
        assert guide.checks
        assert guide.reasons[-1].code == "other"


def test_a_reason_can_stand_beside_every_field_of_a_filing() -> None:
    forms = {spec.name for specs in FIELDS.values() for spec in specs}
    assert forms <= {field.code for field in GUIDES["enterprises.filing"].fields}


def test_reasons_are_said_in_both_languages_with_their_fields() -> None:
    given = (
        GivenReason("licence_unreadable", "business_licence", "右下角缺失"),
        GivenReason("file_altered"),
        GivenReason("other", "contact_phone", "空号"),
    )
    zh, en = wording.say("enterprises.filing", given, "请重新提交")
    assert zh == "营业执照：营业执照不清晰或不完整（右下角缺失）；资料有涂改痕迹；企业联系电话：空号；请重新提交"
    assert en == (
        "Business licence: The licence is unreadable or incomplete (右下角缺失); A document was altered; "
        "Contact phone: 空号; 请重新提交"
    )
    assert wording.say("enterprises.filing", (), "哪一年？", is_asked_back=True) == (
        "请补充说明：哪一年？",
        "Please answer: 哪一年？",
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (GivenReason("no_such"), "reasons.1.code"),
        (GivenReason("seal_missing", "no_such"), "reasons.1.field"),
        (GivenReason("seal_missing", "", "x" * 501), "reasons.1.text"),
        (GivenReason("seal_missing", "", "a\x00"), "reasons.1.text"),
        (GivenReason("other", "", "  "), "reasons.1.text"),
    ],
)
def test_unknown_or_endless_reasons_are_refused_at_their_row(given: GivenReason, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        wording.check_reasons("enterprises.filing", (GivenReason("file_altered"), given))
    assert refused.value.field == field


def test_too_many_or_too_long_reasons_and_unknown_checks_are_refused() -> None:
    one = GivenReason("file_altered", "", "x" * 400)
    with pytest.raises(InvalidInput) as many:
        wording.check_reasons("enterprises.filing", (one,) * 21)
    with pytest.raises(InvalidInput) as long:
        wording.say("enterprises.filing", (one, replace(one, field="legal_name")), "")
    with pytest.raises(InvalidInput) as checks:
        wording.check_checks("enterprises.filing", ["registry", "moon"])
    assert [error.value.field for error in (many, long, checks)] == ["reasons", "reason", "checks"]
    assert wording.check_checks("enterprises.filing", ["sealed", "registry"]) == ("registry", "sealed")


def test_what_a_later_room_submits_has_a_guide_of_its_own() -> None:
    guide = guide_of("moon.landing")
    assert ([word.code for word in guide.checks], [r.code for r in guide.reasons]) == (["whole_seen"], ["other"])


def test_the_files_of_a_submission_are_found_by_kind() -> None:
    def found(kind: str, snapshot: dict[str, object]) -> list[tuple[str, str]]:
        return [(one.field, one.ref) for one in list_evidence(kind, snapshot)]

    papers = [{"field": "business_licence", "paper_id": "p1", "name": "执照.png"}]
    assert found("enterprises.filing", {"papers": papers}) == [("business_licence", "p1")]
    assert found("sms.signature", {"licence_file_id": "f1", "attorney_file_id": None}) == [("licence_file_id", "f1")]
    account = {"form": {"logo": "a", "proofs": ["b", "b", "c"]}, "before": {"logo": "z"}}
    assert found("service_accounts.pub", account) == [("logo", "a"), ("proofs", "b"), ("proofs", "c")]
    home = {"form": {"background": "d", "fastapps": [{"logo": "e"}, {"logo": ""}]}}
    assert found("service_accounts.portal", home) == [("background", "d"), ("fastapps", "e")]
    keys = {"form": {"sign": "鸿雁", "proofs": ["f", "g"]}}
    assert found("service_accounts.shortcut", keys) == [("proofs", "f"), ("proofs", "g")]
    file = "0" * 32 + ".png"
    pages = [{"content": [{"src": f"https://l.example/m/{file}"}, {"src": "https://evil.example/x.png"}]}]
    assert found("smart.template", {"pages": pages}) == [("pages", file)]
    assert found("sms.template", {"content": f"https://l.example/m/{file}"}) == []
    assert found("service_accounts.menu", {"form": None}) == []
    letter = [{"field": "letter", "paper_id": "l1", "name": "授权函.pdf"}]
    assert found("campaigns.link_domain", {"domain": "s.example.com", "papers": letter}) == [("letter", "l1")]
