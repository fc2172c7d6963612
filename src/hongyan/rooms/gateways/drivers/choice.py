"""Which driver speaks an account's protocol."""

from collections.abc import Callable

from hongyan.kernel.clock import Clock
from hongyan.rooms.carriers.contracts import Account, Protocol
from hongyan.rooms.gateways.contracts import Driver, LoadContent
from hongyan.rooms.gateways.drivers.cmpp import CmppDriver
from hongyan.rooms.gateways.drivers.mm7.driver import Mm7Driver


def driver_of(
    account: Account, secret: str, *, clock: Clock, load_content: LoadContent, may_send: Callable[[], bool]
) -> Driver:
    """Return a driver for one tenure of the account."""
    match account.protocol:
        case Protocol.CMPP20 | Protocol.CMPP30:
            return CmppDriver(account, secret)
        case Protocol.MM7:
            return Mm7Driver(account, secret, clock=clock, load_content=load_content, may_send=may_send)
        case Protocol.SGIP12 | Protocol.SMGP30 | Protocol.SMPP34:
            raise ValueError(account.protocol)
