"""The bodies of vendors' calls as types. Source: docs/protocols/handset.md §3."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from hongyan.rooms.handsets.contracts import (
    MAX_EVENTS,
    CardEvent,
    CardEventKind,
    Registration,
    RegistrationState,
    Vendor,
)
from hongyan.rooms.smart.contracts import ResolveRequest

Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z]{3,32}$")]
DeviceHash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
CallId = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{8,64}$")]
ShortText = Annotated[str, msgspec.Meta(max_length=100)]


class ResolveCall(msgspec.Struct, frozen=True):
    """Body of ``/handset/v1/resolve``."""

    code: Code
    domain: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    signature: ShortText
    device_hash: DeviceHash
    request_id: CallId
    model: ShortText = ""

    def to_request(self, vendor: Vendor) -> ResolveRequest:
        """Return the room's request; the vendor is the one that signed, whatever the body says."""
        return ResolveRequest(
            self.code, self.domain, self.signature, self.device_hash, self.request_id, vendor, self.model
        )


class EventWord(msgspec.Struct, frozen=True):
    """One event; ``at`` carries its zone."""

    event_id: CallId
    kind: Literal["rendered", "exposed", "clicked"]
    code: Code
    device_hash: DeviceHash
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    position: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None


class EventsCall(msgspec.Struct, frozen=True):
    """Body of ``/handset/v1/events``."""

    events: Annotated[list[EventWord], msgspec.Meta(min_length=1, max_length=MAX_EVENTS)]

    def to_events(self) -> list[CardEvent]:
        """Return the room's events."""
        return [
            CardEvent(
                event.event_id,
                CardEventKind(event.kind),
                event.code,
                event.device_hash,
                event.at.astimezone(UTC),
                event.position,
            )
            for event in self.events
        ]


class TemplateStateCall(msgspec.Struct, frozen=True):
    """Body of ``/handset/v1/template-states``."""

    tpl_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{9}$")]
    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    state: Literal["active", "rejected", "disabled"]
    ref: ShortText | None = None
    reason: Annotated[str, msgspec.Meta(max_length=500)] | None = None

    def to_registration(self, vendor: Vendor) -> Registration:
        """Return the room's registration."""
        return Registration(vendor, RegistrationState(self.state), self.ref, self.reason)
