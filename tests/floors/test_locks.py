import pytest

from checks.locks import PYTHON_LOCKS, check_locks

SOUND = "a==1 \\\n    --hash=sha256:00\n    # via b\nb==2 ; sys_platform == 'win32' \\\n    --hash=sha256:01\n"
LOCKS = dict.fromkeys(PYTHON_LOCKS, SOUND)
NPM = '{"packages": {"": {}, "node_modules/a": {"version": "1", "integrity": "sha512-0"}, "w": {"link": true}}}'


def test_sound_locks_are_left_alone(planted) -> None:
    npm = {"console/package.json": "{}", "console/package-lock.json": NPM}
    assert planted(check_locks, LOCKS | npm) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"requirements/uv.txt": "uv==1\n"}, "requirements/uv.txt:1: uv==1 is not pinned by hash"),
        ({"requirements/uv.txt": "uv \\\n    --hash=sha256:0\n"}, "uv is not pinned to a version"),
        ({"requirements/uv.txt": "--index-url x\n" + SOUND}, "requirements/uv.txt:1: names a host"),
        ({"requirements/uv.txt": SOUND + "    # from https://example.org\n"}, "requirements/uv.txt:6: names a host"),
        ({"console/package.json": "{}"}, "console/package-lock.json:1: is missing"),
        (
            {
                "console/package.json": "{}",
                "console/package-lock.json": NPM.replace(
                    '"integrity"', '"resolved": "https://host/a.tgz", "integrity"'
                ),
            },
            "node_modules/a names its host",
        ),
        (
            {"console/package.json": "{}", "console/package-lock.json": NPM.replace("integrity", "other")},
            "node_modules/a is not pinned by hash",
        ),
    ],
)
def test_a_planted_fault_is_found(planted, files: dict[str, str], expected: str) -> None:
    findings = planted(check_locks, LOCKS | files)
    assert len(findings) == 1, findings
    assert expected in findings[0]


def test_a_missing_lock_is_found(planted) -> None:
    findings = planted(check_locks, {name: SOUND for name in PYTHON_LOCKS if "lock" not in name})
    assert findings == ["requirements/lock.txt:1: is missing"]
