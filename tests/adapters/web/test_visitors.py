"""Who is who on the page, and what is kept of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from adapters.web.access import Access
from adapters.web.frontend import WebFrontend
from adapters.web.pace import BUCKETS_KEPT, Kind, Pace, network_of
from adapters.web.seal import KEY_FILE, load_seal
from adapters.web.sessions import FILE, Sessions
from adapters.web.visitors import invitation, signed_in
from bot.errors import LimitError, SettingsError
from tests.adapters.web.harness import TOKEN, Browser, Page, serving
from tests.fakes.clock import FakeClock

AT_HOME = {"Host": "sketches.example"}


async def test_an_invitation_is_opened_with_a_yes(tmp_path: Path) -> None:
    """A program that only looks at the link signs nobody in."""
    async with serving(tmp_path, Access(url="http://sketches.example")) as page:
        until = page.clock.now() + timedelta(days=7)
        link = invitation(load_seal(tmp_path), "Ada", False, until)
        async with page.browser(**AT_HOME) as browser:
            asked = await browser.get(link)
            assert "You were invited" in asked.text
            assert (await browser.get("/")).url.path == "/sign-in"
            sealed = asked.text.split('name="invitation" value="', 1)[1].split('"', 1)[0]
            answer = await browser.post("/sign-in", {"invitation": sealed})
            assert answer.url.path == "/"
            assert "Signed in as Ada" in answer.text
            assert (await browser.get("/operate")).status_code == 403


async def test_the_same_name_is_the_same_person_on_every_device(tmp_path: Path) -> None:
    async with serving(tmp_path, Access(url="http://sketches.example")) as page:
        until = page.clock.now() + timedelta(days=7)
        sealed = invitation(load_seal(tmp_path), "Ada", False, until).partition("=")[2]
        paths = []
        for _ in range(2):
            async with page.browser(**AT_HOME) as browser:
                await browser.get("/sign-in")
                await browser.post("/sign-in", {"invitation": sealed})
                browser.csrf = ""
                paths.append(await browser.animate())
                assert (await browser.get(paths[0])).status_code == 200


async def test_an_invitation_is_good_for_a_while(tmp_path: Path) -> None:
    clock = FakeClock()
    async with serving(tmp_path, Access(url="http://sketches.example"), clock=clock) as page:
        sealed = invitation(load_seal(tmp_path), "Ada", True, clock.now() + timedelta(days=1))
        await clock.advance(86_401)
        async with page.browser(**AT_HOME) as browser:
            await browser.get("/sign-in")
            answer = await browser.post("/sign-in", {"invitation": sealed.partition("=")[2]})
            assert answer.status_code == 403
            assert (await browser.post("/sign-in", {"invitation": "made.up"})).status_code == 403


async def test_signing_out_ends_one_sign_in_for_good(tmp_path: Path) -> None:
    """Whoever copied the cookie is out with it; other devices, and others, stay signed in."""
    access = Access(url="http://sketches.example", admin_token=TOKEN)
    async with serving(tmp_path, access) as page:
        async with page.browser(**AT_HOME) as here, page.browser(**AT_HOME) as there:
            for browser in (here, there):
                await browser.sign_in()
            stolen = here.client.cookies["sketchlife"]
            await here.get("/operate")
            answer = await here.post("/sign-out")
            assert "Signed in" not in answer.text
            assert (await there.get("/operate")).status_code == 200
        with_it = {**AT_HOME, "Cookie": f"sketchlife={stolen}"}
        async with page.browser(**with_it) as thief:
            assert (await thief.get("/operate")).url.path == "/sign-in"
    async with serving(tmp_path, access) as again, again.browser(**with_it) as thief:
        assert (await thief.get("/operate")).url.path == "/sign-in"


async def test_sign_ins_that_are_over_anyway_are_not_kept(tmp_path: Path) -> None:
    clock = FakeClock()
    sessions = Sessions(tmp_path, clock)
    ada, ben = (signed_in(name, False, clock.now()) for name in ("ada", "ben"))
    await sessions.end(ada)
    assert Sessions(tmp_path, clock).is_over(ada)
    assert not Sessions(tmp_path, clock).is_over(ben)
    await clock.advance(31 * 24 * 3600)
    await sessions.end(signed_in("cy", False, clock.now()))
    assert len((tmp_path / FILE).read_text().splitlines()) == 1
    (tmp_path / FILE).write_text("not a line of ours\n\xff", encoding="latin-1")
    assert not Sessions(tmp_path, clock).is_over(ben)


async def test_signing_out_works_where_nothing_can_be_written(tmp_path: Path) -> None:
    clock = FakeClock()
    (tmp_path / FILE).mkdir()
    sessions = Sessions(tmp_path, clock)
    ada = signed_in("ada", False, clock.now())
    await sessions.end(ada)
    assert sessions.is_over(ada)


async def test_a_person_can_take_all_along_and_be_forgotten(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    await page.done(path)
    privacy = await browser.get("/privacy")
    assert "kept for 30 days" in privacy.text
    export = await browser.post("/privacy/export")
    assert export.content.startswith(b"PK")
    await browser.post("/privacy/forget")
    assert page.house.jobs.rows == {}
    assert (await browser.get(path)).status_code == 404


def test_the_key_is_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    one, two = load_seal(tmp_path), load_seal(tmp_path)
    assert one.name("a", "b") == two.name("a", "b")
    assert one.name("a", "b") != one.name("b", "a")
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_broken_key_signs_for_nobody(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"")
    with pytest.raises(SettingsError, match="web-key-broken"):
        load_seal(tmp_path)
    with pytest.raises(SettingsError, match="settings-folder"):
        load_seal(tmp_path / "nowhere")


def test_what_was_sealed_for_one_thing_is_nothing_else(tmp_path: Path) -> None:
    seal = load_seal(tmp_path)
    sealed = seal.close("visitor", {"id": "ada"})
    assert seal.open("visitor", sealed) == {"id": "ada"}
    assert seal.open("invitation", sealed) is None


async def test_buckets_fill_with_time_and_are_forgotten_when_full() -> None:
    clock = FakeClock()
    pace = Pace(clock)
    for number in range(BUCKETS_KEPT):
        pace.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", Kind.LOOK)
    await clock.advance(10)
    pace.take("192.0.2.1", Kind.LOOK)
    assert len(pace._buckets) == 1
    most = Kind.SIGN_IN.value[0]
    for _ in range(most):
        pace.take("192.0.2.1", Kind.SIGN_IN)
    with pytest.raises(LimitError):
        pace.take("192.0.2.1", Kind.SIGN_IN)
    pace.take("192.0.2.2", Kind.SIGN_IN)


def test_a_network_of_ipv6_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("") == ""


async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path / "one") as page:
        port = int(page.url.rpartition(":")[2])
        second = WebFrontend(Access(port=port), tmp_path, FakeClock(), lambda _: None)
        with pytest.raises(SettingsError, match="web-port-taken"):
            await second.serve(page.house.service)


@pytest.mark.parametrize(
    ("access", "is_open"),
    [
        (Access(), True),
        (Access(host="localhost"), True),
        (Access(host="127.9.9.9"), True),
        (Access(host="0.0.0.0"), False),
        (Access(host="192.0.2.1"), False),
        (Access(host="my.host"), False),
        (Access(url="https://sketches.example"), False),
    ],
)
def test_only_this_machine_needs_no_sign_in(access: Access, is_open: bool) -> None:
    assert access.open is is_open
