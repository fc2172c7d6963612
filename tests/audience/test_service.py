import base64
import csv
import io
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import HongyanError, InvalidInput, NotFound
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import FileId, TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.phones import Phone
from hongyan.rooms.audience.contracts import BLOCK_RECIPIENTS, FileState, IssueReason, NumberFile, ParseCounts
from hongyan.rooms.audience.errors import (
    FileEmpty,
    FileNameRefused,
    FileNotParsed,
    FileTooLarge,
    FileTypeRefused,
    FileUnreadable,
    NoNumberColumn,
)
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.audience.store import number_files
from support.workbooks import bomb, sheet, workbook

TENANT = TenantId("00000000-0000-4000-8000-000000000001")
OTHER = TenantId("00000000-0000-4000-8000-000000000002")
A, B, C = "13800138000", "13900139000", "15012345678"


def one_sheet(rows: list[list[str | int | float | None]]) -> bytes:
    return workbook({"Sheet1": sheet(rows)})


async def issues_of(service: AudienceService, file: NumberFile) -> list[list[str]]:
    text = b"".join([part async for part in service.invalid_csv(file)]).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


async def test_a_spreadsheet_becomes_recipients_counts_and_issues(db, service, load, read) -> None:
    file = await load(
        "客户名单2026.xlsx",
        one_sheet(
            [
                ["双十一活动名单"],
                ["姓名", "手机号码", "金额"],
                ["张三", 13800138000, 100],
                ["李四", "+86 139-0013-9000", 88.5],
                ["王五", "'15012345678", 0.1],
                ["赵六", "1.3800138E10", 7],
                ["钱七", "12345", 7],
                [None, None, None],
                ["孙八", None, 7],
                ["周九", "0086１３９００１３９０００", 7],
            ]
        ),
    )
    assert file.state is FileState.PARSED
    assert file.counts == ParseCounts(rows=7, imported=3, invalid=2, duplicates=2, opted_out=0)
    assert (file.number_column, file.columns, file.sheet) == ("手机号码", ("姓名", "金额"), "Sheet1")
    (block,) = await read(file)
    assert block.phones == ("8613800138000", "8613900139000", "8615012345678")
    assert [block.params(index) for index in range(3)] == [("张三", "100"), ("李四", "88.5"), ("王五", "0.1")]
    assert await issues_of(service, file) == [
        ["6", "1.3800138E10", "号码重复", "duplicate"],
        ["7", "12345", "号码无效", "invalid"],
        ["9", "", "没有号码", "empty"],
        ["10", "0086１３９００１３９０００", "号码重复", "duplicate"],
    ]


async def test_the_first_sheet_with_numbers_is_read_and_the_others_are_named(load, read) -> None:
    data = workbook(
        {
            "说明": sheet([["请在第二页填写"], ["手机号码"]]),
            "名单": sheet([["手机", "姓名"], [A, "张三"]], first_row=5, first_column="C"),
            "备份": sheet([["手机"], [B]]),
        }
    )
    file = await load("三页.xlsx", data)
    assert (file.sheet, file.other_sheets) == ("名单", ("说明", "备份"))
    assert (await read(file))[0].phones == (f"86{A}",)


