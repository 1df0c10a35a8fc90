"""The engine on this machine, with real worker processes that are really killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from structlog.contextvars import bound_contextvars
from structlog.testing import capture_logs

from bot.clip import Chart, Clip, Drawing, EncodeOrder, Renderer, RenderOrder
from bot.errors import MachineError, PictureError, WorkerError
from bot.inspection import Face
from bot.measurement import Verdict
from bot.request import AnimationRequest, ClipFormat
from engine.child import Child
from engine.life import Timing
from engine.local import LocalEngine
from engine.supervisor import restart_delay_s

GUARD_S = 60  # against hanging; nothing here should need it


@asynccontextmanager
async def engine_with(
    preview: str | None = None, eyes: str | None = None, **timing: float
) -> AsyncIterator[LocalEngine]:
    """Only with the roles that are named, since each is a process to start."""
    names = {"preview": preview, "eyes": eyes}
    roles = {role: f"tests.fakes.roles:{name}" for role, name in names.items() if name}
    async with asyncio.timeout(GUARD_S):
        async with LocalEngine(roles, Timing(tick_s=0.05, **timing)) as engine:
            yield engine


def order_in(folder: Path, prompt: str = "") -> RenderOrder:
    return RenderOrder(
        job_id="1",
        renderer=Renderer.PREVIEW,
        picture=folder / "picture.png",
        folder=folder,
        request=AnimationRequest(seed=1, num_frames=5, prompt=prompt),
        width=64,
        height=64,
    )


def clip_in(folder: Path) -> Clip:
    master = folder / "master.mkv"
    master.write_bytes(b"a clip")
    return Clip(master=master, width=64, height=64, num_frames=5)


def encode_order(folder: Path, name: str = "clip.gif") -> EncodeOrder:
    return EncodeOrder(format=ClipFormat.GIF, target=folder / name)


async def begun(engine: LocalEngine, order: RenderOrder) -> asyncio.Task[Clip]:
    """A render that has reported its first step; one that failed instead raises."""
    first_step = asyncio.Event()
    task = asyncio.create_task(engine.render(order, lambda _: first_step.set()))
    stepping = asyncio.create_task(first_step.wait())
    await asyncio.wait({task, stepping}, return_when=asyncio.FIRST_COMPLETED)
    if not first_step.is_set():
        stepping.cancel()
        task.result()
    return task


async def pid_of(engine: LocalEngine, role: str = "preview") -> int:
    facts = await engine.describe()
    while "pid" not in facts[role]:
        await asyncio.sleep(0.01)
        facts = await engine.describe()
    return int(facts[role]["pid"])


async def gone(pid: int) -> None:
    """Ended, whoever has to reap it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        async with asyncio.timeout(GUARD_S):
            while process.status() != psutil.STATUS_ZOMBIE:
                await asyncio.sleep(0.01)


async def test_a_render_reports_its_steps_in_order_and_then_its_clip(tmp_path):
    steps = []
    async with engine_with("SlowPreview") as engine:
        clip = await engine.render(order_in(tmp_path), lambda progress: steps.append(progress.step))
    assert steps[:10] == list(range(1, 11))
    assert clip == Clip(master=tmp_path / "master.mkv", width=64, height=64, num_frames=5)


async def test_the_eyes_do_all_that_the_port_asks_of_them(tmp_path):
    upload, clip = tmp_path / "upload", clip_in(tmp_path)
    upload.write_bytes(b"a picture")
    async with engine_with(eyes="InstantEyes") as engine:
        inspection = await engine.inspect(upload, tmp_path)
        cropped = await engine.crop(inspection.picture, Face(0, 0, 9, 9, 1.0), tmp_path)
        measurement = await engine.measure(clip)
        file = await engine.encode(clip, encode_order(tmp_path))
        drawing = await engine.draw(clip, Drawing.CURVES_PNG, tmp_path / "curves.png")
        chart = await engine.chart(Chart("", "", (), {}), tmp_path / "usage.png")
    assert inspection.picture == cropped.picture == tmp_path / "picture.png"
    assert measurement.verdict is Verdict.FINE
    assert file.path.read_bytes() == b"a clip"
    assert drawing.exists()
    assert chart.exists()


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


async def test_a_render_that_makes_slow_progress_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_STEPS", "6")
    monkeypatch.setenv("FAKE_STEP_S", "0.5")
    async with engine_with("SlowPreview", stall_s=2) as engine:
        assert (await engine.render(order_in(tmp_path), lambda _: None)).master.exists()


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


