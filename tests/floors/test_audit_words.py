"""What the audit log holds has words in both languages of the console."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def _calls() -> Iterator[ast.Call]:
    """Yield the calls that write the log, or hand on what is written."""
    for path in sorted((ROOT / "src/hongyan").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in {"note", "_note"}:
                    yield node


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def _actions() -> set[str]:
    return {text for call in _calls() for text in _texts(call.args) if _ACTION.fullmatch(text)}


def _kinds() -> set[str]:
    named = (word.value for call in _calls() for word in call.keywords if word.arg == "subject_kind")
    return {node.value for node in named if isinstance(node, ast.Constant)}


@pytest.fixture(params=["zh-CN", "en"])
def words(request: pytest.FixtureRequest) -> dict[str, Any]:
    catalogue = ROOT / f"console/src/rooms/identity/i18n/{request.param}.json"
    found: dict[str, Any] = json.loads(catalogue.read_text("utf-8"))["audit"]
    return found


def test_every_action_has_words(words: dict[str, Any]) -> None:
    named = {f"{noun}.{verb}" for noun, verbs in words["action"].items() for verb in verbs}
    actions = _actions()
    assert "session.sign_in" in actions
    assert actions - named == set()


def test_every_kind_of_object_has_words(words: dict[str, Any]) -> None:
    assert _kinds() - set(words["kindOf"]) == set()
