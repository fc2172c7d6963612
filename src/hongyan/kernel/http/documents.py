"""The OpenAPI documents of the doors, and a page to read the vendor's one in a browser.

What all operations of the vendor's doors share (proofs, errors, request ids, idempotency) is written here, once. Not
for: parameters and answers, which the framework reads from the endpoints.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.responses import FileResponse

from hongyan.kernel.http.problems import has_copy

VENDOR_OPENAPI: Final = "/openapi.json"
CONSOLE_OPENAPI: Final = "/console/api/openapi.json"
VENDOR_TITLE: Final = "Hongyan API"
_PAGES = Path(__file__).parent / "reader"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_VERBS = ("get", "post", "put", "patch", "delete")
_WRITES = ("post", "put", "delete")
_ASKS: Final = ("/check", "/query", "/send-reports", "/auth/tokens", "/test")
"""Ends of paths whose POST changes nothing: an idempotency key means nothing there."""
_DESCRIPTION = """\
The message service's API. It is wire-compatible with the vendor's SDKs: point them at this server and they work.

Sign each request with an access key (SDK-HMAC-SHA256), or send a token of `POST /v3/auth/tokens` as `X-Auth-Token`.
Every answer carries `X-Request-Id`. A request that creates, changes or spends may carry `Idempotency-Key`: the same key
and request get the same answer for 24 hours. Who asks too often gets 503 with `Retry-After`.
"""
_SECURITY: Final[list[dict[str, list[str]]]] = [{"Signature": []}, {"Token": []}]
_SCHEMES: Final = {
    "Signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`SDK-HMAC-SHA256 Access=<AK>, SignedHeaders=<names>, Signature=<hex>`, with `X-Sdk-Date`; "
        "the vendor's SDKs make it.",
    },
    "Token": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Auth-Token",
        "description": "A project-scoped token of `POST /v3/auth/tokens`, good for 24 hours.",
    },
}
_REQUEST_ID: Final = {
    "X-Request-Id": {
        "description": "Names this request in the logs.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    }
}
_RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
}
_CODE: Final = {"type": "string", "description": "`KM.…`, or `APIGW.…` from the gateway.", "examples": ["KM.90016803"]}
_TEXT: Final = {"type": "string", "description": "Names the field that is wrong.", "examples": ["limit: is too large"]}
_SCHEMAS: Final[dict[str, Any]] = {
    "Error": {
        "type": "object",
        "required": ["error_code", "error_msg"],
        "properties": {"error_code": _CODE, "error_msg": _TEXT},
    },
    "AimError": {
        "type": "object",
        "required": ["error_code", "error_msg", "error_message"],
        "properties": {
            "error_code": _CODE,
            "error_msg": _TEXT,
            "error_message": {"type": "string", "deprecated": True, "description": "The same as error_msg."},
        },
    },
    "GatewayError": {
        "type": "object",
        "required": ["error_code", "error_msg", "request_id"],
        "properties": {
            "error_code": {"type": "string", "examples": ["APIGW.0301"]},
            "error_msg": {"type": "string"},
            "request_id": {"type": "string"},
        },
    },
    "KeystoneError": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "title"],
                "properties": {
                    "code": {"type": "integer"},
                    "message": {"type": "string"},
                    "title": {"type": "string"},
                },
            }
        },
    },
}
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and request get the same answer for 24 hours; another request under it gets 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]*[!-~][ -~]*$"},
}
_TAGS: Final = (
    ("identity", "Tokens, the project, the account: the parts of Keystone that clients need."),
    ("sms", "SMS apps, signatures and templates."),
    ("SMS messages", "SMS without a card: one text for many numbers, or one per number."),
    ("aim", "Card templates, their materials, and which numbers can show them."),
    ("resolve tasks", "Short links that the customer sends itself."),
    ("send tasks", "SMS with a card, sent by the service, and what became of them."),
    ("reports", "Counters by day and by card template."),
    ("service accounts", "The sender's face on the phone: name, logo, menu, home page, channel numbers."),
    ("video SMS", "The basic edition: multimedia messages."),
    ("callbacks", "Where receipts are posted to, and what became of them."),
    ("hongyan", "Our own operations beside the vendor's."),
)
_TEXTS: Final = {
    "400": "A field breaks a rule, or what is asked for is not possible.",
    "401": "Neither a good signature nor a good token.",
    "403": "The caller may not do this.",
    "404": "There is no such token.",
    "413": "The body is larger than allowed.",
    "422": "The Idempotency-Key was used for another request.",
    "429": "Too many wrong passwords.",
    "500": "A mistake of ours; the request id helps to find it.",
    "503": "Too many requests; try again after `Retry-After` seconds.",
}


def openapi_of(routers: Sequence[APIRouter], *, title: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of some routers; operation ids are the endpoints' function names or their own."""
    part = FastAPI(title=title, version=version, generate_unique_id_function=operation_id)
    for router in routers:
        part.include_router(router)
    return part.openapi()


