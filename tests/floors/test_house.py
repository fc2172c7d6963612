import pytest

from checks import house

ROOM = "src/hongyan/rooms/sms"
DOC = '"""Says what it is."""\n'
SMALL_ROOM = {
    f"{ROOM}/__init__.py": DOC,
    f"{ROOM}/service.py": DOC + "import os\n\n\ndef send() -> str:\n" + f"    {DOC}    return os.sep\n",
    f"{ROOM}/store/apps.py": DOC,
    f"{ROOM}/store/__init__.py": DOC,
    f"{ROOM}/parsers/__init__.py": DOC,
    "src/hongyan/kernel/__init__.py": DOC,
    "src/hongyan/__init__.py": DOC,
    "src/hongyan/rooms/__init__.py": DOC,
    "src/hongyan/run/__init__.py": DOC,
    "packages/telcowire/src/telcowire/__init__.py": DOC,
    "console/src/client/types.ts": "x\n" * 900,
}
CHECKS = [
    house.check_tree_is_there,
    house.check_packages,
    house.check_package_files,
    house.check_room_files,
    house.check_names,
    house.check_caps,
    house.check_docstrings,
    house.check_imports,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_tidy_room_is_left_alone(planted, check) -> None:
    assert planted(check, SMALL_ROOM) == []


@pytest.mark.parametrize(
    ("check", "path", "text", "expected"),
    [
        (house.check_packages, "src/hongyan/rooms/sms/drivers/cmpp.py", DOC, "no __init__.py"),
        (house.check_package_files, f"{ROOM}/__init__.py", "", "no docstring"),
        (house.check_package_files, f"{ROOM}/__init__.py", DOC + "import os\n", ":2: an __init__.py holds a docstring"),
        (house.check_room_files, f"{ROOM}/models.py", DOC, "models is not a name inside a room"),
        (house.check_room_files, f"{ROOM}/parsers.py", DOC, "parsers is not a name inside a room"),
        (house.check_room_files, f"{ROOM}/queries/apps.py", DOC, "queries is not a name inside a room"),
        (house.check_room_files, "src/hongyan/rooms/shared.py", DOC, "a file between rooms"),
        (house.check_room_files, "src/hongyan/rooms/ghosts/service.py", DOC, "its room has no __init__.py"),
        (house.check_names, "src/hongyan/kernel/utils.py", DOC, "'utils' says nothing"),
        (house.check_names, "tools/helpers/run.py", DOC, "'helpers' says nothing"),
        (house.check_names, "console/src/kit/common.ts", "", "'common' says nothing"),
        (house.check_caps, f"{ROOM}/service.py", "x = 1\n" * 501, "501 lines, the cap is 500"),
        (house.check_caps, "tests/sms/test_service.py", "x = 1\n" * 501, "501 lines, the cap is 500"),
        (house.check_caps, "console/src/rooms/sms/List.tsx", "x\n" * 251, "251 lines, the cap is 250"),
        (house.check_docstrings, f"{ROOM}/rules.py", "x = 1\n", "the module has no docstring"),
        (house.check_docstrings, f"{ROOM}/rules.py", DOC + "def f() -> None: ...\n", "f has no docstring"),
        (house.check_docstrings, f"{ROOM}/rules.py", DOC + "class A: ...\n", "A has no docstring"),
        (
            house.check_docstrings,
            f"{ROOM}/rules.py",
            DOC + f"class A:\n    {DOC}    async def run(self) -> None: ...\n",
            "run has no docstring",
        ),
        (house.check_imports, f"{ROOM}/rules.py", "def f():\n    import os\n", ":2: import inside a function"),
        (house.check_imports, f"{ROOM}/rules.py", "from . import errors\n", "relative import"),
    ],
)
def test_a_planted_fault_is_found(planted, check, path: str, text: str, expected: str) -> None:
    findings = planted(check, SMALL_ROOM | {path: text})
    assert any(path in finding and expected in finding for finding in findings), findings


def test_a_missing_floor_is_found(planted) -> None:
    floors = {path: text for path, text in SMALL_ROOM.items() if "telcowire" not in path}
    assert planted(house.check_tree_is_there, floors) == [
        "packages/telcowire/src/telcowire:1: is missing or has no Python file"
    ]


def test_private_and_overloaded_functions_need_no_docstring(planted) -> None:
    text = DOC + "@overload\ndef f() -> None: ...\n@typing.overload\ndef f() -> None: ...\ndef _g() -> None: ...\n"
    assert planted(house.check_docstrings, {f"{ROOM}/rules.py": text}) == []


def test_revisions_of_the_database_need_no_docstrings(planted) -> None:
    assert planted(house.check_docstrings, {"src/hongyan/kernel/db/migrations/0001_x.py": "x = 1\n"}) == []
