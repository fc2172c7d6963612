"""One file of numbers, three answers to the question what happens to phones that cannot show the card."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from support.doors import Company, csv_of, phones, send_and_wait, signed, upload
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)
CAPABLE, INCAPABLE = 12, 5


@dataclass
class Sent:
    """Who was sent to and what became of it."""

    able: list[str]
    unable: list[str]
    task: dict[str, Any]
    file: dict[str, Any]


@pytest.fixture(scope="module")
def sent(demo: Company) -> dict[str, Sent]:
    """One task for each fallback, on the same kind of file: good numbers, a repeated one, two that are none."""

    async def one(fallback: str) -> Sent:
        able = phones(CAPABLE, can_show=True)
        unable = phones(INCAPABLE, can_show=False)
        numbers = [*able, *unable, "+86 " + able[0], "12345", "not a number"]
        names = [f"会员{i}" for i in range(len(numbers))]
        data = csv_of(numbers, 会员称呼=names)
        async with signed(demo) as api:
            file = await upload(api, "numbers.csv", data)
            task = await send_and_wait(api, demo.templates["member"], data, fallback=fallback)
        return Sent(able, unable, task, file)

    async def all_three() -> list[Sent]:
        return await asyncio.gather(one("none"), one("sms"), one("basic"))

    return dict(zip(("none", "sms", "basic"), asyncio.run(all_three()), strict=True))


@pytest.mark.parametrize("fallback", ["none", "sms", "basic"])
def test_parsing_tells_the_five_counts(sent: dict[str, Sent], fallback: str) -> None:
    counts = sent[fallback].task["counts"]
    assert counts["rows"] == CAPABLE + INCAPABLE + 3
    assert counts["imported"] == CAPABLE + INCAPABLE
    assert (counts["invalid"], counts["duplicates"], counts["opted_out"]) == (2, 1, 0)
    assert (counts["capable"], counts["incapable"]) == (CAPABLE, INCAPABLE)
    assert counts["submitted"] == CAPABLE + (0 if fallback == "none" else INCAPABLE)


def test_the_file_itself_says_what_was_wrong_with_it(sent: dict[str, Sent]) -> None:
    file = sent["none"].file
    assert file["state"] == "parsed"
    assert file["number_column"] == "手机号码"
    assert file["columns"] == ["会员称呼"]
    assert file["counts"]["invalid"] == 2
    assert file["counts"]["duplicates"] == 1


def test_with_no_fallback_phones_without_cards_get_nothing(installation: Installation, sent: dict[str, Sent]) -> None:
    one = sent["none"]
    assert one.task["states"] == {"delivered": CAPABLE, "skipped": INCAPABLE}
    assert [installation.inbox(number) for number in one.unable] == [[]] * INCAPABLE
    assert all(len(installation.inbox(number)) == 1 for number in one.able)


def test_with_fallback_sms_they_get_the_text_with_a_link(installation: Installation, sent: dict[str, Sent]) -> None:
    one = sent["sms"]
    assert one.task["states"] == {"delivered": CAPABLE + INCAPABLE}
    domain = one.task["domain"]
    for i, number in enumerate([*one.able, *one.unable]):
        (sms,) = installation.inbox(number)
        text = sms["text"]
        assert text.startswith(f"【鸿雁演示企业】尊敬的会员{i}，您的会员权益已更新，点击查看 {domain}/")
        assert text.endswith(" 祝您生活愉快。")


def test_with_fallback_basic_they_get_the_text_without_link(installation: Installation, sent: dict[str, Sent]) -> None:
    one = sent["basic"]
    assert one.task["states"] == {"delivered": CAPABLE + INCAPABLE}
    for number in one.unable:
        (sms,) = installation.inbox(number)
        assert one.task["domain"] not in sms["text"]
        assert sms["text"].endswith("点击查看祝您生活愉快。")
    for number in one.able:
        assert one.task["domain"] + "/" in installation.inbox(number)[0]["text"]


def test_no_two_links_are_the_same(installation: Installation, sent: dict[str, Sent]) -> None:
    texts = [sms["text"] for one in sent.values() for number in one.able for sms in installation.inbox(number)]
    codes = {text.split(f"{sent['sms'].task['domain']}/")[1].split(" ")[0] for text in texts}
    assert len(codes) == len(texts) == 3 * CAPABLE


def test_the_console_shows_the_same_as_the_api(demo: Company, sent: dict[str, Sent]) -> None:
    console, one = demo.console(), sent["none"]
    task_id = one.task["task_id"]
    assert console.get(f"/send-tasks/{task_id}") == one.task
    skipped = console.get(f"/send-tasks/{task_id}/messages", state="skipped", limit=100)
    assert skipped["total"] == INCAPABLE
    assert {row["phone_masked"] for row in skipped["items"]} <= {f"{n[:3]}****{n[-4:]}" for n in one.unable}
    assert all(number not in str(skipped) for number in one.unable)
    found = console.get(f"/send-tasks/{task_id}/messages", phone=one.able[0])["items"]
    assert [row["state"] for row in found] == ["delivered"]
    revealed = console.act("POST", f"/send-tasks/{task_id}/messages/{found[0]['message_id']}/reveal")
    assert revealed == {"phone": one.able[0]}
    audit = console.get("/audit", action="campaigns.reveal")["items"]
    assert str(found[0]["message_id"]) in str(audit)


def test_messages_can_be_downloaded_with_masked_numbers(demo: Company, sent: dict[str, Sent]) -> None:
    one = sent["sms"]
    answer = demo.console().ask("GET", f"/send-tasks/{one.task['task_id']}/messages.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith("\ufeff".encode())
    assert len(answer.text.strip().splitlines()) == 1 + CAPABLE + INCAPABLE
    assert one.able[0] not in answer.text


def test_progress_is_a_stream_that_ends(demo: Company, sent: dict[str, Sent]) -> None:
    task_id = sent["none"].task["task_id"]
    lines = demo.console().lines(f"/send-tasks/{task_id}/progress")
    assert lines[0] == "event: progress"
    assert f'"task_id":"{task_id}"' in lines[1].replace(": ", ":")
