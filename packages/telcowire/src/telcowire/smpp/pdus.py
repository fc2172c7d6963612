"""The PDUs of SMPP 3.4 as field tables. What a session does with them is in `telcowire.smpp.flavour`.

Every value starts with the header's `status`, 0 in requests. Answers that carry an error may lack their body: they read
with the defaults. Not here: replace_sm and broadcast_sm, which this project never sends; a server refuses them.

Source: SMPP 3.4 clauses 4.1-4.12 (PDUs), 5.2.12 (esm_class), 5.2.17 (registered_delivery); 5.0 only adds TLVs to these.
"""

from typing import Any, Final, NamedTuple

from telcowire.fields import UInt
from telcowire.smpp.fields import (
    RESPONSE_BIT,
    CString,
    Destination,
    Destinations,
    Failure,
    Failures,
    Field,
    ShortMessage,
    SmppCodec,
    Tlvs,
)

#: A message_payload of 65,535 octets and room for everything before it.
MAX_OCTETS: Final = 0x10000 + 1024
VERSION_34: Final = 0x34

BIND_RECEIVER: Final = 0x01
BIND_TRANSMITTER: Final = 0x02
QUERY_SM: Final = 0x03
SUBMIT_SM: Final = 0x04
DELIVER_SM: Final = 0x05
UNBIND: Final = 0x06
REPLACE_SM: Final = 0x07
CANCEL_SM: Final = 0x08
BIND_TRANSCEIVER: Final = 0x09
OUTBIND: Final = 0x0B
ENQUIRE_LINK: Final = 0x15
SUBMIT_MULTI: Final = 0x21
ALERT_NOTIFICATION: Final = 0x102
DATA_SM: Final = 0x103
GENERIC_NACK: Final = RESPONSE_BIT

#: Bits of esm_class: always masked, for clients set others beside them (Kannel's submits come with the mode bits 0x03).
ESM_UDHI: Final = 0x40
ESM_TYPE: Final = 0x3C
ESM_RECEIPT: Final = 0x04
ESM_INTERMEDIATE: Final = 0x20
#: Bits of registered_delivery: 1 any receipt, 2 on failure only; 0x10 asks for intermediate notifications as well.
#: Kannel sends 0x11.
REGISTERED_RECEIPT: Final = 0x03
REGISTERED_ALWAYS: Final = 0x01

TlvList = tuple[tuple[int, bytes], ...]


class Bind(NamedTuple):
    """What the three logins share: clauses 4.1.1, 4.1.3, 4.1.5."""

    status: int = 0
    system_id: str = ""
    password: str = ""
    system_type: str = ""
    interface_version: int = VERSION_34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""


class BindReceiver(Bind):
    """bind_receiver: the peer will be sent texts and receipts."""

    __slots__ = ()


class BindTransmitter(Bind):
    """bind_transmitter: the peer will submit."""

    __slots__ = ()


class BindTransceiver(Bind):
    """bind_transceiver: both on one connection."""

    __slots__ = ()


class BindResp(NamedTuple):
    """The answers to them: clauses 4.1.2, 4.1.4, 4.1.6."""

    status: int = 0
    system_id: str = ""
    tlvs: TlvList = ()


class Outbind(NamedTuple):
    """outbind, clause 4.1.7: a carrier asks us to bind as a receiver."""

    status: int = 0
    system_id: str = ""
    password: str = ""


class SubmitSm(NamedTuple):
    """submit_sm, clause 4.4.1."""

    status: int = 0
    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""
    tlvs: TlvList = ()


class DeliverSm(NamedTuple):
    """deliver_sm, clause 4.6.1: a text from a phone, or a receipt by the bits of `esm_class`."""

    status: int = 0
    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""
    tlvs: TlvList = ()


class DataSm(NamedTuple):
    """data_sm, clause 4.7.1: a text or receipt in the TLV message_payload."""

    status: int = 0
    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    registered_delivery: int = 0
    data_coding: int = 0
    tlvs: TlvList = ()


