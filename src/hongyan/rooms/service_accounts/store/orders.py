"""The order of lists."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.sql.expression import ColumnCollection

from hongyan.rooms.service_accounts.contracts.lists import Window


def sorted_by(columns: ColumnCollection[str, ColumnElement[Any]], window: Window) -> ColumnElement[Any]:
    """Return by what a list is sorted; rows without it come last."""
    column = columns[window.sort.removeprefix("-")]
    return (column.desc() if window.sort.startswith("-") else column.asc()).nulls_last()
