"""The ranges that a redirector knows, found by number in one bisection.

Not for: reading them (``store.lookups``), nor their state, which depends on the time (``rules.names``).
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable

from hongyan.rooms.short_links.contracts import GenerationId, LinkRange, RangeId


class RangeMap:
    """At most ``capacity`` ranges; the ones that came first leave first."""

    __slots__ = ("_by_generation", "_by_id", "_capacity")

    def __init__(self, capacity: int = 50_000) -> None:
        """Start empty. A range takes about 1 KB."""
        self._capacity = capacity
        self._by_id: OrderedDict[RangeId, LinkRange] = OrderedDict()
        self._by_generation: dict[GenerationId, tuple[list[int], list[LinkRange]]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def find(self, generation_id: GenerationId, number: int) -> LinkRange | None:
        """Return the known range that holds a number."""
        lists = self._by_generation.get(generation_id)
        if lists is None:
            return None
        index = bisect_right(lists[0], number) - 1
        if index < 0:
            return None
        found = lists[1][index]
        return found if number < found.first_no + found.count else None

    def add(self, link_range: LinkRange) -> None:
        """Keep a generated range, in place of what was known of it."""
        if link_range.generation_id is None:
            return
        self.discard([link_range.range_id])
        while len(self._by_id) >= self._capacity:
            self.discard([next(iter(self._by_id))])
        starts, ranges = self._by_generation.setdefault(link_range.generation_id, ([], []))
        index = bisect_right(starts, link_range.first_no)
        starts.insert(index, link_range.first_no)
        ranges.insert(index, link_range)
        self._by_id[link_range.range_id] = link_range

    def discard(self, range_ids: Iterable[RangeId]) -> None:
        """Forget ranges; the next tap reads them again."""
        for range_id in range_ids:
            known = self._by_id.pop(range_id, None)
            if known is None or known.generation_id is None:
                continue
            starts, ranges = self._by_generation[known.generation_id]
            index = bisect_right(starts, known.first_no) - 1
            del starts[index], ranges[index]

    def clear(self) -> None:
        """Forget all."""
        self._by_id.clear()
        self._by_generation.clear()
