"""What carriers' codes mean in our vocabulary. Source: protocols page."""

from collections.abc import Mapping
from typing import Final

from hongyan.rooms.carriers.contracts import Trouble, TroubleKind

_T = TroubleKind
_TEXTS: Final[Mapping[TroubleKind, tuple[str, str]]] = {
    _T.THROTTLED: ("The carrier asked us to slow down.", "运营商流量控制。"),
    _T.IN_DOUBT: ("The carrier may or may not have taken it.", "运营商是否已接收无法确定。"),
    _T.BAD_NUMBER: ("The carrier does not know this number.", "号码无效或为空号。"),
    _T.BAD_CONTENT: ("The carrier refused the content.", "运营商拒绝了短信内容。"),
    _T.BAD_CHANNEL: ("The channel is not set up as the carrier expects.", "通道配置有误，请联系平台运营人员。"),
    _T.BLOCKED: ("The number or the content is on a block list of the carrier.", "命中运营商黑名单或拦截规则。"),
    _T.UNREACHABLE: ("The phone could not be reached.", "手机关机、停机或不在服务区。"),
    _T.EXPIRED: ("The carrier gave up after its time limit.", "运营商在有效期内未能送达。"),
    _T.REJECTED: ("The carrier rejected the message.", "运营商拒绝下发。"),
    _T.NETWORK: ("An element of the carrier's network failed.", "运营商网元故障。"),
    _T.OTHER: ("The carrier reported a failure of its own kind.", "运营商返回其他失败。"),
}
_OUR_FAULT: Final = frozenset({_T.BAD_CHANNEL, _T.BAD_CONTENT})

RESULT_THROTTLED: Final = 8
"""CMPP result 8: flow control. Source: protocols page, clause 1.7."""
RESULT_REPEATED: Final = 3

_RESULTS: Final[Mapping[int, TroubleKind]] = {
    1: _T.BAD_CHANNEL,
    2: _T.BAD_CHANNEL,
    RESULT_REPEATED: _T.IN_DOUBT,
    4: _T.BAD_CONTENT,
    5: _T.BAD_CHANNEL,
    6: _T.BAD_CONTENT,
    7: _T.BAD_CHANNEL,
    RESULT_THROTTLED: _T.THROTTLED,
    9: _T.BAD_CHANNEL,
    10: _T.BAD_CHANNEL,
    11: _T.BAD_CHANNEL,
    12: _T.BAD_CHANNEL,
    13: _T.BAD_NUMBER,
}
_MM7_STATUSES: Final[Mapping[int, TroubleKind]] = {
    2000: _T.BAD_CHANNEL,
    2001: _T.BAD_CHANNEL,
    2002: _T.BAD_NUMBER,
    2003: _T.BAD_NUMBER,
    2004: _T.BAD_CONTENT,
    2007: _T.BAD_CONTENT,
    3000: _T.IN_DOUBT,
    3001: _T.REJECTED,
    3002: _T.REJECTED,
    3003: _T.BAD_CHANNEL,
    3004: _T.BAD_CHANNEL,
    4000: _T.NETWORK,
    4001: _T.BAD_CHANNEL,
    4002: _T.BAD_CHANNEL,
    4003: _T.BAD_CHANNEL,
    4004: _T.BAD_CONTENT,
    4005: _T.NETWORK,
    4006: _T.THROTTLED,
    4007: _T.BAD_CHANNEL,
    4008: _T.BAD_CHANNEL,
}
_SGIP_RESULTS: Final[Mapping[int, TroubleKind]] = {
    **dict.fromkeys((1, 2, 3, 4, 5, 7, 10, 22, 23, 30, 31), _T.BAD_CHANNEL),
    6: _T.BAD_NUMBER,
    8: _T.BAD_CONTENT,
    9: _T.IN_DOUBT,
    11: _T.THROTTLED,
    21: _T.NETWORK,
    24: _T.BAD_NUMBER,
    **dict.fromkeys((25, 26, 27, 28), _T.UNREACHABLE),
    29: _T.BAD_NUMBER,
    32: _T.NETWORK,
    33: _T.THROTTLED,
}
_SMGP_STATUSES: Final[Mapping[int, TroubleKind]] = {
    1: _T.THROTTLED,
    **dict.fromkeys((2, 10, 11, *range(20, 23), *range(30, 36), 38, *range(40, 47), 49, 56, 57, 59), _T.BAD_CHANNEL),
    12: _T.IN_DOUBT,
    36: _T.BAD_CONTENT,
    37: _T.EXPIRED,
    39: _T.NETWORK,
    47: _T.BAD_NUMBER,
    48: _T.BAD_NUMBER,
    **dict.fromkeys((58, *range(60, 69)), _T.NETWORK),
    **dict.fromkeys((*range(69, 74), 75, 76), _T.BAD_CHANNEL),
    74: _T.REJECTED,
}
_SMPP_STATUSES: Final[Mapping[int, TroubleKind]] = {
    0x01: _T.BAD_CONTENT,
    **dict.fromkeys((*range(0x02, 0x08), 0x0A, *range(0x0C, 0x10), 0x15, 0x43, 0x48, 0x49), _T.BAD_CHANNEL),
    **dict.fromkeys((0x53, 0x54, 0x55, 0x61, 0x62, 0x63, *range(0xC0, 0xC5)), _T.BAD_CHANNEL),
    0x08: _T.NETWORK,
    0x0B: _T.BAD_NUMBER,
    0x14: _T.THROTTLED,
    **dict.fromkeys((0x33, 0x34, 0x40), _T.BAD_NUMBER),
    0x45: _T.REJECTED,
    0x50: _T.BAD_NUMBER,
    0x51: _T.BAD_NUMBER,
    0x58: _T.THROTTLED,
    0x64: _T.NETWORK,
    0x65: _T.REJECTED,
    0x66: _T.REJECTED,
    0xFE: _T.UNREACHABLE,
}
_BY_PROTOCOL: Final[Mapping[str, tuple[Mapping[int, TroubleKind], int]]] = {
    "sgip": (_SGIP_RESULTS, 10),
    "smgp": (_SMGP_STATUSES, 10),
    "smpp": (_SMPP_STATUSES, 16),
}
"""Codes that carry their protocol's name, and the base in which they are written."""
_STATS: Final[Mapping[str, TroubleKind]] = {
    "EXPIRED": _T.EXPIRED,
    "DELETED": _T.REJECTED,
    "UNDELIV": _T.UNREACHABLE,
    "UNKNOWN": _T.OTHER,
    "REJECTD": _T.REJECTED,
    # Not a carrier's words but what a gateway counts beside them.
    "throttled": _T.THROTTLED,
    "unknown": _T.IN_DOUBT,
}
_STAT_PREFIXES: Final[Mapping[str, TroubleKind]] = {
    # Network elements, by the letter of who did not answer: SMSC, SCP, DSMP, SP, next gateway.
    "MK:": _T.UNREACHABLE,
    **dict.fromkeys(("MA:", "MB:", "MC:", "CA:", "CB:", "DA:", "DB:", "SA:", "SB:", "IA:", "IB:", "IC:"), _T.NETWORK),
    "ID:": _T.BLOCKED,
}


