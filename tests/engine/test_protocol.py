"""What crosses the pipe comes out as it went in."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bot.clip import (
    Chart,
    Clip,
    ClipFile,
    Drawing,
    EncodeOrder,
    Progress,
    Renderer,
    RenderOrder,
)
from bot.errors import (
    EncodeError,
    LimitError,
    MachineError,
    PictureError,
    RequestError,
    WayOut,
    WorkerError,
)
from bot.inspection import Face, Inspection, PictureKind
from bot.measurement import Blink, Curves, Eye, Measurement, Verdict
from bot.request import AnimationRequest, ClipFormat, Expression, Sampler
from engine.protocol import (
    Answered,
    Ask,
    Beat,
    Began,
    Cancel,
    Crop,
    Describe,
    Described,
    Draw,
    DrawChart,
    Drawn,
    Dropped,
    Encode,
    Encoded,
    ErrorValue,
    Failed,
    Inspect,
    Inspected,
    Measure,
    Measured,
    Ready,
    Render,
    Rendered,
    Reported,
    read_command,
    read_message,
    write_command,
    write_message,
)

FOLDER = Path("/jobs/素描 1")
FACE = Face(1, 2, 30, 40, frontal=0.5)
BLINK = Blink(2.5, 2.75, 3.25, depth=0.8, eye=Eye.BOTH, leads=Eye.RIGHT)
CURVES = Curves((1.0, 0.25), (1.0, 0.5), (0.0, 0.1), (0.0, -0.1), (0.0, 0.0))
MEASUREMENT = Measurement(Verdict.FINE, (BLINK,), 0.04, 5.5, 0.01, CURVES)
CLIP = Clip(
    master=FOLDER / "master.mkv", width=768, height=640, num_frames=48, measurement=MEASUREMENT
)
REQUEST = AnimationRequest(
    seed=2**32 - 1,
    seed_typed=True,
    guidance_scale=4.5,
    sampler=Sampler.DPM_2M_KARRAS,
    expression=Expression.WINK,
    prompt="“微笑”\n\u2028gentle",
    loop=True,
)
RENDER = RenderOrder(
    job_id="1",
    renderer=Renderer.PREVIEW,
    picture=FOLDER / "picture.png",
    folder=FOLDER,
    request=REQUEST,
    width=768,
    height=640,
)
ENCODE = EncodeOrder(
    format=ClipFormat.SHEET,
    target=FOLDER / "clip.png",
    limit_bytes=10**10,
    label="AI生成",
    metadata={"AIGC": '{"Label": 1}'},
)
FILE = ClipFile(
    path=FOLDER / "clip.png",
    format=ClipFormat.SHEET,
    size_bytes=7,
    width=768,
    height=640,
    fitted=("quality", "size"),
    companion=FOLDER / "clip.json",
)
INSPECTION = Inspection(
    FOLDER / "picture.png", 768, 640, PictureKind.PHOTO, (FACE,), 2, reduced_from=(4000, 3000)
)

TASKS = [
    Inspect(FOLDER / "upload", FOLDER),
    Crop(FOLDER / "picture.png", FACE, FOLDER),
    Measure(CLIP),
    Encode(CLIP, ENCODE),
    Draw(CLIP, Drawing.CURVES_SVG, FOLDER / "curves.svg"),
    DrawChart(Chart("每日", "秒", ("11-01",), {"预览": (0.5,)}), FOLDER / "usage.png"),
    Render(RENDER),
    Describe(),
]
ANSWERS = [
    Inspected(INSPECTION),
    Measured(MEASUREMENT),
    Encoded(FILE),
    Drawn(FOLDER / "curves.svg"),
    Rendered(CLIP),
    Described({"device": "cpu"}),
]
REFUSAL = PictureError(
    "picture-ratio", ways_out=(WayOut("crop", {"face": "0"}),), width=90, ratio=3.5, name="素.png"
)
ERRORS = [REFUSAL, LimitError("full", waiting=100), WorkerError(), EncodeError(), MachineError()]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.verb)
def test_every_task_arrives_as_it_was_sent(task):
    ask = Ask(7, task, {"job_id": "1"})
    assert read_command(write_command(ask)) == ask


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.verb)
def test_every_answer_arrives_as_it_was_sent(answer):
    assert read_message(write_message(Answered(7, answer))) == Answered(7, answer)


@pytest.mark.parametrize(
    "message",
    [
        Ready(),
        Beat(),
        Began(7),
        Dropped(7),
        Reported(7, Progress(1, 49)),
        Reported(7, Progress(8, 49, FOLDER / "preview.png")),
    ],
    ids=lambda message: message.kind,
)
def test_what_a_worker_says_meanwhile_arrives_as_it_was_sent(message):
    assert read_message(write_message(message)) == message


def test_a_cancel_arrives_as_it_was_sent():
    assert read_command(write_command(Cancel(7))) == Cancel(7)


@pytest.mark.parametrize("message", [Answered(1, Measured(MEASUREMENT)), Beat()])
def test_a_message_is_one_line_whatever_people_wrote(message):
    assert write_message(message).count(b"\n") == 1
    assert write_command(Ask(1, Render(RENDER))).count(b"\n") == 1


def test_numbers_that_json_lacks_survive():
    curves = Curves((math.inf,), (-math.inf,), (math.nan,), (0.0,), (0.0,))
    sent = Answered(1, Measured(Measurement(Verdict.FINE, curves=curves)))
    got = read_message(write_message(sent))
    assert got.answer.measurement.curves.left_eye == (math.inf,)
    assert got.answer.measurement.curves.right_eye == (-math.inf,)
    assert math.isnan(got.answer.measurement.curves.mouth[0])


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_comes_back_as_its_own_class_with_key_and_arguments(error):
    sent = Failed(7, ErrorValue.of(error, "the trace"))
    got = read_message(write_message(sent))
    assert got == sent
    rebuilt = got.error.rebuild()
    assert type(rebuilt) is type(error)
    assert (rebuilt.key, rebuilt.args_of_text) == (error.key, error.args_of_text)


def test_the_ways_out_of_a_refusal_survive():
    got = read_message(write_message(Failed(7, ErrorValue.of(REFUSAL))))
    assert got.error.rebuild().ways_out == REFUSAL.ways_out


def test_an_argument_that_is_no_plain_value_crosses_as_its_text():
    error = RequestError("settings-format", value=ClipFormat.GIF, path=FOLDER)
    got = read_message(write_message(Failed(7, ErrorValue.of(error)))).error.rebuild()
    assert got.args_of_text == {"value": "gif", "path": str(FOLDER)}


def test_an_error_of_a_class_nobody_knows_is_the_machines_fault():
    rebuilt = ErrorValue("SystemExit", "error-machine").rebuild()
    assert type(rebuilt) is MachineError


@pytest.mark.parametrize(
    "line",
    [b"\n", b"hello\n", b"{}\n", b"[]\n", b'{"kind":"beat"', b'{"kind":"ask","id":1}\n', b"\xff\n"],
)
def test_a_line_that_is_no_message_is_refused(line):
    with pytest.raises(ValueError):
        read_message(line)
