"""Who may do what, from here and from elsewhere: forms, signing in, cookies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from starlette.routing import Route

from adapters.web.access import Access
from adapters.web.frontend import PARTS
from adapters.web.pace import Pace
from adapters.web.seal import load_seal
from adapters.web.sessions import Sessions
from adapters.web.site import Site
from adapters.web.visitors import COOKIE, cookie_of, newcomer, signed_in
from tests.adapters.web.harness import AT_HOME, SKETCH, TOKEN, Browser, Page, serving

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


async def test_a_forms_token_is_good_for_nobody_else(page: Page, browser: Browser) -> None:
    await browser.get("/")
    async with page.browser() as other:
        await other.get("/")
        answer = await other.client.post("/animate", data={"csrf": browser.csrf}, files=SKETCH)
    assert answer.status_code == 403


async def test_a_proxy_in_front_may_call_this_machine_by_another_name(public: Page) -> None:
    async with public.browser() as browser:  # by 127.0.0.1
        await browser.get("/sign-in")
        ours = {"Origin": "http://sketches.example"}
        answer = await browser.post("/sign-in", {"token": TOKEN}, headers=ours)
        assert answer.status_code == 200


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


async def test_who_mistyped_the_token_types_it_again_where_they_are(public: Page) -> None:
    async with public.browser(**AT_HOME) as browser:
        await browser.get("/sign-in")
        typed = {"token": f"{TOKEN}s", "next": "/operate"}
        again = await browser.post("/sign-in", typed)
        assert again.status_code == 403
        assert "the token is another one" in again.text
        assert 'id="token"' in again.text and 'name="next" value="/operate"' in again.text


async def test_nobody_signs_in_where_there_is_no_token(tmp_path: Path) -> None:
    async with serving(tmp_path, Access(admin_token="")) as page, page.browser() as browser:
        await browser.get("/sign-in")
        assert (await browser.post("/sign-in", {"token": ""})).status_code == 403


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
