from pathlib import Path
from typing import ClassVar

from checks.error_page import PAGE, page, render

ROOT = Path(__file__).parents[2]


def test_the_page_of_errors_is_what_the_code_says() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(ROOT), "run `make docs`"


def test_an_error_is_shown_with_what_a_reader_needs() -> None:
    class Stand:
        """A goose | a swan.

        Not shown.
        """

        code: ClassVar[str] = "sms.goose"
        vendor_code = "KM.1"
        vendor_status = 400
        retryable = True
        en = "No {what}."
        zh = "没有{what}。"

    text = render([Stand])
    assert "\n## `sms`\n" in text
    assert "| `KM.1` | 400 | No {what}. | 没有{what}。 | A goose \\| a swan. | yes | `sms.goose` |" in text
