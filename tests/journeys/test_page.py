"""The page in a real browser: from a dropped sketch to a clip that plays.

With PAGE_SHOTS=folder, what it looks like is kept there as pictures.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image, ImageDraw
from playwright.async_api import FilePayload, Page, expect

from tests.journeys.studio import (
    CHROMIUM,
    DROP,
    PASTE,
    SKETCH,
    TOKEN,
    Studio,
    animate,
    choose,
    open_studio,
    shoot,
    until,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium: apt install chromium"),
]
SERIOUS = ("serious", "critical")
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
GUARD_MS = 120_000
# as in a list of many, which is then there anew
SCROLL = """
() => {
  const low = new CSSStyleSheet();
  low.insertRule(".scroll { max-height: 60px !important }");
  document.adoptedStyleSheets = [low];
  document.querySelector("#over .scroll").scrollTop = 30;
  document.getElementById("over").dataset.old = "";
}
"""
UNFOLD = "document.querySelectorAll('details').forEach((one) => one.open = true)"

# playwright's own five seconds are too few on a machine that is busy
expect.set_options(timeout=GUARD_MS)


def content() -> str:
    return base64.b64encode(SKETCH.read_bytes()).decode()


async def until_done(page: Page) -> None:
    await expect(page.locator("article[data-state=done]")).to_be_visible()


async def plays(page: Page) -> None:
    """Its time moves, and the playhead with it."""
    await until(page, "document.querySelector('.stage video').currentTime > 0.5")
    await until(page, "document.getElementById('playhead').getAttribute('x1') > 50")


async def faults(page: Page) -> list[str]:
    results = await Axe().run(page)
    return [
        f"{page.url}: {one['id']}: {one['nodes'][0]['html']}"
        for one in results.response["violations"]
        if one["impact"] in SERIOUS
    ]


async def is_within_its_width(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def test_a_dropped_sketch_is_drawn_before_ones_eyes_and_plays(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        await shoot(page, "front")
        await page.evaluate(DROP, [content(), "me.png"])
        await expect(page.locator("#chosen")).to_be_visible()
        await shoot(page, "chosen")
        await page.get_by_role("button", name="Animate").click()
        await page.wait_for_url("**/jobs/*")
        await expect(page.get_by_role("heading", name="Drawing")).to_be_visible()
        studio.go_on()
        await expect(page.locator("progress[value]")).to_be_visible()
        await shoot(page, "drawing")
        await until_done(page)
        await plays(page)
        await shoot(page, "done")
        assert await page.title() == "Your sketch is alive · Sketchlife"


async def test_a_pasted_sketch_is_as_good(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        await page.evaluate(PASTE, [content(), "me.png"])
        await expect(page.locator("#chosen")).to_be_visible()
        await page.click("#go")
        await page.wait_for_url("**/jobs/*")


async def test_what_is_being_drawn_can_be_cancelled(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        await animate(page)
        await expect(page.get_by_role("heading", name="Drawing")).to_be_visible()
        await page.get_by_role("button", name="Cancel").click()
        await expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
        await shoot(page, "cancelled")


async def test_a_reload_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        await animate(page)
        await expect(page.get_by_role("heading", name="Drawing")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("heading", name="Drawing")).to_be_visible()
        studio.go_on()
        await until_done(page)
        await page.reload()
        await plays(page)


async def test_who_watches_while_the_bot_is_away_is_told_and_sees_the_end(tmp_path: Path) -> None:
    """As where a proxy in front answers for a bot that is being started again."""
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        away = "**/jobs/*/events"
        await page.route(away, lambda route: route.fulfill(status=502))
        await animate(page)
        await expect(page.get_by_text("The connection is lost.")).to_be_visible()
        await shoot(page, "away")
        await page.unroute(away)
        await expect(page.get_by_text("The connection is lost.")).to_be_hidden()
        studio.go_on()
        await until_done(page)
        studio.strayed.clear()  # the browser's own lines about the answers 502


async def test_two_tabs_see_the_same_and_a_third_person_nothing(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        address = await animate(page)
        second = await studio.tab(page.context)
        await second.goto(address)
        studio.go_on()
        await until_done(page)
        await until_done(second)
        await second.get_by_role("button", name="Delete").click()
        await expect(second.get_by_role("heading", name="Deleted")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("heading", name="Deleted")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await until_done(page)


async def test_in_chinese_at_the_width_of_a_phone_in_the_dark(tmp_path: Path) -> None:
    chinese = {**PHONE, "locale": "zh-CN", "color_scheme": "dark"}
    async with open_studio(tmp_path) as studio, studio.visit(**chinese) as page:
        await expect(page.get_by_role("heading", name="让草图活起来")).to_be_visible()
        await page.get_by_text("更多设置").click()
        assert await is_within_its_width(page)
        await shoot(page, "phone-front")
        studio.go_on()
        await animate(page)
        assert await is_within_its_width(page)
        await until_done(page)
        await expect(page.get_by_role("heading", name="你的画动起来了")).to_be_visible()
        await plays(page)
        assert await is_within_its_width(page)
        await shoot(page, "phone-done")
        await page.goto(f"{studio.url}/gallery")
        assert await is_within_its_width(page)


async def test_settings_are_kept_and_chosen_again_while_the_picture_stays(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        await choose(page)
        await page.select_option("#set-res", "512")
        await page.check("#set-loop")
        await page.get_by_text("Keep these settings as").click()
        await page.fill("#keep", "Small")
        await page.keyboard.press("Enter")  # keeps them, and sends nothing
        await expect(page.locator("#set-preset")).to_have_value("small")
        await expect(page.locator("#chosen")).to_be_visible()
        await shoot(page, "preset")
        await page.reload()
        await page.select_option("#set-preset", "small")
        await expect(page.locator("#set-res")).to_have_value("512")
        await expect(page.locator("#set-loop")).to_be_checked()
        await page.uncheck("#set-loop")  # what the fields say goes, not the preset
        await choose(page)
        await page.click("#go")
        await page.wait_for_url("**/jobs/*")
        job = (await studio.house.service.status(page.url.rpartition("/")[2]))[0]
        assert job.options == {"res": "512"}
        studio.go_on()
        await until_done(page)
        await page.get_by_text("Other settings").click()
        await page.select_option("#set-preset", "small")
        await expect(page.locator("#set-loop")).to_be_checked()
        await shoot(page, "preset-again")
        await page.goto(studio.url)
        await page.get_by_text("Keep these settings as").click()
        await page.get_by_role("button", name="Delete small").click()
        await expect(page.locator("#set-preset")).to_have_count(0)


async def test_a_language_is_chosen_on_the_page_and_stays(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        await page.goto(f"{studio.url}/gallery?sort=starred")
        await page.get_by_role("button", name="中文").click()
        await expect(page.get_by_role("heading", name="画廊")).to_be_visible()
        assert page.url == f"{studio.url}/gallery?sort=starred"
        await page.goto(studio.url)
        await expect(page.get_by_role("heading", name="让草图活起来")).to_be_visible()
        await animate(page)
        await expect(page.get_by_role("heading", name="正在绘制")).to_be_visible()


async def test_whoever_runs_it_decides_and_limits_from_a_phone(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit(**PHONE) as page:
        studio.go_on()
        address = await animate(page)
        await until_done(page)
        await page.get_by_role("button", name="Show on the web page").click()
        async with studio.visit() as other:
            await other.goto(address.replace("/jobs/", "/clips/"))
            await other.locator("summary", has_text="Report").click()
            await other.fill("#reason", "It is mine.")
            await other.locator("details button").click()
            await expect(other.get_by_role("status")).to_contain_text("The clip is hidden now")
        await sign_in(page, studio)
        await page.goto(f"{studio.url}/operate")
        await expect(page.get_by_text("“It is mine.”")).to_be_visible()
        assert await is_within_its_width(page)
        await shoot(page, "phone-operate")
        await page.get_by_role("button", name="Keep", exact=True).click()
        await expect(page.get_by_text("Nothing waits for a decision.")).to_be_visible()
        await page.get_by_role("link", name="Usage").click()
        await expect(page.get_by_role("heading", name="Time spent drawing")).to_be_visible()
        assert await is_within_its_width(page)
        await page.get_by_role("link", name="People and places").click()
        assert await is_within_its_width(page)
        await shoot(page, "phone-people")
        person = page.locator("tr", has_text="web:visitor-").first
        await person.get_by_label("Waiting at once").fill("1")
        await person.get_by_role("button", name="Save").click()
        await expect(person.get_by_label("Waiting at once")).to_have_value("1")


async def test_the_desk_shows_what_comes_without_being_loaded_anew(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as desk, studio.visit() as page:
        await sign_in(desk, studio)
        await desk.goto(f"{studio.url}/operate")
        address = await animate(page)
        job = desk.get_by_role("link", name=address.rpartition("/")[2])
        await expect(job).to_be_visible()
        drop = desk.locator("#at-work").get_by_role("button", name="Drop")
        await drop.focus()
        studio.go_on()
        await until_done(page)
        await expect(desk.get_by_text("delivered", exact=True)).to_be_visible()
        await expect(drop).to_be_focused()  # nobody is disturbed
        await desk.evaluate(SCROLL)
        await until(desk, "!('old' in document.getElementById('over').dataset)")
        assert await desk.evaluate("document.querySelector('#over .scroll').scrollTop") == 30


async def sign_in(page: Page, studio: Studio) -> None:
    await page.goto(f"{studio.url}/sign-in")
    await page.fill("#token", TOKEN)
    await page.click("main button")


async def test_from_the_keyboard_alone(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await choose(page)
        await page.focus("#set-expression")
        await page.keyboard.type("Smile")
        await page.focus("#go")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/jobs/*")
        await expect(page.get_by_role("heading", name="Drawing")).to_be_visible()
        await page.focus("[data-action=cancel]")
        studio.go_on()
        await expect(page.locator("progress[value]")).to_be_visible()
        await expect(page.locator("[data-action=cancel]")).to_be_focused()
        await until_done(page)


async def test_without_scripts_it_works_as_well(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit(java_script_enabled=False) as page:
        studio.go_on()
        await page.set_input_files("#sketch", SKETCH)
        await page.get_by_role("button", name="Animate").click()
        await until_done(page)  # the page loads itself anew


async def test_a_picture_that_the_browser_cannot_show_is_seen_by_its_name(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        unseen = FilePayload(name="photo.heic", mimeType="image/heic", buffer=b"\0\0\0\x18ftypheic")
        await page.set_input_files("#sketch", files=[unseen])
        await expect(page.locator("#drop .button")).to_have_text("photo.heic")
        await choose(page)
        await expect(page.locator("#drop .button")).to_have_text("Choose a file")


async def test_a_wrong_setting_is_told_and_the_picture_stays_chosen(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio, studio.visit() as page:
        await choose(page)
        await page.evaluate("document.getElementById('animate').noValidate = true")
        await page.get_by_text("More settings").click()
        await page.fill("#set-seed", "1.5")
        await page.click("#go")
        await expect(page.get_by_role("alert")).to_contain_text("“seed” is a whole number")
        await shoot(page, "refused")
        studio.strayed.clear()  # the browser's own line about the answer 422
        await expect(page.locator("#chosen")).to_be_visible()
        await page.fill("#set-seed", "7")
        await page.click("#go")
        await page.wait_for_url("**/jobs/*")


async def test_nobody_is_kept_out_by_how_it_is_made(tmp_path: Path) -> None:
    """axe finds no serious fault on any page, by day or by night."""
    async with open_studio(tmp_path) as studio:
        found: list[str] = []
        for scheme in ("light", "dark"):
            async with studio.visit(color_scheme=scheme, reduced_motion="reduce") as page:
                found += await _walk(studio, page, scheme)
    assert found == []


async def _walk(studio: Studio, page: Page, scheme: str) -> list[str]:
    """Every page there is, with its folds open."""
    studio.gate.unlink(missing_ok=True)
    found = []

    async def look(name: str) -> None:
        await page.evaluate(UNFOLD)
        await shoot(page, f"{scheme}-{name}")
        found.extend(await faults(page))

    await look("front")
    await choose(page)
    await look("front-chosen")
    address = await animate(page)
    await expect(page.get_by_role("heading", name="Drawing")).to_be_visible()
    await look("drawing")
    studio.go_on()
    await until_done(page)
    await look("done")
    await page.get_by_role("button", name="Show on the web page").click()
    await expect(page.get_by_role("button", name="Take off the web page")).to_be_visible()
    for path in ("/gallery", address.removeprefix(studio.url).replace("/jobs/", "/clips/")):
        await page.goto(f"{studio.url}{path}")
        await look(path.split("/")[1])
    for path in ("/privacy", "/sign-in"):
        await page.goto(f"{studio.url}{path}")
        await look(path[1:])
    await page.goto(studio.url)
    await page.set_input_files("#sketch", files=[blank_face()])
    await page.click("#go")
    await expect(page.get_by_role("heading", name="One question first")).to_be_visible()
    await look("question")
    await sign_in(page, studio)
    for path in ("/operate", "/operate/usage", "/operate/people"):
        await page.goto(f"{studio.url}{path}")
        await look(path[1:].replace("/", "-"))
    return found


def blank_face() -> FilePayload:
    """A drawing in which there are no eyes to be found."""
    picture = Image.new("RGB", (400, 400), "white")
    ImageDraw.Draw(picture).ellipse((80, 60, 320, 340), outline="black", width=4)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return FilePayload(name="face.png", mimeType="image/png", buffer=content.getvalue())
