"""What people write when they want no more, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.kernel.wishes import STOP_WORDS, is_refusal


@pytest.mark.parametrize(
    "text",
    [
        *(
            "R",
            "r",
            "Ｒ",
            " r。",
            "TD",
            "td\r\n",
            "ＴＤ",
            "Td!",
            "T",
            "退订",
            "退订。",
            "「退订」",
            "退订！！",
            "“拒收”",
            "取消订阅",
        ),
        *(
            "QX",
            "n",
            "0000",
            "００００",
            "R\0",
            "R R",
            "退订，退订",
            "TD 退订",
            "\u200bR\u200b",
            "R😀",
            "stop",
            "Unsubscribe.",
        ),
    ],
)
def test_a_usual_word_alone_is_a_refusal(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "。",
        "R我不要",
        "不要退订",
        "回复TD",
        "谢谢",
        "NO",
        "RR",
        "TDTD",
        "0",
        "000",
        "T恤有货吗",
        "退订" + "。" * 60,
        "𝄞",
    ],
)
def test_anything_else_is_for_people_to_read(text: str) -> None:
    assert not is_refusal(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_rule(text: str) -> None:
    assert is_refusal(text) in {True, False}


@given(st.sampled_from(sorted(STOP_WORDS)), st.sampled_from(["", " ", "。", "!", "\n", "\u3000"]), st.booleans())
def test_width_case_and_what_stands_around_do_not_matter(word: str, mark: str, is_wide: bool) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in word)
    assert is_refusal(f"{mark}{wide if is_wide else word.lower()}{mark}")
