"""Every PDU of SMPP as tshark reads it: a decoder that this project did not write."""

import json
from typing import Any

import pytest

from support.tshark import TSHARK, WHY_SKIPPED, dissect, flatten
from telcowire.smpp import tlvs as tags
from telcowire.smpp.fields import Destination, Failure
from telcowire.smpp.pdus import (
    SMPP34,
    AlertNotification,
    Bare,
    BindReceiver,
    BindResp,
    BindTransceiver,
    BindTransmitter,
    CancelSm,
    DataSm,
    DeliverSm,
    MessageResp,
    Outbind,
    QuerySm,
    QuerySmResp,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
)
from telcowire.smpp.reports import Report, format_report

pytestmark = pytest.mark.skipif(TSHARK is None, reason=WHY_SKIPPED)

PHONE = "8613800000000"
TEXT, TLVS = format_report(Report("7F3A", "32570", "DELIVRD", "2611220000", "2611220001", err="000", text="hi"))
SUBMIT = SubmitSm(
    service_type="CMT",
    source_addr_ton=5,
    source_addr="Hongyan",
    dest_addr_ton=1,
    dest_addr_npi=1,
    destination_addr=PHONE,
    esm_class=0x43,
    protocol_id=1,
    priority_flag=2,
    schedule_delivery_time="261123120000000+",
    validity_period="000001000000000R",
    registered_delivery=17,
    data_coding=8,
    short_message=b"\x05\x00\x03\x07\x02\x01" + "你好".encode("utf-16-be"),
    tlvs=((tags.USER_MESSAGE_REFERENCE, b"\x00\x07"),),
)
NETWORK_ERROR = (tags.NETWORK_ERROR_CODE, b"\x03\x00\x1b")
DELIVER = DeliverSm(
    source_addr=PHONE, destination_addr="10690001", esm_class=4, short_message=TEXT, tlvs=(*TLVS, NETWORK_ERROR)
)
MULTI = SubmitMulti(
    source_addr="10690001",
    destinations=(Destination(1, 1, PHONE), Destination(list_name="friends")),
    short_message=b"hi",
)
PAYLOAD = DataSm(source_addr="10690001", destination_addr=PHONE, tlvs=((tags.MESSAGE_PAYLOAD, b"long text"),))
PDUS = {
    "bind_receiver": SMPP34.bind_receiver.encode(BindReceiver(0, "esme", "secret", "vms", 0x34, 1, 1, "^86"), 1),
    "bind_transmitter": SMPP34.bind_transmitter.encode(BindTransmitter(0, "esme", "secret"), 2),
    "bind_transceiver": SMPP34.bind_transceiver.encode(BindTransceiver(0, "esme", "secret", "", 0x50), 3),
    "bind_receiver_resp": SMPP34.bind_receiver_resp.encode_error(0x0E, 1),
    "bind_transmitter_resp": SMPP34.bind_transmitter_resp.encode(BindResp(0, "centre"), 2),
    "bind_transceiver_resp": SMPP34.bind_transceiver_resp.encode(
        BindResp(0, "centre", ((tags.SC_INTERFACE_VERSION, b"\x34"),)), 3
    ),
    "outbind": SMPP34.outbind.encode(Outbind(0, "centre", "secret"), 4),
    "submit_sm": SMPP34.submit_sm.encode(SUBMIT, 5),
    "submit_sm_resp": SMPP34.submit_sm_resp.encode(MessageResp(0, "7F3A"), 5),
    "throttled": SMPP34.submit_sm_resp.encode_error(0x58, 5),
    "deliver_sm": SMPP34.deliver_sm.encode(DELIVER, 6),
    "deliver_sm_resp": SMPP34.deliver_sm_resp.encode(MessageResp(), 6),
    "data_sm": SMPP34.data_sm.encode(PAYLOAD, 7),
    "data_sm_resp": SMPP34.data_sm_resp.encode(MessageResp(0, "d-1"), 7),
    "submit_multi": SMPP34.submit_multi.encode(MULTI, 8),
    "submit_multi_resp": SMPP34.submit_multi_resp.encode(SubmitMultiResp(0, "m-1", (Failure(1, 1, PHONE, 0x0B),)), 8),
    "query_sm": SMPP34.query_sm.encode(QuerySm(0, "7F3A", 1, 1, "10690001"), 9),
    "query_sm_resp": SMPP34.query_sm_resp.encode(QuerySmResp(0, "7F3A", "261122000100000+", 2, 27), 9),
    "cancel_sm": SMPP34.cancel_sm.encode(CancelSm(0, "CMT", "7F3A", 1, 1, "10690001", 1, 1, PHONE), 10),
    "cancel_sm_resp": SMPP34.cancel_sm_resp.encode(Bare(0x11), 10),
    "enquire_link": SMPP34.enquire_link.encode(Bare(), 11),
    "enquire_link_resp": SMPP34.enquire_link_resp.encode(Bare(), 11),
    "alert_notification": SMPP34.alert_notification.encode(AlertNotification(0, 1, 1, PHONE, 1, 1, "10690001"), 12),
    "unbind": SMPP34.unbind.encode(Bare(), 13),
    "unbind_resp": SMPP34.unbind_resp.encode(Bare(), 13),
    "generic_nack": SMPP34.generic_nack.encode(Bare(0x03), 14),
}


