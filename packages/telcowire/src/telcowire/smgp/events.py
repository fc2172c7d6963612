"""What an SMGP session tells its application. `Opened`, `Closed` and `StrayAnswer` are in `telcowire.session`."""

from typing import NamedTuple

from telcowire.session import SessionEvent
from telcowire.smgp.pdus import Deliver, Query, QueryResp, Submit
from telcowire.smgp.reports import Report


class SubmitAnswered(NamedTuple):
    """The gateway answered a Submit; statuses are named in `telcowire.smgp.reports`."""

    seq: int
    msg_id: bytes
    status: int


class SubmitTimedOut(NamedTuple):
    """No answer in time: whether the message was taken is unknown. A later answer comes as `StrayAnswer`."""

    seq: int


class ReportReceived(NamedTuple):
    """A state report; answer `seq` with `deliver_msg_id` once it is stored. The record names no phone: `phone` does."""

    seq: int
    deliver_msg_id: bytes
    report: Report
    phone: str


class BadReportReceived(NamedTuple):
    """A Deliver that says it is a report but holds none; answer it, or it comes again."""

    seq: int
    deliver: Deliver


class MoReceived(NamedTuple):
    """A text from a phone; answer `seq` with `deliver.msg_id` once it is stored."""

    seq: int
    deliver: Deliver


class QueryAnswered(NamedTuple):
    """The gateway's statistics."""

    seq: int
    answer: QueryResp


class RequestTimedOut(NamedTuple):
    """A Query without an answer."""

    seq: int


class SubmitReceived(NamedTuple):
    """Server: an SP submits; answer with `answer_submit`."""

    seq: int
    submit: Submit


class DeliverAnswered(NamedTuple):
    """Server: the SP took a Deliver (or refused it)."""

    seq: int
    msg_id: bytes
    status: int


class DeliverTimedOut(NamedTuple):
    """Server: the SP did not answer a Deliver; send it again later, with the same MsgID."""

    seq: int


class QueryReceived(NamedTuple):
    """Server: an SP asks for statistics."""

    seq: int
    query: Query


SmgpClientEvent = (
    SubmitAnswered | SubmitTimedOut | ReportReceived | BadReportReceived | MoReceived | QueryAnswered | RequestTimedOut
)
SmgpServerEvent = SubmitReceived | DeliverAnswered | DeliverTimedOut | QueryReceived
#: Everything that `on_event` of a client may get.
SmgpEvent = SmgpClientEvent | SessionEvent
#: Everything that `on_event` of a server may get.
SmgpServingEvent = SmgpServerEvent | SessionEvent
