"""What the console may ask of channels, routes and channel numbers."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from hongyan.rooms.carriers.contracts import (
    Carrier,
    CarrierSignature,
    Flow,
    NewAccount,
    Protocol,
    ReceiptIds,
    TextCoding,
    WireOptions,
)

Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Field(ge=-(1 << 31), lt=1 << 31)]


class OptionsBody(BaseModel):
    """Settings that only some protocols read; what is absent stays, or is as usual."""

    model_config = ConfigDict(extra="forbid")

    service_id: Text | None = None
    corp_id: Text | None = None
    node: Annotated[int, Field(ge=0, lt=1 << 32)] | None = None
    split_binds: bool | None = None
    system_type: Text | None = None
    receipt_ids: ReceiptIds | None = None
    tls: bool | None = None
    coding: TextCoding | None = None
    ref_bits: Number | None = None
    carrier_signature: CarrierSignature | None = None
    fee_type: Text | None = None
    fee_code: Text | None = None
    has_query: bool | None = None
    sends_validity: bool | None = None

    def said(self) -> dict[str, Any]:
        """Return what is not absent."""
        return self.model_dump(exclude_none=True)


class NewChannel(BaseModel):
    """A channel to be added: one login at one carrier."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    protocol: Protocol
    host: Text
    port: Number
    login: Text
    secret: Text
    src_number: Text
    carrier: Carrier = Carrier.ANY
    rate_per_s: Number | None = None
    window_pdus: Number = 16
    connections: Number = 1
    heartbeat_s: Number = 30
    response_timeout_s: Number = 60
    listen_port: Number | None = None
    serves: list[Text] | None = Field(default=None, max_length=1000)
    priority: Number = 0
    weight: Number | None = None
    cost_milli: Number | None = None
    group: Text | None = None
    options: OptionsBody = OptionsBody()

    def account(self) -> NewAccount:
        """Return what the door takes."""
        values = self.model_dump(exclude={"options", "serves"})
        serves = None if self.serves is None else tuple(self.serves)
        return NewAccount(**values, serves=serves, options=WireOptions(**self.options.said()))


class SecretChange(BaseModel):
    """Another secret of the login."""

    model_config = ConfigDict(extra="forbid")

    secret: Text


class FlowChange(BaseModel):
    """What a channel shall do: ``running``, ``paused`` or ``draining``."""

    model_config = ConfigDict(extra="forbid")

    flow: Flow


class ChannelChange(BaseModel):
    """What changes; what is absent stays. ``null`` lifts a rate, a weight, a cost, a group or ``serves``."""

    model_config = ConfigDict(extra="forbid")

    is_enabled: bool | None = None
    rate_per_s: Number | None = None
    window_pdus: Number | None = None
    connections: Number | None = None
    heartbeat_s: Number | None = None
    response_timeout_s: Number | None = None
    priority: Number | None = None
    weight: Number | None = None
    cost_milli: Number | None = None
    group: Text | None = None
    host: Text | None = None
    port: Number | None = None
    listen_port: Number | None = None
    serves: list[Text] | None = Field(default=None, max_length=1000)
    options: OptionsBody | None = None


class RouteQuestion(BaseModel):
    """Which way would this number take?"""

    model_config = ConfigDict(extra="forbid")

    phone: str = Field(max_length=40)
    signature: str | None = Field(default=None, max_length=64, pattern=r"^[^\x00]*$")
    """Id or channel number; absent: a signature without channels of its own."""
    is_media: bool = False


class NumberRequest(BaseModel):
    """The channel number of a signature: a channel's access number and an extension behind it."""

    model_config = ConfigDict(extra="forbid")

    channel_number: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")]
