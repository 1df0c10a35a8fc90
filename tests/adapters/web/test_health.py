"""What watches over the machine: alive, ready, and the figures that the dashboard draws."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.web.access import Access
from bot.clip import Gpu, Renderer
from bot.door.rules import HouseRules
from tests.adapters.web.harness import TOKEN, Browser, Page, serving

DASHBOARD = Path(__file__).parents[3] / "deploy" / "grafana-dashboard.json"
CARD = Gpu("a card", 2**30, 24 * 2**30, 0.5, 300.0, 450.0)
NAME = re.compile(r"sketchlife_\w+")


def figures(text: str) -> dict[tuple[str, ...], float]:
    """By a sample's name and the values of its labels, in the order of their names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def busy(page: Page, browser: Browser) -> dict[tuple[str, ...], float]:
    """One clip made by the model, one that waits, and a platform that refused something."""
    page.house.engine.cards.append(CARD)
    tally = page.house.service.operating.watching.tally
    tally.errors["web", "50013"] += 1
    await page.done(await browser.animate())
    await browser.animate()
    await page.clock.advance(90)
    return figures((await browser.get("/metrics")).text)


async def test_the_figures_tell_what_waits_what_was_made_and_what_it_cost(tmp_path: Path) -> None:
    rules = HouseRules(renderer=Renderer.MODEL)
    async with serving(tmp_path, rules=rules) as page, page.browser() as browser:
        told = await busy(page, browser)
    assert told["sketchlife_jobs", "model", "queued"] == 1
    assert told["sketchlife_oldest_job_seconds", "model", "queued"] == 90
    assert told["sketchlife_jobs_ended_total", "delivered", "model"] == 1
    assert told["sketchlife_stage_seconds_count", "model", "rendered"] == 1
    assert told["sketchlife_stage_seconds_bucket", "+Inf", "model", "rendered"] == 1
    assert told["sketchlife_gpu_memory_bytes", "0", "a card"] == 24 * 2**30
    assert told["sketchlife_platform_errors_total", "50013", "web"] == 1
    assert told["sketchlife_platform_connected", "web"] == 1
    assert told["sketchlife_worker_ready", "fake"] == 1
    assert told["sketchlife_gpu_resting",] == 0


async def test_the_dashboard_draws_every_figure_and_no_other(page: Page, browser: Browser) -> None:
    page.house.engine.describe = _with_memory  # type: ignore[method-assign]
    told = {name for name, *_ in await busy(page, browser)}
    dashboard = json.loads(DASHBOARD.read_text())
    asked = [one["expr"] for panel in dashboard["panels"] for one in panel["targets"]]
    assert {name for expr in asked for name in NAME.findall(expr)} == told


async def _with_memory() -> dict[str, dict[str, str]]:
    return {"eyes": {"state": "ready", "restarts": "2", "memory_mb": "300"}}


async def test_beyond_this_machine_the_figures_are_the_operators(tmp_path: Path) -> None:
    access = Access(url="http://sketches.example", admin_token=TOKEN)
    async with serving(tmp_path, access) as page, page.browser() as browser:
        assert (await browser.get("/metrics")).status_code == 403
        wrong = await browser.get("/metrics", Authorization="Bearer something else, as long")
        assert wrong.status_code == 403
        right = await browser.get("/metrics", Authorization=f"Bearer {TOKEN}")
        assert right.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert (await browser.get("/healthz")).status_code == 200


async def test_a_gpu_that_was_sent_to_rest_leaves_the_house_ready(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def describe() -> dict[str, dict[str, str]]:
        return {"model": {"state": "closed"}}

    monkeypatch.setattr(page.house.engine, "describe", describe)
    assert (await browser.get("/readyz")).status_code == 200


async def test_a_worker_that_runs_and_cannot_use_its_model_leaves_the_house_unready(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def describe() -> dict[str, dict[str, str]]:
        return {
            "eyes": {"state": "ready"},
            "safety": {"state": "ready", "problem": "no such label"},
        }

    monkeypatch.setattr(page.house.engine, "describe", describe)
    answer = await browser.get("/readyz")
    assert (answer.status_code, answer.json()["workers"]) == (503, {"eyes": True, "safety": False})
    told = figures((await browser.get("/metrics")).text)
    assert [told["sketchlife_worker_ready", role] for role in ("eyes", "safety")] == [1, 0]


async def test_a_platform_that_is_not_reached_is_told(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page.frontend.messenger, "connected", lambda: False)
    answer = await browser.get("/readyz")
    assert (answer.status_code, answer.json()["platforms"]) == (503, {"web": False})
