"""Searches for octets that break the wire library: targets, their seeds, and the engine that `make fuzz` starts.

One contract for every target: whatever the octets, a reader returns or raises `RemoteProtocolError`, in bounded time
and memory. The corpus is in `tests/telcowire/fuzz/corpus`, and `make test` replays it without the engine.
"""
