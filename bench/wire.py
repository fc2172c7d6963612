"""Speed of the wire library: codecs alone, and whole messages over a loopback socket. Prints one JSON object.

Run: `python bench/wire.py [messages]`. A message is SUBMIT, its answer, a state report, its answer.
"""

import asyncio
import json
import sys
import time

from telcowire.asyncio.cmpp import CmppConnection, CmppServerConnection, connect_cmpp, report_deliver, serve_cmpp
from telcowire.cmpp.events import CmppEvent, CmppServingEvent, ReportReceived, SubmitAnswered, SubmitReceived
from telcowire.cmpp.flavour import CmppAccount, CmppServerAccount
from telcowire.cmpp.pdus import CMPP30, Deliver, DeliverResp, Submit, SubmitResp
from telcowire.cmpp.reports import Report, parse_report
from telcowire.session import Limits
from telcowire.smpp.pdus import SMPP34, DeliverSm, MessageResp, SubmitSm
from telcowire.smpp.reports import Report as SmppReport
from telcowire.smpp.reports import format_report as format_receipt
from telcowire.smpp.reports import parse_report as parse_receipt
from telcowire.smstext.segments import split_ucs2

_WINDOW = 64


def _submit(index: int, content: bytes) -> Submit:
    return Submit(
        msg_src="901234",
        service_id="HONGYAN",
        src_id="10690001",
        dest_terminal_ids=(f"138{index:08d}",),
        msg_content=content,
    )


def _report(index: int) -> Report:
    return Report(index, "DELIVRD", "2611220000", "2611220000", f"138{index:08d}")


def measure_codecs(messages: int) -> dict[str, float]:
    """CPU seconds for encoding and decoding all four PDUs of each message; both roles in one process."""
    (content,) = split_ucs2("【鸿雁】您的验证码是123456，五分钟内有效。", 0)
    codecs = CMPP30
    started = time.process_time()
    for index in range(messages):
        data = codecs.submit.encode(_submit(index, content), index)
        codecs.submit.decode(data, 0, len(data))
        data = codecs.submit_resp.encode(SubmitResp(index, 0), index)
        codecs.submit_resp.decode(data, 0, len(data))
        data = codecs.deliver.encode(report_deliver(_report(index), 0x30, index, "10690001"), index)
        parse_report(codecs.deliver.decode(data, 0, len(data)).msg_content)
        data = codecs.deliver_resp.encode(DeliverResp(index, 0), index)
        codecs.deliver_resp.decode(data, 0, len(data))
    spent = time.process_time() - started
    client = time.process_time()
    answer = codecs.submit_resp.encode(SubmitResp(1, 0), 1)
    report = codecs.deliver.encode(report_deliver(_report(1), 0x30, 1, "10690001"), 1)
    for index in range(messages):
        codecs.submit.encode(_submit(index, content), index)
        codecs.submit_resp.decode(answer, 0, len(answer))
        parse_report(codecs.deliver.decode(report, 0, len(report)).msg_content)
        codecs.deliver_resp.encode(DeliverResp(index, 0), index)
    client_spent = time.process_time() - client
    return {
        "codec_both_roles_messages_per_s": round(messages / spent),
        "codec_client_role_messages_per_s": round(messages / client_spent),
    }


def measure_smpp_codecs(messages: int) -> dict[str, float]:
    """CPU seconds for an SMPP client's four PDUs of each message: submit_sm, its answer, a receipt, its answer."""
    (content,) = split_ucs2("【鸿雁】您的验证码是123456，五分钟内有效。", 0)
    codecs = SMPP34
    answer = codecs.submit_sm_resp.encode(MessageResp(0, "0123456789"), 1)
    text, tlvs = format_receipt(SmppReport("0123456789", "0123456789", "DELIVRD", "2611220000", "2611220000"))
    receipt = codecs.deliver_sm.encode(
        DeliverSm(source_addr="8613800000000", destination_addr="10690001", esm_class=4, short_message=text, tlvs=tlvs),
        1,
    )
    started = time.process_time()
    for index in range(messages):
        submit = SubmitSm(
            source_addr="10690001",
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=f"86138{index:08d}",
            registered_delivery=1,
            data_coding=8,
            short_message=content,
        )
        codecs.submit_sm.encode(submit, index + 1)
        codecs.submit_sm_resp.decode(answer, 0, len(answer))
        parse_receipt(codecs.deliver_sm.decode(receipt, 0, len(receipt)))
        codecs.deliver_sm_resp.encode(MessageResp(), index + 1)
    spent = time.process_time() - started
    return {"smpp_codec_client_role_messages_per_s": round(messages / spent)}


async def measure_loopback(messages: int) -> dict[str, float]:
    """Client and server in one process over a loopback socket: one core does both roles."""
    (content,) = split_ucs2("【鸿雁】您的验证码是123456，五分钟内有效。", 0)
    done = asyncio.Event()
    sent = reported = 0

    def serve(connection: CmppServerConnection, events: list[CmppServingEvent]) -> None:
        delivers: list[Deliver] = []
        for event in events:
            if isinstance(event, SubmitReceived):
                connection.answer_submit(event.seq, event.seq)
                report = Report(event.seq, "DELIVRD", "2611220000", "2611220000", event.submit.dest_terminal_ids[0])
                delivers.append(report_deliver(report, 0x30, event.seq, event.submit.src_id))
        if delivers:
            connection.deliver_many(delivers)

    def on_event(connection: CmppConnection, events: list[CmppEvent]) -> None:
        nonlocal sent, reported
        answered = False
        for event in events:
            if isinstance(event, ReportReceived):
                connection.answer(event.seq, event.deliver_msg_id)
                reported += 1
            elif isinstance(event, SubmitAnswered):
                answered = True
        if reported == messages:
            done.set()
        room = min(connection.window_free, messages - sent)
        if answered and room:
            connection.submit_many([_submit(sent + index, content) for index in range(room)])
            sent += room

    account = CmppAccount("901234", "shared", window_pdus=_WINDOW)
    server = await serve_cmpp(
        "127.0.0.1",
        0,
        lambda _addr: CmppServerAccount("901234", "shared"),
        serve,
        limits=Limits(window_pdus=100_000),
    )
    connection = await connect_cmpp("127.0.0.1", server.port, account, on_event)
    started, cpu = time.perf_counter(), time.process_time()
    sent = _WINDOW
    connection.submit_many([_submit(index, content) for index in range(_WINDOW)])
    await asyncio.wait_for(done.wait(), 120)
    spent, cpu = time.perf_counter() - started, time.process_time() - cpu
    await connection.terminate(1)
    await server.close()
    return {
        "loopback_both_roles_messages_per_s": round(messages / spent),
        "loopback_cpu_s_per_1000": round(cpu / messages * 1000, 4),
        "loopback_window_pdus": _WINDOW,
    }


def main() -> None:
    """Measure and print."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    figures = {
        "messages": messages,
        **measure_codecs(messages),
        **measure_smpp_codecs(messages),
        **asyncio.run(measure_loopback(messages)),
    }
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
