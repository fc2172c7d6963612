"""The PDUs of SMGP 3.0 and 1.3 as NamedTuples, and one field table per PDU and version.

1.3 lacks the FixedFee of a Submit; all else is the same. Meaning of statuses and reports: `telcowire.smgp.reports`.
Source: SMGP 3.0.3; protocol page, clauses 3.2 to 3.6.
"""

from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError
from telcowire.fields import (
    Absent,
    Content,
    Count,
    Field,
    HeaderShape,
    Length,
    Numbers,
    Octets,
    PduCodec,
    Tail,
    Text,
    UInt,
)
from telcowire.smgp.msg_ids import MSG_ID_OCTETS, NO_MSG_ID
from telcowire.smgp.options import MAX_OPTIONS_OCTETS, NO_OPTIONS, Options, OptionsCodec

HEADER: Final = HeaderShape("III", 12)
#: A PDU longer than this is refused before a byte of it is kept: 100 numbers with 140 octets make 2,366, and options.
MAX_OCTETS: Final = 4096
RESPONSE_BIT: Final = 0x80000000

LOGIN: Final = 0x00000001
SUBMIT: Final = 0x00000002
DELIVER: Final = 0x00000003
ACTIVE_TEST: Final = 0x00000004
EXIT: Final = 0x00000006
QUERY: Final = 0x00000007

VERSION_13: Final = 0x13
VERSION_30: Final = 0x30

MAX_NUMBERS: Final = 100
MAX_CONTENT_OCTETS: Final = 140

#: MsgType of a Submit.
MT: Final = 6


class Login(NamedTuple):
    """Login; `login_mode` 0 sends, 1 receives, 2 does both; the timestamp is MMDDHHMMSS as an integer."""

    client_id: str
    authenticator_client: bytes
    login_mode: int
    timestamp: int
    client_version: int


class LoginResp(NamedTuple):
    """Login_Resp; the digest is empty (zeros) when the status is not 0."""

    status: int
    authenticator_server: bytes
    server_version: int


class Submit(NamedTuple):
    """Submit. Times are SMPP times; fees are in fen; long messages number their parts in the options."""

    msg_type: int = MT
    need_report: int = 1
    priority: int = 0
    service_id: str = ""
    fee_type: str = "00"
    fee_code: str = "000000"
    fixed_fee: str = ""
    msg_format: int = 8
    valid_time: str = ""
    at_time: str = ""
    src_term_id: str = ""
    charge_term_id: str = ""
    dest_term_ids: tuple[str, ...] = ()
    msg_content: bytes = b""
    reserve: str = ""
    options: Options = NO_OPTIONS


class SubmitResp(NamedTuple):
    """Submit_Resp; for n numbers the id stands for n ids, see `nth_msg_id`."""

    msg_id: bytes
    status: int


class Deliver(NamedTuple):
    """Deliver: a text from a phone, or a state report when `is_report` is 1; `recv_time` is YYYYMMDDHHMMSS."""

    msg_id: bytes = NO_MSG_ID
    is_report: int = 0
    msg_format: int = 8
    recv_time: str = ""
    src_term_id: str = ""
    dest_term_id: str = ""
    msg_content: bytes = b""
    reserve: str = ""
    options: Options = NO_OPTIONS


class DeliverResp(NamedTuple):
    """Deliver_Resp."""

    msg_id: bytes
    status: int


class Query(NamedTuple):
    """Query; `query_time` is YYYYMMDD, `query_type` 0 all, 1 by service."""

    query_time: str
    query_type: int
    query_code: str = ""


class QueryResp(NamedTuple):
    """Query_Resp: the counters of CMPP's answer."""

    query_time: str
    query_type: int
    query_code: str
    mt_tl_msg: int
    mt_tl_usr: int
    mt_scs: int
    mt_wt: int
    mt_fl: int
    mo_scs: int
    mo_wt: int
    mo_fl: int
    reserve: str = ""


class ActiveTest(NamedTuple):
    """Active_Test."""


class ActiveTestResp(NamedTuple):
    """Active_Test_Resp."""


class Exit(NamedTuple):
    """Exit."""


class ExitResp(NamedTuple):
    """Exit_Resp."""


