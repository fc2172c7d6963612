"""What an operator may say about an account, protocol by protocol. The field that is wrong is named.

Source: protocols page, field lengths of each login and submit.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.carriers.contracts import (
    LISTENING_PROTOCOLS,
    MEDIA_PROTOCOLS,
    NO_OPTIONS,
    Account,
    CarrierSignature,
    CodeMeaning,
    NewAccount,
    Protocol,
    ReceiptIds,
    StatMeaning,
    TextCoding,
    WireOptions,
)

Check = tuple[str, bool, str, str]
"""Field, whether it is good, what it should be in English and in Chinese."""

_CMPP: Final = frozenset({Protocol.CMPP20, Protocol.CMPP30})
_TEXT: Final = frozenset(Protocol) - MEDIA_PROTOCOLS
_SGIP: Final = frozenset({Protocol.SGIP12})
_SMPP: Final = frozenset({Protocol.SMPP34})
_READERS: Final = {
    "service_id": _TEXT,
    "corp_id": _TEXT - _SMPP,
    "node": _SGIP,
    "split_binds": _SMPP | {Protocol.SMGP30},
    "system_type": _SMPP,
    "receipt_ids": _SMPP,
    "tls": _SMPP,
    "tls_ca": _SMPP,
    "coding": _TEXT,
    "ref_bits": _TEXT,
    "carrier_signature": _TEXT,
    "fee_type": _TEXT - _SMPP,
    "fee_code": _TEXT - _SMPP,
    "has_query": _SMPP,
    "sends_validity": frozenset(Protocol),
    "codes": frozenset(Protocol),
    "stats": frozenset(Protocol),
}
"""Which protocols read an option."""
_WHY: Final = {
    "has_query": (
        "; others cannot ask about one message: CMPP and SMGP query statistics of a day, SGIP and MM7 nothing",
        "；其他协议无法查询单条短信：CMPP、SMGP 只有按日统计，SGIP、MM7 没有查询",
    )
}
"""Why others do not, where that is not plain."""

_LOGIN_CHARS: Final = {
    Protocol.CMPP20: 6,
    Protocol.CMPP30: 6,
    Protocol.SGIP12: 16,
    Protocol.SMGP30: 8,
    Protocol.SMPP34: 15,
    Protocol.MM7: 64,
}
_SECRET_CHARS: Final = {Protocol.SGIP12: 16, Protocol.SMGP30: 15, Protocol.SMPP34: 8}
"""Where the field of the wire, or the digest, has a limit."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_DIGITS = re.compile(r"\d{3,16}", re.ASCII)
_LOGIN = re.compile(r"[!-~]{1,64}", re.ASCII)
_CORP_ID = re.compile(r"\d{5}", re.ASCII)
_SERVICE_ID = re.compile(r"[!-~]{0,10}", re.ASCII)
_FEE_CODE = re.compile(r"\d{0,6}", re.ASCII)
_MM7_SCHEMA = re.compile(r"REL-[56]-MM7-1-\d", re.ASCII)
_FIRST_NODE: Final = 3_000_000_000
_CORP_IDS: Final = 100_000
_MAX_NODE: Final = 3_999_999_999
_MAX_WINDOW: Final = 1024
_MAX_SGIP_WINDOW: Final = 32
_MAX_CONNECTIONS: Final = 64
_MAX_PORT: Final = 65535
_MAX_RATE: Final = 100_000
_MAX_PRIORITY: Final = 99
_MAX_WEIGHT: Final = 1_000_000
_MAX_COST: Final = 1_000_000
_MAX_SMPP_SERVICE: Final = 5
_MAX_SYSTEM_TYPE: Final = 12
_MAX_MSG_SRC: Final = 8
_MAX_FEE_TYPE: Final = 2
_CODE: Final = re.compile(r"[1-9]\d{0,9}|0x0*[1-9a-f][0-9a-f]{0,7}", re.ASCII)
_MM7_CODE: Final = re.compile(r"[2-9]\d{3}", re.ASCII)
"""1xxx is success."""
_STAT: Final = re.compile(r"[!-<>-~]{1,40}", re.ASCII)
_MAX_TOLD: Final = 200
_NUMBER: Final = re.compile(r"\d{4,21}", re.ASCII)
_MAX_SRC_ID: Final = 21


def complete(new: NewAccount) -> NewAccount:
    """Fill in what follows from the rest: SGIP's corporation id and node number name each other.

    A login of five digits is taken for the corporation id when neither is given.
    """
    if new.protocol is not Protocol.SGIP12:
        return new
    options = new.options
    corp_id, node = options.corp_id, options.node
    if not corp_id:
        corp_id = f"{node % _CORP_IDS:05d}" if node is not None else new.login if _CORP_ID.fullmatch(new.login) else ""
    if node is None and _CORP_ID.fullmatch(corp_id):
        node = _FIRST_NODE + int(corp_id)
    return replace(new, options=replace(options, corp_id=corp_id, node=node))


def check(new: NewAccount) -> None:
    """Refuse what the protocol cannot carry.

    Raises:
        InvalidInput: names the first field that is wrong.
    """
    _refuse([*_checks(new), *_option_checks(new.protocol, new.options)])


