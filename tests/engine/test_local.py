"""The engine on this machine: what is asked of it reaches real worker processes and comes back."""

from __future__ import annotations

import asyncio

import pytest
from structlog.contextvars import bound_contextvars
from structlog.testing import capture_logs

from bot.clip import Chart, Clip, Drawing
from bot.errors import MachineError, PictureError, WorkerError
from bot.inspection import Face
from bot.measurement import Verdict
from engine.local import LocalEngine
from tests.engine.workers import (
    GUARD_S,
    begun,
    clip_in,
    encode_order,
    engine_with,
    gone,
    order_in,
    pid_of,
)


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


async def test_what_libraries_print_does_not_garble_the_pipe(tmp_path):
    async with engine_with("ChattyPreview") as engine:
        assert (await engine.render(order_in(tmp_path), lambda _: None)).master.exists()


async def test_what_a_worker_logs_carries_the_job_and_the_role(tmp_path):
    with capture_logs() as logs, bound_contextvars(job_id="42", place="studio"):
        async with engine_with("LoggingPreview") as engine:
            await engine.render(order_in(tmp_path), lambda _: None)
    [line] = [line for line in logs if line["event"] == "lids found"]
    assert (line["job_id"], line["place"], line["role"]) == ("42", "studio", "preview")
    assert (line["log_level"], line["count"]) == ("warning", 2)


async def test_a_listener_that_fails_does_not_harm_the_render(tmp_path):
    def listener(_progress):
        raise ValueError("the card can't be edited")

    async with engine_with("SlowPreview") as engine:
        assert (await engine.render(order_in(tmp_path), listener)).master.exists()


async def test_describe_tells_where_the_workers_are_and_what_they_say_of_themselves():
    async with engine_with(eyes="InstantEyes") as engine:
        pid = await pid_of(engine, "eyes")
        facts = (await engine.describe())["eyes"]
    assert (facts["pid"], facts["restarts"]) == (str(pid), "0")
    assert int(facts["memory_mb"]) > 0


async def test_a_role_that_nobody_set_up_gives_an_error(tmp_path):
    async with LocalEngine({}) as engine:
        with pytest.raises(WorkerError) as raised:
            await engine.render(order_in(tmp_path), lambda _: None)
    assert raised.value.key == "error-worker-start"


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


async def test_leaving_ends_all_workers_and_fails_what_they_had(tmp_path):
    async with engine_with("BusyPreview", "InstantEyes") as engine:
        pids = [await pid_of(engine, role) for role in ("preview", "eyes")]
        render = await begun(engine, order_in(tmp_path))
    with pytest.raises(WorkerError):
        await render
    for pid in pids:
        await gone(pid)