async def test_formulas_give_their_saved_value_and_merged_cells_count_once(service, load, read) -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    rows = [["手机号", "称呼"], [A, "=A2&B2|张先生"], [None, "李女士"], ["=13800138000+1|13800138001", "=1+1|2"]]
    file = await load("公式.xlsx", workbook({"S": sheet(rows, tail=merged)}))
    (block,) = await read(file)
    assert block.phones == (f"86{A}", "8613800138001")
    assert block.columns == (("张先生", "2"),)
    assert await issues_of(service, file) == [["3", "", "没有号码", "empty"]]


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("bomb.xlsx", bomb(), FileUnreadable),
        ("nonumbers.xlsx", one_sheet([["姓名", "城市"], ["张三", "北京"]]), NoNumberColumn),
        ("nosheet.xlsx", one_sheet([]), NoNumberColumn),
        ("words.csv", "姓名,城市\n张三,北京\n".encode(), NoNumberColumn),
        ("quote.csv", b"phone,name\n" + A.encode() + b',"never closed' + b"x" * 200_000, FileUnreadable),
        ("damaged.xlsx", one_sheet([[A]])[:-200] + b"\0" * 200, FileUnreadable),
    ],
)
async def test_a_file_that_cannot_be_used_says_so_by_name(
    service, load, name: str, data: bytes, error: type[HongyanError]
) -> None:
    file = await load(name, data)
    assert (file.state, file.failure_code) == (FileState.FAILED, error.code)
    assert file.failure_en is not None
    assert file.failure_en.startswith(name)
    assert file.counts == ParseCounts()
    with pytest.raises(FileNotParsed):
        await anext(service.iter_blocks(file))


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a b.xlsx", one_sheet([[A]]), FileNameRefused),
        ("a-b.xlsx", one_sheet([[A]]), FileNameRefused),
        ("../etc.xlsx", one_sheet([[A]]), FileNameRefused),
        ("numbers.xls", one_sheet([[A]]), FileNameRefused),
        ("名单.xlsx", b"", FileEmpty),
        ("名单.xlsx", A.encode(), FileTypeRefused),
        ("名单.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(100), FileTypeRefused),
        ("名单.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), FileTypeRefused),
        ("名单.csv", one_sheet([[A]]), FileTypeRefused),
    ],
)
async def test_a_refused_upload_leaves_nothing_behind(
    db: Database, service: AudienceService, tmp_path: Path, name: str, data: bytes, error: type[HongyanError]
) -> None:
    with pytest.raises(error) as refused:
        async with db.begin() as uow:
            await service.create_from_upload(uow, TENANT, name, chunks(data))
    assert name in refused.value.text("zh-CN")
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    async with db.begin() as uow:
        assert (await service.list_files(uow, TENANT)).total == 0


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_more_than_40_mb_are_refused_while_they_come(db: Database, service: AudienceService) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield one_sheet([[A]])
        while True:
            sent += 1
            yield bytes(1024 * 1024)

    with pytest.raises(FileTooLarge):
        async with db.begin() as uow:
            await service.create_from_upload(uow, TENANT, "名单.xlsx", endless())
    assert sent == 40


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
async def test_text_files_are_read_whatever_their_encoding_and_delimiter(load, read, encoding, delimiter) -> None:
    rows = [("客户", "手机号码", "城市"), ("张三", A, "北京"), ("李四", B, "上海")]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    file = await load("名单.csv", text.encode(encoding))
    assert file.columns == ("客户", "城市")
    (block,) = await read(file)
    assert block.phones == (f"86{A}", f"86{B}")
    assert block.params(1) == ("李四", "上海")


async def test_without_a_header_the_fullest_column_holds_the_numbers(load, read) -> None:
    file = await load("名单.csv", f"张三,{A},{C}\n李四,{B},\n王五,{C},\n".encode())
    assert (file.number_column, file.columns) == (None, ("param1", "param2"))
    (block,) = await read(file)
    assert block.phones == (f"86{A}", f"86{B}", f"86{C}")
    assert block.params(0) == ("张三", C)


async def test_a_text_of_nothing_but_numbers_is_a_list_however_laid_out(load, read) -> None:
    file = await load("名单.txt", f"{A},{B},{C}\n{A}\n".encode())
    assert file.counts == ParseCounts(rows=4, imported=3, duplicates=1)
    assert (await read(file))[0].phones == (f"86{A}", f"86{B}", f"86{C}")


