"""A cancel stops its own render, between two steps where that one obeys, and no other."""

from __future__ import annotations

import asyncio

import pytest

from tests.engine.workers import begun, engine_with, gone, order_in, pid_of


async def test_a_cancel_stops_a_render_between_two_steps_and_keeps_the_worker(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("FAKE_STEPS", "1000000")
    async with engine_with("SlowPreview") as engine:
        before = await pid_of(engine)
        render = await begun(engine, order_in(tmp_path))
        render.cancel()
        with pytest.raises(asyncio.CancelledError):
            await render
        next_render = await begun(engine, order_in(tmp_path))
        assert await pid_of(engine) == before
        next_render.cancel()
        await asyncio.wait({next_render})
    assert not (tmp_path / "master.mkv").exists()


async def test_a_render_that_ignores_its_cancel_is_killed(tmp_path):
    async with engine_with("BusyPreview", cancel_grace_s=1) as engine:
        stubborn = await pid_of(engine)
        render = await begun(engine, order_in(tmp_path))
        render.cancel()
        with pytest.raises(asyncio.CancelledError):
            await render
        await gone(stubborn)
        again = await begun(engine, order_in(tmp_path))
        assert await pid_of(engine) != stubborn
        again.cancel()


async def test_a_render_cancelled_before_its_turn_leaves_the_running_one_alone(
    tmp_path, monkeypatch
):
    gate = tmp_path / "gate"
    monkeypatch.setenv("FAKE_GATE", str(gate))
    async with engine_with("GatedPreview", cancel_grace_s=0.2) as engine:
        running = await begun(engine, order_in(tmp_path))
        waiting = asyncio.create_task(engine.render(order_in(tmp_path), lambda _: None))
        await asyncio.sleep(0)  # lets it reach the worker
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        gate.touch()
        assert (await running).master.exists()
