"""Which column of a number file fills which variable. Pure."""

import re
from dataclasses import dataclass

from hongyan.rooms.campaigns.contracts import Content
from hongyan.rooms.campaigns.errors import ParamCountWrong

_NUMBERED = re.compile(r"(?:\$\{|变量|variable\s*|var|参数)?\s*(\d{1,2})\s*\}?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Indexes into a recipient's values: for the SMS variables in order, and for the card's parameters by name."""

    sms: tuple[int, ...]
    card: tuple[tuple[str, int], ...]


def column_names(content: Content) -> tuple[str, ...]:
    """Return a name for every value that a recipient needs, as :func:`map_columns` takes them."""
    return (*(f"变量{index}" for index, _ in content.variable_types), *content.card_params)


def map_columns(content: Content, columns: tuple[str, ...]) -> ColumnMap:
    """Match columns to variables.

    A column named like a card parameter (``param1`` or ``${param1}``) feeds the card. A column named after a
    variable's number (``${2}``, ``变量2``) feeds that variable. What is left feeds the variables that are left,
    from left to right; further columns are ignored.

    Raises:
        ParamCountWrong: there are fewer columns than variables and parameters.
    """
    names = [name.strip().removeprefix("${").removesuffix("}").strip() for name in columns]
    card = [(param, names.index(param)) for param in content.card_params if param in names]
    taken = {index for _, index in card}
    by_number: dict[int, int] = {}
    wanted = [index for index, _ in content.variable_types]
    for position, name in enumerate(columns):
        match = _NUMBERED.fullmatch(name.strip())
        if position not in taken and match and int(match[1]) in wanted:
            by_number.setdefault(int(match[1]), position)
    taken |= set(by_number.values())
    rest = [position for position in range(len(columns)) if position not in taken]
    sms = [by_number[index] if index in by_number else (rest.pop(0) if rest else None) for index in wanted]
    loose = [param for param in content.card_params if param not in dict(card)]
    card += [(param, rest.pop(0)) for param in loose if rest]
    found = tuple(position for position in sms if position is not None)
    if len(found) < len(wanted) or len(card) < len(content.card_params):
        need = len(wanted) + len(content.card_params)
        raise ParamCountWrong(
            "columns",
            reason=f"the templates need {need} value columns beside the number, the file has {len(columns)}",
            reason_zh=f"模板需要 {need} 个参数列，文件中只有 {len(columns)} 列",
        )
    return ColumnMap(found, tuple(card))
