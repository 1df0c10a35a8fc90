"""What people choose for more than one clip: their language, and settings by a name."""

from __future__ import annotations

import pytest

from tests.adapters.web.harness import SKETCH, Browser, Page

AS_SCRIPT = {"Accept": "application/json"}


async def test_a_chosen_language_goes_before_the_browsers(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    await page.done(path)
    answer = await browser.post("/language", {"language": "zh", "next": "/privacy"})
    assert answer.url.path == "/privacy"
    assert '<html lang="zh-Hans">' in answer.text
    assert "你的画动起来了" in (await browser.get(path)).text
    assert "排队" in (await browser.get(await browser.animate())).text
    wrong = await browser.get("/jobs/none")
    assert (wrong.status_code, "没有成功" in wrong.text) == (404, True)
    async with page.browser() as other:
        assert '<html lang="en">' in (await other.get("/")).text
    back = await browser.post("/language", {"language": "en"})
    assert '<html lang="en">' in back.text


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example"])
async def test_choosing_leads_nowhere_else(page: Page, browser: Browser, path: str) -> None:
    answer = await browser.post("/language", {"language": "zh", "next": path})
    assert str(answer.url) == f"{page.url}/"


async def test_a_language_that_there_is_not_changes_nothing(browser: Browser) -> None:
    assert (await browser.post("/language", {"language": "xx"})).status_code == 422
    assert '<html lang="en">' in (await browser.get("/")).text


async def test_settings_are_kept_under_a_name_and_offered_in_the_form(
    page: Page, browser: Browser
) -> None:
    assert 'id="set-preset"' not in (await browser.get("/")).text
    front = await browser.post("/presets", {"keep": "Slow", "steps": "60", "loop": "on"})
    assert front.url.path == "/"
    assert '<option value="slow">slow</option>' in front.text
    path = await browser.animate(preset="slow", res="512")
    job = page.house.jobs.rows[path.rpartition("/")[2]]
    assert job.options == {"steps": "60", "loop": "on", "res": "512"}
    async with page.browser() as other:
        assert "slow" not in (await other.get("/")).text
        assert (await other.get("/presets/slow")).status_code == 422


async def test_a_script_fills_the_fields_in(browser: Browser) -> None:
    await browser.post("/presets", {"keep": "slow", "steps": "60", "loop": "on"})
    fields = (await browser.get("/presets/slow")).json()
    assert (fields["steps"], fields["loop"], fields["res"]) == ("60", "on", "768")
    assert (fields["frames"], fields["seed"], fields["prompt"]) == ("", "", "")


async def test_a_script_is_given_what_changed_and_the_picture_stays_chosen(
    browser: Browser,
) -> None:
    await browser.get("/")
    answer = await browser.post("/presets", {"keep": "slow", "steps": "60"}, headers=AS_SCRIPT)
    html = answer.json()["html"]
    assert '<option value="slow" selected>' in html
    assert 'value="slow" data-preset>Delete slow' in html
    gone = await browser.post("/presets/drop", {"drop": "slow"}, headers=AS_SCRIPT)
    assert "slow" not in gone.json()["html"]
    told = await browser.post("/presets", {"keep": "a b", "steps": "60"}, headers=AS_SCRIPT)
    assert "can't be a preset's name" in told.json()["error"]
    told = await browser.post("/presets", {"keep": "empty"}, headers=AS_SCRIPT)
    assert "at least one setting" in told.json()["error"]


async def test_a_preset_of_everybodys_is_offered_once_and_is_not_ones_own_to_delete(
    page: Page, browser: Browser
) -> None:
    await page.house.people.presets.save("web:page", "calm", {"cfg": "4.5"})
    await browser.post("/presets", {"keep": "calm", "steps": "60"})
    front = (await browser.get("/")).text
    assert front.count('<option value="calm"') == 1
    await browser.post("/presets/drop", {"drop": "calm"})
    front = (await browser.get("/")).text
    assert '<option value="calm"' in front
    assert "Delete calm" not in front


async def test_a_preset_that_there_is_not_is_told_so(browser: Browser) -> None:
    await browser.get("/")
    answer = await browser.post("/animate", {"preset": "none"}, files=SKETCH, headers=AS_SCRIPT)
    assert "There is no preset “none”" in answer.json()["error"]


async def test_settings_by_a_name_are_among_those_of_another_try(
    page: Page, browser: Browser
) -> None:
    path = await browser.animate(res="512")
    assert 'id="set-preset"' not in (await browser.get(path)).text
    await page.done(path)
    await browser.post("/presets", {"keep": "slow", "steps": "60"})
    assert '<option value="slow">slow</option>' in (await browser.get(path)).text
    answer = await browser.post(f"{path}/tweak", {"preset": "slow", "res": "512"})
    job = page.house.jobs.rows[answer.url.path.rpartition("/")[2]]
    assert job.options == {"res": "512", "steps": "60"}
