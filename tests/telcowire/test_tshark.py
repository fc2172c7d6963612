"""Every field of CMPP 3.0 as tshark reads it: a decoder that this project did not write. tshark knows 3.0 only."""

import json
from typing import Any

import pytest

from support.tshark import TSHARK, WHY_SKIPPED, dissect, flatten
from telcowire.cmpp.flavour import CmppAccount, CmppClientFlavour, ismg_digest
from telcowire.cmpp.msg_ids import MsgId, pack_msg_id
from telcowire.cmpp.pdus import (
    CMPP30,
    ActiveTestResp,
    Cancel,
    CancelResp,
    ConnectResp,
    Deliver,
    DeliverResp,
    Query,
    QueryResp,
    Submit,
    SubmitResp,
)
from telcowire.cmpp.reports import Report, format_report

pytestmark = pytest.mark.skipif(TSHARK is None, reason=WHY_SKIPPED)

MSG_ID = pack_msg_id(MsgId(3, 1, 12, 34, 56, 1001, 5))
REPORT = Report(MSG_ID, "DELIVRD", "2603011234", "2603011235", "13800000000", 77)
LOGIN = CmppClientFlavour(CmppAccount("901234", "shared"), 301000000).login_request(1) or b""
SUBMIT = Submit(
    msg_id=0,
    pk_total=1,
    pk_number=1,
    registered_delivery=1,
    msg_level=2,
    service_id="HONGYAN",
    fee_user_type=3,
    fee_terminal_id="13900000000",
    tp_pid=1,
    tp_udhi=0,
    msg_fmt=8,
    msg_src="901234",
    fee_type="02",
    fee_code="000010",
    valid_time="260302000000032+",
    at_time="260301130000032+",
    src_id="10690001",
    dest_terminal_ids=("13800000000", "13800000001"),
    msg_content="【鸿雁】你好".encode("utf-16-be"),
    link_id="LINK",
)
PDUS = {
    "connect": LOGIN,
    "connect_resp": CMPP30.connect_resp.encode(ConnectResp(0, ismg_digest(0, 4, bytes(16), "shared"), 0x30), 1),
    "submit": CMPP30.submit.encode(SUBMIT, 2),
    "submit_resp": CMPP30.submit_resp.encode(SubmitResp(MSG_ID, 8), 2),
    "report": CMPP30.deliver.encode(
        Deliver(
            msg_id=9,
            dest_id="10690001",
            msg_fmt=0,
            src_terminal_id="13800000000",
            registered_delivery=1,
            msg_content=format_report(REPORT, 0x30),
        ),
        3,
    ),
    "uplink": CMPP30.deliver.encode(
        Deliver(msg_id=9, dest_id="10690001", src_terminal_id="13800000000", msg_content="退订".encode("utf-16-be")), 4
    ),
    "deliver_resp": CMPP30.deliver_resp.encode(DeliverResp(9, 0), 3),
    "query": CMPP30.query.encode(Query("20260301", 1, "HONGYAN"), 5),
    "query_resp": CMPP30.query_resp.encode(QueryResp("20260301", 1, "HONGYAN", *range(1, 9)), 5),
    "cancel": CMPP30.cancel.encode(Cancel(MSG_ID), 6),
    "cancel_resp": CMPP30.cancel_resp.encode(CancelResp(1), 6),
    "active_test": CMPP30.active_test.encode((), 7),
    "active_test_resp": CMPP30.active_test_resp.encode(ActiveTestResp(), 7),
    "terminate": CMPP30.terminate.encode((), 8),
    "terminate_resp": CMPP30.terminate_resp.encode((), 8),
}


@pytest.fixture(scope="module")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("tshark") / "cmpp.pcap"
    return dict(zip(PDUS, dissect(path, 7890, "cmpp", list(PDUS.values())), strict=True))


