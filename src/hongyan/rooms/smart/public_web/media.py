"""The files of materials on the links port: for phones under a name nobody can guess, for their owners for a day.

A name is given once and its bytes never change, so whoever has them may keep them. Players ask for parts of a video;
one range per request is answered.
"""

import re

from starlette.requests import Request
from starlette.responses import Response

from hongyan.rooms.smart.rules.uploads import CONTENT_TYPES
from hongyan.rooms.smart.service.materials import MaterialService

_NOT_FOUND, _PARTIAL, _NO_RANGE = 404, 206, 416
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.ASCII)


class MediaFiles:
    """The two kinds of addresses."""

    def __init__(self, service: MaterialService) -> None:
        """Read files through ``service``."""
        self._service = service

    async def file(self, request: Request) -> Response:
        """Give a file to a phone."""
        return await self._answer(request, request.path_params["file"], "public, max-age=31536000, immutable")

    async def signed(self, request: Request) -> Response:
        """Give a file to who has an address of the list, until it is over."""
        file = self._service.open_url(request.path_params["token"].partition(".")[0])
        return await self._answer(request, file or "", "private, no-store")

    async def _answer(self, request: Request, file: str, cache: str) -> Response:
        data = await self._service.find_file(file)
        if data is None:
            return Response(status_code=_NOT_FOUND)
        headers = {
            "Accept-Ranges": "bytes",
            "Cache-Control": cache,
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Access-Control-Allow-Origin": "*",
        }
        content_type = CONTENT_TYPES[file.rpartition(".")[2]]
        wanted = _RANGE.fullmatch(request.headers.get("range", ""))
        if wanted is None or not any(wanted.groups()):
            return Response(data, media_type=content_type, headers=headers)
        first, last = _bounds(wanted[1], wanted[2], len(data))
        if first > last:
            return Response(status_code=_NO_RANGE, headers={**headers, "Content-Range": f"bytes */{len(data)}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return Response(data[first : last + 1], _PARTIAL, media_type=content_type, headers=headers)


def _bounds(begin: str, end: str, size: int) -> tuple[int, int]:
    """Return first and last byte; without a beginning, the last ``end`` bytes are meant."""
    if not begin:
        return max(size - int(end), 0), size - 1
    return int(begin), min(int(end) if end else size - 1, size - 1)
