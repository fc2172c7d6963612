"""Drivers for asyncio: the only part of the library that touches sockets and clocks."""
