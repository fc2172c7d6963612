"""The vendor's client is the list of what must be there: every method of it, and a test that drives it."""

import ast
import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkkoomessage import v1 as sdk
from huaweicloudsdkkoomessage.v1 import KooMessageClient

from support.doors import Company
from support.office import picture
from support.sdk_shapes import complaints

ROOT = Path(__file__).parents[2]
OPERATIONS = 62
_INFO = re.compile(r'def _(\w+)_http_info\(.*?"method": "(\w+)",\s*"resource_path": "([^"]+)"', re.DOTALL)
FORM_FIELDS: Final[dict[str, dict[str, str]]] = {
    "upload_aim_msg_signature_file": {},
    "upload_media": {"file_type": "LOGO_IMG"},
}
NEEDS: Final = {"show_aim_msg_signature_file_info", "show_template_video_thumbnail"}
"""Operations that show one thing, named in the query."""
SDK = {name: (verb, path) for name, verb, path in _INFO.findall(inspect.getsource(KooMessageClient))}


@cache
def document() -> Any:
    """Return our document of the API."""
    return json.loads((ROOT / "docs/api/openapi.json").read_text(encoding="utf-8"))


def drivers() -> dict[str, set[str]]:
    """Return which test files call an operation with the vendor's client, by operation."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path.name != Path(__file__).name:
            for name in SDK.keys() & set(_calls(ast.parse(path.read_text(encoding="utf-8")))):
                found[name].add(path.name)
    return found


def _calls(tree: ast.Module) -> Iterator[str]:
    """Yield what may be an operation: ``client.ask("name", …)``, ``client.name(…)``; a test may put it together."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in node.values]
            yield from (name for name in SDK if re.fullmatch("".join(map(str, parts)), name))


def request_for(name: str, picture: FormFile) -> Any:
    """Return a request of the vendor's model, made of our document's examples."""
    verb, path = SDK[name]
    operation = document()["paths"][path][verb.lower()]
    wanted = {
        one["name"]: "0" * 32 if one["in"] == "path" else _right(one["schema"])
        for one in operation.get("parameters", [])
        if one.get("required")
    }
    (kind,) = re.findall(
        r":class:`huaweicloudsdkkoomessage\.v1\.(\w+Request)`", str(getattr(KooMessageClient, name).__doc__)
    )
    model = getattr(sdk, kind)
    if content := operation.get("requestBody", {}).get("content"):
        form = getattr(sdk, model.openapi_types["body"]) if "multipart/form-data" in content else None
        wanted["body"] = (
            _example(content["application/json"]) if form is None else form(**FORM_FIELDS[name], file=picture)
        )
    return model(**wanted)


def _right(schema: dict[str, Any]) -> Any:
    return schema["enum"][0] if "enum" in schema else schema.get("minimum", "0")


def _example(content: dict[str, Any]) -> Any:
    if "examples" in content:
        return next(iter(content["examples"].values()))["value"]
    schema = content["schema"]
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema["examples"][0]


def test_the_client_has_as_many_operations_as_we_know() -> None:
    assert len(SDK) == OPERATIONS


def test_every_operation_of_the_client_has_its_name_method_and_path_in_our_document() -> None:
    ours = {
        operation["operationId"]: (verb.upper(), path)
        for path, operations in document()["paths"].items()
        for verb, operation in operations.items()
    }
    assert {name: ours.get(name) for name in SDK} == SDK
    own = {name: path for name, (_, path) in ours.items() if name not in SDK}
    assert [name for name, path in own.items() if not path.startswith(("/v1/hongyan/", "/v3/"))] == []


def test_every_operation_of_the_client_has_a_test_of_its_own() -> None:
    assert sorted(SDK.keys() - drivers().keys()) == []


@pytest.mark.parametrize("name", sorted(SDK))
def test_the_client_drives_an_operation_of_a_running_installation(spare: Company, tmp_path: Path, name: str) -> None:
    """With our own example: it succeeds, or a room refuses it, since what it names is not there; never the edge."""
    file = tmp_path / "picture.png"
    file.write_bytes(picture())
    with closing(FormFile(str(file))) as upload:
        status, code, answer = _ask(spare, name, request_for(name, upload))
    assert status in {200, 400}, answer
    if status == 200:
        raw = answer.raw_content
        assert complaints(type(answer), json.loads(raw) if raw else {}) == []
    else:
        assert code.startswith("KM."), answer
        # What only lists has nothing to miss.
        assert SDK[name][0] != "GET" or "{" in SDK[name][1] or name in NEEDS, answer


def _ask(company: Company, name: str, request: Any) -> tuple[int, str, Any]:
    """Return status, code and what the client gives: an answer or its exception."""
    try:
        answer = getattr(company.sdk(), name)(request)
    except ServiceResponseException as error:
        return int(error.status_code), str(error.error_code), error
    return int(answer.status_code), "", answer
