"""What command_status says: names for people, and the few statuses that a session itself answers with.

What a sender does about a status (retry, reroute, give up) is the application's business.

Source: SMPP 3.4 clause 5.1.3; 0x100-0x112 are 5.0, clause 4.7.6; 0x400-0x4FF belong to the carrier.
"""

from typing import Final

ESME_ROK: Final = 0x00
ESME_RINVMSGLEN: Final = 0x01
ESME_RINVCMDLEN: Final = 0x02
ESME_RINVCMDID: Final = 0x03
ESME_RINVBNDSTS: Final = 0x04
ESME_RALYBND: Final = 0x05
ESME_RSYSERR: Final = 0x08
ESME_RINVSRCADR: Final = 0x0A
ESME_RINVDSTADR: Final = 0x0B
ESME_RINVMSGID: Final = 0x0C
ESME_RBINDFAIL: Final = 0x0D
ESME_RINVPASWD: Final = 0x0E
ESME_RINVSYSID: Final = 0x0F
ESME_RMSGQFUL: Final = 0x14
ESME_RSUBMITFAIL: Final = 0x45
ESME_RTHROTTLED: Final = 0x58
ESME_RX_T_APPN: Final = 0x64
ESME_RX_P_APPN: Final = 0x65
ESME_RX_R_APPN: Final = 0x66
ESME_RQUERYFAIL: Final = 0x67
ESME_RINVOPTPARSTREAM: Final = 0xC0
ESME_RUNKNOWNERR: Final = 0xFF

STATUS_NAMES: Final = {
    0x00: "ok",
    0x01: "bad message length",
    0x02: "bad command length",
    0x03: "unknown command",
    0x04: "wrong bind for this command",
    0x05: "already bound",
    0x06: "bad priority flag",
    0x07: "bad registered delivery flag",
    0x08: "system error",
    0x0A: "bad source address",
    0x0B: "bad destination address",
    0x0C: "bad message id",
    0x0D: "bind failed",
    0x0E: "bad password",
    0x0F: "bad system id",
    0x11: "cancel failed",
    0x13: "replace failed",
    0x14: "message queue full",
    0x15: "bad service type",
    0x33: "bad number of destinations",
    0x34: "bad distribution list name",
    0x40: "bad destination flag",
    0x42: "submit with replace not supported",
    0x43: "bad esm_class",
    0x44: "cannot submit to the distribution list",
    0x45: "submit failed",
    0x48: "bad source type of number",
    0x49: "bad source numbering plan",
    0x50: "bad destination type of number",
    0x51: "bad destination numbering plan",
    0x53: "bad system type",
    0x54: "bad replace_if_present flag",
    0x55: "bad number of messages",
    0x58: "throttled",
    0x61: "bad scheduled delivery time",
    0x62: "bad validity period",
    0x63: "bad predefined message",
    0x64: "receiver: temporary error",
    0x65: "receiver: permanent error",
    0x66: "receiver: message rejected",
    0x67: "query failed",
    0xC0: "bad optional parameters",
    0xC1: "optional parameter not allowed",
    0xC2: "bad optional parameter length",
    0xC3: "optional parameter missing",
    0xC4: "bad optional parameter value",
    0xFE: "delivery failed",
    0xFF: "unknown error",
    0x100: "service type not authorised",
    0x101: "service type prohibited",
    0x102: "service type not available",
    0x103: "service type denied",
    0x104: "bad data coding",
    0x105: "source address subunit wrong",
    0x106: "destination address subunit wrong",
    0x10B: "prepaid: not enough credit",
    0x10C: "prepaid: destination not allowed",
    0x111: "congested",
    0x112: "interface version not supported",
}
_VENDOR: Final = range(0x400, 0x500)


def status_name(status: int) -> str:
    """Name a status for people."""
    name = STATUS_NAMES.get(status)
    if name is None:
        name = "vendor status" if status in _VENDOR else "reserved status"
    return f"{name} (0x{status:02x})"
