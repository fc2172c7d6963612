"""SPDX expressions: what we have agreed to, and names people write instead of them.

It is not legal advice: a licence that is not listed stops the build, and a person decides.
"""

import re
from dataclasses import dataclass

AGREED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BlueOak-1.0.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC-BY-4.0",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "PSF-2.0",
        "Python-2.0",
        "PostgreSQL",
        "Unlicense",
        "Zlib",
        # Weak copyleft: used as published, replaceable by the user, nothing of it copied into our sources.
        "LGPL-3.0-only",
        "MPL-2.0",
    }
)

# What metadata says where it should give an SPDX expression.
SPELLINGS = {
    "Apache 2 License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    # pypdfium2; what PDFium carries (its wheel lists it) is permissive throughout: BSD, MIT, FreeType, libpng, ICU.
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}

_TOKEN = re.compile(r"\(|\)|[^\s()]+")


class UnreadableExpressionError(ValueError):
    """The text is not an SPDX expression."""


@dataclass(slots=True)
class _Reader:
    """Reads `a AND (b OR c WITH d)` from left to right; AND binds closer than OR."""

    tokens: list[str]
    position: int = 0

    def peek(self) -> str:
        return self.tokens[self.position].upper() if self.position < len(self.tokens) else ""

    def take(self) -> str:
        if self.position >= len(self.tokens):
            raise UnreadableExpressionError("the expression ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def either(self) -> bool:
        agreed = self.both()
        while self.peek() == "OR":
            self.take()
            agreed = self.both() or agreed
        return agreed

    def both(self) -> bool:
        agreed = self.one()
        while self.peek() == "AND":
            self.take()
            agreed = self.one() and agreed
        return agreed

    def one(self) -> bool:
        name = self.take()
        if name == "(":
            agreed = self.either()
            if self.take() != ")":
                raise UnreadableExpressionError("a parenthesis is not closed")
            return agreed
        if name == ")" or name.upper() in {"AND", "OR", "WITH"}:
            raise UnreadableExpressionError(f"a licence is missing before {name}")
        if self.peek() == "WITH":
            self.take()
            name = f"{name} WITH {self.take()}"
        return name in AGREED


def is_agreed(expression: str) -> bool:
    """Tell whether an SPDX expression can be met with agreed licences only.

    Raises:
        UnreadableExpressionError: it is not an expression.
    """
    reader = _Reader(_TOKEN.findall(expression))
    agreed = reader.either()
    if reader.peek():
        raise UnreadableExpressionError(f"unexpected {reader.peek()!r} in {expression!r}")
    return agreed
