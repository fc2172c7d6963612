"""The built console as browsers get it."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from hongyan.run.console_files import add_console

_CODE = b"export const goose = '\xe9\xb8\xbf\xe9\x9b\x81';\n" * 50


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Ask a console of three files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>鸿雁</title>", "utf-8")
    (tmp_path / "favicon.svg").write_text("<svg/>", "utf-8")
    (tmp_path / "assets/page-1a.js").write_bytes(_CODE)
    (tmp_path / "assets/page-1a.js.gz").write_bytes(gzip.compress(_CODE))
    (tmp_path / "assets/plain-2b.css").write_bytes(b"body{}")
    (tmp_path.parent / "secret.txt").write_text("not ours", "utf-8")
    app = FastAPI()
    add_console(app, tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
        yield client


@pytest.mark.parametrize(("accepted", "packing"), [("gzip, br", "gzip"), ("identity", None)])
async def test_files_go_out_packed_to_those_who_take_it(
    browser: httpx.AsyncClient, accepted: str, packing: str | None
) -> None:
    answer = await browser.get("/assets/page-1a.js", headers={"accept-encoding": accepted})
    assert answer.content == _CODE
    assert answer.headers.get("content-encoding") == packing
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "accept-encoding"


async def test_files_that_are_not_packed_go_out_as_they_are(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assets/plain-2b.css", headers={"accept-encoding": "gzip"})
    assert (answer.content, answer.headers.get("content-encoding")) == (b"body{}", None)


async def test_a_file_that_is_none_is_not_found(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/assets/gone-3c.js")).status_code == 404


async def test_every_other_path_is_a_page_without_foreign_code(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/send-tasks/1?state=finished")
    assert "鸿雁" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    assert (await browser.get("/favicon.svg")).text == "<svg/>"


@pytest.mark.parametrize("path", ["/%2e%2e/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/a%00b"])
async def test_nothing_outside_of_it_goes_out(browser: httpx.AsyncClient, path: str) -> None:
    assert "not ours" not in (await browser.get(path)).text


async def test_a_path_of_the_api_is_no_page(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/console/api/none")
    assert answer.status_code == 404
    assert "鸿雁" not in answer.text


async def test_a_console_that_is_not_built_says_so(tmp_path: Path) -> None:
    app = FastAPI()
    add_console(app, tmp_path / "none")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
        answer = await client.get("/")
    assert (answer.status_code, "make setup" in answer.text) == (503, True)
