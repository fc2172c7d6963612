"""XML of envelopes: a small writer, and a reader that peers cannot harm. What the elements mean: `pdus`, `soap`.

The reader knows UTF-8 (and UTF-16 by its mark). It refuses document types, entities, processing instructions, deep
nesting and anything beyond a size; what it returns is a plain tree.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from telcowire.errors import LocalProtocolError, RemoteProtocolError

MAX_ENVELOPE_OCTETS: Final = 65_536
MAX_LEVELS: Final = 64
_SEPARATOR: Final = "\x1f"
"""Between namespace and name in expat's callbacks: a character that XML cannot hold."""

_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of XML 1.0 (clause 2.2), lone surrogates among it."""
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


@dataclass(slots=True)
class Node:
    """An element as it was read; `text` is all its character data, stripped."""

    namespace: str
    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def iter_children(self, name: str) -> Iterator["Node"]:
        """Iterate the children with a local name, in this element's namespace or in none."""
        return (c for c in self.children if c.name == name and c.namespace in (self.namespace, ""))

    def find(self, name: str) -> "Node | None":
        """Return the first child with a local name."""
        return next(self.iter_children(name), None)


def write_element(name: str, content: str, attributes: Sequence[tuple[str, str]] = ()) -> str:
    """Return an element; `content` is XML already.

    Raises:
        LocalProtocolError: an attribute holds a character that XML cannot carry.
    """
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def escape(text: str) -> str:
    """Return text as XML character data or attribute value.

    Raises:
        LocalProtocolError: a character that XML cannot carry.
    """
    illegal = _ILLEGAL.search(text)
    if illegal is not None:
        raise LocalProtocolError(f"XML cannot carry the character {illegal[0]!r}")
    return text.translate(_ESCAPES)


class _Tree:
    """Collects what expat finds."""

    def __init__(self) -> None:
        self.root = Node("", "", {})
        self._open: list[Node] = []
        self._texts: list[list[str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_LEVELS:
            raise RemoteProtocolError(f"an envelope of more than {MAX_LEVELS} levels")
        namespace, _, local = name.rpartition(_SEPARATOR)
        node = Node(namespace, local, {key.rpartition(_SEPARATOR)[2]: value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        self._texts.append([])

    def end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop()).strip(" \t\r\n")

    def characters(self, text: str) -> None:
        self._texts[-1].append(text)


def _refuse(*_what: object) -> None:
    raise RemoteProtocolError("document types, entities and processing instructions have no place in an envelope")


def read_document(data: bytes) -> Node:
    """Return the root element.

    Raises:
        RemoteProtocolError: no XML, or more than an envelope may hold.
    """
    if len(data) > MAX_ENVELOPE_OCTETS:
        raise RemoteProtocolError(f"an envelope of {len(data)} octets; {MAX_ENVELOPE_OCTETS} are allowed")
    tree = _Tree()
    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.characters
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise RemoteProtocolError(f"the envelope is no XML: {error}") from error
    return tree.root
