import pytest

from checks import documents

ADR = "# 0001 X\n\n## Context\n\n## Decision\n\n## Consequences\n\n## Rejected\n"
INDEX = "- [0001](0001-x.md)\n"


def test_a_room_outside_the_map_is_found(planted) -> None:
    files = {
        "src/hongyan/rooms/sms/__init__.py": "",
        "src/hongyan/rooms/smart/__init__.py": "",
        "docs/MAP.md": "| 短信 | `sms` |",
    }
    assert planted(documents.check_map, files) == ["docs/MAP.md:1: does not name the room `smart`"]


def test_a_table_that_only_the_map_knows_is_found(planted) -> None:
    files = {
        "src/hongyan/rooms/sms/tables.py": 'apps = Table("sms_apps", metadata)',
        "docs/MAP.md": "| 应用 | app | `sms` | `sms_apps` |\n| 签名 | signature | `sms` | `sms_signs`, `smart_cards` |\n",
    }
    assert planted(documents.check_map_tables, files) == [
        "docs/MAP.md:2: names the table sms_signs, which is not declared"
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"0001-x.md": ADR, "README.md": INDEX}, []),
        ({"0001-x.md": ADR, "README.md": ""}, ["is not linked"]),
        ({"0001-x.md": ADR, "0001-y.md": ADR, "README.md": INDEX + "(0001-y.md)"}, ["has the number of"]),
        ({"0001-x.md": ADR.replace("Rejected", "Other"), "README.md": INDEX}, ["has no part 'Rejected'"]),
        ({"README.md": INDEX}, ["links 0001-x.md, which does not exist"]),
    ],
)
def test_decisions_are_complete_and_linked(planted, files: dict[str, str], expected: list[str]) -> None:
    findings = planted(documents.check_decisions, {f"docs/decisions/{name}": text for name, text in files.items()})
    assert [part in finding for part, finding in zip(expected, findings, strict=True)] == [True] * len(expected)


def test_a_dead_link_is_found(planted) -> None:
    files = {"README.md": "[a](docs/a.md) [b](docs/b.md#x) [c](https://example.org) [d](#here)", "docs/a.md": ""}
    assert planted(documents.check_links, files) == ["README.md:1: links docs/b.md, which does not exist"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"i18n/zh-CN.json": '{"a": {"b": "x"}}', "i18n/en.json": '{"a": {"b": "y"}}'}, []),
        ({"i18n/zh-CN.json": '{"a": {"b": "x"}}', "i18n/en.json": "{}"}, ["'a.b' is missing in en"]),
        ({"i18n/zh-CN.json": "{}", "i18n/en.json": '{"c": "x"}'}, ["'c' is missing in zh-CN"]),
        ({"i18n/zh-CN.json": "{}"}, ["has no en beside it"]),
        ({"texts/en/sms.ts": "export const sms = {\n  a: '1',\n}\n"}, ["has no zh-CN beside it"]),
        (
            {
                "i18n/zh-CN.ts": "export default {\n  tasks: {\n    'a-b': '甲',\n    c: '乙',\n  },\n  d: { e: '丙' },\n};\n",
                "i18n/en.ts": 'export default {\n  tasks: {\n    "a-b": "A",\n  },\n  d: { e: "C" },\n};\n',
            },
            ["'tasks.c' is missing in en"],
        ),
    ],
)
def test_the_two_languages_have_the_same_texts(planted, files: dict[str, str], expected: list[str]) -> None:
    findings = planted(documents.check_catalogues, {f"console/src/{name}": text for name, text in files.items()})
    assert [part in finding for part, finding in zip(expected, findings, strict=True)] == [True] * len(expected)
