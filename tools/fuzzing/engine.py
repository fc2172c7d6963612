"""One target under the engine, in a process of its own: started by `python -m fuzzing`, ended by libFuzzer."""

import sys
from typing import Final

import atheris  # type: ignore[import-untyped]  # its environment is not the product's

with atheris.instrument_imports(include=["telcowire"]):
    from fuzzing.targets import TARGETS

_TARGET: Final = 1

if __name__ == "__main__":
    name = sys.argv.pop(_TARGET)
    # What the engine starts again, through a shell, to merge.
    sys.argv[0] = f"{sys.executable} -m fuzzing.engine {name}"
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
