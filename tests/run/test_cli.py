"""The command line as operators' scripts use it: exit codes, JSON on stdout, errors that say what to do next."""

import json
import os
import re
import signal
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from support.doors import Company, phones
from support.installation import HONGYAN, Installation, free_ports, write_numbers

pytestmark = pytest.mark.timeout(240)
PROCESSES = ("web", "worker", "gateway", "redirector")


def run(*arguments: str, cwd: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run ``hongyan`` with nothing of ours in the environment but ``env``."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HONGYAN_")}
    return subprocess.run(
        [str(HONGYAN), *arguments], env=clean | env, cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    """Give a file of two numbers."""
    return write_numbers(tmp_path / "numbers.xlsx", phones(2, can_show=True), 会员称呼=["甲", "乙"])


# --- without an installation --------------------------------------------------------------------------------------------


def test_help_names_every_command(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    words = "up send channel alarms limits simulate bench doctor backup restore migrate"
    for command in words.split():
        assert command in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("send",),
        ("send", "--file", "x.csv", "--card", "600000001"),
        ("send", "--file", "x.csv", "--card", "1", "--sms-template", "1", "--fallback", "fax"),
        ("send", "--file", "x.csv", "--card", "1", "--sms-template", "1", "--at", "tomorrow"),
        ("up", "--port", "70000"),
        ("channel", "add", "a"),
        ("channel", "add", "a", "--protocol", "telex", "--host", "h", "--port", "1"),
    ],
)
def test_wrong_usage_exits_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("doctor",), ("channel", "list")])
def test_where_nothing_was_started_commands_say_so(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = run(*command, "--data-dir", str(tmp_path / "nothing"), cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "hongyan up" in done.stdout + done.stderr


def test_what_was_never_started_cannot_be_backed_up(tmp_path: Path) -> None:
    done = run("backup", "b.tar", "--data-dir", str(tmp_path / "nothing"), cwd=tmp_path)
    assert done.returncode == 1
    assert "no key ring" in done.stderr
    assert not (tmp_path / "b.tar").exists()


def test_send_says_which_values_are_not_set(tmp_path: Path, numbers: Path) -> None:
    arguments = ("send", "--file", str(numbers), "--card", "600000001", "--sms-template", "15010661")
    done = run(*arguments, cwd=tmp_path, HONGYAN_AK="a")
    assert done.returncode == 1
    assert "HONGYAN_ENDPOINT, HONGYAN_PROJECT_ID, HONGYAN_SK not set" in done.stderr
    assert "--env-file" in done.stderr
    done = run(*arguments, "--env-file", "missing.env", cwd=tmp_path)
    assert (done.returncode, "missing.env" in done.stderr) == (1, True)


def test_send_says_that_nobody_answers(tmp_path: Path, numbers: Path) -> None:
    (port,) = free_ports(1)
    env = {"HONGYAN_ENDPOINT": f"http://127.0.0.1:{port}", "HONGYAN_PROJECT_ID": "p"}
    env |= {"HONGYAN_AK": "a", "HONGYAN_SK": "s"}
    arguments = ("send", "--file", str(numbers), "--card", "600000001", "--sms-template", "15010661")
    done = run(*arguments, cwd=tmp_path, **env)
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "hongyan up" in done.stderr
    done = run(*arguments, "--json", cwd=tmp_path, **env)
    assert str(port) in json.loads(done.stdout)["error"]


@pytest.mark.parametrize("protocol", ["cmpp20", "mm7"])
def test_a_simulated_carrier_runs_until_it_is_told_to_stop(tmp_path: Path, protocol: str) -> None:
    port, inbox = free_ports(2)
    command = [str(HONGYAN), "simulate", "carrier", "--protocol", protocol, "--port", str(port)]
    with subprocess.Popen([*command, "--inbox-port", str(inbox)], stdout=subprocess.PIPE, cwd=tmp_path) as carrier:
        assert carrier.stdout is not None
        assert json.loads(carrier.stdout.readline())["ports"] == [port]
        assert httpx.get(f"http://127.0.0.1:{inbox}/healthz", trust_env=False).json() == {"status": "ok"}
        carrier.send_signal(signal.SIGTERM)
        assert carrier.wait(10) == 0


# --- on an installation -------------------------------------------------------------------------------------------------


def test_doctor_finds_a_healthy_installation_healthy(installation: Installation) -> None:
    done = installation.hongyan("doctor", "--json")
    checks = json.loads(done.stdout)
    assert [(check["name"], check["message"]) for check in checks if check["level"] != "ok"] == []
    assert done.returncode == 0
    assert {"database", "schema", "bus", "files", "keys", "disk", "processes"} <= {check["name"] for check in checks}
    assert installation.hongyan("doctor").returncode == 0


def test_an_operator_gives_a_tenant_its_own_rates(installation: Installation) -> None:
    account = "hongyan-demo"
    assert "sends: 300/s (the installation's)" in installation.hongyan("limits", "show", account).stdout
    done = installation.hongyan("limits", "set", account, "--send", "900", "--list", "0", "--json")
    assert json.loads(done.stdout) == {"total": None, "send": 900, "upload": None, "list": 0}
    shown = installation.hongyan("limits", "show", account).stdout
    assert "sends: 900/s (its own)" in shown
    assert "lists and others: no limit (its own)" in shown
    done = installation.hongyan("limits", "set", account, "--json")
    assert set(json.loads(done.stdout).values()) == {None}
    unknown = installation.hongyan("limits", "show", "nobody")
    assert (unknown.returncode, "there is no tenant nobody" in unknown.stderr) == (1, True)


def test_processes_show_their_names(installation: Installation) -> None:
    for name in PROCESSES:
        assert " ".join(installation.child(name).cmdline()).startswith(f"hongyan {name}")


@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_tells_how_it_is(installation: Installation, name: str) -> None:
    port = json.loads((installation.data_dir / "run" / "ports.json").read_text())["ports"][name]
    live = httpx.get(f"http://127.0.0.1:{port}/livez", trust_env=False)
    ready = httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False)
    metrics = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
    assert (live.status_code, ready.status_code, ready.json()["status"]) == (200, 200, "ok")
    assert metrics.status_code == 200
    assert re.search(r"^# (HELP|TYPE) ", metrics.text, re.MULTILINE)


def test_the_health_of_all_is_one_word(installation: Installation) -> None:
    answer = httpx.get(f"{installation.url}/healthz", trust_env=False)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_up_refuses_a_second_time(installation: Installation, tmp_path: Path) -> None:
    ports = free_ports(2)
    second = ("up", "--port", str(ports[0]), "--links-port", str(ports[1]), "--data-dir")
    done = run(*second, str(installation.data_dir), cwd=tmp_path)
    assert done.returncode == 1
    assert "another 'hongyan up'" in done.stderr
    assert "--data-dir" in done.stderr
    taken = ("up", "--port", str(installation.port), "--links-port", str(ports[1]), "--data-dir", str(tmp_path / "b"))
    done = run(*taken, cwd=tmp_path)
    assert done.returncode == 1
    assert f"{installation.port}" in done.stderr
    assert "--port" in done.stderr


def test_send_shows_the_counts_to_people(installation: Installation, numbers: Path) -> None:
    env_file = installation.data_dir / "demo.env"
    env = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
    done = run(
        *("send", "--file", str(numbers), "--card", env["HONGYAN_CARD"]),
        *("--sms-template", env["HONGYAN_SMS_TEMPLATE"], "--env-file", str(env_file)),
        cwd=numbers.parent,
    )
    assert done.returncode == 0, done.stderr
    for label in ("导入号码总数", "无效号码数", "可解析号码数", "不可解析号码数", "提交发送信息号码数", "delivered"):
        assert label in done.stdout
    assert "finished" in done.stdout


def test_send_later_returns_when_it_is_scheduled(installation: Installation, demo: Company, numbers: Path) -> None:
    at = (datetime.now().astimezone() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    task = installation.send(numbers, "--at", at)
    assert task["state"] == "scheduled"
    assert datetime.fromisoformat(task["send_at"]) == datetime.fromisoformat(at).astimezone()
    demo.console().act("POST", f"/send-tasks/{task['task_id']}/cancel")


def test_send_without_waiting_returns_at_once(installation: Installation, numbers: Path) -> None:
    task = installation.send(numbers, "--no-wait")
    assert task["state"] in {"ready", "running", "finishing", "finished"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--file", "missing.xlsx"), ("missing.xlsx",)),
        (("--name", "名" * 31), ("name", "30")),
        (("--validity-days", "8"), ("validity_days", "1 to 7")),
        (("--at", "2020-01-01T00:00:00"), ("send_at", "past")),
        (("--card", "600009999"), ("600009999",)),
        (("--sms-template", "99999999"), ("99999999",)),
        (("--jump-url", "ftp://example.com/"), ("jump_url",)),
    ],
)
def test_send_says_what_was_refused(
    installation: Installation, numbers: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    given = {"--file": str(numbers), "--card": "600000001"}
    given |= {"--sms-template": installation.env["HONGYAN_SMS_TEMPLATE"]}
    given |= dict([arguments])
    done = installation.hongyan("send", *(part for pair in given.items() for part in pair))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_send_with_a_wrong_key_is_refused(installation: Installation, numbers: Path) -> None:
    env = {key: installation.env[key] for key in ("HONGYAN_ENDPOINT", "HONGYAN_PROJECT_ID")}
    env |= {"HONGYAN_AK": "NOBODY", "HONGYAN_SK": "x"}
    arguments = ("send", "--file", str(numbers), "--card", "600000001", "--sms-template", "15010661", "--json")
    done = run(*arguments, cwd=numbers.parent, **env)
    assert done.returncode == 1
    assert "APIGW.0301" in json.loads(done.stdout)["error"]


def test_channels_come_and_go(installation: Installation) -> None:
    (port,) = free_ports(1)
    add = ("channel", "add", "trial", "--protocol", "cmpp20", "--host", "127.0.0.1", "--port", str(port))
    add += ("--account", "900001", "--secret", "s3cret", "--src", "10699999", "--serves", "1069999900001")
    assert installation.hongyan(*add, "--rate", "fast").returncode == 1
    done = installation.hongyan(*add, "--rate", "50/s", "--window", "8", "--carrier", "mobile", "--json")
    assert done.returncode == 0, done.stderr
    (added,) = json.loads(done.stdout)
    assert (added["name"], added["protocol"], added["carrier"]) == ("trial", "cmpp20", "mobile")
    assert (added["rate_per_s"], added["window_pdus"], added["connections"]) == (50, 8, 1)
    assert "s3cret" not in done.stdout
    again = installation.hongyan(*add)
    assert (again.returncode, "trial" in again.stderr) == (1, True)
    refused = installation.hongyan("channel", "remove", "trial")
    assert refused.returncode == 1
    assert "hongyan channel disable trial" in refused.stderr
    assert installation.hongyan("channel", "disable", "trial").returncode == 0
    listed = {row["name"]: row for row in json.loads(installation.hongyan("channel", "list", "--json").stdout)}
    assert listed["trial"]["is_enabled"] is False
    assert installation.hongyan("channel", "remove", "trial").returncode == 0
    gone = installation.hongyan("channel", "disable", "trial")
    assert gone.returncode == 1
    assert "hongyan channel list" in gone.stderr


def test_alarms_are_listed(installation: Installation) -> None:
    done = installation.hongyan("alarms", "--json", "--history")
    assert done.returncode == 0, done.stderr
    # the demo has a gateway; other tests' channels may be down, and the machine's disk is not ours to judge
    holding = {alarm["kind"] for alarm in json.loads(done.stdout) if not alarm["cleared_at"]}
    assert holding <= {"disk_85", "channel_down"}
    told = installation.hongyan("alarms")
    assert told.returncode == 0, told.stderr
    assert "alarm" in told.stdout
