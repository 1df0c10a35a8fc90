"""A worker that dies, hangs or falls silent is replaced; one that is merely slow is let be."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from structlog.testing import capture_logs

from bot.clip import Renderer
from bot.errors import MachineError, WorkerError
from engine.child import Child
from engine.supervisor import restart_delay_s
from tests.engine.workers import begun, clip_in, encode_order, engine_with, gone, order_in, pid_of


async def test_a_worker_killed_in_the_middle_fails_its_task_and_the_next_one_works(tmp_path):
    async with engine_with("SlowPreview") as engine:
        before = await pid_of(engine)
        render = await begun(engine, order_in(tmp_path))
        os.kill(before, signal.SIGKILL)
        with pytest.raises(WorkerError) as raised:
            await render
        assert raised.value.key == "error-worker"
        await engine.render(order_in(tmp_path), lambda _: None)
        facts = (await engine.describe())["preview"]
    assert facts["restarts"] == "1"
    assert int(facts["pid"]) != before


async def test_other_roles_go_on_when_a_worker_dies(tmp_path, monkeypatch):
    gate = tmp_path / "gate"
    monkeypatch.setenv("FAKE_GATE", str(gate))
    async with engine_with("HangingPreview", "GatedEyes") as engine:
        render = await begun(engine, order_in(tmp_path))
        encode = asyncio.create_task(engine.encode(clip_in(tmp_path), encode_order(tmp_path)))
        os.kill(await pid_of(engine), signal.SIGKILL)
        with pytest.raises(WorkerError):
            await render
        gate.touch()
        assert (await encode).path.exists()


async def test_a_worker_that_kills_itself_is_started_again_as_often_as_needed(
    tmp_path, monkeypatch
):
    deaths_left = tmp_path / "deaths"
    deaths_left.write_text("2")
    monkeypatch.setenv("FAKE_DEATHS_LEFT", str(deaths_left))
    async with engine_with("DyingPreview") as engine:
        for _ in range(2):
            with pytest.raises(WorkerError):
                await engine.render(order_in(tmp_path), lambda _: None)
        assert (await engine.render(order_in(tmp_path), lambda _: None)).master.exists()


async def test_a_worker_that_lost_its_heartbeat_is_replaced(tmp_path):
    async with engine_with("SlowPreview", heartbeat_timeout_s=2) as engine:
        stopped = await pid_of(engine)
        render = await begun(engine, order_in(tmp_path))
        os.kill(stopped, signal.SIGSTOP)
        with pytest.raises(WorkerError):
            await render
        await gone(stopped)
        assert (await engine.render(order_in(tmp_path), lambda _: None)).master.exists()


@pytest.mark.slow
async def test_a_long_step_does_not_silence_the_heartbeat(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_STEPS", "1")
    monkeypatch.setenv("FAKE_STEP_S", "4")
    async with engine_with("SlowPreview", heartbeat_timeout_s=2) as engine:
        assert (await engine.render(order_in(tmp_path), lambda _: None)).master.exists()


async def test_a_render_that_makes_no_progress_is_ended_and_says_so(tmp_path):
    async with engine_with("HangingPreview", stall_s=1) as engine:
        hung = await pid_of(engine)
        with pytest.raises(WorkerError) as raised:
            await engine.render(order_in(tmp_path), lambda _: None)
        assert raised.value.key == "error-worker-stalled"
        await gone(hung)


@pytest.mark.slow
async def test_a_render_that_makes_slow_progress_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_STEPS", "6")
    monkeypatch.setenv("FAKE_STEP_S", "0.5")
    async with engine_with("SlowPreview", stall_s=2) as engine:
        assert (await engine.render(order_in(tmp_path), lambda _: None)).master.exists()


@pytest.mark.slow
async def test_a_task_that_waits_for_its_turn_does_not_count_as_stalled(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_STEPS", "8")
    monkeypatch.setenv("FAKE_STEP_S", "0.3")
    async with engine_with("SlowPreview", stall_s=1.5) as engine:
        both = [engine.render(order_in(tmp_path), lambda _: None) for _ in range(2)]
        assert all(clip.master.exists() for clip in await asyncio.gather(*both))


async def test_a_pipe_that_breaks_in_an_unknown_way_costs_one_life_and_not_the_role(
    tmp_path, monkeypatch
):
    messages, surprises = Child.messages, [ConnectionResetError()]

    async def surprised(child):
        if surprises:
            raise surprises.pop()
        async for message in messages(child):
            yield message

    monkeypatch.setattr(Child, "messages", surprised)
    async with engine_with("InstantPreview") as engine:
        assert (await engine.render(order_in(tmp_path), lambda _: None)).master.exists()


async def test_a_worker_that_cannot_start_gives_an_error_instead_of_a_long_wait(tmp_path):
    with capture_logs() as logs:
        async with engine_with("UnstartablePreview") as engine:
            with pytest.raises(MachineError) as raised:
                await engine.render(order_in(tmp_path), lambda _: None)
            facts = (await engine.describe())["preview"]
    assert (raised.value.key, raised.value.args_of_text) == (
        "error-worker-start",
        {"role": "preview"},
    )
    assert facts["state"] == "broken"
    deaths = [line for line in logs if line["event"] == "worker.died"]
    assert any("libEGL" in word for word in deaths[0]["last_words"])


async def test_a_worker_that_is_freed_ends_until_it_is_woken_and_no_restart_is_counted(tmp_path):
    async with engine_with("InstantPreview") as engine:
        first = await pid_of(engine)
        await engine.free(Renderer.PREVIEW)
        await engine.free(Renderer.PREVIEW)
        await gone(first)
        with pytest.raises(WorkerError):
            await engine.render(order_in(tmp_path), lambda _: None)
        await engine.wake(Renderer.PREVIEW)
        await engine.wake(Renderer.PREVIEW)
        await engine.render(order_in(tmp_path), lambda _: None)
        facts = (await engine.describe())["preview"]
    assert (facts["pid"] != str(first), facts["restarts"]) == (True, "0")


@pytest.mark.parametrize(("deaths", "delay_s"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (99, 30)])
def test_restarts_come_at_once_and_then_ever_later(deaths, delay_s):
    assert restart_delay_s(deaths) == delay_s
