"""Recipients of a video send task out of a number file.

Not for: reading the file (``audience``), accepting the task (``video``).
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hongyan.kernel.errors import HongyanError
from hongyan.kernel.phones import Phone, mask_phone
from hongyan.rooms.audience.contracts import FileState, NumberFile
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns.contracts import VideoGroup
from hongyan.rooms.campaigns.errors import VideoPhonesInvalid
from hongyan.rooms.campaigns.service.video import MAX_NUMBERS

_GROUP = re.compile(r"individual_params\[(\d+)\]")
FIELD = "number_file_id"


async def read_groups(
    audience: AudienceService, file: NumberFile, params: Sequence[str], *, shared: Sequence[str] | None
) -> tuple[VideoGroup, ...]:
    """Return the recipients: one group with ``shared`` values, or one each with the values of its row.

    Values of a row stand in columns named like the placeholders, else in the first columns after the number.

    Raises:
        VideoPhonesInvalid: the file is not read, holds no number or too many, or has too few columns.
    """
    if file.state is not FileState.PARSED:
        raise VideoPhonesInvalid(FIELD, reason="the file is not read yet", reason_zh="号码文件尚未读取完成")
    if not 1 <= file.counts.imported <= MAX_NUMBERS:
        raise VideoPhonesInvalid(
            FIELD,
            reason=f"{file.counts.imported} valid numbers, 1 to {MAX_NUMBERS} are possible",
            reason_zh=f"有效号码 {file.counts.imported} 个，须为 1–{MAX_NUMBERS} 个",
        )
    blocks = [block async for block in audience.iter_blocks(file)]
    if shared is not None:
        phones = tuple(str(phone) for block in blocks for phone in block.phones)
        return (VideoGroup(phones, tuple(zip(params, shared, strict=False))),)
    places = _places(file, params)
    return tuple(
        VideoGroup(
            (str(phone),), tuple((name, block.columns[at][row]) for name, at in zip(params, places, strict=True))
        )
        for block in blocks
        for row, phone in enumerate(block.phones)
    )


def _places(file: NumberFile, params: Sequence[str]) -> list[int]:
    names = [column.strip().strip("#") for column in file.columns]
    if set(params) <= set(names):
        return [names.index(name) for name in params]
    if len(names) < len(params):
        wanted = ", ".join(params)
        raise VideoPhonesInvalid(
            FIELD,
            reason=f"columns with the values of {wanted} are missing",
            reason_zh=f"文件缺少参数列：{wanted}",
        )
    return list(range(len(params)))


@contextmanager
def naming_numbers(groups: Sequence[VideoGroup]) -> Iterator[None]:
    """Let refusals of one recipient say whose it is, at the field of the file."""
    try:
        yield
    except HongyanError as error:
        found = _GROUP.match(error.field or "")
        if found is None:
            raise
        phone = mask_phone(Phone(groups[int(found[1])].mobiles[0]))
        texts = {
            language: error.text(language).removeprefix(f"{error.field}").lstrip(":： ") for language in ("en", "zh")
        }
        raise VideoPhonesInvalid(
            FIELD, reason=f"{phone}: {texts['en']}", reason_zh=f"{phone}：{texts['zh']}"
        ) from error
