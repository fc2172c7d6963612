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
_STATS: Final[Mapping[str, TroubleKind]] = {
    "EXPIRED": _T.EXPIRED,
    "DELETED": _T.REJECTED,
    "UNDELIV": _T.UNREACHABLE,
    "UNKNOWN": _T.OTHER,
    "REJECTD": _T.REJECTED,
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


def trouble_of_mm7(status: int) -> Trouble:
    """Return what an MM7 status that is no success means. Source: protocols page, clause 6."""
    return _trouble(_MM7_STATUSES.get(status, _T.OTHER), str(status))


def trouble_of_stat(stat: str) -> Trouble:
    """Return what a report's Stat other than DELIVRD means; codes that we do not know are ``OTHER``.

    Source: protocols page, clause 1.10.
    """
    return _trouble(_STATS.get(stat) or _STAT_PREFIXES.get(stat[:3], _T.OTHER), stat)


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
