"""What the page gives nobody, whoever asks and however."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

import httpx
import pytest

from bot.job import JobStatus
from tests.adapters.web.harness import Browser, Page


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::2]", "[::1"])
async def test_a_strange_name_does_not_lead_to_this_machine(page: Page, host: str) -> None:
    async with page.browser() as browser:
        for path in ("/", "/gallery", "/sign-in"):
            assert (await browser.get(path, Host=host)).status_code == 403


async def test_what_somebody_forwards_does_not_come_from_this_machine(page: Page) -> None:
    async with page.browser() as browser:
        answer = await browser.get("/", **{"X-Forwarded-Host": "sketches.example"})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/static/../frontend.py",
        "/static/..%2ffrontend.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static//etc/passwd",
        "/static/style.css%00.js",
        "/media/..%2f..%2fweb.key/x",
        "/media/../../web.key",
        "/jobs/..%2f..%2fweb.key",
        "/jobs/x/preview/..%2f..%2fweb.key",
        "/clips/..%2fweb.key",
    ],
)
async def test_no_path_leads_to_a_file(page: Page, path: str) -> None:
    async with page.browser() as browser:
        request = browser.client.build_request("GET", "/")
        request.url = httpx.URL(page.url).copy_with(raw_path=path.encode())
        answer = await browser.client.send(request)
    assert answer.status_code == 404
    assert "There is nothing" in answer.text or "is not here any more" in answer.text


async def test_a_clips_name_can_neither_be_guessed_nor_used_for_another(
    page: Page, browser: Browser
) -> None:
    one, two = [await page.done(await browser.animate()) for _ in range(2)]
    shown = (await browser.get(f"/jobs/{one}")).text
    name = shown.split(f"/media/{one}/", 1)[1].split('"', 1)[0]
    assert (await browser.get(f"/media/{one}/{name}")).content == b"x" * 1000
    for wrong in (f"{one}/clip", f"{one}/{name[:-1]}", f"{two}/{name}", f"{one}/mp4.mp4"):
        assert (await browser.get(f"/media/{wrong}")).status_code == 404


async def test_a_clip_that_was_deleted_is_gone_at_its_address_too(
    page: Page, browser: Browser
) -> None:
    path = await browser.animate()
    job_id = await page.done(path)
    shown = (await browser.get(path)).text
    address = f"/media/{job_id}/" + shown.split(f"/media/{job_id}/", 1)[1].split('"', 1)[0]
    there = await browser.get(address)
    assert there.status_code == 200
    kept = there.headers["cache-control"]  # by the browser alone, and not for long
    assert "private" in kept and int(kept.partition("max-age=")[2]) <= 600
    await browser.post(f"{path}/delete")
    assert (await browser.get(address)).status_code == 404


async def test_every_answer_has_strict_headers(page: Page, browser: Browser) -> None:
    await browser.get("/")
    for path in ("/", "/gallery", "/nowhere", "/static/style.css", "/healthz", "/operate"):
        headers = (await browser.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "noindex" in headers["x-robots-tag"]
        assert "server" not in headers
    assert (await browser.get("/")).headers["cache-control"] == "no-store"


async def test_robots_may_only_see_what_is_shown_and_that_it_is_not_to_be_indexed(
    page: Page, browser: Browser
) -> None:
    rules = RobotFileParser()
    rules.parse((await browser.get("/robots.txt")).text.splitlines())
    for path in ("/clips/1", "/gallery", "/media/1/x"):
        assert rules.can_fetch("Twitterbot", path)
    for path in ("/", "/jobs/1", "/operate", "/sign-in"):
        assert not rules.can_fetch("Twitterbot", path)


async def test_what_a_person_wrote_stays_text(page: Page, browser: Browser) -> None:
    path = await browser.animate(prompt='"><script>alert(1)</script>')
    await page.done(path)
    assert "<script>alert" not in (await browser.get(path)).text


@pytest.mark.parametrize("path", ["/jobs/a%00", "/clips/a%00", "/presets/a%00", "/media/a%00/b"])
async def test_nothing_is_looked_up_by_what_no_database_stores(browser: Browser, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, "There is nothing" in answer.text) == (404, True)


async def test_a_job_of_the_machines_own_failure_is_told_kindly(
    page: Page, browser: Browser
) -> None:
    await browser.get("/")
    page.house.jobs.rows.clear()
    path = await browser.animate()
    page.house.engine.failures.extend([RuntimeError("a bug")] * 5)
    async with page.house.at_work():
        await page.house.until_status(path.rpartition("/")[2], JobStatus.FAILED)
    assert "This one did not work" in (await browser.get(path)).text
