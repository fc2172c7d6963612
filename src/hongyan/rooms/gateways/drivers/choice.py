"""Which driver speaks an account's protocol, and which inlet listens for it."""

from collections.abc import Callable

from hongyan.kernel.clock import Clock
from hongyan.rooms.carriers.contracts import Account, Protocol
from hongyan.rooms.gateways.contracts import DeliveryListener, Driver, Inlet, LoadContent
from hongyan.rooms.gateways.drivers.cmpp import CmppDriver
from hongyan.rooms.gateways.drivers.mm7.driver import Mm7Driver
from hongyan.rooms.gateways.drivers.mm7.inlet import Mm7Inlet
from hongyan.rooms.gateways.drivers.sessions import OnBreach, no_breach
from hongyan.rooms.gateways.drivers.sgip import SgipDriver, SgipInlet
from hongyan.rooms.gateways.drivers.smgp import SmgpDriver
from hongyan.rooms.gateways.drivers.smpp import SmppDriver


def driver_of(
    account: Account,
    secret: str,
    *,
    clock: Clock,
    load_content: LoadContent,
    may_send: Callable[[], bool],
    on_breach: OnBreach = no_breach,
) -> Driver:
    """Return a driver for one tenure of the account; ``on_breach`` counts broken rules that end no connection."""
    match account.protocol:
        case Protocol.CMPP20 | Protocol.CMPP30:
            return CmppDriver(account, secret, on_breach)
        case Protocol.SGIP12:
            return SgipDriver(account, secret, on_breach)
        case Protocol.SMGP30:
            return SmgpDriver(account, secret, on_breach)
        case Protocol.SMPP34:
            return SmppDriver(account, secret, on_breach)
        case _:
            return Mm7Driver(account, secret, clock=clock, load_content=load_content, may_send=may_send)


def inlet_of(account: Account, secret: str, listener: DeliveryListener, on_breach: OnBreach) -> Inlet:
    """Return the listener of an account where the carrier calls us; it is not open yet."""
    if account.protocol is Protocol.SGIP12:
        return SgipInlet(account, secret, listener, on_breach)
    return Mm7Inlet(account, secret, listener)