@pytest.mark.parametrize("name", PDUS)
def test_nothing_is_malformed(decoded: dict[str, Any], name: str) -> None:
    layers = decoded[name]
    assert "cmpp" in layers
    assert "_ws.malformed" not in layers
    assert "malformed" not in json.dumps(layers).lower()
    found = flatten(layers["cmpp"])
    assert int(found["cmpp.Total_Length"], 0) == len(PDUS[name])
    assert int(found["cmpp.Command_Id"], 0) == int.from_bytes(PDUS[name][4:8], "big")
    assert int(found["cmpp.Sequence_Id"], 0) == int.from_bytes(PDUS[name][8:12], "big")


MSG_ID_READ = {
    "cmpp.Msg_Id": f"{MSG_ID:#018x}",
    "cmpp.Msg_Id.timestamp": "03/01 12:34:56",
    "cmpp.Msg_Id.sequence_id": "5",
}


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (
            "connect",
            {
                "cmpp.connect.Source_Addr": "901234",
                "cmpp.Version": "03.00",
                "cmpp.connect.Timestamp": "03/01 00:00:00",
            },
        ),
        ("connect_resp", {"cmpp.connect_resp.Status": "0", "cmpp.Version": "03.00"}),
        (
            "submit",
            {
                "cmpp.Msg_Id": "0x0000000000000000",
                "cmpp.submit.Pk_total": "1",
                "cmpp.submit.Pk_number": "1",
                "cmpp.submit.Registered_Delivery": "1",
                "cmpp.submit.Msg_level": "2",
                "cmpp.Servicd_Id": "HONGYAN",
                "cmpp.submit.Fee_UserType": "3",
                "cmpp.submit.Fee_terminal_Id": "13900000000",
                "cmpp.submit.Fee_terminal_type": "0",
                "cmpp.TP_pId": "1",
                "cmpp.TP_udhi": "0",
                "cmpp.Msg_Fmt": "8",
                "cmpp.submit.Msg_src": "901234",
                "cmpp.submit.FeeType": "02",
                "cmpp.submit.FeeCode": "000010",
                "cmpp.submit.Valld_Time": "260302000000032+",
                "cmpp.submit.At_time": "260301130000032+",
                "cmpp.submit.Src_Id": "10690001",
                "cmpp.submit.DestUsr_tl": "2",
                "cmpp.Dest_terminal_Id": ["13800000000", "13800000001"],
                "cmpp.submit.Dest_terminal_type": "0",
                "cmpp.Msg_Length": "12",
                "cmpp.LinkID": "LINK",
            },
        ),
        ("submit_resp", {**MSG_ID_READ, "cmpp.submit_resp.Result": "8"}),
        (
            "report",
            {
                **MSG_ID_READ,
                "cmpp.deliver.Dest_Id": "10690001",
                "cmpp.deliver.Src_terminal_Id": "13800000000",
                "cmpp.deliver.Src_terminal_type": "0",
                "cmpp.deliver.Registered_Delivery": "1",
                "cmpp.Msg_Length": "71",
                "cmpp.deliver.Report.Status": "DELIVRD",
                "cmpp.deliver.Report.Submit_time": "2603011234",
                "cmpp.deliver.Report.Done_time": "2603011235",
                "cmpp.Dest_terminal_Id": "13800000000",
                "cmpp.Report.SMSC_sequence": "77",
                "cmpp.LinkID": "",
            },
        ),
        (
            "uplink",
            {
                "cmpp.Msg_Id": "0x0000000000000009",
                "cmpp.deliver.Dest_Id": "10690001",
                "cmpp.Msg_Fmt": "8",
                "cmpp.deliver.Src_terminal_Id": "13800000000",
                "cmpp.deliver.Registered_Delivery": "0",
                "cmpp.Msg_Length": "4",
            },
        ),
        ("deliver_resp", {"cmpp.Msg_Id": "0x0000000000000009", "cmpp.deliver_resp.Result": "0"}),
    ],
)
def test_every_field_is_read_as_it_was_written(decoded: dict[str, Any], name: str, read: dict[str, Any]) -> None:
    found = flatten(decoded[name]["cmpp"])
    assert {key: found.get(key) for key in read} == read