class MessageResp(NamedTuple):
    """submit_sm_resp, deliver_sm_resp (its id stays empty), data_sm_resp: clauses 4.4.2, 4.6.2, 4.7.2.

    The TLVs of submit_sm_resp and deliver_sm_resp came with 5.0.
    """

    status: int = 0
    message_id: str = ""
    tlvs: TlvList = ()


class SubmitMulti(NamedTuple):
    """submit_multi, clause 4.5.1."""

    status: int = 0
    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    destinations: tuple[Destination, ...] = ()
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""
    tlvs: TlvList = ()


class SubmitMultiResp(NamedTuple):
    """submit_multi_resp, clause 4.5.2."""

    status: int = 0
    message_id: str = ""
    failures: tuple[Failure, ...] = ()


class QuerySm(NamedTuple):
    """query_sm, clause 4.8.1."""

    status: int = 0
    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""


class QuerySmResp(NamedTuple):
    """query_sm_resp, clause 4.8.2; `message_state` as in `telcowire.smpp.reports`."""

    status: int = 0
    message_id: str = ""
    final_date: str = ""
    message_state: int = 0
    error_code: int = 0


class CancelSm(NamedTuple):
    """cancel_sm, clause 4.9.1."""

    status: int = 0
    service_type: str = ""
    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""


class AlertNotification(NamedTuple):
    """alert_notification, clause 4.12.1: a phone can be reached again. Nothing answers it."""

    status: int = 0
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    esme_addr_ton: int = 0
    esme_addr_npi: int = 0
    esme_addr: str = ""
    tlvs: TlvList = ()


class Bare(NamedTuple):
    """A header alone: unbind, enquire_link and their answers, cancel_sm_resp, generic_nack."""

    status: int = 0


def _address(prefix: str, number: str, octets: int = 21, *, is_varied: bool = False) -> tuple[Field, ...]:
    return UInt(f"{prefix}_ton", 1), UInt(f"{prefix}_npi", 1), CString(number, octets, is_varied)


_TLVS: Final = Tlvs("tlvs")
_MESSAGE_ID: Final = CString("message_id", 65, is_varied=True)
_BIND: Final[tuple[Field, ...]] = (
    CString("system_id", 16),
    CString("password", 9),
    CString("system_type", 13),
    UInt("interface_version", 1),
    *_address("addr", "address_range", 41),
)
_BEHIND_ADDRESSES: Final[tuple[Field, ...]] = (
    UInt("esm_class", 1),
    UInt("protocol_id", 1),
    UInt("priority_flag", 1),
    CString("schedule_delivery_time", 17),
    CString("validity_period", 17),
    UInt("registered_delivery", 1),
    UInt("replace_if_present_flag", 1),
    UInt("data_coding", 1),
    UInt("sm_default_msg_id", 1),
    ShortMessage("short_message"),
    _TLVS,
)


def _message(*, source_varies: bool) -> tuple[Field, ...]:
    return (
        CString("service_type", 6),
        *_address("source_addr", "source_addr", is_varied=source_varies),
        *_address("dest_addr", "destination_addr", is_varied=not source_varies),
        *_BEHIND_ADDRESSES,
    )


