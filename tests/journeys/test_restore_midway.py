"""A backup in the middle of a send, an afternoon that is lost, a restore: nobody gets two unless an operator says so."""

import re
from collections import Counter
from pathlib import Path

import pytest

from support.crashes import Watcher, assert_books_add_up, move_to, numbers, write_csv
from support.installation import Installation, running_installation
from support.outside_carrier import OutsideCarrier

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

_LONG, _LATER = 2_500, 1_000
_SLOW, _FAST = "40/s", "500/s"
"""A minute's work for the first send while the backup is made, and then no time is lost."""


def _codes(texts: list[str]) -> Counter[str]:
    """Return the link codes in some texts: what stands between the last slash and the blank behind the link."""
    return Counter(code for text in texts for code in re.findall(r"/([0-9A-Za-z]+) ", text))


def _tune(house: Installation, rate: str) -> None:
    done = house.hongyan("channel", "tune", "outside", "--rate", rate)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_was_sent_after_the_backup_is_not_sent_again(tmp_path: Path) -> None:
    with OutsideCarrier(report_after_s=1.0).serving() as carrier, running_installation() as house:
        move_to(house, carrier, connections=1, rate=_SLOW)
        watcher = Watcher(house)
        # given a send that is under way when the backup is made
        interrupted = watcher.send(write_csv(tmp_path / "a.csv", numbers(13310000000, _LONG)))
        carrier.wait_for(100, 60)
        safe = set(carrier.received())
        made = house.hongyan("backup", str(tmp_path / "one.tar"), "--json")
        assert made.returncode == 0, made.stdout + made.stderr
        assert carrier.messages < _LONG
        _tune(house, _FAST)
        # and a thousand more after it, before the machine is lost
        later = watcher.send(write_csv(tmp_path / "c.csv", numbers(13330000000, _LATER)))
        for task_id in (interrupted, later):
            watcher.until("it is over", task_id, lambda task: task["state"] == "finished", 90)
        lost = carrier.texts()
        assert len(lost) == len(_codes(lost)) == _LONG + _LATER
        house.stop()
        # when the backup is restored elsewhere and started
        house.data_dir = tmp_path / "restored"
        house.data_dir.mkdir()
        done = house.hongyan("restore", str(tmp_path / "one.tar"), "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        house.start()
        _tune(house, _FAST)
        # then what came after the backup is unknown to it, and what was unfinished waits for somebody
        watcher = Watcher(house)
        assert watcher.task(later) is None
        _check_codes(watcher, carrier, tmp_path)
        _resume(house, watcher, carrier, interrupted, safe)


def _check_codes(watcher: Watcher, carrier: OutsideCarrier, tmp_path: Path) -> None:
    """Send anew: with codes that nobody has seen, and nothing else leaves meanwhile."""
    lost = carrier.texts()
    fresh = watcher.send(write_csv(tmp_path / "d.csv", numbers(13340000000, _LATER)))
    watcher.until("the new send is over", fresh, lambda task: task["state"] == "finished", 90)
    new = carrier.texts()[len(lost) :]
    assert len(new) == _LATER
    assert not _codes(new).keys() & _codes(lost).keys()
    assert max(carrier.received().values()) == 1


def _resume(house: Installation, watcher: Watcher, carrier: OutsideCarrier, task_id: str, safe: set[str]) -> None:
    """Let the interrupted one go on: who had it before the backup does not get it again."""
    task = watcher.task(task_id)
    assert task is not None
    assert (task["state"], task["reason"]) == ("paused", "restored")
    watcher.act("POST", f"/send-tasks/{task_id}/resume")
    done = watcher.until_sent(task_id, _LONG, 90)
    assert done["counts"]["submitted"] == _LONG
    got = carrier.received()
    assert {phone for phone, times in got.items() if times > 1}.isdisjoint(safe)
    assert max(got.values()) == 2
    assert_books_add_up(house)
