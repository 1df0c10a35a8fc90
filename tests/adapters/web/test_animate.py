"""A sketch from the form to its clip, and what a person does with it there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.web import site as site_module
from adapters.web.looks import style_of
from bot.card import Action, Button, CardState
from bot.clip import Renderer
from bot.door.rules import HouseRules
from bot.job import JobStatus
from bot.measurement import Curves, Verdict
from bot.people.personal import PAGE
from tests.adapters.web.harness import SKETCH, Browser, Page, serving
from tests.fakes.engine import FACE, FINE

CURVES = Curves(
    left_eye=(1.0, 0.2, 1.0),
    right_eye=(1.0, 0.4, 1.0),
    mouth=(0.0, 0.02, 0.1),
    drift_x=(0.0, 0.0, 0.0),
    drift_y=(0.0, 0.0, 0.0),
)


async def test_a_sketch_becomes_a_clip_with_its_buttons(page: Page, browser: Browser) -> None:
    path = await browser.animate(steps="60", expression="smile")
    job_id = await page.done(path)
    job = page.house.jobs.rows[job_id]
    assert job.request.num_inference_steps == 60
    assert job.options == {"steps": "60", "expression": "smile"}
    shown = await browser.get(path)
    for said in ("Your sketch is alive", f"Seed {job.request.seed}", "<video", "/again", "/delete"):
        assert said in shown.text


async def test_what_was_left_as_it_was_is_not_taken_for_typed(page: Page, browser: Browser) -> None:
    path = await browser.animate(
        expression="auto", style="loose", res="768", frames="", cfg="4.5", seed="", negative=""
    )
    assert page.house.jobs.rows[path.rpartition("/")[2]].options == {"style": "loose"}


async def test_a_script_is_told_where_to_go_and_what_is_wrong(page: Page, browser: Browser) -> None:
    await browser.get("/")
    as_script = {"Accept": "application/json"}
    answer = await browser.post("/animate", {}, files=SKETCH, headers=as_script)
    assert answer.json()["location"].startswith("/jobs/")
    answer = await browser.post("/animate", {"steps": "1000"}, files=SKETCH, headers=as_script)
    assert (answer.status_code, "location" in answer.json()) == (200, True)  # asked about
    answer = await browser.post("/animate", {"seed": "x"}, files=SKETCH, headers=as_script)
    assert answer.status_code == 422
    assert "“seed” is a whole number" in answer.json()["error"]
    answer = await browser.post("/animate", {}, headers=as_script)
    assert "No picture was chosen" in answer.json()["error"]


async def test_a_question_comes_first_and_is_answered_with_a_tap(
    page: Page, browser: Browser
) -> None:
    page.house.engine.faces = ()
    path = await browser.animate()
    asked = await browser.get(path)
    assert "I can&#39;t find the eyes" in asked.text
    answered = await browser.post(f"{path}/goon")
    assert answered.url.path == path
    assert page.house.jobs.rows[path.rpartition("/")[2]].status is JobStatus.QUEUED


async def test_a_question_shows_its_picture_with_the_faces_numbered(
    page: Page, browser: Browser
) -> None:
    page.house.engine.faces = (FACE, replace(FACE, x=300, width=100))
    path = await browser.animate()
    asked = await browser.get(path)
    assert "Crop to face 2" in asked.text
    assert asked.text.count("<rect") == 2
    assert (await browser.get(f"{path}/preview/0")).content == b"a sketch"
    await browser.post(f"{path}/crop", {"set-face": "2"})
    job = page.house.jobs.rows[path.rpartition("/")[2]]
    assert 2 * job.width < job.height  # as narrow as the second face


async def test_too_many_frames_are_answered_with_those_that_fit(
    page: Page, browser: Browser
) -> None:
    path = await browser.animate(res="1024")
    assert "frames:33" in (await browser.get(path)).text
    await browser.post(f"{path}/change", {"set-frames": "33"})
    assert page.house.jobs.rows[path.rpartition("/")[2]].request.num_frames == 33


async def test_what_is_refused_leads_back_to_where_it_was_asked(
    page: Page, browser: Browser
) -> None:
    path = await browser.animate()
    tweak, wrong = f"{path}/tweak", {"seed": "x"}
    for referer, back in (
        (f"{page.url}{path}?x=1", f"{path}?x=1"),
        (f"{page.url}//evil.example", "/"),
        ("https://evil.example/jobs", ""),
        ("http://[", ""),
        ("", ""),
        (f"{page.url}{tweak}", ""),  # a form's own address can't be loaded
    ):
        told = await browser.post(tweak, wrong, headers={"Referer": referer})
        assert told.status_code in (404, 422)
        assert (f'<a href="{back}">Back</a>' in told.text) is bool(back)
        assert f'name="next" value="{back or "/"}"' in told.text


async def test_a_question_can_be_left_at_that(page: Page, browser: Browser) -> None:
    page.house.engine.faces = ()
    path = await browser.animate()
    assert (await browser.post(f"{path}/dismiss")).url.path == "/"
    assert (await browser.get(path)).status_code == 404


async def test_what_waits_can_be_cancelled(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    answer = await browser.post(f"{path}/cancel")
    assert answer.url.path == path
    assert "Cancelled" in answer.text
    again = await browser.post(f"{path}/cancel")
    assert (again.status_code, "over already" in again.text) == (404, True)


@pytest.mark.parametrize("action", ["again", "loop", "gentle"])
async def test_once_more_leads_to_the_page_of_the_new_one(
    page: Page, browser: Browser, action: str
) -> None:
    path = await browser.animate()
    await page.done(path)
    answer = await browser.post(f"{path}/{action}")
    assert answer.url.path.startswith("/jobs/")
    assert answer.url.path != path


async def test_other_settings_take_back_what_was_typed_before(page: Page, browser: Browser) -> None:
    path = await browser.animate(steps="60", seed="7", loop="on")
    await page.done(path)
    answer = await browser.post(f"{path}/tweak", {"steps": "", "cfg": "5", "seed": ""})
    options = page.house.jobs.rows[answer.url.path.rpartition("/")[2]].options
    assert options == {"steps": "50", "seed": "7", "loop": "off", "cfg": "5"}


async def test_a_clip_is_deleted_and_had_back(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    await page.done(path)
    deleted = await browser.post(f"{path}/delete")
    assert "Deleted" in deleted.text
    assert "<video" not in deleted.text
    assert "/media/" not in deleted.text
    back = await browser.post(f"{path}/undelete")
    assert "<video" in back.text


@pytest.mark.parametrize("wanted", ["gif", "webp", "apng", "sheet", "sheet.json"])
async def test_other_formats_are_saved_as_files(page: Page, browser: Browser, wanted: str) -> None:
    path = await browser.animate()
    await page.done(path)
    answer = await browser.post(f"{path}/formats", {"format": wanted})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]


async def test_a_format_that_there_is_not_is_told_so(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    await page.done(path)
    answer = await browser.post(f"{path}/formats", {"format": "../../etc/passwd"})
    assert answer.status_code == 422


@pytest.mark.parametrize(("action", "name"), [("curve", "curves.svg"), ("keys", "keyframes.png")])
async def test_curves_and_key_frames_are_saved_as_files(
    page: Page, browser: Browser, action: str, name: str
) -> None:
    path = await browser.animate()
    await page.done(path)
    answer = await browser.post(f"{path}/{action}")
    assert name in answer.headers["content-disposition"]


async def test_an_action_that_there_is_not_is_told_so(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    for action in ("dance", "star", "keep"):
        assert (await browser.post(f"{path}/{action}")).status_code == 404


async def test_the_curve_stands_below_the_clip(page: Page, browser: Browser) -> None:
    page.house.engine.verdicts.append(replace(FINE, curves=CURVES))
    path = await browser.animate()
    await page.done(path)
    shown = await browser.get(path)
    assert shown.text.count("<polyline") == 3
    assert 'id="playhead"' in shown.text
    assert 'class="blink"' in shown.text


async def test_a_clip_that_could_not_be_measured_has_no_curve(page: Page, browser: Browser) -> None:
    page.house.engine.verdicts.append(replace(FINE, verdict=Verdict.UNMEASURED))
    path = await browser.animate()
    await page.done(path)
    assert "<polyline" not in (await browser.get(path)).text


async def test_ones_own_clips_are_on_the_front_page(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    await page.done(path)
    front = await browser.get("/")
    assert f'href="{path}"' in front.text
    assert "/media/" in front.text


async def test_ones_own_clips_go_on_on_another_page(page: Page, browser: Browser) -> None:
    for _ in range(PAGE + 1):
        await page.done(await browser.animate())
    front = await browser.get("/")
    assert front.text.count("/jobs/") == PAGE
    assert (await browser.get("/?page=1")).text.count("/jobs/") == 1


async def test_somebody_elses_clip_is_not_there(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    await page.done(path)
    async with page.browser() as other:
        for hidden in (path, f"{path}/events", f"{path}/preview/0"):
            assert (await other.get(hidden)).status_code == 404
        assert path not in (await other.get("/")).text
        assert (await other.post(f"{path}/delete")).status_code == 403


async def test_it_speaks_the_browsers_language(page: Page) -> None:
    async with page.browser("fr, zh-TW;q=0.8, en;q=0.5") as browser:
        front = await browser.get("/")
        assert '<html lang="zh-Hans">' in front.text
        assert "让草图活起来" in front.text
        shown = await browser.get(await browser.animate())
        assert "排队" in shown.text
    async with page.browser("de") as browser:
        assert '<html lang="en">' in (await browser.get("/")).text


@pytest.mark.parametrize(("renderer", "told"), [(Renderer.PREVIEW, True), (Renderer.MODEL, False)])
async def test_settings_that_change_nothing_here_are_told_of(
    tmp_path: Path, renderer: Renderer, told: bool
) -> None:
    rules = HouseRules(renderer=renderer)
    async with serving(tmp_path, rules=rules) as page, page.browser() as browser:
        assert ("This machine draws previews" in (await browser.get("/")).text) is told


def test_going_on_anyway_comes_second_to_what_mends_it() -> None:
    go_on, crop = Button(Action.GO_ON, "Go on"), Button(Action.CROP, "Crop")
    assert style_of(go_on, [go_on]) == ""
    assert style_of(go_on, [crop, go_on]) == "quiet"
    assert style_of(crop, [crop, go_on]) == ""


async def test_a_page_knows_how_a_job_stands_after_a_restart(page: Page, browser: Browser) -> None:
    """The cards that were told are gone with the process; the house knows."""
    path = await browser.animate()
    page.frontend.messenger._cards.clear()
    assert 'data-state="queued"' in (await browser.get(path)).text
    await page.done(path)
    page.frontend.messenger._cards.clear()
    assert f'data-state="{CardState.DONE}"' in (await browser.get(path)).text


async def test_the_cost_is_told_before_anything_is_sent(page: Page, browser: Browser) -> None:
    await browser.get("/")
    for query in ("", "?res=1024&frames=33", "?steps=x"):
        assert (await browser.get(f"/quote{query}")).status_code == 200


async def test_an_upgrade_beside_a_running_bot_leaves_its_pages_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates = shutil.copytree(site_module.TEMPLATES, tmp_path / "templates")
    monkeypatch.setattr(site_module, "TEMPLATES", templates)
    async with serving(tmp_path) as page, page.browser() as browser:
        assert (await browser.get("/")).status_code == 200
        for each in templates.iterdir():
            each.write_text("{{ what_the_next_version_says }}")
        for path in ("/", "/privacy"):
            assert (await browser.get(path)).status_code == 200
