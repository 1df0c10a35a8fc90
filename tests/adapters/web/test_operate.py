"""The page of whoever runs the bot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import RenderError, StoreError
from bot.job import JobStatus
from tests.adapters.web.harness import BEN, Browser, Page
from tests.fakes.stores import FakeJobStore


async def shown_and_reported(page: Page) -> str:
    card = await page.house.submit(BEN)
    job_id = await page.done(card.job_id)
    service = page.house.service
    await service.gallery.show_on_web(job_id, BEN, True)
    cy = replace(BEN, person="cy", place="cy")
    await service.moderation.report(job_id, cy, "this is me")
    return job_id


async def test_the_queue_stands_there_and_can_be_cleared(page: Page, desk: Browser) -> None:
    card = await page.house.submit(BEN)
    shown = await desk.get("/operate")
    assert card.job_id in shown.text
    assert "Ben" in shown.text
    await desk.post("/operate/drop", {"job": card.job_id})
    assert (await page.house.job(card)).status is JobStatus.CANCELLED
    assert f'value="{card.job_id}"' not in (await desk.get("/operate")).text


async def test_lists_tell_how_much_of_them_is_shown(
    page: Page, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await page.house.submit(BEN)
    assert " of 1." not in (await desk.get("/operate")).text
    monkeypatch.setattr("bot.watch.operating.SHOWN", 1)
    await page.house.submit(BEN)
    assert "The first 1 of 2." in (await desk.get("/operate")).text
    page.house.engine.failures += [RenderError()] * 6
    for job_id in list(page.house.jobs.rows):
        async with page.house.at_work():
            await page.house.until_status(job_id, JobStatus.FAILED)
    assert (await desk.get("/operate")).text.count("The last 1 of 2.") == 2


async def test_a_clip_can_be_dropped_and_is_then_gone(page: Page, desk: Browser) -> None:
    card = await page.house.submit(BEN)
    await page.done(card.job_id)
    button = f'name="job" value="{card.job_id}"'
    assert button in (await desk.get("/operate")).text
    dropped = await desk.post("/operate/drop", {"job": card.job_id})
    assert (await page.house.job(card)).deleted_at is not None
    assert button not in dropped.text
    await page.house.jobs.drop(card.job_id)
    shown = (await desk.get("/operate")).text
    assert card.job_id in shown
    assert f'href="/jobs/{card.job_id}"' not in shown


async def test_workers_tell_what_they_are(
    page: Page, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def describe() -> dict[str, dict[str, str]]:
        return {"model": {"state": "ready", "plan": "vae-swapped", "memory_mb": "900", "new": "x"}}

    monkeypatch.setattr(page.house.engine, "describe", describe)
    shown = (await desk.get("/operate")).text
    for said in ("Model: EasyAnimate", "Memory plan", "vae-swapped", "Memory (MB)", "new"):
        assert said in shown
    chinese = (await desk.get("/operate", **{"Accept-Language": "zh"})).text
    for said in ("模型：EasyAnimate", "显存方案", "就绪"):
        assert said in chinese


async def failed(page: Page) -> str:
    page.house.engine.failures.extend([RenderError("error-render")] * 3)
    card = await page.house.submit(BEN)
    async with page.house.at_work():
        await page.house.until_status(card.job_id, JobStatus.FAILED)
    return card.job_id


async def test_what_failed_is_there_with_its_reason_as_its_person_reads_it(
    page: Page, desk: Browser
) -> None:
    job_id = await failed(page)
    shown = (await desk.get("/operate")).text
    assert f'<a href="/jobs/{job_id}">' in shown
    assert "This picture could not be animated." in shown
    assert "error-render" not in shown
    assert "这张图片没能动起来" in (await desk.get("/operate", **{"Accept-Language": "zh"})).text


async def test_what_failed_is_retried(page: Page, desk: Browser) -> None:
    job_id = await failed(page)
    shown = await desk.post("/operate/retry", {"job": job_id})
    assert shown.url.path == "/operate"
    (waiting,) = await page.house.jobs.waiting()
    assert (waiting.origin.owner, waiting.status) == (BEN.owner, JobStatus.QUEUED)
    assert f'<a href="/jobs/{waiting.id}">' in shown.text
    assert "asked for again" in shown.text
    assert 'action="/operate/retry"' not in shown.text
    answer = await desk.post("/operate/retry", {"job": waiting.id})
    assert (answer.status_code, "nothing to retry" in answer.text) == (404, True)


async def test_what_is_gone_is_not_offered_again(page: Page, desk: Browser) -> None:
    job_id = await failed(page)
    assert 'action="/operate/retry"' in (await desk.get("/operate")).text
    gone = replace(page.house.jobs.rows[job_id], files_gone_at=page.clock.now())
    page.house.jobs.rows[job_id] = gone
    shown = (await desk.get("/operate")).text
    assert job_id in shown
    assert 'action="/operate/retry"' not in shown


async def test_usage_over_time_is_drawn(page: Page, desk: Browser) -> None:
    empty = (await desk.get("/operate/usage")).text
    assert empty.count("No clips were asked for in this time.") == 3
    await page.done((await page.house.submit(BEN)).job_id)
    await failed(page)
    shown = (await desk.get("/operate/usage")).text
    assert shown.count("<svg") >= 2
    assert '<rect class="series-0"' in shown
    assert '<rect class="series-1"' in shown
    assert "<td>1</td>" in shown  # for who can't see it
    assert 'href="/operate/usage?period=month" aria-current="true"' in shown
    for period, current in (("week", "week"), ("year", "year"), ("x", "month")):
        shown = (await desk.get(f"/operate/usage?period={period}")).text
        assert f'href="/operate/usage?period={current}" aria-current="true"' in shown


@pytest.mark.parametrize(
    ("decision", "hidden", "deleted"),
    [("keep", False, False), ("remove", False, True), ("block", False, True)],
)
async def test_a_report_is_shown_with_its_clip_and_decided(
    page: Page, desk: Browser, decision: str, hidden: bool, deleted: bool
) -> None:
    job_id = await shown_and_reported(page)
    shown = (await desk.get("/operate")).text
    assert "“this is me”" in shown
    address = shown.split('<video src="', 1)[1].split('"', 1)[0]
    assert (await desk.get(address)).status_code == 200  # to decide by, and for nobody else
    await desk.post("/operate/decide", {"job": job_id, "decision": decision})
    job = page.house.jobs.rows[job_id]
    assert (job.hidden, job.deleted_at is not None) == (hidden, deleted)
    assert await page.house.reports.is_blocked(BEN.owner) is (decision == "block")
    assert "Nothing waits for a decision" in (await desk.get("/operate")).text


async def test_a_decision_that_there_is_not_changes_nothing(page: Page, desk: Browser) -> None:
    job_id = await shown_and_reported(page)
    answer = await desk.post("/operate/decide", {"job": job_id, "decision": "dance"})
    assert answer.status_code == 404
    assert page.house.jobs.rows[job_id].hidden


async def test_the_gpu_is_kept_free_for_a_while(page: Page, desk: Browser) -> None:
    paused = await desk.post("/operate/pause", {"hours": "3", "at_once": "on"})
    assert "needs its GPU for something else, until" in paused.text
    rest = await page.house.service.operating.pausing.rest()
    assert rest is not None
    assert rest.pause is not None
    assert rest.pause.at_once
    resumed = await desk.post("/operate/resume")
    assert "needs its GPU" not in resumed.text
    await desk.post("/operate/pause", {"hours": ""})
    rest = await page.house.service.operating.pausing.rest()
    assert rest is not None
    assert rest.until is None


async def test_an_operator_sees_every_job(page: Page, desk: Browser) -> None:
    card = await page.house.submit(BEN)
    assert (await desk.get(f"/jobs/{card.job_id}")).status_code == 200


async def test_it_is_ready_while_its_parts_are(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await browser.get("/healthz")).text == "ok\n"
    answer = await browser.get("/readyz")
    assert answer.json() == {
        "database": True,
        "workers": {"fake": True},
        "platforms": {"web": True},
    }

    async def away(self: FakeJobStore) -> None:
        raise StoreError

    monkeypatch.setattr(FakeJobStore, "under_way", away)
    answer = await browser.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


async def test_a_worker_that_is_away_is_told(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def describe() -> dict[str, dict[str, str]]:
        return {"eyes": {"state": "ready"}, "preview": {"state": "broken"}}

    monkeypatch.setattr(page.house.engine, "describe", describe)
    answer = await browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["workers"] == {"eyes": True, "preview": False}