def vendor_openapi(routers: Sequence[APIRouter], *, version: str) -> dict[str, Any]:
    """Return the document of the vendor's doors: OpenAPI 3.1 with proofs, errors and headers of every operation."""
    document = openapi_of(routers, title=VENDOR_TITLE, version=version)
    document["info"]["description"] = _DESCRIPTION
    document["tags"] = [{"name": name, "description": text} for name, text in _TAGS]
    parts = document.setdefault("components", {})
    parts["securitySchemes"] = _SCHEMES
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(_SCHEMAS)
    for path, operations in document["paths"].items():
        for verb in _VERBS:
            if verb in operations:
                _complete(path, verb, operations[verb])
    return document


def _complete(path: str, verb: str, operation: dict[str, Any]) -> None:
    """Add to one operation what all have."""
    is_open = path == "/v3/auth/tokens" and verb == "post"
    operation["security"] = [] if is_open else _SECURITY
    # The framework's own summary is the name of a function.
    sentence = operation.get("description", "").partition("\n\n")[0]
    operation["summary"] = sentence.replace("\n", " ").replace("``", "`").rstrip(".")
    answers = operation["responses"]
    answers.pop("422", None)
    for answer in answers.values():
        answer["headers"] = {**_REQUEST_ID, **answer.get("headers", {})}
    statuses = ["400", "401", "403", "500", "503"]
    if verb in _WRITES:
        statuses.append("413")
        if not path.endswith(_ASKS):
            statuses.append("422")
            operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    if path.startswith("/v3/auth/tokens"):
        statuses.append("429" if is_open else "404")
    for status in statuses:
        headers = {**_REQUEST_ID, **(_RETRY_AFTER if status == "503" else {})}
        content = {"application/json": {"schema": _error_schema(path, verb, status)}}
        answers.setdefault(status, {"description": _TEXTS[status], "headers": headers, "content": content})
    operation["responses"] = dict(sorted(answers.items()))


def _error_schema(path: str, verb: str, status: str) -> dict[str, Any]:
    family = "AimError" if has_copy(verb.upper(), path) else "Error"
    if path.startswith("/v3/"):
        names = ["KeystoneError", "GatewayError", "Error"]
    elif status in {"401", "413", "503"}:
        # The gateway's own refusals; a room may refuse with the same status.
        names = ["GatewayError"] if status == "401" else ["GatewayError", family]
    else:
        names = [family]
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def add_documents(app: FastAPI, vendor_routers: Sequence[APIRouter], console_routers: Sequence[APIRouter]) -> None:
    """Serve both OpenAPI documents, made at the first request, and the page that shows the vendor's one."""
    made: dict[str, dict[str, Any]] = {}

    async def vendor() -> JSONResponse:
        if VENDOR_OPENAPI not in made:
            made[VENDOR_OPENAPI] = vendor_openapi(vendor_routers, version=app.version)
        return JSONResponse(made[VENDOR_OPENAPI])

    async def console() -> JSONResponse:
        if CONSOLE_OPENAPI not in made:
            made[CONSOLE_OPENAPI] = openapi_of(console_routers, title="Hongyan console", version=app.version)
        return JSONResponse(made[CONSOLE_OPENAPI])

    app.add_api_route(VENDOR_OPENAPI, vendor, include_in_schema=False)
    app.add_api_route(CONSOLE_OPENAPI, console, include_in_schema=False)
    for path, name in {"/docs": "page.html", "/docs/reader.js": "reader.js", "/docs/reader.css": "reader.css"}.items():
        app.add_api_route(path, _file(_PAGES / name), include_in_schema=False, response_model=None)


def _file(path: Path) -> Any:
    async def serve() -> FileResponse:
        return FileResponse(path, headers={"content-security-policy": _POLICY, "cache-control": "no-cache"})

    return serve


def operation_id(route: APIRoute) -> str:
    """Return the operation's id where it names none: the function's name."""
    return route.name
