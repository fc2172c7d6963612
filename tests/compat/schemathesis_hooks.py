"""What schemathesis is told about our document before it begins; see ``schemathesis.toml`` beside it."""

from typing import Any

import schemathesis

_TEXT_RULES = frozenset({"enum", "const", "format"})


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Let bodies hold numbers where texts are documented: the vendor's own samples do, so they are not refused."""
    schemas = raw_schema["components"]["schemas"]
    seen: set[str] = set()

    def widen(node: Any) -> None:
        if isinstance(node, list):
            for part in node:
                widen(part)
        if not isinstance(node, dict):
            return
        if isinstance(reference := node.get("$ref"), str):
            name = reference.rpartition("/")[2]
            if name not in seen:
                seen.add(name)
                widen(schemas[name])
        elif node.get("type") == "string" and not _TEXT_RULES & node.keys():
            node["type"] = ["string", "number"]
        else:
            for part in [*node.get("properties", {}).values(), node.get("items"), *node.get("anyOf", [])]:
                widen(part)

    for item in raw_schema["paths"].values():
        for operation in item.values():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                if kind == "application/json":
                    widen(content["schema"])
