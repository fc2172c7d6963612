"""The tree keeps its own rules. That each rule can fail is shown in the other modules of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks import documents, house, import_contracts, locks, owners, refusals, wire
from checks.trees import Finding
from hongyan.kernel.errors import HongyanError

ROOT = Path(__file__).parents[2]
EXEMPTIONS = {
    tuple(line.partition(":")[0].split())
    for line in (Path(__file__).with_name("exemptions.txt")).read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
}


def check_errors(root: Path) -> Iterator[Finding]:
    refusals.load_errors(root)
    return refusals.check_errors(
        cls for cls in refusals.iter_subclasses(HongyanError) if cls.__module__.startswith("hongyan.")
    )


CHECKS = [
    house.check_tree_is_there,
    house.check_packages,
    house.check_package_files,
    house.check_room_files,
    house.check_names,
    house.check_caps,
    house.check_docstrings,
    house.check_imports,
    wire.check_wire_library,
    owners.check_tables,
    owners.check_subjects,
    owners.check_jobs,
    import_contracts.check_import_contracts,
    locks.check_locks,
    documents.check_map,
    documents.check_map_tables,
    documents.check_decisions,
    documents.check_links,
    documents.check_catalogues,
    check_errors,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_tree_keeps_the_rule(check: Callable[[Path], Iterator[Finding]]) -> None:
    found = sorted(set(check(ROOT)))
    exempt = {path for name, path in EXEMPTIONS if name == check.__name__}
    broken = [str(finding) for finding in found if finding.path not in exempt]
    assert not broken, "\n" + "\n".join(broken)
    assert not exempt - {finding.path for finding in found}, "these exemptions are no longer needed"


def test_exemptions_name_a_check() -> None:
    assert {name for name, _ in EXEMPTIONS} <= {check.__name__ for check in CHECKS}
