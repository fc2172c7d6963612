"""The operations of the API as its own OpenAPI document tells them, for tests that must hold for every one of them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from checks.openapi_file import document
from support.office import picture

_VERBS = ("get", "post", "put", "delete")
_CSV = "手机号码\n13800138000\n".encode()


@cache
def vendor_document() -> dict[str, Any]:
    """Return the document of the API's doors; nothing is connected for it."""
    found: dict[str, Any] = json.loads(document())
    return found


@dataclass(frozen=True, slots=True)
class Sample:
    """A request that is right in itself: what is asked for need not exist."""

    query: dict[str, Any]
    json: Any = None
    content: bytes | None = None
    form: dict[str, str] | None = None
    files: dict[str, tuple[str, bytes]] | None = None


@dataclass(frozen=True)
class Route:
    """One operation: where it is, and what its document says of a request."""

    method: str
    path: str
    operation: dict[str, Any]

    @property
    def name(self) -> str:
        """The operation's id: the name of the SDK's method, or ``hongyan_…``."""
        return str(self.operation["operationId"])

    @property
    def fields(self) -> list[str]:
        """Names in the path."""
        return re.findall(r"\{(\w+)\}", self.path)

    def parameters(self, place: str) -> Iterator[dict[str, Any]]:
        """Yield what the document says of the parameters of a place (``query``, ``header``)."""
        return (one for one in self.operation.get("parameters", []) if one["in"] == place)

    def sample(self) -> Sample:
        """Return a request made of the document's examples.

        Raises:
            LookupError: something required has neither an example nor a schema that says what is right.
        """
        query = {one["name"]: self._value(one["name"], one) for one in self.parameters("query") if one.get("required")}
        wanted = self.operation.get("requestBody")
        if wanted is None:
            return Sample(query)
        ((kind, content),) = wanted["content"].items()
        if kind == "application/json":
            return Sample(query, json=self._example(content))
        if kind == "multipart/form-data":
            return self._form(query, _whole(content["schema"])["properties"])
        return Sample(query, content=_CSV)

    def _form(self, query: dict[str, Any], parts: dict[str, Any]) -> Sample:
        files = {name: ("picture.png", picture()) for name, part in parts.items() if _is_file(part)}
        form = {name: str(self._value(name, part)) for name, part in parts.items() if name not in files}
        return Sample(query, form=form, files=files)

    def _example(self, content: dict[str, Any]) -> Any:
        if "example" in content:
            return content["example"]
        if named := content.get("examples"):
            return next(iter(named.values()))["value"]
        return self._value("body", content)

    def _value(self, name: str, told: dict[str, Any]) -> Any:
        schema = _whole(told.get("schema", told))
        for place in (told, schema):
            if "example" in place:
                return place["example"]
            if isinstance(examples := place.get("examples"), list) and examples:
                return examples[0]
        shown = {part: one["examples"][0] for part, one in schema.get("properties", {}).items() if one.get("examples")}
        if shown:
            return shown
        if schema.get("enum"):
            return schema["enum"][0]
        if schema.get("type") == "integer" and "minimum" in schema:
            return max(1, int(schema["minimum"]))
        if name.endswith("_id"):
            return "0" * 32
        raise LookupError(f"{self.method} {self.path}: {name} has no example")


def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    while "$ref" in schema:
        schema = vendor_document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _is_file(part: dict[str, Any]) -> bool:
    return "contentMediaType" in part or part.get("format") == "binary"


@cache
def vendor_routes() -> tuple[Route, ...]:
    """Return all operations, in the order of the document."""
    paths = vendor_document()["paths"]
    return tuple(
        Route(verb.upper(), path, operations[verb])
        for path, operations in paths.items()
        for verb in _VERBS
        if verb in operations
    )


def replaced(document: Any, names: dict[str, Any]) -> Any:
    """Return a copy of JSON in which every field of these names has the value given; lists keep their shape."""
    if isinstance(document, list):
        return [replaced(one, names) for one in document]
    if not isinstance(document, dict):
        return document
    copy = {}
    for name, value in document.items():
        if name in names and names[name] is not None:
            copy[name] = [names[name]] if isinstance(value, list) else names[name]
        else:
            copy[name] = replaced(value, names)
    return copy


def field_names(document: Any) -> set[str]:
    """Return the names of all fields of JSON, at any depth."""
    if isinstance(document, list):
        return set().union(*(field_names(one) for one in document))
    if isinstance(document, dict):
        return set(document) | field_names(list(document.values()))
    return set()


def comparable(text: str, *ids: str) -> Any:
    """Return an answer without the ids that were asked for and its own request id, to compare two answers."""
    for one in ids:
        text = text.replace(one, "ID")
    document = json.loads(text) if text else None
    if isinstance(document, dict):
        document.pop("request_id", None)
    return document
