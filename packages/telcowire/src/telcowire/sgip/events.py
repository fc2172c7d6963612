"""What an SGIP session tells its application. `Opened`, `Closed`, `Breached`, `StrayAnswer`: `telcowire.session`."""

from typing import NamedTuple

from telcowire.session import SessionEvent
from telcowire.sgip.pdus import Deliver, Report, Submit, Trace, TraceResp, UserRpt


class SubmitAnswered(NamedTuple):
    """The SMG answered a Submit; `seq` is the message's id. Results are named in `telcowire.sgip.reports`."""

    seq: int
    result: int


class SubmitTimedOut(NamedTuple):
    """No answer in time: whether the message was taken is unknown. A later answer comes as `StrayAnswer`."""

    seq: int


class ReportReceived(NamedTuple):
    """A state report; answer it with `answer_report` once it is stored."""

    seq: int
    report: Report


class MoReceived(NamedTuple):
    """A text from a phone; answer it with `answer_deliver` once it is stored."""

    seq: int
    deliver: Deliver


class UserRptReceived(NamedTuple):
    """A subscriber's account changed; the connection has answered already."""

    seq: int
    user_rpt: UserRpt


class TraceReceived(NamedTuple):
    """The peer asks where a message has been; the connection has answered that it knows of no hop."""

    seq: int
    trace: Trace


class TraceAnswered(NamedTuple):
    """The way of a message: `telcowire.sgip.pdus.read_hops`."""

    seq: int
    answer: TraceResp


class SubmitReceived(NamedTuple):
    """SMG: an SP submits; answer with `answer_submit`. The message's id is `seq`."""

    seq: int
    submit: Submit


class ReportAnswered(NamedTuple):
    """SMG: the SP took a report, or refused it."""

    seq: int
    result: int


class ReportTimedOut(NamedTuple):
    """SMG: the SP did not answer a report; send it again later."""

    seq: int


class DeliverAnswered(NamedTuple):
    """SMG: the SP took a text, or refused it."""

    seq: int
    result: int


class DeliverTimedOut(NamedTuple):
    """SMG: the SP did not answer a text; send it again later."""

    seq: int


class UserRptAnswered(NamedTuple):
    """SMG: the SP took note of a subscriber's change."""

    seq: int
    result: int


class RequestTimedOut(NamedTuple):
    """A UserRpt or Trace without an answer."""

    seq: int


#: What the peers' PDUs become, on either side of either direction.
SgipOwnEvent = (
    SubmitAnswered
    | SubmitTimedOut
    | ReportReceived
    | MoReceived
    | UserRptReceived
    | TraceReceived
    | TraceAnswered
    | SubmitReceived
    | ReportAnswered
    | ReportTimedOut
    | DeliverAnswered
    | DeliverTimedOut
    | UserRptAnswered
    | RequestTimedOut
)
#: Everything that `on_event` may get.
SgipEvent = SgipOwnEvent | SessionEvent