def check_tuned(account: Account) -> None:
    """Refuse values out of range.

    Raises:
        InvalidInput: names the first field that is wrong.
    """
    _refuse([*_tuning_checks(account), *_option_checks(account.protocol, account.options)])


def _refuse(checks: Iterable[Check]) -> None:
    for field, is_good, en, zh in checks:
        if not is_good:
            raise InvalidInput(field, reason=en, reason_zh=zh)


def _checks(new: NewAccount) -> Iterator[Check]:
    protocol = new.protocol
    login_chars = _LOGIN_CHARS[protocol]
    # A colon would end the user of MM7's Basic authentication.
    is_login = (
        bool(_LOGIN.fullmatch(new.login))
        and len(new.login) <= login_chars
        and not (protocol is Protocol.MM7 and ":" in new.login)
    )
    yield "name", bool(_NAME.fullmatch(new.name)), "1-40 of a-z, 0-9, _ and -", "1-40 位小写字母、数字、_ 或 -"
    yield "account", is_login, f"1-{login_chars} ASCII characters for {protocol}", f"{protocol}：1-{login_chars} 个字符"
    yield from _secret_checks(protocol, new.secret)
    yield "source", bool(_DIGITS.fullmatch(new.src_number)), "3-16 digits", "3-16 位数字"
    yield from _tuning_checks(new)
    is_mm7 = protocol is Protocol.MM7
    yield (
        "mm7_schema",
        new.mm7_schema is None or (is_mm7 and bool(_MM7_SCHEMA.fullmatch(new.mm7_schema))),
        "a release like REL-6-MM7-1-4, for mm7",
        "仅用于 mm7，例如 REL-6-MM7-1-4",
    )


def check_number(number: str, accounts: Sequence[Account]) -> str:
    """Return the extension of a channel number: what follows the access number of one of these accounts.

    Raises:
        InvalidInput: none begins it, or the extension does not fit behind the access number of one of them.
    """
    sources = [account.src_number for account in accounts]
    ours = [source for source in sources if number.startswith(source) and number != source]
    if not _NUMBER.fullmatch(number) or not ours:
        known = ", ".join(sorted(set(sources)))
        raise InvalidInput(
            "channel_number",
            reason=f"a channel's access number ({known or 'none yet'}) and an extension of digits",
            reason_zh=f"应为通道接入号加扩展号（数字）；现有接入号：{known or '无'}",
        )
    extension = number.removeprefix(max(ours, key=len))
    room = _MAX_SRC_ID - max(map(len, sources))
    if len(extension) > room:
        reason_zh = f"扩展号最长 {room} 位（部分通道的接入号较长）"
        raise InvalidInput(
            "channel_number", reason=f"at most {room} digits fit behind all channels", reason_zh=reason_zh
        )
    return extension


def check_secret(protocol: Protocol, secret: str) -> None:
    """Refuse a secret that a protocol cannot carry.

    Raises:
        InvalidInput: names it.
    """
    _refuse(_secret_checks(protocol, secret))


def _secret_checks(protocol: Protocol, secret: str) -> Iterator[Check]:
    most = _SECRET_CHARS.get(protocol)
    yield "secret", bool(secret), "must not be empty", "不能为空"
    yield (
        "secret",
        most is None or (len(secret) <= most and secret.isascii()),
        f"at most {most} ASCII characters for {protocol}",
        f"{protocol}：不超过 {most} 个字符",
    )


def _tuning_checks(new: NewAccount | Account) -> Iterator[Check]:
    listens = new.protocol in LISTENING_PROTOCOLS
    is_listening = new.listen_port is not None and 1 <= new.listen_port <= _MAX_PORT
    most = _MAX_SGIP_WINDOW if new.protocol is Protocol.SGIP12 else _MAX_WINDOW
    name_en, name_zh = "1-40 of a-z, 0-9, _ and -", "1-40 位小写字母、数字、_ 或 -"
    yield "host", bool(new.host) and " " not in new.host, "a host name or an address", "应为主机名或地址"
    yield "port", 1 <= new.port <= _MAX_PORT, "1-65535", "1-65535"
    yield (
        "listen_port",
        is_listening if listens else new.listen_port is None,
        "a port (1-65535) for sgip12 and mm7, where the carrier calls us; none for others",
        "仅 sgip12 和 mm7 需要，1-65535",
    )
    yield (
        "rate",
        new.rate_per_s is None or 1 <= new.rate_per_s <= _MAX_RATE,
        f"1-{_MAX_RATE} per second",
        f"每秒 1-{_MAX_RATE}",
    )
    yield "window", 1 <= new.window_pdus <= most, f"1-{most} for {new.protocol}", f"{new.protocol}：1-{most}"
    yield "connections", 1 <= new.connections <= _MAX_CONNECTIONS, f"1-{_MAX_CONNECTIONS}", f"1-{_MAX_CONNECTIONS}"
    yield "heartbeat", new.heartbeat_s >= 1, "at least 1 second", "至少 1 秒"
    yield "response_timeout", new.response_timeout_s >= 1, "at least 1 second", "至少 1 秒"
    yield "priority", 0 <= new.priority <= _MAX_PRIORITY, f"0-{_MAX_PRIORITY}, 0 first", f"0-{_MAX_PRIORITY}，0 最优先"
    yield "weight", new.weight is None or 1 <= new.weight <= _MAX_WEIGHT, f"1-{_MAX_WEIGHT}", f"1-{_MAX_WEIGHT}"
    yield (
        "cost",
        new.cost_milli is None or 0 <= new.cost_milli <= _MAX_COST,
        f"0-{_MAX_COST} thousandths of a yuan per part",
        f"每条 0-{_MAX_COST} 厘",
    )
    yield "group", new.group is None or bool(_NAME.fullmatch(new.group)), name_en, name_zh


