"""The document of the API beside the code: it is what the code says, and says what a reader needs."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from checks.openapi_file import FILE, document

ROOT = Path(__file__).parents[2]
Operations = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def made() -> str:
    return document()


@pytest.fixture(scope="module")
def api(made: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made)
    return found


@pytest.fixture(scope="module")
def operations(api: dict[str, Any]) -> Operations:
    return [(verb, operation) for item in api["paths"].values() for verb, operation in item.items()]


def schema_of(api: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema
    while "$ref" in found:
        found = api["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return found


def test_the_file_is_what_the_code_says(made: str) -> None:
    # Not compared by `==` inside the assert: nobody reads a difference of 20,000 lines.
    is_same = (ROOT / FILE).read_text(encoding="utf-8") == made
    assert is_same, "run `make openapi`"


def test_every_operation_has_a_name_a_sentence_a_family_and_a_proof(
    api: dict[str, Any], operations: Operations
) -> None:
    assert api["openapi"].startswith("3.1")
    names = Counter(operation["operationId"] for _, operation in operations)
    assert [name for name, count in names.items() if count > 1] == []
    families = {tag["name"] for tag in api["tags"]}
    for _, operation in operations:
        name = operation["operationId"]
        assert 8 <= len(operation["summary"]) <= 160, name
        assert len(operation["tags"]) == 1, name
        assert set(operation["tags"]) <= families, name
        assert operation["security"] or name == "create_token"


def test_every_body_has_an_example(api: dict[str, Any], operations: Operations) -> None:
    bare = []
    for _, operation in operations:
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            schema = schema_of(api, content["schema"])
            shown = content.get("example") or content.get("examples") or schema.get("examples")
            # Forms and files hold bytes.
            if not shown and kind == "application/json":
                bare.append(operation["operationId"])
    assert bare == []


def test_every_answer_says_what_it_holds(api: dict[str, Any], operations: Operations) -> None:
    vague = []
    for _, operation in operations:
        good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        assert len(good) == 1, operation["operationId"]
        for content in good[0].get("content", {}).values():
            schema = schema_of(api, content["schema"])
            if not schema.get("properties") and schema.get("type") != "string":
                vague.append(operation["operationId"])
    assert vague == []
