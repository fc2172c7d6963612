from pathlib import Path

from checks.operations_page import PAGE, drivers, operations, page, words

ROOT = Path(__file__).parents[2]
OPERATIONS = 62


def vendor_names() -> set[str]:
    found = {one["operationId"] for _, path, one in operations(ROOT) if not path.startswith("/v1/hongyan/")}
    assert len(found) == OPERATIONS
    return found


def test_the_page_of_operations_is_what_document_words_and_tests_say() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(ROOT), "run `make docs`"


def test_something_is_written_about_every_operation_and_nothing_else() -> None:
    assert set(words(ROOT)) == vendor_names()


def test_every_operation_is_driven_by_a_test() -> None:
    assert sorted(vendor_names() - drivers(ROOT, vendor_names()).keys()) == []


def test_the_test_that_shows_an_operation_best_is_found(tmp_path: Path) -> None:
    for folder in ("tests/compat", "tests/support"):
        (tmp_path / folder).mkdir(parents=True)
    files = {
        "support/birds.py": "def nest(sdk):\n    sdk.lay_one_egg()\n",
        "compat/test_matrix.py": "def test_all():\n    fly('swim')\n",
        "compat/test_a.py": "def test_a(cloud):\n    cloud.ask('fly')\n",
        "compat/test_birds.py": """
from support.birds import nest

def test_what_cannot_fly(cloud):
    cloud.ask('fly')

def test_flight(cloud):
    cloud.ask('fly')

def test_eggs(cloud):
    nest(cloud)

def test_songs(cloud, how):
    cloud.ask(f'sing_{how}_song')
""",
    }
    for name, text in files.items():
        (tmp_path / "tests" / name).write_text(text)
    assert drivers(tmp_path, ["fly", "lay_one_egg", "sing_loud_song", "swim"]) == {
        "fly": "test_birds.py::test_flight",
        "lay_one_egg": "test_birds.py::test_eggs",
        "sing_loud_song": "test_birds.py::test_songs",
    }