def _option_checks(protocol: Protocol, options: WireOptions) -> Iterator[Check]:
    for name, readers in _READERS.items():
        names = ", ".join(sorted(readers))
        why_en, why_zh = _WHY.get(name, ("", ""))
        yield (
            name,
            protocol in readers or getattr(options, name) == getattr(NO_OPTIONS, name),
            f"only for {names}; this account speaks {protocol}{why_en}",
            f"仅用于 {names}{why_zh}",
        )
    is_smpp, is_sgip = protocol is Protocol.SMPP34, protocol is Protocol.SGIP12
    most = _MAX_SMPP_SERVICE if is_smpp else 10
    yield (
        "service_id",
        bool(_SERVICE_ID.fullmatch(options.service_id)) and len(options.service_id) <= most,
        f"at most {most} ASCII characters for {protocol}",
        f"{protocol}：不超过 {most} 个字符",
    )
    yield (
        "corp_id",
        bool(_CORP_ID.fullmatch(options.corp_id))
        if is_sgip
        else len(options.corp_id) <= (_MAX_MSG_SRC if protocol is Protocol.SMGP30 else 6) and options.corp_id.isascii(),
        "the five digits of the corporation id for sgip12; at most 6 characters for CMPP and 8 for SMGP",
        "sgip12：5 位企业代码；CMPP：不超过 6 个字符；SMGP：不超过 8 个字符",
    )
    node = options.node
    yield (
        "node",
        not is_sgip or (node is not None and _FIRST_NODE <= node <= _MAX_NODE),
        "3, area code and corporation id: ten digits, like 3010099999",
        "应为 10 位节点编号，例如 3010099999",
    )
    yield (
        "system_type",
        len(options.system_type) <= _MAX_SYSTEM_TYPE and options.system_type.isascii(),
        f"at most {_MAX_SYSTEM_TYPE} ASCII characters",
        f"不超过 {_MAX_SYSTEM_TYPE} 个字符",
    )
    yield "receipt_ids", options.receipt_ids in ReceiptIds, "as_is, hex or decimal", "as_is、hex 或 decimal"
    yield "tls_ca", options.tls or not options.tls_ca, "only together with tls", "须与 tls 同时使用"
    yield (
        "coding",
        options.coding in TextCoding and not (is_smpp and options.coding is TextCoding.GBK),
        "ucs2, gbk or auto; SMPP knows no gbk",
        "ucs2、gbk 或 auto；SMPP 不支持 gbk",
    )
    yield "ref_bits", options.ref_bits in {8, 16}, "8 or 16", "8 或 16"
    yield (
        "carrier_signature",
        options.carrier_signature in CarrierSignature,
        "none, prefix or suffix",
        "none、prefix 或 suffix",
    )
    yield (
        "fee_type",
        (len(options.fee_type) <= 1 and options.fee_type in "01234")
        if is_sgip
        else len(options.fee_type) in {0, _MAX_FEE_TYPE} and options.fee_type.isascii(),
        "two characters (sgip12: one digit, 0-4)",
        "两个字符（sgip12：一位数字 0-4）",
    )
    yield (
        "code",
        _are_told(options.codes, _MM7_CODE if protocol is Protocol.MM7 else _CODE, frozenset(CodeMeaning)),
        f"RESULT={'|'.join(CodeMeaning)}, the result a number from 1 (mm7: from 2000), at most {_MAX_TOLD}",
        f"结果码={'|'.join(CodeMeaning)}，不超过 {_MAX_TOLD} 项",
    )
    yield (
        "stat",
        _are_told(options.stats, _STAT, frozenset(StatMeaning)),
        f"STATE={'|'.join(StatMeaning)}, at most {_MAX_TOLD}",
        f"状态={'|'.join(StatMeaning)}，不超过 {_MAX_TOLD} 项",
    )
    yield "fee_code", bool(_FEE_CODE.fullmatch(options.fee_code)), "at most 6 digits", "不超过 6 位数字"


def _are_told(pairs: tuple[tuple[str, str], ...], key: re.Pattern[str], meanings: frozenset[str]) -> bool:
    is_good = all(key.fullmatch(said) and meaning in meanings for said, meaning in pairs)
    return is_good and len(pairs) <= _MAX_TOLD