async def test_typed_numbers_are_parsed_at_once(db: Database, service: AudienceService, read) -> None:
    typed = f"{A}，{B};138 0013 8000\n{C} 13712345678、abc\n\n+1 650 253 0000"
    async with db.begin() as uow:
        file = await service.create_from_text(uow, TENANT, typed)
    assert file.state is FileState.PARSED
    assert file.counts == ParseCounts(rows=7, imported=5, invalid=1, duplicates=1)
    (block,) = await read(file)
    assert block.phones == (f"86{A}", f"86{B}", f"86{C}", "8613712345678", "16502530000")
    assert await issues_of(service, file) == [
        ["3", "138 0013 8000", "号码重复", "duplicate"],
        ["6", "abc", "号码无效", "invalid"],
    ]
    with pytest.raises(InvalidInput):
        async with db.begin() as uow:
            await service.create_from_text(uow, TENANT, "1" * (4 * 1024 * 1024 + 1))


async def test_no_typed_number_at_all_is_a_file_without_recipients(db: Database, service: AudienceService) -> None:
    async with db.begin() as uow:
        file = await service.create_from_text(uow, TENANT, " ，\n")
    assert (file.state, file.counts, file.blocks) == (FileState.PARSED, ParseCounts(), 0)


def many(count: int, seed: int) -> tuple[bytes, list[str]]:
    numbers = random.Random(seed).sample(range(13_000_000_000, 19_999_999_999), count)
    return ("phone,name\n" + "".join(f"{number},n{number % 7}\n" for number in numbers)).encode(), [
        f"86{number}" for number in numbers
    ]


async def test_blocks_hold_ten_thousand_in_the_order_of_the_file(load, read) -> None:
    data, phones = many(25_000, 1)
    doubled = data + b"".join(data.splitlines(keepends=True)[1:3_001])
    blocks = await read(file := await load("many.csv", doubled))
    assert [len(block.phones) for block in blocks] == [BLOCK_RECIPIENTS, BLOCK_RECIPIENTS, 5_000]
    assert [block.first_no for block in blocks] == [0, 10_000, 20_000]
    assert [phone for block in blocks for phone in block.phones] == phones
    assert blocks[2].params(4_999) == (f"n{int(phones[-1]) % 10**11 % 7}",)
    assert file.counts == ParseCounts(rows=28_000, imported=25_000, duplicates=3_000)


async def test_after_a_crash_parsing_goes_on_at_the_last_block(db: Database, service, files: Files, load, read) -> None:
    data, phones = many(25_000, 2)
    async with db.begin() as uow:
        file = await service.create_from_upload(uow, TENANT, "many.csv", chunks(data))

    class Killed(BaseException):
        """Stands for the end of the process."""

    put, stored = files.put, []

    async def put_until_killed(area: str, file_id: str, part: bytes) -> int:
        if file_id.endswith("recipients-1"):
            raise Killed
        stored.append(file_id)
        return await put(area, file_id, part)

    files.put = put_until_killed  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        await service.parse(db, TENANT, file.file_id)
    async with db.begin() as uow:
        halfway = await service.get_file(uow, TENANT, file.file_id)
    assert (halfway.state, halfway.blocks, halfway.counts.imported) == (FileState.PARSING, 1, BLOCK_RECIPIENTS)
    files.put = put  # type: ignore[method-assign]
    stored.clear()
    done = await service.parse(db, TENANT, file.file_id)
    assert (done.state, done.blocks, done.counts.imported) == (FileState.PARSED, 3, 25_000)
    assert [phone for block in await read(done) for phone in block.phones] == phones
    assert not await files.exists("audience", f"{file.file_id}/source")
    assert await service.parse(db, TENANT, file.file_id) == done


async def test_a_run_that_fell_behind_changes_nothing(db: Database, service, load, read) -> None:
    # given a parsed file of two blocks
    file = await load("n.csv", "\n".join(["手机号码", *(str(13800000000 + n) for n in range(12_000))]).encode())
    assert (file.blocks, file.counts.imported) == (2, 12_000)
    # when a worker that was taken for dead comes to the end of its first block
    async with db.begin() as uow:
        assert not await number_files.advance_file(uow, TENANT, file.file_id, 0, blocks=1, imported=10_000)
    # then the file is as it was
    async with db.begin() as uow:
        assert await service.get_file(uow, TENANT, file.file_id) == file


