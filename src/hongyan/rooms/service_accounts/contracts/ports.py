"""Channel numbers and their bindings to accounts."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from hongyan.kernel.ids import TenantId
from hongyan.rooms.service_accounts.contracts.accounts import Pub


class PortType(IntEnum):
    """How a channel number is compared with a message's sender, in the vendor's numbers."""

    PLAIN = 1
    PREFIX = 3
    SUFFIX = 5


@dataclass(frozen=True, slots=True)
class PortForm:
    """A channel number as registered. ``is_checked``: the message's signature must be one of ``signs``."""

    port: str
    type: PortType
    signs: tuple[str, ...]
    is_checked: bool
    proofs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """A registered channel number."""

    port_id: str
    tenant_id: TenantId
    form: PortForm
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Binding:
    """Which account a channel number shows, for which signatures and where."""

    binding_id: str
    tenant_id: TenantId
    port_id: str
    pub_id: str
    signs: tuple[str, ...]
    areas: tuple[str, ...]
    is_auto: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PortRow:
    """A channel number with the accounts bound to it, or a binding with both of its ends."""

    port: Port
    pubs: tuple[Pub, ...] = ()
    binding: Binding | None = None
