"""Runs in the peers' environment: sms-sdk logs in, submits, takes the state report, and hangs up.

Arguments: port, secret. Prints what its callbacks got, one JSON line each.
"""

import json
import sys
import threading

from smssdk.tcp.cmpp import CmppTool
from smssdk.tcp.cmpp.callback import BasicCallback

connected, reported = threading.Event(), threading.Event()


class Callback(BasicCallback):
    def for_connect(self, res) -> None:
        print(json.dumps({"connect": res}, ensure_ascii=False), flush=True)
        connected.set()

    def for_submit(self, res) -> None:
        print(json.dumps({"submit": res}, ensure_ascii=False), flush=True)

    def for_submit_report(self, res) -> None:
        print(json.dumps({"report": res}, ensure_ascii=False), flush=True)
        reported.set()


tool = CmppTool(2, "127.0.0.1", int(sys.argv[1]), "901234", sys.argv[2], "10690001", Callback())
tool.connect_ismg()
if not connected.wait(20):
    sys.exit("no answer to the login")
if sys.argv[2] == "shared":
    tool.submit_msg("【鸿雁】你好", ["13800000000"])
    if not reported.wait(20):
        sys.exit("no report")
    tool.terminate_ismg()
sys.stdout.flush()
