"""A pytest plugin: the fast tests run before the slow ones, so that a plain mistake is shown at once.

``--slow-first`` turns that round where nearly all are slow: no long file is left to one process when the other is done.
It is not for choosing tests: that is what the markers of `pyproject.toml` are for.
"""

import pytest

LAST = ("browser", "slow", "fuzz", "chaos")


def rank(item: pytest.Item) -> int:
    """Tell how late a test runs: 0 for the fast ones, then in the order of `LAST`."""
    return max((LAST.index(mark.name) + 1 for mark in item.iter_markers() if mark.name in LAST), default=0)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer ``--slow-first``."""
    parser.addoption("--slow-first", action="store_true", help="run slow tests before fast ones")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the collected tests by rank; tests of one rank keep their order."""
    items.sort(key=rank, reverse=config.getoption("slow_first", False))
