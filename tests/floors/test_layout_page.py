from pathlib import Path

from checks.layout_page import PAGE, render


def test_the_page_of_layouts_is_what_the_code_says() -> None:
    assert (Path(__file__).parents[2] / PAGE).read_text(encoding="utf-8") == render(), "run `make docs`"
