"""Serving the built console: packed files that browsers keep, and a page for every other path.

What the pages ask for is not here: the rooms' ``console_api``.
"""

from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from hongyan.kernel.http.problems import http_error

CONSOLE = Path(__file__).parent / "console_dist"
_NOT_FOUND = 404
_PAGE_HEADERS = {
    "cache-control": "no-cache",
    # Pictures, sounds and videos that somebody is about to upload are shown from memory: blob.
    "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "referrer-policy": "same-origin",
}


class Assets(StaticFiles):
    """Files whose names change with their content; those that the build has packed go out packed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, packed where there is ``path.gz`` and the browser takes it."""
        response = await self._packed(path, scope) or await super().get_response(path, scope)
        response.headers["vary"] = "accept-encoding"
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response

    async def _packed(self, path: str, scope: Scope) -> Response | None:
        if "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        try:
            response = await super().get_response(f"{path}.gz", scope)
        except HTTPException as error:
            if error.status_code == _NOT_FOUND:
                return None
            raise
        response.headers["content-encoding"] = "gzip"
        return response


def add_console(app: FastAPI, built: Path = CONSOLE) -> None:
    """Serve the built console; every path that is no door of the API is a page of it."""
    if not (built / "index.html").exists():

        @app.get("/", include_in_schema=False)
        async def no_console() -> PlainTextResponse:
            return PlainTextResponse("The console is not built here: run `make setup`.\n", 503)

        return
    app.mount("/assets", Assets(directory=built / "assets"))

    @app.get("/{path:path}", include_in_schema=False)
    async def page(request: Request, path: str) -> Response:
        if path.startswith("console/api/"):
            return http_error(request, HTTPException(_NOT_FOUND))
        try:
            file = (built / path).resolve()
            if path and file.is_file() and file.is_relative_to(built.resolve()):
                return FileResponse(file)
        except (OSError, ValueError):
            # U+0000, or longer than a name may be: no file of ours.
            return http_error(request, HTTPException(_NOT_FOUND))
        return FileResponse(built / "index.html", headers=_PAGE_HEADERS)
