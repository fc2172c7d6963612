"""Template + values + link + signature → text and parts. Pure: no clock, no database, nothing asked.

Not for: the rules of values (``sms``), the split on the wire (``telcowire.smstext``, which counts by the same rule).
"""

import re
from collections.abc import Sequence

from hongyan.rooms.rendering.contracts import Rendered
from telcowire.smstext.segments import count_segments

_VARIABLE = re.compile(r"\$\{(\d{1,2})\}")
_BLANK = " "


class CompiledTemplate:
    """A template taken apart once, put together for every recipient. About 1 µs each."""

    __slots__ = ("_format", "_format_without_link", "_order")

    def __init__(self, content: str, link_index: int, signature: str) -> None:
        """Compile ``content`` (``${1}`` …, without signature); ``link_index`` is the variable that is the link.

        The link gets a blank on each side where the text has none: phones find a link only between blanks (console text of the
        requirements, api.md §5.4). The blanks count as text. Where a text goes without link, its place and one of the two blanks
        around it go too.
        """
        pieces = _VARIABLE.split(f"【{signature}】{content}")
        literals, indexes = [_escape(piece) for piece in pieces[::2]], [int(piece) for piece in pieces[1::2]]
        self._order = tuple(sorted(index for index in indexes if index != link_index))
        self._format = self._join(literals, indexes, link_index, with_link=True)
        self._format_without_link = self._join(literals, indexes, link_index, with_link=False)

    def _join(self, literals: list[str], indexes: list[int], link_index: int, *, with_link: bool) -> str:
        """Return a ``str.format`` text: values by position, the link as the last argument."""
        text = literals[0]
        for index, after in zip(indexes, literals[1:], strict=True):
            if index != link_index:
                text += f"{{{self._order.index(index)}}}{after}"
            elif with_link:
                text += ("" if text.endswith(_BLANK) else _BLANK) + f"{{{len(self._order)}}}"
                text += after if after.startswith(_BLANK) else _BLANK + after
            else:
                text += after.removeprefix(_BLANK) if text.endswith(_BLANK) else after
        return text

    def render(self, values: Sequence[str], link: str | None) -> Rendered:
        """Return one recipient's text; ``values`` fill the variables beside the link in order of their numbers.

        Raises:
            IndexError: there are fewer values than variables.
        """
        text = self._format_without_link.format(*values) if link is None else self._format.format(*values, link)
        return Rendered(text, count_segments(text))


def _escape(literal: str) -> str:
    return literal.replace("{", "{{").replace("}", "}}")