def trouble_of_result(result: int) -> Trouble:
    """Return what a SUBMIT_RESP result other than 0 means. Source: protocols page, clause 1.7."""
    return _trouble(_RESULTS.get(result, _T.OTHER), str(result))


def trouble_of_named(code: str) -> Trouble | None:
    """Return what a code like ``sgip:27`` or ``smpp:0x0b`` means; ``None`` when it names no protocol.

    Source: protocols page, clauses 2.5, 3.7 and 4.
    """
    protocol, _, number = code.partition(":")
    if protocol not in _BY_PROTOCOL:
        return None
    kinds, base = _BY_PROTOCOL[protocol]
    try:
        kind = kinds.get(int(number, base), _T.OTHER)
    except ValueError:
        kind = _T.OTHER
    return _trouble(kind, code)


def trouble_of_mm7(status: int) -> Trouble:
    """Return what an MM7 status that is no success means. Source: protocols page, clause 6."""
    return _trouble(_MM7_STATUSES.get(status, _T.OTHER), str(status))


def trouble_of_stat(stat: str) -> Trouble:
    """Return what a report's Stat other than DELIVRD means; codes that we do not know are ``OTHER``.

    SMGP and SMPP have an error code beside it, behind a slash (``UNDELIV/601``): it is shown, and changes nothing.
    Source: protocols page, clause 1.10.
    """
    return _trouble(_STATS.get(stat.partition("/")[0]) or _STAT_PREFIXES.get(stat[:3], _T.OTHER), stat)


def _trouble(kind: TroubleKind, code: str) -> Trouble:
    en, zh = _TEXTS[kind]
    return Trouble(
        kind=kind,
        carrier_code=code,
        is_retryable=kind is _T.THROTTLED,
        is_our_fault=kind in _OUR_FAULT,
        en=en,
        zh=zh,
    )
