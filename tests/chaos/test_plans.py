"""Plans come from their seed alone, and together they bring every fault that the harness knows."""

from collections import Counter

from support.chaos import points
from support.chaos.plans import KINDS, kind_of, make_plan
from support.chaos.table import summary

_RUNS = 400


def test_the_same_seed_gives_the_same_plan_and_another_one_another() -> None:
    def rows(seed: int) -> list[object]:
        return [make_plan(seed, index, messages=2000, has_small_disk=True).row() for index in range(20)]

    assert rows(5) == rows(5)
    assert rows(5) != rows(6)


def test_two_hundred_runs_bring_every_kind_of_fault_to_everybody() -> None:
    plans = [make_plan(1, index, messages=2000, has_small_disk=True) for index in range(_RUNS)]
    struck: Counter[str] = Counter()
    for plan in plans:
        assert 1 <= len(plan.faults) <= 4
        for fault in plan.faults:
            struck[fault.kind] += 1
            struck[f"{fault.kind} {fault.target.split('-')[0]}"] += 1
            struck[fault.how] += 1
    for victim in ("gateway", "worker", "web", "nats", "postgres", "one"):
        assert struck[f"kill {victim}"], victim
        assert struck[f"freeze {victim}"], victim
    for kind in ("term", "backend", "disk", "clock", "wire", "point", "operator"):
        assert struck[kind], kind
    assert [name for name in points.names_of("gateway") if not struck[name]] == []
    assert {plan.door for plan in plans} == {"planner", "calls", "file"}


def test_without_a_disk_of_our_own_nobody_fills_it() -> None:
    plans = [make_plan(1, index, messages=2000, has_small_disk=False) for index in range(_RUNS)]
    assert not any(fault.kind == "disk" for plan in plans for fault in plan.faults)


def test_every_shard_of_four_has_one_kind_of_house() -> None:
    assert [kind_of(index) for index in range(4)] == list(KINDS)
    assert kind_of(7) is kind_of(3)


def test_the_page_says_what_went_wrong() -> None:
    plan = make_plan(1, 0, messages=2000, has_small_disk=True)
    good = {
        **plan.row(),
        **dict.fromkeys(("lost", "twice", "phantom", "wrong", "strangers", "unknown"), 0),
        "hit": [True] * len(plan.faults),
        "seconds": 8.0,
        "recovery_s": 4.0,
        "unknown_most": 3,
        "unknown_bound": 128,
        "books": [],
        "is_good": True,
    }
    text = summary([good, {**good, "lost": 2, "is_good": False, "recovery_s": 9.5}])
    assert "| lost | 2 |" in text
    assert "| runs that went wrong in any way | 1 |" in text
    assert "9.5 s" in text
    assert "3 of 128" in text
