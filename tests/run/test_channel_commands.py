"""``hongyan channel`` as operators' scripts use it: every protocol, live control, routes explained, ported numbers.

On a database and a bus without any process of ours: a command needs nothing else.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import SignatureId
from hongyan.kernel.keys.ring import load_or_create_key_ring
from hongyan.run.commands.channel import app
from support.line import SIGNATURE, TENANT, SendingLine

pytestmark = pytest.mark.timeout(240)
Shell = Callable[..., Result]
LOGINS = {
    "cmpp20": "901234",
    "cmpp30": "901234",
    "sgip12": "54321",
    "smgp30": "12345678",
    "smpp34": "hongyan",
    "mm7": "vasp",
}


@pytest.fixture
def shell(db_url: str, nats_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    load_or_create_key_ring(tmp_path / "keys.json")
    for name, value in (("DATABASE_URL", db_url), ("NATS_URL", nats_url), ("DATA_DIR", str(tmp_path))):
        monkeypatch.setenv(f"HONGYAN_{name}", value)

    def run(*arguments: str, stdin: str = "") -> Result:
        # In this process: a new one for each of the sixty commands would take minutes.
        return CliRunner().invoke(app, arguments, input=stdin)

    return run


def adding(name: str, protocol: str = "cmpp30", **options: str) -> list[str]:
    """Return the words that add a channel, as the contract of the command line has them."""
    wanted = {
        "host": "127.0.0.1",
        "port": "7890",
        "account": LOGINS[protocol],
        "secret": "s3cret",
        "source": "10690001",
    }
    words = ["add", name, "--protocol", protocol]
    for option, value in {**wanted, **options}.items():
        words += [f"--{option.replace('_', '-')}", value]
    return words


def read(done: Result) -> Any:
    assert done.exit_code == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_channels_of_every_protocol_are_added_and_listed(shell: Shell) -> None:
    read(shell(*adding("c2", "cmpp20"), "--json"))
    wire = {"service_id": "MKT", "coding": "gbk", "ref_bits": "16", "carrier_signature": "prefix", "fee_type": "01"}
    read(shell(*adding("c3", "cmpp30", **wire, priority="1", weight="30", cost="35", group="main"), "--json"))
    [sgip] = read(shell(*adding("u1", "sgip12"), "--json"))
    assert (sgip["listen_port"], sgip["options"]["corp_id"], sgip["options"]["node"]) == (8801, "54321", 3000054321)
    read(shell(*adding("t1", "smgp30", secret="-"), "--json", stdin="a password\n"))
    read(shell(*adding("s1", "smpp34", receipt_ids="hex"), "--split-binds", "--tls", "--json"))
    video = adding("m1", "mm7", listen_port="7960", code="2003=throttled")
    [m1] = read(shell(*video, "--sends-validity", "--json"))
    assert (m1["options"]["codes"], m1["options"]["sends_validity"]) == ([["2003", "throttled"]], True)
    listed = {one["name"]: one for one in read(shell("list", "--json"))}
    assert {name: one["protocol"] for name, one in listed.items()} == {
        "c2": "cmpp20",
        "c3": "cmpp30",
        "u1": "sgip12",
        "t1": "smgp30",
        "s1": "smpp34",
        "m1": "mm7",
    }
    c3, s1 = listed["c3"], listed["s1"]
    assert (c3["priority"], c3["weight"], c3["cost_milli"], c3["group"]) == (1, 30, 35, "main")
    assert {key: str(c3["options"][key]) for key in wire} == wire
    assert (s1["options"]["receipt_ids"], s1["options"]["split_binds"], s1["options"]["tls"]) == ("hex", True, True)
    assert (s1["health"], s1["flow"]) == (None, "running")
    table = shell("list").stdout
    assert all(name in table for name in listed)
    assert "s3cret" not in table


@pytest.mark.parametrize(
    ("words", "option", "help_"),
    [
        (adding("u1", "sgip12", account="name"), "--corp-id", "five digits"),
        (adding("c1", node="3010099999"), "--node", "only for sgip12"),
        (adding("c1", account="9012345"), "--account", "1-6"),
        (adding("Name 1"), "NAME", "a-z"),
        (adding("c1", rate="fast"), "--rate", "200/s"),
        (adding("c1", cost="1.5"), "--cost", "thousandths"),
        (adding("s1", "smpp34", coding="gbk"), "--coding", "SMPP knows no gbk"),
    ],
)
def test_what_is_wrong_is_named_by_its_option(shell: Shell, words: list[str], option: str, help_: str) -> None:
    done = shell(*words)
    assert done.exit_code == 1
    assert option in done.stderr
    assert help_ in done.stderr
    error = json.loads(shell(*words, "--json").stdout or "{}")
    assert option in error.get("error", option)


def meanings(done: Result) -> tuple[list[list[str]], list[list[str]]]:
    [tuned] = read(done)
    return tuned["options"]["codes"], tuned["options"]["stats"]


def test_a_channel_is_paused_drained_tuned_shown_and_removed(shell: Shell) -> None:
    read(shell(*adding("c1", rate="100/s", group="g"), "--json"))
    for word, flow in (("pause", "paused"), ("drain", "draining"), ("resume", "running")):
        bare = ["mobile", "unicom", "telecom"] if word == "drain" else []
        assert read(shell(word, "c1", "--json")) == {"name": "c1", "flow": flow, "uncovered": bare}
        assert read(shell("show", "c1", "--json"))["flow"] == flow
    [tuned] = read(
        shell("tune", "c1", "--rate", "none", "--window", "64", "--group", "none", "--service-id", "X", "--json")
    )
    assert (tuned["rate_per_s"], tuned["window_pdus"], tuned["group"]) == (None, 64, None)
    assert (tuned["options"]["service_id"], tuned["connections"]) == ("X", 1)
    assert "window_pdus" in shell("show", "c1").stdout
    told = ("--code", "101=throttled", "--code", "cmpp:0x0B=in_doubt", "--stat", "MK:0017=failed")
    assert meanings(shell("tune", "c1", *told, "--json")) == (
        [["101", "throttled"], ["0x0b", "in_doubt"]],
        [["MK:0017", "failed"]],
    )
    # what is said later is added; default takes a meaning away
    later = ("--code", "101=default", "--stat", "MK:0017=ignore", "--stat", "8=delivered")
    assert meanings(shell("tune", "c1", *later, "--json")) == (
        [["0x0b", "in_doubt"]],
        [["MK:0017", "ignore"], ["8", "delivered"]],
    )
    for wrong in (("--code", "0=refused"), ("--code", "7=delivered"), ("--stat", "X=late"), ("--stat", "X")):
        assert shell("tune", "c1", *wrong).exit_code != 0
    done = shell("tune", "c1", "--host", "10.0.0.9", "--port", "7891", "--secret", "-", "--json", stdin="n3w\n")
    [moved] = read(done)
    assert (moved["host"], moved["port"], "n3w" in done.stdout) == ("10.0.0.9", 7891, False)
    for words, hint in (
        (("tune", "c1"), "name an option"),
        (("pause", "nobody"), "channel list"),
        (("show", "x"), "channel list"),
    ):
        done = shell(*words)
        assert (done.exit_code, hint in done.stderr) == (1, True), done.stderr
    assert shell("tune", "c1", "--window", "2000").exit_code == 2
    assert "disable c1" in shell("remove", "c1").stderr
    assert "no_route" in shell("disable", "c1").stderr
    assert read(shell("remove", "c1", "--json")) == {"name": "c1", "removed": True}
    assert read(shell("list", "--json")) == []


async def provision(db_url: str) -> str | None:
    db = Database(db_url)
    async with db.begin() as uow:
        number = await SendingLine(db).carriers.provision_signature(uow, TENANT, SIGNATURE)
        await SendingLine(db).carriers.provision_signature(uow, TENANT, SignatureId("other"))
    await db.close()
    return number


def test_a_route_is_explained_to_operators(shell: Shell, db_url: str) -> None:
    read(shell(*adding("mobile-1", carrier="mobile"), "--json"))
    read(shell(*adding("any-1"), "--json"))
    number = asyncio.run(provision(db_url))
    for signature in (SIGNATURE, str(number)):
        told = read(shell("route", "138 0013 8000", "--signature", signature, "--json"))
        assert (told["segment_carrier"], told["route"]["src_id"]) == ("mobile", number)
        assert [(one["name"], one["verdict"]) for one in told["accounts"]] == [
            ("mobile-1", "chosen"),
            ("any-1", "carrier_first"),
        ]
    text = shell("route", "18612345678").stdout
    assert "unicom (by its segment)" in text
    assert "takes this number" in text
    for words, hint in (
        (("route", "12345"), "no mobile number"),
        (("route", "13800138000", "--signature", "x"), "--signature"),
    ):
        done = shell(*words)
        assert (done.exit_code, hint in done.stderr) == (1, True), done.stderr


def test_segments_and_ported_numbers(shell: Shell, tmp_path: Path) -> None:
    read(shell(*adding("mobile-1", carrier="mobile"), "--json"))
    assert shell("segments", "set", "154", "unicom").exit_code == 0
    assert {"prefix": "154", "carrier": "unicom", "is_own": True} in read(shell("segments", "list", "--json"))
    assert "PREFIX" in shell("segments", "set", "99", "unicom").stderr
    assert shell("segments", "reset", "154").exit_code == 0
    assert shell("segments", "reset", "154").exit_code == 1
    file = tmp_path / "ported.csv"
    file.write_text(
        "号码,运营商\n13800138000,unicom\n+86 138 0013 8001,中国电信\n13800138000,telecom\n", encoding="utf-8-sig"
    )
    assert read(shell("ported", "import", str(file), "--json")) == {"lines": 3, "bad": 0, "bad_lines": []}
    assert read(shell("ported", "show", "--json")) == {"telecom": 2}
    assert read(shell("route", "13800138000", "--json"))["ported_carrier"] == "telecom"
    file.write_text("13800138000,none\n123,unicom\n13800138002,nobody\n")
    done = shell("ported", "import", str(file), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "lines": 1,
        "bad": 2,
        "bad_lines": ["line 2: no mainland mobile number", "line 3: no carrier"],
    }
    assert read(shell("ported", "show", "13800138000", "--json"))["carrier"] is None
    assert shell("ported", "set", "13800138000", "unicom").exit_code == 0
    assert "unicom" in shell("ported", "show", "13800138000").stdout
    assert shell("ported", "clear").exit_code == 0
    assert read(shell("ported", "show", "--json")) == {}
    assert "cannot read" in shell("ported", "import", str(tmp_path / "none.csv")).stderr
