import json
from email.message import Message
from pathlib import Path

import pytest

from licences.expressions import UnreadableExpressionError, is_agreed
from licences.inventory import Package, distribution_licence, iter_npm, iter_python, product_names
from licences.notice import complaints, compose


@pytest.mark.parametrize(
    ("expression", "agreed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR GPL-3.0-only) AND BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT AND ISC", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("mit", False),
    ],
)
def test_expressions_are_weighed(expression: str, agreed: bool) -> None:
    assert is_agreed(expression) is agreed


@pytest.mark.parametrize("expression", ["", "MIT OR", "AND MIT", "(MIT", "MIT ISC", "MIT )", "MIT WITH", "()"])
def test_an_unreadable_expression_is_refused(expression: str) -> None:
    with pytest.raises(UnreadableExpressionError):
        is_agreed(expression)


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ([("License-Expression", "MIT"), ("License", "BSD")], "MIT"),
        ([("License", "Apache 2.0")], "Apache-2.0"),
        ([("License", "UNKNOWN"), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        (
            [("License", "Permission is hereby\ngranted"), ("Classifier", "License :: OSI Approved :: BSD License")],
            "BSD-3-Clause",
        ),
        ([], ""),
    ],
)
def test_metadata_is_read_in_the_order_of_trust(headers: list[tuple[str, str]], licence: str) -> None:
    about = Message()
    for name, value in headers:
        about[name] = value
    assert distribution_licence(about) == licence


def test_a_forbidden_licence_is_reported() -> None:
    packages = [Package("good", "1", "MIT"), Package("bad", "2", "AGPL-3.0-only"), Package("bare", "3", "")]
    assert complaints(packages) == [
        "bad 2: AGPL-3.0-only is not agreed to",
        "bare 3: no licence: the expression ends too early",
    ]


def test_the_lock_file_says_what_is_used(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("pytest==9.0 \\\n    --hash=sha256:00\n    # via x==2\nnot-installed-here==1\n", encoding="utf-8")
    assert [package.name for package in iter_python(lock)] == ["pytest"]


def test_requirements_are_followed_with_their_extras() -> None:
    names = product_names(["psycopg[pool]>=3"])
    assert {"psycopg", "psycopg-pool", "typing-extensions"} <= names
    assert "psycopg-binary" not in names


def test_npm_packages_are_read(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    packages = {
        "": {"name": "console"},
        "node_modules/react": {"version": "19.0.0", "license": "MIT"},
        "node_modules/a/node_modules/@b/c": {"version": "1.0.0", "license": "ISC", "dev": True},
        "node_modules/old": {"version": "0.1.0"},
        "node_modules/bare": {"version": "0.2.0"},
    }
    manifest = tmp_path / "node_modules" / "old" / "package.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"license": {"type": "MIT"}}', encoding="utf-8")
    lock.write_text(json.dumps({"packages": packages}), encoding="utf-8")
    assert list(iter_npm(lock)) == [
        (Package("@b/c", "1.0.0", "ISC"), True),
        (Package("bare", "0.2.0", ""), False),
        (Package("old", "0.1.0", "MIT"), False),
        (Package("react", "19.0.0", "MIT"), False),
    ]


def test_the_notice_lists_every_table_once() -> None:
    text = compose([("Ours", [Package("b", "2", "MIT"), Package("a", "1", "ISC")]), ("None", [])])
    assert text.endswith("\nOurs\n  a 1  ISC\n  b 2  MIT\n")
    assert "None" not in text
