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

_GROUP = re.compile(r"individual_params\[(\d+)\]")
FIELD = "number_file_id"
MAX_FILE_NUMBERS = 5_000_000
"""Of one task. Source: product.md of the requirements §2.15."""


async def read_groups(
    audience: AudienceService, file: NumberFile, params: Sequence[str], *, shared: Sequence[str] | None
) -> tuple[VideoGroup, ...]:
    """Return the recipients: one group with ``shared`` values, or one each with the values of its row.

    Raises:
        VideoPhonesInvalid: the file is not read, holds no number or too many, or has too few columns.
    """
    check_file(file)
    blocks = [block async for block in audience.iter_blocks(file)]
    if shared is not None:
        phones = tuple(str(phone) for block in blocks for phone in block.phones)
        return (VideoGroup(phones, tuple(zip(params, shared, strict=False))),)
    places = places_of(file, params)
    return tuple(
        VideoGroup(
            (str(phone),), tuple((name, block.columns[at][row]) for name, at in zip(params, places, strict=True))
        )
        for block in blocks
        for row, phone in enumerate(block.phones)
    )


def check_file(file: NumberFile) -> None:
    """Check that a file was read and holds numbers for a task.

    Raises:
        VideoPhonesInvalid: it is not, or holds none or too many.
    """
    if file.state is not FileState.PARSED:
        raise VideoPhonesInvalid(FIELD, reason="the file is not read yet", reason_zh="号码文件尚未读取完成")
    if not 1 <= file.counts.imported <= MAX_FILE_NUMBERS:
        raise VideoPhonesInvalid(
            FIELD,
            reason=f"{file.counts.imported} valid numbers, 1 to {MAX_FILE_NUMBERS} are possible",
            reason_zh=f"有效号码 {file.counts.imported} 个，须为 1–{MAX_FILE_NUMBERS} 个",
        )


def places_of(file: NumberFile, params: Sequence[str]) -> list[int]:
    """Return in which column each placeholder's values stand: named like it, else the first ones after the number.

    Raises:
        VideoPhonesInvalid: there are too few columns.
    """
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
