"""Everything that the fuzz targets start from and ever found, once more: fast, and without the engine.

A target raises when an input breaks the contract of `fuzzing`; here it also has to be quick and small, for inputs much
longer than those of the corpus too.
"""

import time
import tracemalloc
from typing import Any

import pytest

from fuzzing.decoders import CODECS, frame
from fuzzing.seeds import make_seeds
from fuzzing.targets import CORPUS, TARGETS, list_inputs
from telcowire.errors import RemoteProtocolError
from telcowire.fields import Codec

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


@pytest.mark.parametrize("protocol", CODECS)
def test_the_seeds_hold_a_whole_pdu_of_every_command(protocol: str) -> None:
    """A target that knew no codec would search for nothing, and find it fast."""
    seeds = make_seeds()[f"{protocol}_pdus"]
    unread = []
    for seed in seeds:
        wire = frame(seed)
        codecs = CODECS[protocol].get(int.from_bytes(wire[4:8], "big"), ())
        if not any(is_read_by(codec, wire) for codec in codecs):
            unread.append(wire)
    assert unread == []
    without = set(CODECS[protocol]) - {int.from_bytes(seed[:4], "big") for seed in seeds}
    assert without == set()


def is_read_by(codec: Codec[Any], wire: bytes) -> bool:
    try:
        codec.decode(wire, 0, len(wire))
    except RemoteProtocolError:
        return False
    return True
