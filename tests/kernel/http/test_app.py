from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, StreamingResponse

from hongyan.kernel.http.app import create_app
from support.server import serving

BYTES = {"content-type": "application/octet-stream"}


class _Odd(Exception):
    """An error with an envelope of its own."""


async def odd(request: Request, error: _Odd) -> JSONResponse:
    return JSONResponse({"odd": str(error)}, 418)


def router() -> APIRouter:
    routes = APIRouter()

    @routes.post("/v1/digest")
    async def digest(request: Request) -> dict[str, Any]:
        async for _ in request.stream():
            pass
        return {"sha256": request.state.body_sha256.hexdigest()}

    @routes.post("/v1/unread")
    async def unread(request: Request) -> dict[str, Any]:
        return {"sha256": request.state.body_sha256.hexdigest()}

    @routes.get("/v1/stream")
    async def stream(request: Request) -> StreamingResponse:
        request.state.response_headers.append((b"x-extra", b"1"))
        return StreamingResponse(iter(["a", "b"]))

    @routes.get("/v1/odd")
    async def fail(request: Request) -> None:
        request.state.response_headers.append((b"x-extra", b"2"))
        raise _Odd("strange")

    return routes


async def test_the_application_starts_answers_and_stops() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        seen.append("start")
        yield
        seen.append("stop")

    app = create_app(
        version="1.2.3",
        vendor_routers=[router()],
        console_routers=[],
        error_handlers={_Odd: odd},
        body_limits={"/v1/digest": 1_000_000},
        lifespan=lifespan,
    )
    body = bytes(range(256)) * 2000
    async with serving(app, lifespan=True) as url, httpx.AsyncClient(base_url=url) as client:
        read = await client.post("/v1/digest", content=body, headers=BYTES)
        unread = await client.post("/v1/unread", content=b"abc", headers=BYTES)
        too_large = await client.post("/v1/digest", content=body * 2, headers=BYTES)
        stream = await client.get("/v1/stream")
        failed = await client.get("/v1/odd")
        document = (await client.get("/openapi.json")).json()
        again = (await client.get("/openapi.json")).json()
    assert seen == ["start", "stop"]
    assert read.json() == {"sha256": sha256(body).hexdigest()}
    assert unread.json() == {"sha256": sha256(b"").hexdigest()}
    assert too_large.status_code == 413
    assert (stream.text, stream.headers["X-Extra"]) == ("ab", "1")
    assert (failed.status_code, failed.json(), failed.headers["X-Extra"]) == (418, {"odd": "strange"}, "2")
    assert document == again
    assert (document["info"]["title"], document["info"]["version"]) == ("Hongyan API", "1.2.3")
    assert document["paths"]["/v1/digest"]["post"]["operationId"] == "digest"
