"""Carrier message protocols: codecs and sessions that do no I/O, and asyncio drivers. Standard library only."""
