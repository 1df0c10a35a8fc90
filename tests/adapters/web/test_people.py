"""People and places, their limits, and who stays out: for whoever runs the bot."""

from __future__ import annotations

import pytest

from bot.preferences import PersonSettings, PlaceSettings
from tests.adapters.web.harness import BEN, Browser, Page

HERE = "/operate/people"


async def test_people_and_places_are_listed_with_what_holds_for_them(
    page: Page, desk: Browser
) -> None:
    empty = (await desk.get(HERE)).text
    assert "Nobody had a clip made" in empty
    assert "No community had a clip made" in empty
    await page.done((await page.house.submit(BEN)).job_id)
    shown = (await desk.get(HERE)).text
    assert "Ben" in shown
    assert 'name="who" value="web:ben"' in shown
    assert 'name="who" value="web:page"' in shown
    assert 'placeholder="3"' in shown
    assert 'placeholder="no limit"' in shown


async def test_a_persons_limits_are_changed_there_and_taken_back(page: Page, desk: Browser) -> None:
    await page.done((await page.house.submit(BEN)).job_id)
    typed = {"who": BEN.owner, "waiting": "1", "gpu_seconds": "4000"}
    shown = await desk.post(f"{HERE}/person", typed)
    assert shown.url.path == HERE
    assert 'name="waiting" value="1"' in shown.text
    assert "0 / 4000" in shown.text
    limits = PersonSettings(waiting_per_person=1, gpu_s_per_day=4000)
    assert page.house.settings.people[BEN.owner] == limits
    await desk.post(f"{HERE}/person", {"who": BEN.owner, "waiting": "", "gpu_seconds": ""})
    assert page.house.settings.people[BEN.owner] == PersonSettings()


async def test_a_places_limits_are_changed_there(page: Page, desk: Browser) -> None:
    typed = {"who": "discord:1", "waiting": "2", "gpu_seconds": "", "pause": "on"}
    await desk.post(f"{HERE}/place", typed)
    place = PlaceSettings(waiting_per_person=2, paused=True)
    assert page.house.settings.places["discord:1"] == place
    answer = await desk.post(f"{HERE}/place", {"who": "discord:1", "waiting": "4"})
    assert (answer.status_code, "may be at most 3" in answer.text) == (422, True)
    await desk.post(f"{HERE}/place", {"who": "discord:1"})
    assert page.house.settings.places["discord:1"] == PlaceSettings()


async def test_a_place_has_its_name_beside_its_number(
    page: Page, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await page.house.submit(BEN)
    assert ">web:page<" in (await desk.get("/operate")).text
    monkeypatch.setattr(page.frontend.messenger, "place_name", {"page": "The studio"}.get)
    assert ">The studio<" in (await desk.get("/operate")).text
    await page.done(card.job_id)
    shown = (await desk.get(HERE)).text
    assert 'The studio<br><span class="hint">web:page</span>' in shown


async def test_people_are_blocked_and_let_in_again(page: Page, desk: Browser) -> None:
    await page.done((await page.house.submit(BEN)).job_id)
    blocked = await desk.post(f"{HERE}/block", {"who": BEN.owner})
    assert await page.house.reports.is_blocked(BEN.owner)
    assert '<span class="badge">blocked</span>' in blocked.text
    value = blocked.text.split('name="value" value="', 1)[1].split('"', 1)[0]
    await desk.post(f"{HERE}/unblock", {"kind": "person", "value": value})
    assert not await page.house.reports.is_blocked(BEN.owner)
    await desk.post(f"{HERE}/block", {"who": BEN.owner})
    await desk.post(f"{HERE}/unblock", {"who": BEN.owner})
    assert not await page.house.reports.is_blocked(BEN.owner)
    assert (await desk.post(f"{HERE}/unblock", {"kind": "x"})).status_code == 404
    assert (await desk.post(f"{HERE}/block", {"who": "ben"})).status_code == 422


async def test_it_is_for_nobody_else(page: Page, browser: Browser) -> None:
    await browser.get("/")
    for path in (HERE, "/operate/usage", "/operate"):
        assert (await browser.get(path)).status_code == 403
    for path in ("person", "place", "block", "unblock"):
        answer = await browser.post(f"{HERE}/{path}", {"who": "web:ben", "waiting": "9"})
        assert answer.status_code == 403
    answer = await browser.post("/operate/retry", {"job": "x"})
    assert answer.status_code == 403
    assert page.house.settings.people == {}
