"""Media of a new template: decoded or fetched, and read to their end in a sandboxed child.

Needs no transaction: it may take seconds.
"""

import asyncio
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Final

import msgspec

from hongyan.kernel import sandbox
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.http.client import OutgoingError, OutgoingHttp, ResponseTooLarge
from hongyan.rooms.video_sms.contracts import ElementKind, NewTemplate
from hongyan.rooms.video_sms.errors import ResourceInvalid, TemplateTooLarge
from hongyan.rooms.video_sms.rules.forms import MAX_MEDIA_BYTES, Checked, Slot, check_total, decode

_CHILD_MEMORY_BYTES: Final = 1024 * 1024 * 1024
_CHILD_DEADLINE_S: Final = 20.0
_FETCH_TIMEOUT_S: Final = 10.0
_OK = 200
_AT_ONCE = 2
"""Children per process; each may use a core."""


@dataclass(frozen=True, slots=True)
class Medium:
    """A resource's bytes once they are known to be sound; texts in UTF-8."""

    content_type: str
    data: bytes


class MediaReader:
    """Gets and checks media."""

    def __init__(self, out: OutgoingHttp) -> None:
        """Fetch over ``out``, which refuses addresses of our own network."""
        self._out = out
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def read(self, new: NewTemplate, checked: Checked) -> tuple[Medium, ...]:
        """Return the bytes of every slot, in order.

        Raises:
            ResourceInvalid: names the resource that cannot be got or read.
            TemplateTooLarge: all together are more than 1.9 MB.
        """
        raw: dict[Slot, bytes] = {}
        total = 0
        for slot in checked.slots:
            raw[slot] = await self._get(new, slot)
            total += len(raw[slot])
            check_total(total)
        media = [slot for slot in checked.slots if slot.kind is not ElementKind.TEXT]
        found = await self._read_all(new, media, raw) if media else {}
        texts = {slot: Medium("text/plain", raw[slot]) for slot in checked.slots if slot.kind is ElementKind.TEXT}
        done = tuple({**found, **texts}[slot] for slot in checked.slots)
        check_total(sum(len(medium.data) for medium in done))
        return done

    async def _get(self, new: NewTemplate, slot: Slot) -> bytes:
        resource, field = new.resources[slot.at], f"{slot.field}.content"
        if slot.kind is ElementKind.TEXT:
            return resource.content.encode()
        if resource.source == "file":
            return decode(field, resource.content)
        try:
            answer = await self._out.request(
                "GET",
                resource.content,
                timeout_s=_FETCH_TIMEOUT_S,
                max_response_bytes=MAX_MEDIA_BYTES,
                max_redirects=3,
            )
        except ResponseTooLarge as error:
            raise TemplateTooLarge(field, reason="more than 2 MB", reason_zh="超过 2 MB") from error
        except OutgoingError as error:
            raise ResourceInvalid(field, reason=error.text("en"), reason_zh=error.text("zh-CN")) from error
        if answer.status != _OK or not answer.body:
            raise ResourceInvalid(
                field, reason=f"the URL answered {answer.status}", reason_zh=f"资源地址返回状态 {answer.status}"
            )
        return answer.body

    async def _read_all(self, new: NewTemplate, media: list[Slot], raw: dict[Slot, bytes]) -> dict[Slot, Medium]:
        """Let one child read all media; when it dies, the one it was at is to blame."""
        found: dict[Slot, Medium] = {}
        at = media[0]
        with TemporaryFile() as source:
            source.write(msgspec.msgpack.encode([(new.resources[s.at].type.lower(), raw[s]) for s in media]))
            source.seek(0)
            try:
                async with (
                    self._places,
                    sandbox.run(
                        "hongyan.rooms.video_sms.parsers.media",
                        [],
                        memory_bytes=_CHILD_MEMORY_BYTES,
                        deadline_s=_CHILD_DEADLINE_S,
                        stdin=source,
                    ) as child,
                ):
                    async for frame in child.frames():
                        answer = msgspec.msgpack.decode(frame)
                        if isinstance(answer, int):
                            at = media[answer]
                            continue
                        first, second = answer
                        if isinstance(second, str):
                            raise ResourceInvalid(f"{at.field}.content", reason=first, reason_zh=second)
                        found[at] = Medium(first, second)
            except (sandbox.SandboxTimeout, sandbox.SandboxMemory, sandbox.SandboxCrash) as error:
                raise _blame(at, error) from error
        return found


def _blame(slot: Slot, error: HongyanError) -> ResourceInvalid:
    return ResourceInvalid(f"{slot.field}.content", reason=error.text("en"), reason_zh=error.text("zh-CN"))
