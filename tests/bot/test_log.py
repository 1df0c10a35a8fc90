"""Logs name the job and the place, hold no secret, and keep to themselves what people wrote."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.log import about, set_up_logging
from bot.origin import Origin

TOKEN = 'k"ey/токен'
ORIGIN = Origin(platform="terminal", place="desk", person="ada")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.configure(**config)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def only_line(stream: io.StringIO) -> dict[str, Any]:
    (line,) = lines(stream)
    return line


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(format="json", secrets=[TOKEN], stream=stream)
    return stream


def test_a_line_says_when_where_and_about_which_job(stream: io.StringIO) -> None:
    with about("job1", ORIGIN):
        structlog.get_logger("bot.service").info("submitted", width=768)
    line = only_line(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "submitted",
        "level": "info",
        "logger": "bot.service",
        "job": "job1",
        "place": "terminal:desk",
        "width": 768,
    }


def test_a_job_is_forgotten_when_its_work_is_over(stream: io.StringIO) -> None:
    with about("job1", ORIGIN):
        pass
    structlog.get_logger().info("idle")
    assert "job" not in only_line(stream)


def test_libraries_speak_through_the_same_place(stream: io.StringIO) -> None:
    with about("job1", ORIGIN):
        logging.getLogger("asyncio").warning("slow by %d s", 3)
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("old", stacklevel=1)
    asyncio_line, warning_line = lines(stream)
    assert (asyncio_line["event"], asyncio_line["logger"]) == ("slow by 3 s", "asyncio")
    assert asyncio_line["job"] == "job1"
    assert "old" in warning_line["event"]


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_secret_is_masked_wherever_it_slipped_in(form: Any) -> None:
    stream = io.StringIO()
    set_up_logging(format=form, secrets=[TOKEN], stream=stream)
    log = structlog.get_logger()
    log.info(f"connecting with {TOKEN}", token=TOKEN, nested={"deep": [TOKEN]})
    log.info("request", url="https://host/k%22ey%2F%D1%82%D0%BE%D0%BA%D0%B5%D0%BD/me")
    logging.getLogger("library").error("refused: %s", TOKEN)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        log.exception("failed")
    assert stream.getvalue().count("***") == 6
    for form_of_it in (TOKEN, json.dumps(TOKEN)[1:-1], "токен", "%D1%82"):
        assert form_of_it not in stream.getvalue()


def test_passwords_and_bot_tokens_in_urls_are_masked_without_being_known(
    stream: io.StringIO,
) -> None:
    structlog.get_logger().info(
        "calls",
        database="postgresql://me:hunter2@host/base",
        api="https://api.telegram.org/bot123456:AAbbCCddEEffGGhhIIjjKK/getMe",
        plain="https://example.org:8080/a@b",
    )
    line = only_line(stream)
    assert line["database"] == "postgresql://***@host/base"
    assert line["api"] == "https://api.telegram.org/bot***/getMe"
    assert line["plain"] == "https://example.org:8080/a@b"


def test_what_a_person_wrote_is_shown_at_debug_level_alone() -> None:
    stream = io.StringIO()
    set_up_logging(format="json", level="debug", stream=stream)
    log = structlog.get_logger()
    log.info("submitted", prompt="for my aunt", options={"prompt": "for my aunt"})
    log.warning("odd", text=None)
    logging.getLogger("adapter").warning("odd", extra={"caption": "for my aunt"})
    log.debug("as typed", prompt="for my aunt")
    info, odd, foreign, debug = lines(stream)
    assert (info["prompt"], info["options"]) == ("<11 long>", "<1 long>")
    assert odd["text"] == "<0 long>"
    assert foreign["caption"] == "<11 long>"
    assert debug["prompt"] == "for my aunt"


def test_below_the_level_nothing_is_logged(stream: io.StringIO) -> None:
    structlog.get_logger().debug("whisper")
    logging.getLogger("library").debug("whisper")
    assert stream.getvalue() == ""


def test_auto_writes_lines_for_a_terminal_and_json_for_everything_else() -> None:
    for stream, is_json in ((Terminal(), False), (io.StringIO(), True)):
        set_up_logging(stream=stream)
        structlog.get_logger().info("here")
        assert stream.getvalue().startswith("{") is is_json


def test_a_traceback_shows_no_local_variables(stream: io.StringIO) -> None:
    for form in ("json", "console"):
        set_up_logging(format=form, stream=stream)
        try:
            wrote = "for my " + "aunt"
            raise ValueError(len(wrote))
        except ValueError:
            structlog.get_logger().exception("failed")
    assert "ValueError: 11" in stream.getvalue()
    assert "for my aunt" not in stream.getvalue()


def test_logs_go_to_stderr_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(format="json")
    structlog.get_logger().info("here")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err)["event"] == "here"
