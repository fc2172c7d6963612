"""Everything that the fuzz targets start from and ever found, once more: fast, and without the engine.

A target raises when an input breaks the contract of `fuzzing`; here it also has to be quick and small, for inputs much
longer than those of the corpus too.
"""

import time
import tracemalloc

import pytest

from fuzzing.seeds import make_seeds
from fuzzing.targets import CORPUS, TARGETS, list_inputs

BY_TARGET = pytest.mark.parametrize("name", TARGETS)
#: Far above what any input takes here; a reader whose time grows with the square of its input needs minutes.
DEADLINE_S = 5.0
LONG_OCTETS = 65_536
MEMORY_OCTETS = 16_777_216


@BY_TARGET
def test_the_corpus_breaks_nothing(name: str) -> None:
    inputs = list_inputs(name)
    assert len(inputs) >= 1
    for path in inputs:
        began = time.perf_counter()
        TARGETS[name](path.read_bytes())
        assert time.perf_counter() - began < DEADLINE_S, path


@BY_TARGET
def test_long_inputs_take_bounded_time_and_memory(name: str) -> None:
    seeds = make_seeds()[name]
    longest = max(seeds, key=len)
    inputs = [longest * (LONG_OCTETS // len(longest)), longest[:1] + longest[1:].ljust(LONG_OCTETS, longest[-1:])]
    inputs += [longest[: len(longest) // 2] + bytes([octet]) * LONG_OCTETS for octet in b'\0 ;"<&=\r\n:\xff']
    tracemalloc.start()
    try:
        for data in inputs:
            began = time.perf_counter()
            TARGETS[name](data)
            assert time.perf_counter() - began < DEADLINE_S, data[:40]
        assert tracemalloc.get_traced_memory()[1] < MEMORY_OCTETS
    finally:
        tracemalloc.stop()


def test_every_target_has_its_corpus_and_no_corpus_is_forgotten() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS) == set(make_seeds())


@BY_TARGET
def test_the_seeds_on_file_are_those_that_the_script_makes(name: str) -> None:
    on_file = {path.read_bytes() for path in list_inputs(name) if path.name.startswith("seed-")}
    assert on_file == set(make_seeds()[name]), "write them anew: PYTHONPATH=tools .venv/bin/python -m fuzzing.seeds"
