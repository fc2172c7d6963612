"""A page of a list, as every room returns it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list and how many there are in all."""

    items: tuple[T, ...]
    total: int
    offset: int
    limit: int