class SmppCodecs:
    """Every codec, compiled once: `SMPP34`."""

    def __init__(self) -> None:
        """Compile the tables."""
        self.bind_receiver: Final = SmppCodec("BindReceiver", BindReceiver, BIND_RECEIVER, _BIND)
        self.bind_transmitter: Final = SmppCodec("BindTransmitter", BindTransmitter, BIND_TRANSMITTER, _BIND)
        self.bind_transceiver: Final = SmppCodec("BindTransceiver", BindTransceiver, BIND_TRANSCEIVER, _BIND)
        bind_resp = (CString("system_id", 16), _TLVS)
        self.bind_receiver_resp: Final = SmppCodec(
            "BindReceiverResp", BindResp, BIND_RECEIVER | RESPONSE_BIT, bind_resp
        )
        self.bind_transmitter_resp: Final = SmppCodec(
            "BindTransmitterResp", BindResp, BIND_TRANSMITTER | RESPONSE_BIT, bind_resp
        )
        self.bind_transceiver_resp: Final = SmppCodec(
            "BindTransceiverResp", BindResp, BIND_TRANSCEIVER | RESPONSE_BIT, bind_resp
        )
        self.outbind: Final = SmppCodec("Outbind", Outbind, OUTBIND, (CString("system_id", 16), CString("password", 9)))
        self.unbind: Final = SmppCodec("Unbind", Bare, UNBIND, ())
        self.unbind_resp: Final = SmppCodec("UnbindResp", Bare, UNBIND | RESPONSE_BIT, ())
        self.enquire_link: Final = SmppCodec("EnquireLink", Bare, ENQUIRE_LINK, ())
        self.enquire_link_resp: Final = SmppCodec("EnquireLinkResp", Bare, ENQUIRE_LINK | RESPONSE_BIT, ())
        self.generic_nack: Final = SmppCodec("GenericNack", Bare, GENERIC_NACK, ())
        message_resp = (_MESSAGE_ID, _TLVS)
        self.submit_sm: Final = SmppCodec("SubmitSm", SubmitSm, SUBMIT_SM, _message(source_varies=False))
        self.submit_sm_resp: Final = SmppCodec("SubmitSmResp", MessageResp, SUBMIT_SM | RESPONSE_BIT, message_resp)
        self.deliver_sm: Final = SmppCodec("DeliverSm", DeliverSm, DELIVER_SM, _message(source_varies=True))
        # Its only field means nothing, and many clients leave it out.
        self.deliver_sm_resp: Final = SmppCodec(
            "DeliverSmResp", MessageResp, DELIVER_SM | RESPONSE_BIT, message_resp, may_lack_body=True
        )
        self.data_sm: Final = SmppCodec(
            "DataSm",
            DataSm,
            DATA_SM,
            (
                CString("service_type", 6),
                *_address("source_addr", "source_addr", 65, is_varied=True),
                *_address("dest_addr", "destination_addr", 65, is_varied=True),
                UInt("esm_class", 1),
                UInt("registered_delivery", 1),
                UInt("data_coding", 1),
                _TLVS,
            ),
        )
        self.data_sm_resp: Final = SmppCodec("DataSmResp", MessageResp, DATA_SM | RESPONSE_BIT, message_resp)
        self.submit_multi: Final = SmppCodec(
            "SubmitMulti",
            SubmitMulti,
            SUBMIT_MULTI,
            (
                CString("service_type", 6),
                *_address("source_addr", "source_addr"),
                Destinations("destinations"),
                *_BEHIND_ADDRESSES,
            ),
        )
        self.submit_multi_resp: Final = SmppCodec(
            "SubmitMultiResp", SubmitMultiResp, SUBMIT_MULTI | RESPONSE_BIT, (_MESSAGE_ID, Failures("failures"))
        )
        self.query_sm: Final = SmppCodec(
            "QuerySm", QuerySm, QUERY_SM, (_MESSAGE_ID, *_address("source_addr", "source_addr"))
        )
        self.query_sm_resp: Final = SmppCodec(
            "QuerySmResp",
            QuerySmResp,
            QUERY_SM | RESPONSE_BIT,
            (_MESSAGE_ID, CString("final_date", 17), UInt("message_state", 1), UInt("error_code", 1)),
        )
        self.cancel_sm: Final = SmppCodec(
            "CancelSm",
            CancelSm,
            CANCEL_SM,
            (
                CString("service_type", 6),
                _MESSAGE_ID,
                *_address("source_addr", "source_addr"),
                *_address("dest_addr", "destination_addr", is_varied=True),
            ),
        )
        self.cancel_sm_resp: Final = SmppCodec("CancelSmResp", Bare, CANCEL_SM | RESPONSE_BIT, ())
        self.alert_notification: Final = SmppCodec(
            "AlertNotification",
            AlertNotification,
            ALERT_NOTIFICATION,
            (
                *_address("source_addr", "source_addr", 65, is_varied=True),
                *_address("esme_addr", "esme_addr", 65),
                _TLVS,
            ),
        )

    @property
    def all(self) -> tuple[SmppCodec[Any], ...]:
        """Every codec, for dumps and searches."""
        return tuple(vars(self).values())


SMPP34: Final = SmppCodecs()
