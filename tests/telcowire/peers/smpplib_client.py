"""Runs in the peers' environment: smpplib binds, submits short and long texts, asks about one, and takes receipts.

Arguments: port, password, how many receipts and texts to wait for. Prints one JSON line for each thing it understood.
"""

import json
import sys

from smpplib import consts, exceptions, gsm
from smpplib.client import Client

port, password, expected = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
client = Client("127.0.0.1", port, timeout=20, allow_unknown_opt_params=True)
taken = 0


def tell(**what: object) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


def on_sent(pdu) -> None:
    tell(submit=pdu.status, message_id=pdu.message_id.decode())


def on_received(pdu) -> int:
    global taken  # noqa: PLW0603 - a script's only counter
    taken += 1
    tell(
        deliver=pdu.short_message.decode("utf-16-be" if pdu.data_coding == consts.SMPP_ENCODING_ISO10646 else "ascii"),
        esm_class=pdu.esm_class,
        source=pdu.source_addr.decode(),
        message_id=pdu.receipted_message_id.decode() if pdu.receipted_message_id else None,
        state=pdu.message_state,
    )
    return consts.SMPP_ESME_ROK


def submit(text: str, *, use_udhi: bool = True) -> None:
    parts, coding, esm_class = gsm.make_parts(text, use_udhi=use_udhi)
    for number, part in enumerate(parts, 1):
        sar = {} if use_udhi or len(parts) == 1 else {"sar_msg_ref_num": 9, "sar_total_segments": len(parts)}
        client.send_message(
            source_addr_ton=consts.SMPP_TON_INTL,
            source_addr="10690001",
            dest_addr_ton=consts.SMPP_TON_INTL,
            dest_addr_npi=consts.SMPP_NPI_ISDN,
            destination_addr="8613800000000",
            short_message=part,
            data_coding=coding,
            esm_class=esm_class,
            registered_delivery=True,
            **sar,
            **({"sar_segment_seqnum": number} if sar else {}),
        )


client.set_message_sent_handler(on_sent)
client.set_message_received_handler(on_received)
client.set_query_resp_handler(lambda pdu: tell(query=pdu.message_id.decode(), state=pdu.message_state))
client.connect()
try:
    answer = client.bind_transceiver(system_id="esme", password=password)
except exceptions.PDUError as error:
    tell(bind=error.args[1])
    sys.exit(0)
tell(bind=answer.status, system_id=answer.system_id.decode(), version=answer.sc_interface_version)
submit("Your code is 123456 {valid 5 min}")
submit("【鸿雁】" + "长" * 100)
submit("The quick brown fox jumps over the lazy dog. " * 6)
submit("【鸿雁】" + "分" * 100, use_udhi=False)
while taken < expected:
    client.read_once(auto_send_enquire_link=False)
client.query_message(message_id="1", source_addr_ton=0, source_addr_npi=0, source_addr="10690001")
client.read_once(auto_send_enquire_link=False)
client.unbind()
client.disconnect()