async def test_a_task_that_waits_for_its_turn_does_not_count_as_stalled(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_STEPS", "8")
    monkeypatch.setenv("FAKE_STEP_S", "0.3")
    async with engine_with("SlowPreview", stall_s=1.5) as engine:
        both = [engine.render(order_in(tmp_path), lambda _: None) for _ in range(2)]
        assert all(clip.master.exists() for clip in await asyncio.gather(*both))


async def test_what_libraries_print_does_not_garble_the_pipe(tmp_path):
    async with engine_with("ChattyPreview") as engine:
        assert (await engine.render(order_in(tmp_path), lambda _: None)).master.exists()


async def test_an_exception_of_a_role_is_the_machines_fault_and_is_logged(tmp_path):
    with capture_logs() as logs:
        async with engine_with("FailingPreview") as engine:
            before = await pid_of(engine)
            with pytest.raises(MachineError) as raised:
                await engine.render(order_in(tmp_path), lambda _: None)
            assert await pid_of(engine) == before
    assert raised.value.key == "error-machine"
    [failure] = [line for line in logs if line["event"] == "task.failed"]
    assert "the paper is blank" in failure["trace"]
    assert failure["role"] == "preview"


async def test_a_refusal_keeps_its_key_its_arguments_and_its_ways_out(tmp_path):
    async with engine_with("FailingPreview") as engine:
        with pytest.raises(PictureError) as raised:
            await engine.render(order_in(tmp_path, prompt="smile"), lambda _: None)
    assert raised.value.key == "error-picture-ratio"
    assert raised.value.args_of_text == {"width": 64, "ratio": 3.5, "name": "picture.png"}
    [way_out] = raised.value.ways_out
    assert (way_out.action, way_out.changes) == ("crop", {"face": "0"})


async def test_an_upload_is_judged_while_long_tasks_fill_the_eyes(tmp_path, monkeypatch):
    gate, upload, clip = tmp_path / "gate", tmp_path / "upload", clip_in(tmp_path)
    monkeypatch.setenv("FAKE_GATE", str(gate))
    upload.write_bytes(b"a picture")
    async with engine_with(eyes="GatedEyes") as engine, asyncio.TaskGroup() as group:
        encodes = [
            group.create_task(engine.encode(clip, encode_order(tmp_path, f"{number}.gif")))
            for number in range(6)
        ]
        while len(list(tmp_path.glob("*.gif"))) < 2:
            await asyncio.sleep(0.01)
        await engine.inspect(upload, tmp_path)
        assert not any(encode.done() for encode in encodes)
        gate.touch()


async def test_two_clips_are_measured_side_by_side(tmp_path):
    clip = clip_in(tmp_path)
    async with engine_with(eyes="GatedEyes") as engine:
        both = await asyncio.gather(engine.measure(clip), engine.measure(clip))
    assert [one.verdict for one in both] == [Verdict.FINE, Verdict.FINE]


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


async def test_a_role_that_nobody_set_up_gives_an_error(tmp_path):
    async with LocalEngine({}) as engine:
        with pytest.raises(WorkerError) as raised:
            await engine.render(order_in(tmp_path), lambda _: None)
    assert raised.value.key == "error-worker-start"


async def test_leaving_ends_all_workers_and_fails_what_they_had(tmp_path):
    async with engine_with("BusyPreview", "InstantEyes") as engine:
        pids = [await pid_of(engine, role) for role in ("preview", "eyes")]
        render = await begun(engine, order_in(tmp_path))
    with pytest.raises(WorkerError):
        await render
    for pid in pids:
        await gone(pid)


async def test_an_engine_is_not_asked_before_its_start_nor_after_its_end(tmp_path):
    engine = LocalEngine({"eyes": "tests.fakes.roles:InstantEyes"})
    async with asyncio.timeout(GUARD_S):
        with pytest.raises(WorkerError):
            await engine.measure(clip_in(tmp_path))
        async with engine:
            pass  # over before its worker could be started
        with pytest.raises(WorkerError):
            await engine.measure(clip_in(tmp_path))
        assert (await engine.describe())["eyes"]["state"] == "closed"


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


async def test_describe_tells_where_the_workers_are_and_what_they_say_of_themselves():
    async with engine_with(eyes="InstantEyes") as engine:
        pid = await pid_of(engine, "eyes")
        facts = (await engine.describe())["eyes"]
    assert (facts["pid"], facts["restarts"]) == (str(pid), "0")
    assert int(facts["memory_mb"]) > 0


async def test_a_listener_that_fails_does_not_harm_the_render(tmp_path):
    def listener(_progress):
        raise ValueError("the card can't be edited")

    async with engine_with("SlowPreview") as engine:
        assert (await engine.render(order_in(tmp_path), listener)).master.exists()


async def test_what_a_worker_logs_carries_the_job_and_the_role(tmp_path):
    with capture_logs() as logs, bound_contextvars(job_id="42", place="studio"):
        async with engine_with("LoggingPreview") as engine:
            await engine.render(order_in(tmp_path), lambda _: None)
    [line] = [line for line in logs if line["event"] == "lids found"]
    assert (line["job_id"], line["place"], line["role"]) == ("42", "studio", "preview")
    assert (line["log_level"], line["count"]) == ("warning", 2)


@pytest.mark.parametrize(("deaths", "delay_s"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (99, 30)])
def test_restarts_come_at_once_and_then_ever_later(deaths, delay_s):
    assert restart_delay_s(deaths) == delay_s
