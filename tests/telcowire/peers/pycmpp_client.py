"""Runs in the peers' environment: pycmpp logs in, submits a short and a long text, and hangs up.

Arguments: port, secret. It has no handler for DELIVER. Prints what it understood of the answers, one JSON line each.
"""

import json
import sys
import threading

from pycmpp import handlers
from pycmpp.cmpp import Cmpp
from pycmpp.response import ConnectResponseInstance, SubmitResponseInstance

client = Cmpp("127.0.0.1", int(sys.argv[1]), "901234", sys.argv[2], "10690001", delivery=1, client_heartbeat=False)
submitted = threading.Semaphore(0)
connected = threading.Event()


class Connected(handlers.CmppConnectRespHandler):
    def __call__(self) -> None:
        response = ConnectResponseInstance()
        response.resolve(self.message)
        print(json.dumps({"connect": response.status, "version": response.version}), flush=True)
        connected.set()


class Submitted(handlers.CmppSubmitRespHandler):
    def __call__(self) -> None:
        response = SubmitResponseInstance()
        response.resolve(self.message)
        print(json.dumps({"submit": response.status, "msg_id": response.msg_id}), flush=True)
        submitted.release()


client.handlers[Connected.command_id] = Connected
client.handlers[Submitted.command_id] = Submitted
threading.Thread(target=client.run, daemon=True).start()
if not connected.wait(20):
    sys.exit("no answer to the login")
if sys.argv[2] == "shared":
    client.submit("【鸿雁】你好", ["13800000000"])
    client.submit("【鸿雁】" + "长" * 100, ["13800000001", "13800000002"])
    for _ in range(3):
        if not submitted.acquire(timeout=20):
            sys.exit("no answer to a submit")
    client.terminate()
