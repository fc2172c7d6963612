"""Every protocol in every role, for tests that hold for all sessions: what a side sends, and what its peer says to it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from telcowire.cmpp import events as cmpp_events
from telcowire.cmpp import pdus as cmpp
from telcowire.cmpp.flavour import CmppAccount, CmppClientFlavour, CmppServerAccount, CmppServerFlavour
from telcowire.flavour import Flavour, RequestKind
from telcowire.sgip import events as sgip_events
from telcowire.sgip import pdus as sgip
from telcowire.sgip.flavour import REQUESTS as SGIP_REQUESTS
from telcowire.sgip.flavour import SgipAccount, SgipClientFlavour, SgipServerAccount, SgipServerFlavour
from telcowire.sgip.sequences import SgipSequence
from telcowire.smgp import events as smgp_events
from telcowire.smgp import pdus as smgp
from telcowire.smgp.flavour import SmgpAccount, SmgpClientFlavour, SmgpServerAccount, SmgpServerFlavour
from telcowire.smpp import events as smpp_events
from telcowire.smpp import pdus as smpp
from telcowire.smpp.flavour import REQUESTS as SMPP_REQUESTS
from telcowire.smpp.flavour import SmppAccount, SmppClientFlavour, SmppServerAccount, SmppServerFlavour

SECRET = "shared"
TEXT = b"\x4e\x2d"
NODE, SMG_NODE = 3010099999, 101000


class Talk(NamedTuple):
    """What one side asks: the request, its PDU, its answer; and the types of the events that both sides are told."""

    kind: RequestKind[Any]
    pdu: Any
    answer_codec: Any
    answer: Any
    asked_event: type
    answered_event: type


class Conversation(NamedTuple):
    """Two flavours that talk to each other, what each asks, and the answer of another kind that a client may be sent."""

    client: Callable[[], Flavour[Any]]
    server: Callable[[], Flavour[Any]]
    client_asks: Talk
    server_asks: Talk
    other_answer: tuple[Any, Any]


def _cmpp(version: int) -> Conversation:
    codecs = cmpp.get_codecs(version)
    requests = CmppClientFlavour(CmppAccount("901234", SECRET, version), 1).requests
    submit = cmpp.Submit(dest_terminal_ids=("13800000000",), msg_content=TEXT)
    return Conversation(
        lambda: CmppClientFlavour(CmppAccount("901234", SECRET, version), 301000000),
        lambda: CmppServerFlavour(lambda addr: CmppServerAccount(addr, SECRET, version)),
        Talk(
            requests.submit,
            submit,
            codecs.submit_resp,
            cmpp.SubmitResp(7, 0),
            cmpp_events.SubmitReceived,
            cmpp_events.SubmitAnswered,
        ),
        Talk(
            requests.deliver,
            cmpp.Deliver(msg_id=9, msg_content=TEXT),
            codecs.deliver_resp,
            cmpp.DeliverResp(9, 0),
            cmpp_events.MoReceived,
            cmpp_events.DeliverAnswered,
        ),
        (codecs.cancel_resp, cmpp.CancelResp(0)),
    )


def _smgp() -> Conversation:
    codecs = smgp.get_codecs(0x30)
    requests = SmgpClientFlavour(SmgpAccount("12345678", SECRET), 1).requests
    submit = smgp.Submit(dest_term_ids=("13300000000",), msg_content=TEXT)
    return Conversation(
        lambda: SmgpClientFlavour(SmgpAccount("12345678", SECRET), 301000000),
        lambda: SmgpServerFlavour(lambda client: SmgpServerAccount(client, SECRET)),
        Talk(
            requests.submit,
            submit,
            codecs.submit_resp,
            smgp.SubmitResp(bytes(10), 0),
            smgp_events.SubmitReceived,
            smgp_events.SubmitAnswered,
        ),
        Talk(
            requests.deliver,
            smgp.Deliver(msg_content=TEXT),
            codecs.deliver_resp,
            smgp.DeliverResp(bytes(10), 0),
            smgp_events.MoReceived,
            smgp_events.DeliverAnswered,
        ),
        (codecs.query_resp, smgp.QueryResp("20261122", 0, "", *range(8))),
    )


def _smpp() -> Conversation:
    codecs = smpp.SMPP34
    return Conversation(
        lambda: SmppClientFlavour(SmppAccount("esme", SECRET)),
        lambda: SmppServerFlavour(lambda name: SmppServerAccount(name, SECRET)),
        Talk(
            SMPP_REQUESTS.submit,
            smpp.SubmitSm(destination_addr="13300000000", short_message=TEXT),
            codecs.submit_sm_resp,
            smpp.MessageResp(0, "7"),
            smpp_events.SubmitReceived,
            smpp_events.SubmitAnswered,
        ),
        Talk(
            SMPP_REQUESTS.deliver,
            smpp.DeliverSm(source_addr="13300000000", short_message=TEXT),
            codecs.deliver_sm_resp,
            smpp.MessageResp(0, ""),
            smpp_events.MoReceived,
            smpp_events.DeliverAnswered,
        ),
        (codecs.cancel_sm_resp, smpp.Bare()),
    )


_SP_ASKS = Talk(
    SGIP_REQUESTS.submit,
    sgip.Submit(user_numbers=("8613000000000",), message_content=TEXT),
    sgip.SGIP.submit_resp,
    sgip.SubmitResp(0),
    sgip_events.SubmitReceived,
    sgip_events.SubmitAnswered,
)
_SMG_ASKS = Talk(
    SGIP_REQUESTS.report,
    sgip.Report(7, 0, "8613000000000", 0),
    sgip.SGIP.report_resp,
    sgip.ReportResp(0),
    sgip_events.ReportReceived,
    sgip_events.ReportAnswered,
)


def _sgip(login_type: int) -> Conversation:
    nodes = (NODE, SMG_NODE) if login_type == sgip.LOGIN_SP else (SMG_NODE, NODE)
    sequences = [SgipSequence(node, lambda: 1772294400.0, 0) for node in nodes]
    known = SgipServerAccount("sp", SECRET, login_type)
    asks = (_SP_ASKS, _SMG_ASKS) if login_type == sgip.LOGIN_SP else (_SMG_ASKS, _SP_ASKS)
    return Conversation(
        lambda: SgipClientFlavour(SgipAccount("sp", SECRET, login_type), sequences[0]),
        lambda: SgipServerFlavour(lambda _name: known, sequences[1]),
        *asks,
        (sgip.SGIP.trace_resp, sgip.TraceResp()),
    )


CONVERSATIONS = {
    "cmpp20": _cmpp(0x20),
    "cmpp30": _cmpp(0x30),
    "sgip-sp-calls": _sgip(sgip.LOGIN_SP),
    "sgip-smg-calls": _sgip(sgip.LOGIN_SMG),
    "smgp30": _smgp(),
    "smpp34": _smpp(),
}
