"""What the console shows of channels, routes and channel numbers."""

from dataclasses import asdict
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from hongyan.rooms.carriers.contracts import (
    Account,
    Carrier,
    CarrierSignature,
    Flow,
    Health,
    HealthState,
    Protocol,
    ReceiptIds,
    RouteExplained,
    RouteVerdict,
    SignatureNumber,
    TextCoding,
)
from hongyan.rooms.carriers.service import explain_code


class OptionsView(BaseModel):
    """Settings that only some protocols read."""

    service_id: str
    corp_id: str
    node: int | None
    split_binds: bool
    system_type: str
    receipt_ids: ReceiptIds
    tls: bool
    tls_ca: str
    coding: TextCoding
    ref_bits: int
    carrier_signature: CarrierSignature
    fee_type: str
    fee_code: str
    has_query: bool
    sends_validity: bool


class ErrorView(BaseModel):
    """What a carrier refused with, and how often over five minutes."""

    code: str
    count: int
    zh: str
    """What the code means."""
    en: str


class HealthView(BaseModel):
    """How a channel is doing, as its gateway saw it last."""

    state: HealthState
    reason: str
    detail: str
    since: datetime
    at: datetime
    holder: str
    links_up: int
    links: int
    pace_per_s: float | None
    sent_per_s: float
    in_flight: int
    window: int
    last_report_at: datetime | None
    errors: list[ErrorView]
    """The most frequent first."""

    @classmethod
    def of(cls, health: Health) -> Self:
        """Return the view of a health, its codes explained."""
        errors = []
        for code, count in sorted(health.errors.items(), key=lambda one: (-one[1], one[0])):
            trouble = explain_code(code)
            texts = ("", "") if trouble is None else (trouble.zh, trouble.en)
            errors.append(ErrorView(code=code, count=count, zh=texts[0], en=texts[1]))
        return cls.model_validate({**asdict(health), "errors": errors})


class ChannelView(BaseModel):
    """A channel without its secret."""

    account_id: int
    name: str
    protocol: Protocol
    host: str
    port: int
    login: str
    src_number: str
    carrier: Carrier
    rate_per_s: int | None
    window_pdus: int
    connections: int
    heartbeat_s: int
    response_timeout_s: int
    is_enabled: bool
    flow: Flow
    serves: list[str] | None
    listen_port: int | None
    priority: int
    weight: int | None
    cost_milli: int | None
    group: str | None
    changed_at: datetime
    options: OptionsView
    health: HealthView | None

    @classmethod
    def of(cls, account: Account, health: Health | None) -> Self:
        """Return the view of an account."""
        return cls.model_validate({**asdict(account), "health": None if health is None else HealthView.of(health)})


class ChannelList(BaseModel):
    """All channels, by age."""

    items: list[ChannelView]


class RouteAccountView(BaseModel):
    """One channel in the answer."""

    name: str
    verdict: RouteVerdict
    share_percent: float
    src_id: str
    en: str
    zh: str


class RouteView(BaseModel):
    """The way of a number, and why."""

    segment_carrier: Carrier | None
    ported_carrier: Carrier | None
    channel_number: str | None
    chosen: str | None
    src_id: str | None
    channels: list[RouteAccountView]

    @classmethod
    def of(cls, found: RouteExplained) -> Self:
        """Return the view of an explanation; the number itself is not repeated."""
        chosen = next((one for one in found.accounts if one.verdict is RouteVerdict.CHOSEN and found.route), None)
        return cls(
            segment_carrier=found.segment_carrier,
            ported_carrier=found.ported_carrier,
            channel_number=found.channel_number,
            chosen=None if chosen is None else chosen.name,
            src_id=None if chosen is None else chosen.src_id,
            channels=[
                RouteAccountView(
                    name=one.name,
                    verdict=one.verdict,
                    share_percent=one.share_percent,
                    src_id=one.src_id,
                    en=one.en,
                    zh=one.zh,
                )
                for one in found.accounts
            ],
        )


class SignatureNumberView(BaseModel):
    """A signature and its channel number, or that it waits for one."""

    tenant_id: str
    tenant_name: str
    """Empty: the tenant is gone."""
    signature_id: str
    signature_name: str
    """Empty: the signature is gone."""
    extension: str
    channel_number: str | None

    @classmethod
    def of(cls, one: SignatureNumber, names: tuple[str, str]) -> Self:
        """Return the view of a number with the names (tenant, signature) of whose it is."""
        return cls(
            tenant_id=one.tenant_id,
            tenant_name=names[0],
            signature_id=one.signature_id,
            signature_name=names[1],
            extension=one.extension,
            channel_number=one.channel_number,
        )


class SignatureNumberList(BaseModel):
    """A page of signatures, those that wait first."""

    items: list[SignatureNumberView]
    total: int
    waiting: int
    """Of all, not only of what was asked for."""
