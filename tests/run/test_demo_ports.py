"""The demo's simulators: their ports stay, their protocols are the channels', and a demo of before learns the new ones."""

import dataclasses
import json
from pathlib import Path

from hongyan.kernel.settings import Settings
from hongyan.rooms.carriers.contracts import Carrier, Protocol
from hongyan.rooms.carriers.rules import checks
from hongyan.run import demo


def test_ports_stay_and_a_demo_of_before_gets_what_it_lacks(tmp_path: Path) -> None:
    first = demo.demo_ports(tmp_path)
    assert demo.demo_ports(tmp_path) == first
    numbers = [first.inbox, first.handset, first.media_inbox, first.unicom_listener]
    assert len({*first.carriers, *first.centres, *first.listeners, *numbers}) == 13
    # a file that was written before there was an SGIP carrier
    old = dataclasses.asdict(first)
    del old["unicom_listener"]
    (tmp_path / "demo-ports.json").write_text(json.dumps(old))
    second = demo.demo_ports(tmp_path)
    assert second.unicom_listener > 0
    assert demo.demo_ports(tmp_path) == second


def test_channels_and_simulators_speak_the_same(tmp_path: Path) -> None:
    ports = demo.demo_ports(tmp_path)
    command = demo.simulator_commands(Settings(data_dir=tmp_path))["simulator-carriers"]
    given = dict(zip(command[3::2], command[4::2], strict=False))
    channels = {new.name: new for new in demo._channels(ports)}
    text = [channels[f"demo-{carrier}"] for carrier in given["--carrier"].split(",")]
    assert [new.protocol for new in text] == [Protocol.CMPP30, Protocol.SGIP12, Protocol.SMGP30]
    assert [new.protocol.value for new in text] == given["--protocol"].split(",")
    assert [str(new.port) for new in text] == given["--port"].split(",")
    assert given["--report-to"].split(",")[1] == f"127.0.0.1:{channels[f'demo-{Carrier.UNICOM}'].listen_port}"
    for new in channels.values():
        checks.check(checks.complete(new))
