import io
import zipfile
from xml.etree import ElementTree as ET

import pytest

from hongyan.kernel.files.kinds import sniff
from hongyan.rooms.enterprises.rules import fields, letters

TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"


def words(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314 - our own document
        return [node.text or "" for node in ET.fromstring(archive.read("word/document.xml")).iter(TEXT)]  # noqa: S314


def test_every_letter_that_a_form_names_exists_and_no_other() -> None:
    named = {spec.letter for specs in fields.FIELDS.values() for spec in specs if spec.letter}
    assert named == set(letters.LETTERS)


@pytest.mark.parametrize("letter_id", sorted(letters.LETTERS))
def test_a_letter_is_a_word_file_that_names_the_company(letter_id: str) -> None:
    letter = letters.LETTERS[letter_id]
    data = letters.make_letter(letter, company="A & B <科技>有限公司", credit_code="91350100M000100Y43")
    assert sniff(data) == "docx"
    found = words(data)
    assert found[0] == letter.title
    assert any("A & B <科技>有限公司" in text for text in found)
    assert any("91350100M000100Y43" in text for text in found)
    assert not any("{" in text for text in found)
    assert data == letters.make_letter(letter, company="A & B <科技>有限公司", credit_code="91350100M000100Y43")
