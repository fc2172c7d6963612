"""Rows of individual links out of a number file: whose link it is, the card's values, where a tap leads or the code.

Not for: reading the file (``audience``), making the links (``resolve``).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from hongyan.kernel.errors import HongyanError, InvalidInput
from hongyan.kernel.phones import national_form
from hongyan.rooms.audience.contracts import MAX_VALUE_CHARS, FileState, NumberFile, RecipientBlock
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns.contracts import NewLink

FIELD: Final = "number_file_id"
MAX_FILE_ROWS: Final = 30_000
"""Of one task: a row's place in its task is kept in two octets."""
URL_COLUMN: Final = "跳转链接"
CODE_COLUMN: Final = "自定义短码"
_URL_NAMES: Final = frozenset({URL_COLUMN, "custom_url", "jump link"})
_CODE_NAMES: Final = frozenset({CODE_COLUMN, "custom_short_code", "short_code", "own code"})


async def read_rows(
    audience: AudienceService, file: NumberFile, params: Sequence[str], *, has_own_codes: bool, custom_url: str | None
) -> tuple[list[NewLink], dict[int, HongyanError]]:
    """Return a row for each number of a file, and what speaks against some; ``custom_url`` is for those that name none.

    Columns are known by their names, those of the card's values else by their order. A jump link as long as a cell of
    a number file can be was cut there, or may have been: it would lead elsewhere, so its row is refused.

    Raises:
        InvalidInput: the file is not read, holds no number or too many, or lacks a column.
    """
    if file.state is not FileState.PARSED:
        raise InvalidInput(FIELD, reason="the file is not read yet", reason_zh="号码文件尚未读取完成")
    if not 1 <= file.counts.imported <= MAX_FILE_ROWS:
        raise InvalidInput(
            FIELD,
            reason=f"{file.counts.imported} valid numbers, 1 to {MAX_FILE_ROWS} are possible",
            reason_zh=f"有效号码 {file.counts.imported} 个，须为 1–{MAX_FILE_ROWS} 个",
        )
    names = [name.strip().removeprefix("${").removesuffix("}").strip() for name in file.columns]
    lower = [name.lower() for name in names]
    special = {at for at, name in enumerate(lower) if name in _URL_NAMES | _CODE_NAMES}
    places = _places(names, params, special)
    at_url = next((at for at, name in enumerate(lower) if name in _URL_NAMES), None)
    at_code = next((at for at, name in enumerate(lower) if name in _CODE_NAMES), None)
    if has_own_codes and at_code is None:
        raise InvalidInput(FIELD, reason=f"the column {CODE_COLUMN} is missing", reason_zh=f"文件缺少列：{CODE_COLUMN}")
    at_code, at_url = (at_code, None) if has_own_codes else (None, at_url)
    rows: list[NewLink] = []
    refused: dict[int, HongyanError] = {}
    by_name = dict(zip(params, places, strict=True))
    async for block in audience.iter_blocks(file):
        if at_url is not None:
            refused |= {
                no: _too_long(no)
                for no, url in enumerate(block.columns[at_url], start=len(rows))
                if len(url) >= MAX_VALUE_CHARS
            }
        rows += _rows(block, by_name, at_code, at_url, custom_url)
    return rows, refused


def _rows(
    block: RecipientBlock, places: dict[str, int], at_code: int | None, at_url: int | None, custom_url: str | None
) -> Iterator[NewLink]:
    for at, phone in enumerate(block.phones):
        yield NewLink(
            national_form(phone),
            {name: block.columns[place][at] for name, place in places.items()},
            (block.columns[at_url][at].strip() if at_url is not None else "") or custom_url,
            block.columns[at_code][at].strip() or None if at_code is not None else None,
        )


def _too_long(no: int) -> InvalidInput:
    most = MAX_VALUE_CHARS - 1
    return InvalidInput(
        f"params[{no}].custom_url",
        reason=f"link {no + 1} of the file: its jump link ({URL_COLUMN}) is longer than the {most} characters that a "
        "number file carries",
        reason_zh=f"文件中第 {no + 1} 个短链的{URL_COLUMN}超过号码文件允许的 {most} 个字符",
    )


def _places(names: Sequence[str], params: Sequence[str], special: set[int]) -> list[int]:
    """Return in which column each of the card's values stands."""
    named = {param: names.index(param) for param in params if param in names}
    rest = iter(at for at in range(len(names)) if at not in special | set(named.values()))
    places = [named[param] if param in named else next(rest, None) for param in params]
    missing = [param for param, place in zip(params, places, strict=True) if place is None]
    if missing:
        wanted = ", ".join(missing)
        raise InvalidInput(
            FIELD,
            reason=f"columns with the values of {wanted} are missing",
            reason_zh=f"文件缺少参数列：{wanted}",
        )
    return [place for place in places if place is not None]