@pytest.fixture(scope="module")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("tshark") / "smpp.pcap"
    return dict(zip(PDUS, dissect(path, 2775, "smpp", list(PDUS.values())), strict=True))


def test_every_command_is_asked_about() -> None:
    assert {wire[4:8] for wire in PDUS.values()} == {codec.command.to_bytes(4, "big") for codec in SMPP34.all}


@pytest.mark.parametrize("name", PDUS)
def test_nothing_is_malformed(decoded: dict[str, Any], name: str) -> None:
    layers = decoded[name]
    assert "smpp" in layers
    assert "malformed" not in json.dumps(layers).lower()
    found = flatten(layers["smpp"])
    assert int(found["smpp.command_length"], 0) == len(PDUS[name])
    assert int(found["smpp.command_id"], 0) == int.from_bytes(PDUS[name][4:8], "big")
    assert int(found["smpp.sequence_number"], 0) == int.from_bytes(PDUS[name][12:16], "big")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (
            "bind_receiver",
            {
                "system_id": "esme",
                "password": "secret",
                "system_type": "vms",
                "interface_version": "52",
                "addr_ton": "0x01",
                "addr_npi": "0x01",
                "address_range": "^86",
            },
        ),
        ("bind_transceiver_resp", {"system_id": "centre", "SC_interface_version": "52"}),
        ("outbind", {"system_id": "centre", "password": "secret"}),
        (
            "submit_sm",
            {
                "service_type": "CMT",
                "source_addr_ton": "0x05",
                "source_addr_npi": "0x00",
                "source_addr": "Hongyan",
                "dest_addr_ton": "0x01",
                "dest_addr_npi": "0x01",
                "destination_addr": PHONE,
                "esm.submit.msg_mode": "0x03",
                "esm.submit.features": "0x01",
                "protocol_id": "0x01",
                "priority_flag": "0x02",
                "schedule_delivery_time": "Nov 23, 2026 12:00:00.000000000 UTC",
                "validity_period_r": "86400.000000000",
                "regdel.receipt": "0x01",
                "regdel.notif": "0x01",
                "data_coding": "0x08",
                "sm_length": "10",
                "message": "05:00:03:07:02:01:4f:60:59:7d",
                "message_text": "你好",
                "user_message_reference": "0x0007",
            },
        ),
        ("submit_sm_resp", {"message_id": "7F3A"}),
        ("throttled", {"command_status": "0x00000058"}),
        (
            "deliver_sm",
            {
                "source_addr": PHONE,
                "destination_addr": "10690001",
                "esm.submit.msg_type": "0x01",
                "sm_length": str(len(TEXT)),
                "message": TEXT.hex(":"),
                "receipted_message_id": "7F3A",
                "message_state": "2",
                "network_error.type": "3",
                "network_error.code": "0x001b",
            },
        ),
        ("data_sm", {"destination_addr": PHONE, "message_payload": b"long text".hex(":")}),
        (
            "submit_multi",
            {"destination_addr": PHONE, "dl_name": "friends", "message": "68:69"},
        ),
        ("submit_multi_resp", {"message_id": "m-1", "error_status_code": "0x0000000b"}),
        ("query_sm", {"message_id": "7F3A", "source_addr": "10690001"}),
        (
            "query_sm_resp",
            {"message_id": "7F3A", "message_state": "2", "final_date": "Nov 22, 2026 00:01:00.000000000 UTC"},
        ),
        ("cancel_sm", {"service_type": "CMT", "message_id": "7F3A", "destination_addr": PHONE}),
        ("cancel_sm_resp", {"command_status": "0x00000011"}),
        ("alert_notification", {"source_addr": PHONE, "esme_addr": "10690001"}),
        ("generic_nack", {"command_status": "0x00000003"}),
    ],
)
def test_every_field_is_read_as_it_was_written(decoded: dict[str, Any], name: str, read: dict[str, str]) -> None:
    found: dict[str, Any] = {}
    for tree in [*_trees(decoded[name]["smpp"])]:
        found |= flatten(tree)
    assert {key: found.get(f"smpp.{key}") for key in read} == read


def _trees(tree: Any) -> list[Any]:
    """Return the tree and those inside lists: optional parameters come as one when there are several."""
    if isinstance(tree, list):
        return [found for member in tree for found in _trees(member)]
    if not isinstance(tree, dict):
        return []
    return [tree, *(found for value in tree.values() for found in _trees(value))]
