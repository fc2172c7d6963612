"""All targets by name, and where their corpora are."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from fuzzing import decoders, mm7, sessions, texts

TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    **decoders.TARGETS,
    **sessions.TARGETS,
    **texts.TARGETS,
    **mm7.TARGETS,
}

CORPUS: Final = Path(__file__).parents[2] / "tests" / "telcowire" / "fuzz" / "corpus"


def list_inputs(name: str) -> list[Path]:
    """Return the files of a target's corpus in a fixed order."""
    return sorted(path for path in (CORPUS / name).iterdir() if path.is_file())
