"""What people agreed to show on the web, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.web.access import Access
from adapters.web.gallery import ON_A_PAGE
from tests.adapters.web.harness import TOKEN, Browser, Page, serving
from tests.fakes.house import ADA


@pytest.fixture
async def shown(page: Page, browser: Browser) -> str:
    """The path of a clip that its owner shows."""
    path = await browser.animate()
    job_id = await page.done(path)
    answer = await browser.post(f"{path}/web", {"set-web": "on"})
    assert "Take off the web page" in answer.text
    return f"/clips/{job_id}"


@pytest.fixture
async def stranger(page: Page) -> AsyncIterator[Browser]:
    async with page.browser() as browser:
        await browser.get("/")
        yield browser


async def test_nothing_is_shown_without_a_yes_of_its_own(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    job_id = await page.done(path)
    assert "Nothing is shown here yet" in (await browser.get("/gallery")).text
    assert (await browser.get(f"/clips/{job_id}")).status_code == 404


async def test_a_shown_clip_hangs_on_the_wall_and_has_a_page(shown: str, stranger: Browser) -> None:
    assert f'href="{shown}"' in (await stranger.get("/gallery")).text
    page = (await stranger.get(shown)).text
    assert "<video" in page
    assert "AI-generated" in page


async def test_links_to_it_unfold_elsewhere(page: Page, shown: str, stranger: Browser) -> None:
    text = (await stranger.get(shown)).text
    for said in (
        f'property="og:url" content="{page.url}{shown}"',
        f'property="og:video" content="{page.url}/media/',
        f'property="og:image" content="{page.url}/media/',
        'name="robots" content="noindex, nofollow"',
    ):
        assert said in text


async def test_taken_off_it_is_gone_at_once(shown: str, browser: Browser) -> None:
    path = shown.replace("/clips/", "/jobs/")
    await browser.post(f"{path}/web", {"set-web": "off"})
    assert (await browser.get(shown)).status_code == 404
    assert shown not in (await browser.get("/gallery")).text


async def test_the_most_starred_come_first(page: Page, shown: str, browser: Browser) -> None:
    path = await browser.animate()
    newer = f"/clips/{await page.done(path)}"
    await browser.post(f"{path}/web", {"set-web": "on"})
    async with page.browser() as fan:
        starred = await fan.post(f"{shown}/star")
        assert "★ 1" in starred.text
        wall = (await fan.get("/gallery?sort=starred")).text
        assert wall.index(shown) < wall.index(newer)
        wall = (await fan.get("/gallery")).text
        assert wall.index(newer) < wall.index(shown)
        assert "★ 1" not in (await fan.post(f"{shown}/star")).text


async def test_a_reported_clip_is_hidden_at_once(page: Page, shown: str, stranger: Browser) -> None:
    text = (await stranger.get(shown)).text
    address = text.split('<video src="', 1)[1].split('"', 1)[0]
    answer = await stranger.post(f"{shown}/report", {"reason": " not\0 mine to see "})
    assert answer.url.path == "/gallery"
    (report,) = await page.house.reports.of_job(shown.rpartition("/")[2])
    assert report.reason == "not mine to see"
    assert "somebody will decide" in answer.text
    assert (await stranger.get(shown)).status_code == 404
    assert (await stranger.get(address)).status_code == 404


async def test_nobody_reports_or_stars_what_the_page_does_not_show(
    page: Page, stranger: Browser
) -> None:
    card = await page.house.submit(replace(ADA, platform="web"))
    job_id = await page.done(card.job_id)
    for action in ("star", "report"):
        assert (await stranger.post(f"/clips/{job_id}/{action}")).status_code == 404
    assert not page.house.jobs.rows[job_id].hidden


async def test_ones_own_clip_is_not_ones_to_report(shown: str, browser: Browser) -> None:
    assert "/report" not in (await browser.get(shown)).text
    assert (await browser.post(f"{shown}/report")).status_code == 403


async def test_the_wall_goes_on_on_another_page(page: Page, browser: Browser) -> None:
    for _ in range(ON_A_PAGE + 1):
        card = await page.house.submit(replace(ADA, platform="web"))
        job_id = await page.done(card.job_id)
        await page.house.service.gallery.show_on_web(
            job_id, page.house.jobs.rows[job_id].origin, True
        )
    first = (await browser.get("/gallery")).text
    assert first.count("/clips/") == ON_A_PAGE
    assert "page=1" in first
    second = (await browser.get("/gallery?page=1")).text
    assert second.count("/clips/") == 1
    for odd in ("-1", "x", "9" * 5000, "²"):
        assert (await browser.get(f"/gallery?page={odd}")).status_code == 200


async def test_strangers_from_elsewhere_look_and_nothing_more(tmp_path: Path) -> None:
    access = Access(url="http://sketches.example", admin_token=TOKEN)
    async with serving(tmp_path, access) as page:
        async with page.browser(Host="sketches.example") as browser:
            await browser.sign_in()
            path = await browser.animate()
            shown = f"/clips/{await page.done(path)}"
            await browser.post(f"{path}/web", {"set-web": "on"})
        async with page.browser(Host="sketches.example") as stranger:
            text = (await stranger.get(shown)).text
            assert "http://sketches.example/media/" in text
            assert "<video" in text
            assert "/star" not in text
            assert "set-cookie" not in (await stranger.get("/gallery")).headers