_LOGIN_FIELDS: Final[tuple[Field, ...]] = (
    Text("client_id", 8),
    Octets("authenticator_client", 16),
    UInt("login_mode", 1),
    UInt("timestamp", 4),
    UInt("client_version", 1),
)
_LOGIN_RESP_FIELDS: Final[tuple[Field, ...]] = (
    UInt("status", 4),
    Octets("authenticator_server", 16),
    UInt("server_version", 1),
)
_ANSWER_FIELDS: Final[tuple[Field, ...]] = (Octets("msg_id", MSG_ID_OCTETS), UInt("status", 4))
_DELIVER_FIELDS: Final[tuple[Field, ...]] = (
    Octets("msg_id", MSG_ID_OCTETS),
    UInt("is_report", 1),
    UInt("msg_format", 1),
    Text("recv_time", 14),
    Text("src_term_id", 21, is_varied=True),
    Text("dest_term_id", 21),
    Length("msg_length"),
    Content("msg_content", MAX_CONTENT_OCTETS),
    Text("reserve", 8),
    Tail("options", MAX_OPTIONS_OCTETS),
)
_QUERY_FIELDS: Final[tuple[Field, ...]] = (Text("query_time", 8), UInt("query_type", 1), Text("query_code", 10))


def _submit_fields(*, has_fixed_fee: bool) -> tuple[Field, ...]:
    return (
        UInt("msg_type", 1),
        UInt("need_report", 1),
        UInt("priority", 1),
        Text("service_id", 10),
        Text("fee_type", 2),
        Text("fee_code", 6),
        Text("fixed_fee", 6) if has_fixed_fee else Absent("fixed_fee", ""),
        UInt("msg_format", 1),
        Text("valid_time", 17),
        Text("at_time", 17),
        Text("src_term_id", 21),
        Text("charge_term_id", 21),
        Count("dest_term_id_count"),
        Numbers("dest_term_ids", 21, 1, MAX_NUMBERS),
        Length("msg_length"),
        Content("msg_content", MAX_CONTENT_OCTETS, is_strict=True),
        Text("reserve", 8),
        Tail("options", MAX_OPTIONS_OCTETS),
    )


class SmgpCodecs:
    """The codecs of one version: 0x13 for 1.3, 0x30 for 3.0."""

    def __init__(self, version: int) -> None:
        """Compile every table of the version."""
        self.version: Final = version
        submit_fields = _submit_fields(has_fixed_fee=version != VERSION_13)
        self.login: Final = PduCodec(Login, LOGIN, HEADER, _LOGIN_FIELDS)
        self.login_resp: Final = PduCodec(LoginResp, LOGIN | RESPONSE_BIT, HEADER, _LOGIN_RESP_FIELDS)
        self.submit: Final = OptionsCodec(PduCodec(Submit, SUBMIT, HEADER, submit_fields), Submit._make)
        self.submit_resp: Final = PduCodec(SubmitResp, SUBMIT | RESPONSE_BIT, HEADER, _ANSWER_FIELDS)
        self.deliver: Final = OptionsCodec(PduCodec(Deliver, DELIVER, HEADER, _DELIVER_FIELDS), Deliver._make)
        self.deliver_resp: Final = PduCodec(DeliverResp, DELIVER | RESPONSE_BIT, HEADER, _ANSWER_FIELDS)
        self.query: Final = PduCodec(Query, QUERY, HEADER, _QUERY_FIELDS)
        self.query_resp: Final = PduCodec(
            QueryResp,
            QUERY | RESPONSE_BIT,
            HEADER,
            (*_QUERY_FIELDS, *(UInt(name, 4) for name in QueryResp._fields[3:-1]), Text("reserve", 8)),
        )
        self.active_test: Final = PduCodec(ActiveTest, ACTIVE_TEST, HEADER, ())
        self.active_test_resp: Final = PduCodec(ActiveTestResp, ACTIVE_TEST | RESPONSE_BIT, HEADER, ())
        self.exit: Final = PduCodec(Exit, EXIT, HEADER, ())
        self.exit_resp: Final = PduCodec(ExitResp, EXIT | RESPONSE_BIT, HEADER, ())


SMGP13: Final = SmgpCodecs(VERSION_13)
SMGP30: Final = SmgpCodecs(VERSION_30)


def get_codecs(version: int) -> SmgpCodecs:
    """Return the codecs for a version byte: 0x13 is 1.3, 0x30-0x3F are 3.x.

    Raises:
        LocalProtocolError: any other version.
    """
    if version == VERSION_13:
        return SMGP13
    if version & 0xF0 == VERSION_30:
        return SMGP30
    raise LocalProtocolError(f"SMGP version 0x{version:02x} is not known")
