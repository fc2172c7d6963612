"""What a CMPP session tells its application. `Opened`, `Closed` and `StrayAnswer` are in `telcowire.session`."""

from typing import NamedTuple

from telcowire.cmpp.pdus import Cancel, Deliver, Query, QueryResp, Submit
from telcowire.cmpp.reports import Report
from telcowire.session import SessionEvent


class SubmitAnswered(NamedTuple):
    """The gateway answered a SUBMIT; results are named in `telcowire.cmpp.reports`."""

    seq: int
    msg_id: int
    result: int


class SubmitTimedOut(NamedTuple):
    """No answer in time: whether the message was taken is unknown. A later answer comes as `StrayAnswer`."""

    seq: int


class ReportReceived(NamedTuple):
    """A state report; answer `seq` with `deliver_msg_id` once it is stored."""

    seq: int
    deliver_msg_id: int
    report: Report


class BadReportReceived(NamedTuple):
    """A DELIVER that says it is a report but holds none; answer it, or it comes again."""

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


class CancelAnswered(NamedTuple):
    """The gateway's answer to a CANCEL: 0 done, else failed."""

    seq: int
    success_id: int


class RequestTimedOut(NamedTuple):
    """A QUERY or CANCEL without an answer."""

    seq: int


class SubmitReceived(NamedTuple):
    """Server: an SP submits; answer with `answer_submit`."""

    seq: int
    submit: Submit


class DeliverAnswered(NamedTuple):
    """Server: the SP took a DELIVER (or refused it)."""

    seq: int
    msg_id: int
    result: int


class DeliverTimedOut(NamedTuple):
    """Server: the SP did not answer a DELIVER; send it again later, with the same Msg_Id."""

    seq: int


class QueryReceived(NamedTuple):
    """Server: an SP asks for statistics."""

    seq: int
    query: Query


class CancelReceived(NamedTuple):
    """Server: an SP wants a message back."""

    seq: int
    cancel: Cancel


CmppClientEvent = (
    SubmitAnswered
    | SubmitTimedOut
    | ReportReceived
    | BadReportReceived
    | MoReceived
    | QueryAnswered
    | CancelAnswered
    | RequestTimedOut
)
CmppServerEvent = SubmitReceived | DeliverAnswered | DeliverTimedOut | QueryReceived | CancelReceived
#: Everything that `on_event` of a client may get.
CmppEvent = CmppClientEvent | SessionEvent
#: Everything that `on_event` of a server may get.
CmppServingEvent = CmppServerEvent | SessionEvent
