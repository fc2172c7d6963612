"""Blocks of jump URLs: what they find, and that they stay within their budget."""

from array import array

import pytest

from hongyan.rooms.short_links.store.jump_blocks import BLOCK_BITS, JumpBlock, JumpBlocks, make_block


@pytest.mark.parametrize(
    ("text", "first", "offsets", "offset", "expected"),
    [
        (b"a\nbb\nccc", 5, None, 5, "a"),
        (b"a\nbb\nccc", 5, None, 7, "ccc"),
        (b"a\nbb\nccc", 5, None, 4, None),
        (b"a\nbb\nccc", 5, None, 8, None),
        (b"a\n\nccc", 5, None, 6, None),
        (b"a\nbb\nccc", 5, [5, 9, 11], 9, "bb"),
        (b"a\nbb\nccc", 5, [5, 9, 11], 6, None),
        (b"a\nbb\nccc", 5, [5, 9, 11], 12, None),
        (None, None, None, 0, None),
    ],
)
def test_finds(
    text: bytes | None, first: int | None, offsets: list[int] | None, offset: int, expected: str | None
) -> None:
    assert make_block(text, first, offsets).find(offset) == expected


def test_keeps_the_most_recently_used_within_the_budget() -> None:
    block = JumpBlock(b"x" * 1_000, array("I", [1_000]), 0, None)
    blocks = JumpBlocks(budget_bytes=3 * block.size_bytes)
    for number in range(3):
        blocks.keep(1, number << BLOCK_BITS, block)
    assert blocks.find(1, 0) is block
    blocks.keep(1, 3 << BLOCK_BITS, block)
    assert blocks.find(1, 0) is block
    assert blocks.find(1, 1 << BLOCK_BITS) is None
    assert blocks.size_bytes == 3 * block.size_bytes
