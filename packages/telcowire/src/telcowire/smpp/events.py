"""What an SMPP session tells its application. `Opened`, `Closed`, `StrayAnswer` and `Breached` are in `session`."""

from typing import NamedTuple

from telcowire.session import SessionEvent
from telcowire.smpp.pdus import (
    AlertNotification,
    CancelSm,
    DataSm,
    DeliverSm,
    QuerySm,
    QuerySmResp,
    SubmitMulti,
    SubmitSm,
)
from telcowire.smpp.reports import Report


class SubmitAnswered(NamedTuple):
    """The carrier answered a submit_sm; `message_id` is as it wrote it, empty with an error.

    `congestion` is SMPP 5.0's congestion_state, 0 (idle) to 100 (full), where the carrier tells it.
    """

    seq: int
    message_id: str
    status: int
    congestion: int | None = None


class SubmitTimedOut(NamedTuple):
    """No answer in time: whether the message was taken is unknown. A later answer comes as `StrayAnswer`."""

    seq: int


class Nacked(NamedTuple):
    """The peer could not read a request of ours: generic_nack instead of its answer. Nothing was taken."""

    seq: int
    status: int


class ReportReceived(NamedTuple):
    """A receipt; answer `seq` once it is stored. `is_data` says that a data_sm brought it."""

    seq: int
    report: Report
    is_data: bool = False


class BadReportReceived(NamedTuple):
    """A receipt that cannot be read; answer it, or it comes again."""

    seq: int
    deliver: DeliverSm | DataSm
    is_data: bool = False


class MoReceived(NamedTuple):
    """A text from a phone; answer `seq` once it is stored. Its octets: `content.open_content`."""

    seq: int
    deliver: DeliverSm | DataSm
    is_data: bool = False


class QueryAnswered(NamedTuple):
    """What became of a message."""

    seq: int
    answer: QuerySmResp


class CancelAnswered(NamedTuple):
    """The carrier's answer to a cancel_sm: 0 done, else failed."""

    seq: int
    status: int


class RequestTimedOut(NamedTuple):
    """A query_sm or cancel_sm without an answer."""

    seq: int


class AlertReceived(NamedTuple):
    """A phone can be reached again; nothing answers this."""

    seq: int
    alert: AlertNotification


class SubmitReceived(NamedTuple):
    """Server: a client submits; answer with `answer_submit`."""

    seq: int
    submit: SubmitSm


class MultiReceived(NamedTuple):
    """Server: a client submits to several; answer with `answer_multi`."""

    seq: int
    submit: SubmitMulti


class DataReceived(NamedTuple):
    """Server: a client submits by data_sm; answer with `answer_data`."""

    seq: int
    data: DataSm


class DeliverAnswered(NamedTuple):
    """Server: the client took a deliver_sm, or refused it."""

    seq: int
    status: int


class DeliverTimedOut(NamedTuple):
    """Server: the client did not answer a deliver_sm; send it again later."""

    seq: int


class QueryReceived(NamedTuple):
    """Server: a client asks about a message; answer with `answer_query`."""

    seq: int
    query: QuerySm


class CancelReceived(NamedTuple):
    """Server: a client wants a message back; answer with `answer_cancel`."""

    seq: int
    cancel: CancelSm


SmppClientEvent = (
    SubmitAnswered
    | SubmitTimedOut
    | Nacked
    | ReportReceived
    | BadReportReceived
    | MoReceived
    | QueryAnswered
    | CancelAnswered
    | RequestTimedOut
    | AlertReceived
)
SmppServerEvent = (
    SubmitReceived
    | MultiReceived
    | DataReceived
    | DeliverAnswered
    | DeliverTimedOut
    | Nacked
    | QueryReceived
    | CancelReceived
)
#: Everything that `on_event` of a client may get.
SmppEvent = SmppClientEvent | SessionEvent
#: Everything that `on_event` of a server may get.
SmppServingEvent = SmppServerEvent | SessionEvent
