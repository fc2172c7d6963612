"""Rules of the signatures of video messages: names, documents, states. Pure. Source: product.md §2.15 (UM077)."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.enterprises.contracts import FieldKind, FieldSpec
from hongyan.rooms.video_sms.contracts import AUTHORISATION, MATERIAL, VideoSignatureForm, VideoSignatureState
from hongyan.rooms.video_sms.rules.forms import MAX_SIGNATURE

MAX_SIGNATURES: Final = 200
"""Per tenant."""
MAX_FILE_BYTES: Final = 2 * 1024 * 1024
MAX_APPLY_DESC: Final = 100
FILES: Mapping[str, FieldSpec] = MappingProxyType(
    {
        AUTHORISATION: FieldSpec(
            AUTHORISATION,
            "letters",
            "签名授权函",
            "Signature authorisation",
            FieldKind.FILE,
            types=("pdf",),
            max_bytes=MAX_FILE_BYTES,
        ),
        MATERIAL: FieldSpec(
            MATERIAL,
            "others",
            "其他材料",
            "Other material",
            FieldKind.FILE,
            types=("zip", "rar"),
            max_bytes=MAX_FILE_BYTES,
        ),
    }
)
"""What may be uploaded, by field of the form; checked as a filing's papers are."""
NAMES: Mapping[VideoSignatureState, tuple[str, str]] = MappingProxyType(
    {
        VideoSignatureState.REVIEWING: ("under review", "审核中"),
        VideoSignatureState.APPROVED: ("approved", "通过"),
        VideoSignatureState.REJECTED: ("not approved", "不通过"),
    }
)
"""States in English and Chinese."""


def check_name(field: str, name: str) -> None:
    """Check a signature's name, without the brackets that it gets in front of the first text.

    Raises:
        InvalidInput: it is empty, too long, or has characters that would break the text.
    """
    if not 1 <= len(name) <= MAX_SIGNATURE or set("【】[]#") & set(name) or not name.isprintable():
        raise InvalidInput(
            field,
            reason=f"1 to {MAX_SIGNATURE} characters without brackets and #",
            reason_zh=f"须为 1–{MAX_SIGNATURE} 个字符，且不含括号和 #",
        )


def check_form(form: VideoSignatureForm) -> None:
    """Check what a customer filled in; whether the documents are there and needed, the service looks up.

    Raises:
        InvalidInput: a field breaks its rule.
    """
    check_name("signature_name", form.name)
    if len(form.apply_desc) > MAX_APPLY_DESC:
        raise InvalidInput(
            "apply_desc", reason=f"at most {MAX_APPLY_DESC} characters", reason_zh=f"最多 {MAX_APPLY_DESC} 个字符"
        )


def name_key(name: str) -> str:
    """Return a name without differences that no reader sees: width, case, blanks and kinds of brackets."""
    return re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", name).casefold())
