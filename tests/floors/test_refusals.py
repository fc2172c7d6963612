from pathlib import Path
from typing import ClassVar

import pytest

from checks.refusals import check_errors, iter_subclasses, load_errors
from hongyan.kernel.errors import HongyanError, NotFound


def make(name: str, *, module: str = "hongyan.rooms.sms.errors", **texts: str) -> type[HongyanError]:
    """Make an error class without adding it to the tree of the product's errors."""
    texts = {"code": "sms.x", "en": "No {what} {reason}.", "zh": "没有{what}{reason_zh}。"} | texts

    class Stand:
        code: ClassVar[str]

    return type(name, (Stand,), {**texts, "__module__": module})


def test_a_sound_error_is_left_alone() -> None:
    assert list(check_errors([make("Sound")])) == []


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([make("A"), make("B")], "shares the code sms.x with hongyan.rooms.sms.errors.A"),
        ([make("A", code="delivery.x")], "does not begin with sms."),
        ([make("A", module="hongyan.rooms.sms.service")], "is defined outside its room's errors.py"),
        ([make("A", en="", zh="没有。")], "has no English text"),
        ([make("A", en="没有", zh="没有")], "has Chinese in its English text"),
        ([make("A", en="None.", zh="None.")], "has no Chinese text"),
        ([make("A", en="No {what}.", zh="没有{name}。")], "shows values in Chinese that English does not have: name"),
        ([make("A", module="hongyan.kernel.errors")], "does not begin with kernel."),
    ],
)
def test_a_planted_fault_is_found(classes: list[type[HongyanError]], expected: str) -> None:
    findings = [str(finding) for finding in check_errors(classes)]
    assert len(findings) == 1, findings
    assert expected in findings[0]


def test_an_inherited_code_is_found() -> None:
    parent = make("Parent")
    child = type("Child", (parent,), {"__module__": "hongyan.rooms.sms.errors"})
    assert "has no code of its own" in str(next(check_errors([child])))


def test_the_errors_of_the_tree_are_walked() -> None:
    load_errors(Path(__file__).parents[2])
    assert NotFound in set(iter_subclasses(HongyanError))
