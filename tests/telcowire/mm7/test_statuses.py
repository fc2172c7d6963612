import pytest

from telcowire.mm7.statuses import MEANINGS, UNAVAILABLE, is_success, meaning_of


@pytest.mark.parametrize(
    ("code", "text"),
    [(1000, "Success"), (2099, "Client error"), (9999, "Server error"), (4444, "General service error")],
)
def test_unknown_codes_mean_their_class(code: int, text: str) -> None:
    assert meaning_of(code).text == text


def test_only_an_unavailable_service_is_asked_again() -> None:
    assert [code for code, meaning in MEANINGS.items() if meaning.is_retryable] == [UNAVAILABLE]
    assert [code for code in MEANINGS if is_success(code)] == [1000, 1100]
