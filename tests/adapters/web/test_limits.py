"""How large a body may be, and how often one address may ask."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from adapters.web.access import Access
from adapters.web.forms import LIMIT_BYTES
from adapters.web.pace import Kind
from tests.adapters.web.harness import AT_HOME, TOKEN, Browser, Page, serving
from tests.fakes.clock import FakeClock


async def test_a_picture_that_is_too_heavy_is_refused_before_it_is_kept(
    page: Page, browser: Browser
) -> None:
    heavy = {"sketch": ("me.png", b"0" * (LIMIT_BYTES + 1), "image/png")}
    answer = await browser.post("/animate", files=heavy)
    assert answer.status_code == 413
    assert "larger than 20 MB" in answer.text
    assert page.house.jobs.rows == {}


@pytest.mark.parametrize(
    "where", ["starlette.formparsers.SpooledTemporaryFile", "adapters.web.forms.shutil.copyfileobj"]
)
async def test_a_picture_for_which_there_is_no_room_is_told_so(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    await browser.get("/")
    monkeypatch.setattr(where, full)
    answer = await browser.post("/animate", files={"sketch": ("me.png", b"a sketch", "image/png")})
    assert answer.status_code == 503
    assert "disk of this machine is full" in answer.text
    assert page.house.jobs.rows == {}


async def test_a_body_that_does_not_say_how_long_it_is_is_counted(
    page: Page, browser: Browser
) -> None:
    await browser.get("/")
    head = (
        '--x\r\nContent-Disposition: form-data; name="sketch"; filename="a"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )

    async def endless() -> AsyncIterator[bytes]:
        yield head.encode()
        while True:
            yield b"0" * 2**20

    try:
        answer = await browser.client.post(
            "/animate",
            content=endless(),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert answer.status_code == 413
    except httpx.TransportError:  # it was hung up on before it had read the answer
        pass
    assert page.house.jobs.rows == {}


@pytest.mark.parametrize(
    "content",
    [
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("multipart/form-data", b"no boundary"),
        ("application/json", b"{}"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(1000))),
    ],
)
async def test_a_form_that_is_none_is_told_so(
    page: Page, browser: Browser, content: tuple[str, bytes]
) -> None:
    await browser.get("/")
    answer = await browser.client.post(
        "/animate", content=content[1], headers={"Content-Type": content[0]}
    )
    assert answer.status_code in (400, 403)


async def test_one_address_may_ask_only_so_often(tmp_path: Path) -> None:
    clock = FakeClock()
    async with serving(tmp_path, clock=clock) as page, page.browser() as browser:
        await browser.get("/")
        most = Kind.UPLOAD.value[0]
        codes = [(await browser.post("/animate")).status_code for _ in range(most + 1)]
        assert codes == [422] * most + [429]
        refused = await browser.post("/animate")
        assert refused.headers["retry-after"] == "5"
        assert "try again in 5 s" in refused.text
        assert (await browser.get("/")).status_code == 200
        await clock.advance(5)
        assert (await browser.post("/animate")).status_code == 422


async def test_behind_a_proxy_of_this_machine_each_address_is_counted_for_itself(
    public: Page,
) -> None:
    async with public.browser(**AT_HOME) as browser:
        await browser.get("/sign-in")
        answers = [
            await browser.post("/sign-in", {"token": "x"}, headers={"X-Forwarded-For": address})
            for address in [*["192.0.2.1"] * 9, "192.0.2.2"]
        ]
    assert [answer.status_code for answer in answers] == [*[403] * 8, 429, 403]


async def test_nobody_is_believed_who_says_to_forward_and_is_no_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.9")
    access = Access(url="http://sketches.example", admin_token=TOKEN)
    async with serving(tmp_path, access) as page, page.browser(**AT_HOME) as browser:
        await browser.get("/sign-in")
        for number in range(9):
            forged = {"X-Forwarded-For": f"192.0.2.{number}"}
            answer = await browser.post("/sign-in", {"token": "x"}, headers=forged)
    assert answer.status_code == 429
