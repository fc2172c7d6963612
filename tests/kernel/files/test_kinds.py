"""A file is what its content says."""

import io
import zipfile

import pytest

from hongyan.kernel.files.kinds import FileKind, sniff


def _zip(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "x" * 50)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpg"),
        (b"GIF89a\x01\x00", "gif"),
        (b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00", "bmp"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"\x00\x00\x00\x18ftypmp42", "mp4"),
        (b"Rar!\x1a\x07\x01\x00", "rar"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "xls"),
        (_zip("letter.pdf"), "zip"),
        (_zip(), "zip"),
        (_zip("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), "xlsx"),
        (_zip("[Content_Types].xml", "word/document.xml"), "docx"),
        ("手机号码,姓名\n13800138000,王\n".encode(), "csv"),
        ("\ufeff手机号码\n".encode(), "csv"),
        ("手机号码,姓名\n13800138000,王\n".encode("gb18030"), "csv"),
        (("号" * 30_000).encode(), "csv"),
        (b"BM of the year,1\n", "csv"),
        (b"", None),
        (b"\x7fELF\x02\x01\x01\x00", None),
        (b"MZ\x90\x00\x03\x00", None),
        (b"138\x00001", None),
        (b"\xff\xfe1\x003\x00", None),
    ],
)
def test_the_kind_is_in_the_content(data: bytes, kind: FileKind | None) -> None:
    assert sniff(data) == kind
