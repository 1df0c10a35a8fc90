"""Pictures as they are fetched: from Discord's CDN and nowhere else, whatever they are called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aiohttp import web

from adapters.discord import uploads
from tests.adapters.discord.wire import SKETCH, Wire
from tests.fakes.discord.payloads import Payload
from tests.fakes.discord.people import direct


@contextmanager
def uploaded_as(wire: Wire, **more: object) -> Iterator[None]:
    """What Discord says of the next pictures."""
    upload = wire.server.rest.upload

    def told(name: str, content: bytes) -> Payload:
        said = upload(name, content) | more
        return {name: value for name, value in said.items() if value is not None}

    wire.server.rest.upload = told  # type: ignore[method-assign]
    yield
    wire.server.rest.upload = upload  # type: ignore[method-assign]


async def test_a_picture_that_is_sent_elsewhere_is_not_followed(wire: Wire) -> None:
    asked_for = []

    async def inside(request: web.Request) -> web.Response:
        asked_for.append(request.path)
        return web.Response(body=b"a secret")

    app = web.Application()
    app.router.add_get("/{path:.*}", inside)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    wire.server.cdn_detour = f"http://127.0.0.1:{runner.addresses[0][1]}/secret.png"
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).endswith("Please send it once more.")
    await runner.cleanup()
    assert asked_for == []


async def test_a_picture_that_takes_for_ever_is_given_up(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "DOWNLOAD_S", 0.1)
    wire.server.cdn_drips = True
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).endswith("Please send it once more.")


async def test_a_picture_that_weighs_too_much_is_not_fetched(wire: Wire) -> None:
    wire.server.cdn_failures.append(500)  # if it were
    with uploaded_as(wire, size=25 * 10**6):
        asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    assert "20" in await wire.told(asked)
    assert wire.server.cdn_failures == [500]


@pytest.mark.parametrize("name", ["sketch." + "x" * 300, "sketch", "sketch.png\x00", "../../.png"])
async def test_the_name_of_a_picture_is_no_name_of_a_file(wire: Wire, name: str) -> None:
    with uploaded_as(wire, filename=name):
        await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.server.until(lambda: wire.house.jobs.rows)
    (job,) = wire.house.jobs.rows.values()
    assert job.picture.read_bytes() == SKETCH


@pytest.mark.parametrize(
    ("name", "kind", "taken"),
    [
        ("sketch.HEIC", None, True),
        ("sketch", "image/webp", True),
        ("sketch.txt", "image/svg+xml", True),  # the eyes say what is wrong with it
        ("notes.txt", "text/plain", False),
        ("clip.mp4", "video/mp4", False),
        ("sketch", None, False),
    ],
)
async def test_a_picture_is_known_by_its_kind_or_by_its_name(
    wire: Wire, name: str, kind: str | None, taken: bool
) -> None:
    with uploaded_as(wire, filename=name, content_type=kind):
        await wire.ada.say(direct(wire.server, wire.ada), "", SKETCH)
    await wire.server.until(lambda: wire.cards or wire.bells)
    assert bool(wire.house.jobs.rows) is taken