async def test_an_upload_that_a_backup_missed_fails_with_a_reason(db: Database, service, files: Files) -> None:
    # given a file of which the database knows, and the file store does not (restored from a backup made meanwhile)
    async with db.begin() as uow:
        file = await service.create_from_upload(uow, TENANT, "n.csv", chunks(b"13800138000\n"))
    await files.delete("audience", f"{file.file_id}/source")
    # when it is to be read, then it fails and says so
    done = await service.parse(db, TENANT, file.file_id)
    assert done.state is FileState.FAILED
    assert done.failure_code == "audience.file_unreadable"


async def test_those_who_opted_out_are_left_out_and_reported(db: Database, service, load, read) -> None:
    async with db.begin() as uow:
        assert await service.opt_out(uow, TENANT, [Phone(f"86{B}")], source="uplink") == 1
        assert await service.opt_out(uow, TENANT, [Phone(f"86{C}")], source="uplink", signature="别的签名") == 1
        assert await service.opt_out(uow, OTHER, [Phone(f"86{A}")], source="uplink") == 1
    file = await load("名单.xlsx", one_sheet([["手机", "名"], [A, "甲"], [B, "乙"], [C, "丙"], ["x", "丁"]]))
    assert file.counts == ParseCounts(rows=4, imported=2, invalid=1, opted_out=1)
    (block,) = await read(file)
    assert block.phones == (f"86{A}", f"86{C}")
    assert block.columns == (("甲", "丙"),)
    assert await issues_of(service, file) == [["3", B, "已退订", "opted_out"], ["5", "x", "号码无效", "invalid"]]


async def jobs_of(uow: Uow, name: str) -> list[dict[str, object]]:
    rows = await uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", (name,))
    return [args for (args,) in rows]


async def test_opting_out_stops_what_is_queued_and_can_be_taken_back(db: Database, service: AudienceService) -> None:
    phones = [Phone(f"86{A}"), Phone(f"86{B}")]
    async with db.begin() as uow:
        assert await service.opt_out(uow, TENANT, phones, source="console", signature="鸿雁") == 2
        assert await service.opt_out(uow, TENANT, phones, source="console", signature="鸿雁") == 0
        assert await service.opt_out(uow, OTHER, phones, source="console") == 2
        (of_one, job) = await jobs_of(uow, "delivery.suppress")
        assert (of_one["tenant_id"], of_one["signature_id"], job["signature_id"]) == (TENANT, "鸿雁", None)
        assert await service.find_opted_out(uow, TENANT, phones) == set()
        assert await service.find_opted_out(uow, TENANT, phones, signature="鸿雁") == set(phones)
        page = await service.list_opt_outs(uow, TENANT)
        assert {one.phone for one in page.items} == set(phones)
        assert (page.total, page.items[0].signature, page.items[0].source) == (2, "鸿雁", "console")
        assert await service.opt_in(uow, TENANT, phones[:1], signature="鸿雁") == 1
        assert await service.find_opted_out(uow, TENANT, phones, signature="鸿雁") == {phones[1]}
        (lifted,) = await jobs_of(uow, "delivery.lift")
        assert (lifted["signature_id"], lifted["numbers"]) == ("鸿雁", of_one["numbers"][:1])
    assert job["tenant_id"] == OTHER
    assert isinstance(job["numbers"], list)
    assert A not in str(job), "numbers travel sealed"
    assert len(base64.b64decode(job["numbers"][0])) == 16 + len(phones[0])


