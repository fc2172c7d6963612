import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.sms.contracts import AutoAnswers
from hongyan.rooms.sms.rules.answers import check_answers
from telcowire.smstext.segments import count_segments

WORDS = frozenset({"博彩", "Casino"})
LONGEST = 5 * 67 - len("【】") - 16


@pytest.mark.parametrize(
    "text",
    [
        "",
        "您已退订，我们不会再给您发送此类短信。",
        "Thank you. We read it at 9.30, fee 1.5 元",
        "鸿" * LONGEST,
    ],
)
def test_a_good_answer_passes(text: str) -> None:
    check_answers(AutoAnswers(opt_out=text), WORDS)
    check_answers(AutoAnswers(other=text), WORDS)


def test_the_longest_answer_fits_under_the_longest_signature() -> None:
    assert count_segments("【" + "字" * 16 + "】" + "鸿" * LONGEST) == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "blank"),
        ("鸿" * (LONGEST + 1), "5 parts"),
        ("🦢" * (LONGEST // 2 + 1), "5 parts"),
        ("您已退订，见 https://hy.example/a", "link"),
        ("您已退订，见 WWW.鸿雁", "link"),
        ("您已退订，见 hy.cn/a", "link"),
        ("您已退订，见hy.cn", "link"),
        ("【鸿雁】您已退订", "'【'"),
        ("您好${1}", "'{}'"),
        ("您已退订\0", "symbol"),
        ("来玩博彩", "博彩"),
        ("come to the CASINO", "casino"),
    ],
)
@pytest.mark.parametrize("field", ["opt_out", "other"])
def test_what_nobody_reviews_is_refused_where_it_could_harm(field: str, text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_answers(AutoAnswers(**{field: text}), WORDS)
    assert refused.value.field == field
    assert said in refused.value.params["reason"]
