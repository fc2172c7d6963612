"""Tags of optional parameters, their names and sizes, and how to find one. Their octets lie in the `tlvs` of a PDU.

Source: SMPP 3.4 clause 5.3.2; congestion_state is 5.0, clause 4.8.4.18.
"""

from typing import Final, NamedTuple

PAYLOAD_TYPE: Final = 0x0019
ADDITIONAL_STATUS_INFO_TEXT: Final = 0x001D
RECEIPTED_MESSAGE_ID: Final = 0x001E
USER_MESSAGE_REFERENCE: Final = 0x0204
SOURCE_PORT: Final = 0x020A
DESTINATION_PORT: Final = 0x020B
SAR_MSG_REF_NUM: Final = 0x020C
LANGUAGE_INDICATOR: Final = 0x020D
SAR_TOTAL_SEGMENTS: Final = 0x020E
SAR_SEGMENT_SEQNUM: Final = 0x020F
SC_INTERFACE_VERSION: Final = 0x0210
NETWORK_ERROR_CODE: Final = 0x0423
MESSAGE_PAYLOAD: Final = 0x0424
DELIVERY_FAILURE_REASON: Final = 0x0425
MORE_MESSAGES_TO_SEND: Final = 0x0426
MESSAGE_STATE: Final = 0x0427
CONGESTION_STATE: Final = 0x0428


class TlvShape(NamedTuple):
    """A tag's name, the sizes that its value may have in octets, and whether it is a number."""

    name: str
    min_octets: int
    max_octets: int
    is_number: bool = False


TLV_SHAPES: Final = {
    PAYLOAD_TYPE: TlvShape("payload_type", 1, 1, is_number=True),
    ADDITIONAL_STATUS_INFO_TEXT: TlvShape("additional_status_info_text", 1, 256),
    RECEIPTED_MESSAGE_ID: TlvShape("receipted_message_id", 1, 65),
    USER_MESSAGE_REFERENCE: TlvShape("user_message_reference", 2, 2, is_number=True),
    SOURCE_PORT: TlvShape("source_port", 2, 2, is_number=True),
    DESTINATION_PORT: TlvShape("destination_port", 2, 2, is_number=True),
    SAR_MSG_REF_NUM: TlvShape("sar_msg_ref_num", 2, 2, is_number=True),
    LANGUAGE_INDICATOR: TlvShape("language_indicator", 1, 1, is_number=True),
    SAR_TOTAL_SEGMENTS: TlvShape("sar_total_segments", 1, 1, is_number=True),
    SAR_SEGMENT_SEQNUM: TlvShape("sar_segment_seqnum", 1, 1, is_number=True),
    SC_INTERFACE_VERSION: TlvShape("sc_interface_version", 1, 1, is_number=True),
    NETWORK_ERROR_CODE: TlvShape("network_error_code", 3, 3),
    MESSAGE_PAYLOAD: TlvShape("message_payload", 0, 0xFFFF),
    DELIVERY_FAILURE_REASON: TlvShape("delivery_failure_reason", 1, 1, is_number=True),
    MORE_MESSAGES_TO_SEND: TlvShape("more_messages_to_send", 1, 1, is_number=True),
    MESSAGE_STATE: TlvShape("message_state", 1, 1, is_number=True),
    CONGESTION_STATE: TlvShape("congestion_state", 1, 1, is_number=True),
}


def find_octets(tlvs: tuple[tuple[int, bytes], ...], tag: int) -> bytes | None:
    """Return the value of the first parameter with this tag."""
    for found, value in tlvs:
        if found == tag:
            return value
    return None


def find_number(tlvs: tuple[tuple[int, bytes], ...], tag: int) -> int | None:
    """Return a number; a value of a size that the tag does not allow counts as absent."""
    value = find_octets(tlvs, tag)
    shape = TLV_SHAPES[tag]
    if value is None or not shape.min_octets <= len(value) <= shape.max_octets:
        return None
    return int.from_bytes(value, "big")


def find_text(tlvs: tuple[tuple[int, bytes], ...], tag: int) -> str:
    """Return a text up to its NUL, if it has one, stripped of blanks; empty when the parameter is absent."""
    value = find_octets(tlvs, tag)
    return "" if value is None else value.split(b"\0", 1)[0].decode("latin-1").strip(" ")


def name_tag(tag: int) -> str:
    """Name a tag for people."""
    shape = TLV_SHAPES.get(tag)
    return f"0x{tag:04x}" if shape is None else shape.name