@pytest.mark.parametrize(
    ("text", "is_refusal"),
    [
        ("R", True),
        (" r。", True),
        ("Ｒ", True),
        ("退订", True),
        ("TD\r\n", True),
        ("R我不要", False),
        ("谢谢", False),
        ("", False),
    ],
)
async def test_a_refusal_by_uplink_opts_out(
    db: Database, service: AudienceService, keys: TenantKeys, text: str, is_refusal: bool
) -> None:
    phone = Phone(f"86{A}")
    async with db.begin() as uow:
        sealed = (await keys.sealer(uow, TENANT)).seal(phone)
        assert await service.take_uplink(uow, TENANT, sealed, text) is is_refusal
        assert await service.find_opted_out(uow, TENANT, [phone]) == ({phone} if is_refusal else set())
        assert len(await jobs_of(uow, "delivery.suppress")) == int(is_refusal)


async def test_a_refusal_to_a_signatures_number_is_of_that_signature_and_the_line_knows_it(
    db: Database, service: AudienceService, keys: TenantKeys
) -> None:
    phone = Phone(f"86{A}")
    async with db.begin() as uow:
        sealed = (await keys.sealer(uow, TENANT)).seal(phone)
        assert await service.take_uplink(uow, TENANT, sealed, "TD", signature="sig-1")
        assert await service.find_opted_out(uow, TENANT, [phone]) == set()
        assert await service.find_opted_out(uow, TENANT, [phone], signature="sig-1") == {phone}
        assert await jobs_of(uow, "delivery.suppress") == []


async def test_nothing_on_disk_shows_a_number(db: Database, service: AudienceService, tmp_path: Path, load) -> None:
    async with db.begin() as uow:
        await service.create_from_upload(uow, TENANT, "a.csv", chunks(f"{A}\n{A}\nbad{B}".encode()))
    await load("b.csv", f"phone,x\n{A},\n{A},\nbad{B},1".encode())
    stored = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert len(stored) == 3
    for path in stored:
        assert A.encode() not in path.read_bytes()
        assert B.encode() not in path.read_bytes()


async def test_whoever_waits_is_told(db: Database, load) -> None:
    good = await load("a.csv", A.encode())
    bad = await load("b.csv", b"no number")
    async with db.begin() as uow:
        assert await jobs_of(uow, "campaigns.numbers_parsed") == [
            {"tenant_id": TENANT, "file_id": good.file_id, "state": "parsed"},
            {"tenant_id": TENANT, "file_id": bad.file_id, "state": "failed"},
        ]
        assert len(await jobs_of(uow, "audience.parse")) == 2


async def test_files_are_their_tenants_alone_and_go_after_thirty_days(
    db: Database, service: AudienceService, clock: FrozenClock, tmp_path: Path, load
) -> None:
    file = await load("a.csv", f"{A}\nx".encode())
    async with db.begin() as uow:
        with pytest.raises(NotFound):
            await service.get_file(uow, OTHER, file.file_id)
        clock.advance(timedelta(days=30))
        assert await service.delete_old_files(uow) == 0
        clock.advance(timedelta(seconds=1))
        assert await service.delete_old_files(uow) == 1
        with pytest.raises(NotFound):
            await service.get_file(uow, TENANT, file.file_id)
        await service.delete_file(uow, TENANT, file.file_id)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


async def test_flags_lie_beside_a_block(service: AudienceService) -> None:
    key = FileId("00000000-0000-4000-8000-0000000000ff")
    await service.write_flags(key, 3, b"\x01\x00\x02")
    assert await service.read_flags(key, 3) == b"\x01\x00\x02"
    with pytest.raises(NotFound):
        await service.read_flags(key, 4)


async def test_the_sample_is_a_file_that_we_can_read(service: AudienceService, load, read) -> None:
    file = await load("样例.xlsx", service.sample_xlsx())
    assert (file.number_column, file.columns) == ("手机号码", ("姓名", "金额"))
    assert (await read(file))[0].params(0) == ("张三", "100.00")


async def test_values_that_look_like_formulas_are_harmless_in_the_download(service: AudienceService, load) -> None:
    file = await load("a.csv", f'{A}\n"=cmd|x"\n'.encode())
    assert await issues_of(service, file) == [["2", "'=cmd|x", "号码无效", IssueReason.INVALID.value]]
