"""Number files as people have them, good and bad, through the doors they use; a refusal names the file."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from hongyan.run.client import ApiClient, ApiRefusedError
from support.doors import Company, csv_of, phones, send_and_wait, signed, upload
from support.installation import Installation, write_numbers
from support.office import picture
from support.workbooks import bomb, sheet, workbook

pytestmark = pytest.mark.timeout(240)
FILES = "/v1/hongyan/number-files"
MB = 1024 * 1024
ONE, TWO, THREE = "13800138000", "13900139000", "18600186000"


@pytest.fixture
async def api(demo: Company) -> AsyncIterator[ApiClient]:
    """Give a signed client of the demo tenant."""
    async with signed(demo) as client:
        yield client


async def pieces(total: int) -> AsyncIterator[bytes]:
    """Yield a file that is too large, a megabyte at a time."""
    for _ in range(total // MB):
        yield b"13800138000\n" * (MB // 12)
    yield b"\n" * MB


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("renamed.xlsx", picture(), "KM.90016832"),
        ("renamed.csv", workbook({"A": sheet([["手机号"], [ONE]])}), "KM.90016832"),
        ("my-file.xlsx", b"", "KM.90016831"),
        ("../up.xlsx", b"", "KM.90016831"),
        ("numbers.pdf", b"%PDF-1.4", "KM.90016831"),
        ("numbers", ONE.encode(), "KM.90016831"),
        ("empty.csv", b"", "KM.90016834"),
        ("empty.xlsx", b"", "KM.90016834"),
    ],
)
async def test_what_is_no_number_file_is_not_taken(api: ApiClient, name: str, data: bytes, code: str) -> None:
    with pytest.raises(ApiRefusedError) as refused:
        await upload(api, name, data)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert name in str(refused.value)


async def test_more_than_forty_megabytes_are_not_taken(api: ApiClient) -> None:
    with pytest.raises(ApiRefusedError) as refused:
        await api.call("POST", FILES, query={"name": "large.csv"}, stream=pieces(40 * MB))
    assert refused.value.code == "KM.90016833"
    assert "large.csv" in str(refused.value)
    assert "40 MB" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("bomb.xlsx", bomb(), "audience.file_unreadable"),
        ("broken.xlsx", workbook({"A": "<worksheet><sheetData><row"}), "audience.file_unreadable"),
        (
            "nonumbers.xlsx",
            workbook({"A": sheet([["姓名", "城市"], ["张三", "北京"], ["李四", "上海"]])}),
            "audience.no_number_column",
        ),
        ("nonumbers.csv", "姓名,城市\n张三,北京\n".encode(), "audience.no_number_column"),
    ],
)
async def test_what_cannot_be_read_fails_with_its_reason(api: ApiClient, name: str, data: bytes, code: str) -> None:
    file = await upload(api, name, data)
    assert (file["state"], file["failure_code"]) == ("failed", code)
    assert name in file["failure_en"]
    assert name in file["failure_zh"]


MERGED = '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
GOOD: list[tuple[str, Callable[[], bytes], dict[str, object]]] = [
    (
        "formulas.xlsx",
        lambda: workbook({"A": sheet([["手机号", "名"], [f"=B2|{ONE}", "甲"], [f'="{TWO}"|{TWO}', "=1+1|2"]])}),
        {"imported": 2, "invalid": 0},
    ),
    (
        "merged.xlsx",
        lambda: workbook({"A": sheet([["会员名单", None], ["手机号", "名"], [ONE, "甲"], [TWO, "乙"]], tail=MERGED)}),
        {"imported": 2, "invalid": 0},
    ),
    (
        "written.xlsx",
        lambda: workbook(
            {"A": sheet([["手机号"], [int(ONE)], ["'" + TWO], ["1.86E+10"], [f"+86 {THREE}"], [1.39e10]])}
        ),
        {"imported": 4, "invalid": 1},
    ),
    (
        "gb.csv",
        lambda: f"手机号;称呼\r\n{ONE};甲\r\n{TWO};乙\r\n".encode("gb18030"),
        {"imported": 2, "invalid": 0},
    ),
    ("utf16.csv", lambda: f"手机号\t称呼\r\n{ONE}\t甲\r\n".encode("utf-16"), {"imported": 1, "invalid": 0}),
    ("plain.txt", f"{ONE}\n{TWO}\n{ONE}\n".encode, {"imported": 2, "duplicates": 1}),
]


@pytest.mark.parametrize(("name", "data", "counts"), GOOD, ids=[case[0] for case in GOOD])
async def test_files_as_people_have_them_are_read(
    api: ApiClient, name: str, data: Callable[[], bytes], counts: dict[str, object]
) -> None:
    file = await upload(api, name, data())
    assert file["state"] == "parsed", file["failure_en"]
    assert {key: file["counts"][key] for key in counts} == counts


async def test_of_three_sheets_the_first_with_numbers_is_read_and_the_others_are_named(api: ApiClient) -> None:
    sheets = {
        "说明": sheet([["请填写第二页"]]),
        "名单": sheet([["手机号", "称呼"], [ONE, "甲"]]),
        "旧名单": sheet([["手机号"], [TWO], [THREE]]),
    }
    file = await upload(api, "sheets.xlsx", workbook(sheets))
    assert (file["state"], file["sheet"], file["counts"]["imported"]) == ("parsed", "名单", 1)
    assert set(file["other_sheets"]) == {"说明", "旧名单"}


async def test_wrong_rows_can_be_downloaded_with_row_and_reason(api: ApiClient) -> None:
    file = await upload(api, "rows.csv", csv_of([ONE, "12345", ONE, "", TWO], 称呼=["甲", "乙", "丙", "丁", "戊"]))
    assert file["counts"]["imported"] == 2
    text = (await api.download(f"{FILES}/{file['file_id']}/issues.csv")).decode("utf-8-sig")
    lines = text.strip().splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == ["3", "4", "5"]
    assert "12345" in lines[0]
    assert [reason in text for reason in ("号码无效", "号码重复", "没有号码")] == [True, True, True]


def test_hongyan_send_exits_1_on_the_bomb_and_names_the_file(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    file.write_bytes(bomb())
    assert file.stat().st_size < 5_000
    done = installation.hongyan(
        "send", "--file", str(file), "--card", "600000001", "--sms-template", installation.env["HONGYAN_SMS_TEMPLATE"]
    )
    assert done.returncode == 1
    assert "bomb.xlsx" in done.stderr
    assert "memory" in done.stderr
    assert "Traceback" not in done.stderr


def test_hongyan_send_exits_1_on_a_renamed_file_and_names_it(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "picture.xlsx"
    file.write_bytes(picture())
    done = installation.hongyan("send", "--file", str(file), "--card", "600000001", "--sms-template", "1", "--json")
    assert done.returncode == 1
    assert "picture.xlsx" in done.stdout
    assert '"error"' in done.stdout


async def test_the_worker_outlives_the_bomb(installation: Installation, demo: Company, api: ApiClient) -> None:
    before = installation.child("worker").pid
    await upload(api, "again.xlsx", bomb())
    task = await send_and_wait(api, demo.templates["member"], csv_of(phones(1, can_show=True), 称呼=["后来者"]))
    assert task["states"] == {"delivered": 1}
    assert installation.child("worker").pid == before


def test_a_whole_send_from_a_spreadsheet(installation: Installation, tmp_path: Path) -> None:
    able, unable = phones(30, can_show=True), phones(10, can_show=False)
    numbers = [*able, *unable]
    file = write_numbers(tmp_path / "会员2026.xlsx", numbers, 会员称呼=[f"会员{i}" for i in range(40)])
    task = installation.send(file, "--fallback", "sms", "--name", "表格", "--validity-days", "3")
    assert (task["name"], task["state"], task["validity_days"]) == ("表格", "finished", 3)
    assert task["counts"]["imported"] == 40
    assert (task["counts"]["capable"], task["counts"]["incapable"]) == (30, 10)
    assert task["states"] == {"delivered": 40}
    assert [len(installation.inbox(number)) for number in numbers] == [1] * 40
