"""What the page does not do, whoever asks and however."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.robotparser import RobotFileParser

import httpx
import pytest
from starlette.routing import Route

from adapters.web.access import Access
from adapters.web.forms import LIMIT_BYTES
from adapters.web.frontend import PARTS
from adapters.web.pace import Kind, Pace
from adapters.web.seal import load_seal
from adapters.web.sessions import Sessions
from adapters.web.site import Site
from adapters.web.visitors import COOKIE, cookie_of, newcomer, signed_in
from bot.job import JobStatus
from tests.adapters.web.harness import SKETCH, TOKEN, Browser, Page, serving
from tests.fakes.clock import FakeClock

# what a stranger may see without being known: that is the gallery's purpose
FOR_EVERYBODY = {
    "/gallery",
    "/clips/{job_id}",
    "/media/{job_id}/{name}",
    "/sign-in",
    "/privacy",
    "/static/{name}",
    "/robots.txt",
    "/healthz",
    "/readyz",
}


def routes(page: Page) -> list[Route]:
    site = Site(
        service=page.house.service,
        messenger=page.frontend.messenger,
        access=Access(),
        seal=load_seal(page.house.sketch.parent),
        clock=page.clock,
        pace=Pace(page.clock),
        sessions=Sessions(page.house.sketch.parent, page.clock),
    )
    return [route for part in PARTS for route in part(site).routes()]


def filled(route: Route) -> str:
    path = route.path
    for name in ("job_id", "name", "action", "step"):
        path = path.replace(f"{{{name}}}", "0")
    return path


@pytest.fixture
async def public(tmp_path: Path) -> AsyncIterator[Page]:
    """Reached from elsewhere, by a name."""
    access = Access(url="http://sketches.example", admin_token=TOKEN)
    async with serving(tmp_path, access) as page:
        yield page


AT_HOME = {"Host": "sketches.example"}


async def test_no_form_is_taken_that_no_page_of_ours_sent(page: Page, browser: Browser) -> None:
    await browser.get("/")
    posts = [route for route in routes(page) if "POST" in (route.methods or ())]
    assert len(posts) >= 10
    for route in posts:
        path = filled(route)
        await page.clock.advance(60)  # so often nobody may ask at once
        for form in ({}, {"csrf": "guessed"}):
            answer = await browser.client.post(path, data=form)
            assert answer.status_code == 403, path
            assert "open for too long" in answer.text
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://["},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            answer = await browser.post(path, headers=headers)
            assert answer.status_code == 403, path
            assert "another page" in answer.text


async def test_a_proxy_in_front_may_call_this_machine_by_another_name(public: Page) -> None:
    async with public.browser() as browser:  # by 127.0.0.1
        await browser.get("/sign-in")
        ours = {"Origin": "http://sketches.example"}
        answer = await browser.post("/sign-in", {"token": TOKEN}, headers=ours)
        assert answer.status_code == 200


async def test_a_forms_token_is_good_for_nobody_else(page: Page, browser: Browser) -> None:
    await browser.get("/")
    async with page.browser() as other:
        await other.get("/")
        answer = await other.client.post("/animate", data={"csrf": browser.csrf}, files=SKETCH)
    assert answer.status_code == 403


async def test_from_elsewhere_nothing_but_the_gallery_is_for_strangers(public: Page) -> None:
    async with public.browser(**AT_HOME) as stranger:
        for route in routes(public):
            path = filled(route)
            for method in {"GET", "POST"} & (route.methods or set()):
                answer = await stranger.client.request(method, path, follow_redirects=False)
                if route.path in FOR_EVERYBODY:
                    assert answer.status_code != 303, path
                elif method == "GET":
                    asked_in = answer.headers.get("location", "").startswith("/sign-in")
                    assert asked_in or answer.status_code == 403, path
                else:
                    assert answer.status_code == 403, path


async def test_whoever_signs_in_may_animate_and_operate(public: Page) -> None:
    async with public.browser(**AT_HOME) as browser:
        await browser.sign_in()
        path = await browser.animate()
        assert "Signed in as operator" in (await browser.get(path)).text
        assert (await browser.get("/operate")).status_code == 200
        await browser.post("/sign-out")
        assert (await browser.get(path)).url.path == "/sign-in"


async def test_a_wrong_token_is_refused_and_soon_nothing_more_is_tried(public: Page) -> None:
    async with public.browser(**AT_HOME) as browser:
        await browser.get("/sign-in")
        tries = [
            (await browser.post("/sign-in", {"token": f"{TOKEN}{number}"})).status_code
            for number in range(12)
        ]
    assert tries[:8] == [403] * 8
    assert set(tries[8:]) == {429}


async def test_nobody_signs_in_where_there_is_no_token(tmp_path: Path) -> None:
    async with serving(tmp_path, Access(admin_token="")) as page, page.browser() as browser:
        await browser.get("/sign-in")
        assert (await browser.post("/sign-in", {"token": ""})).status_code == 403


async def test_an_anonymous_cookie_from_here_is_worth_nothing_elsewhere(public: Page) -> None:
    seal = load_seal(public.house.sketch.parent)
    async with public.browser(**AT_HOME) as browser:
        browser.client.cookies.set(COOKIE, cookie_of(newcomer(), seal))
        assert (await browser.get("/")).url.path == "/sign-in"


async def test_a_cookie_that_was_changed_or_is_too_old_is_nobodys(public: Page) -> None:
    seal = load_seal(public.house.sketch.parent)
    now = public.clock.now()
    guest = signed_in("ada", False, now)
    good = cookie_of(guest, seal)
    old = cookie_of(replace(guest, until=now.timestamp() - 1), seal)
    other_key = load_seal(public.house.media.folder("other"))
    for cookie, path in (
        (good, "/"),
        (old, "/sign-in"),
        (good[:-2], "/sign-in"),
        ("x." + good.partition(".")[2], "/sign-in"),
        (cookie_of(guest, other_key), "/sign-in"),
        ("", "/sign-in"),
    ):
        async with public.browser(**AT_HOME) as browser:
            browser.client.cookies.set(COOKIE, cookie)
            assert (await browser.get("/")).url.path == path


async def test_a_guest_does_not_operate(public: Page) -> None:
    seal = load_seal(public.house.sketch.parent)
    async with public.browser(**AT_HOME) as browser:
        guest = signed_in("ada", False, public.clock.now())
        browser.client.cookies.set(COOKIE, cookie_of(guest, seal))
        assert (await browser.get("/operate")).status_code == 403
        await browser.get("/")
        posted = [one for one in routes(public) if "POST" in (one.methods or set())]
        for path in [one.path for one in posted if one.path.startswith("/operate/")]:
            answer = await browser.post(path, {"job": "0", "who": "web:x"})
            assert (answer.status_code, "Only who runs the bot" in answer.text) == (403, True)


async def test_no_visitor_of_this_machine_operates_either(browser: Browser) -> None:
    assert (await browser.get("/operate")).status_code == 403


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


@pytest.mark.parametrize("path", ["/jobs/a%00", "/clips/a%00", "/presets/a%00", "/media/a%00/b"])
async def test_nothing_is_looked_up_by_what_no_database_stores(browser: Browser, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, "There is nothing" in answer.text) == (404, True)


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
    assert (await browser.get(address)).status_code == 200
    await browser.post(f"{path}/delete")
    assert (await browser.get(address)).status_code == 404


async def test_a_picture_that_is_too_heavy_is_refused_before_it_is_kept(
    page: Page, browser: Browser
) -> None:
    heavy = {"sketch": ("me.png", b"0" * (LIMIT_BYTES + 1), "image/png")}
    answer = await browser.post("/animate", files=heavy)
    assert answer.status_code == 413
    assert "larger than 20 MB" in answer.text
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


async def test_over_tls_the_cookie_stays_on_tls(tmp_path: Path) -> None:
    access = Access(url="https://sketches.example", admin_token=TOKEN)
    async with serving(tmp_path, access) as page, page.browser(**AT_HOME) as browser:
        await browser.get("/sign-in")
        answer = await browser.client.post(
            "/sign-in", data={"csrf": browser.csrf, "token": TOKEN}, follow_redirects=False
        )
        cookie = answer.headers["set-cookie"]
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "strict-transport-security" in answer.headers


async def test_signing_in_leads_nowhere_else(page: Page, browser: Browser) -> None:
    for next_page in ("https://evil.example", "//evil.example", "/\\evil.example", ""):
        await browser.get("/sign-in")
        answer = await browser.client.post(
            "/sign-in",
            data={"csrf": browser.csrf, "token": TOKEN, "next": next_page},
            follow_redirects=False,
        )
        assert answer.headers["location"] == "/"
        browser.client.cookies.clear()


async def test_what_a_person_wrote_stays_text(page: Page, browser: Browser) -> None:
    path = await browser.animate(prompt='"><script>alert(1)</script>')
    await page.done(path)
    assert "<script>alert" not in (await browser.get(path)).text


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
