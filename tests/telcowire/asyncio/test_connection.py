import pytest

from telcowire.asyncio.connection import SessionConnection
from telcowire.errors import LocalProtocolError


async def test_a_connection_needs_a_role() -> None:
    connection = SessionConnection[object]()
    with pytest.raises(LocalProtocolError, match="role"):
        connection.make_session(0.0)
    with pytest.raises(LocalProtocolError, match="role"):
        connection.tell([])
