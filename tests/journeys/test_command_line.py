"""The command line from outside: exit codes, sentences, settings in any form, sudden ends."""

from __future__ import annotations

import csv
import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from bot.app.running import run_bot
from bot.errors import SettingsError
from bot.job import JobStatus
from bot.request import ClipFormat
from engine.video.metadata import read_metadata
from tests.fakes.messenger import FolderMessenger
from tests.journeys.command import (
    DRAWINGS,
    SKETCH,
    CommandLine,
    Ran,
    all_gone,
    press_ctrl_c,
    until_rendering,
)
from tests.journeys.world import GUARD_S, World, until

DONE, MACHINE_FAILED, PERSON_CAN_MEND = 0, 1, 2
SMALL = ("--res", "512", "--frames", "5")


@pytest.fixture
def shell(world: World) -> CommandLine:
    return CommandLine(world)


def one_line(ran: Ran) -> str:
    """What stands on stderr: a single line, and nothing anywhere else."""
    assert "Traceback" not in ran.err
    (line,) = ran.err.splitlines()
    assert ran.out == ""
    return line


def settings_in(clip: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(read_metadata(clip, ClipFormat.MP4)["settings"])
    return read


def frames_in(clip: Path) -> int:
    with Image.open(clip) as picture:
        return int(getattr(picture, "n_frames", 1))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["animate", "nothing.png", "-o", "clip.mp4"], "There is no file nothing.png."),
        (["animate", __file__, "-o", "clip.mp4"], "I can't read that file as a picture."),
        (["animate", SKETCH, "-o", "clip.mp4", "stepz:60"], "Did you mean “steps”?"),
        (["animate", SKETCH, "-o", "clip.mp4", "--stepz", "60"], "Did you mean “steps”?"),
        (["animate", SKETCH, "-o", "clip.mp4", "steps:60", "faster"], "what to do with “faster”"),
        (["animate", SKETCH, "-o", "clip.mp4", "--steps", "5"], "To go on, add --steps 10"),
        (["animate", SKETCH, "-o", "clip.mp4", "res:1024"], "these: --frames 33, --res 768"),
        (["animate", SKETCH, "-o", "/dev/null/clip.mp4"], "can't be written to /dev/null/clip.mp4"),
        (["animate", SKETCH, "-o", SKETCH], "is the sketch itself"),
        (["animate", SKETCH], "arguments are required: -o"),
        (["animate", DRAWINGS / "profile.png", "-o", "clip.mp4"], "To go on, add --anyway"),
        (
            ["animate", DRAWINGS / "two_faces.png", "-o", "clip.mp4"],
            "add one of these: --crop 1, --crop 2, --anyway",
        ),
        (["usage", "--since", "yesterday"], "yesterday is no date"),
        (["usage", "--since", "0001-01-01"], "0001-01-01 is no date"),
        (["usage", "--cvs"], "“sketchlife -h”"),
        (["dance"], "'dance'"),
        ([], "“sketchlife -h”"),
    ],
    ids=lambda value: " ".join(Path(word).name for word in value) if type(value) is list else "",
)
def test_a_mistake_is_answered_in_one_line(
    shell: CommandLine, words: list[str | Path], sentence: str
) -> None:
    ran = shell.run(*words)
    assert sentence in one_line(ran)
    assert ran.code == PERSON_CAN_MEND
    assert list(shell.folder.iterdir()) == []


def test_a_bot_without_a_chat_serves_a_page_and_says_where(shell: CommandLine) -> None:
    no_chat = {"DISCORD_TOKEN": "", "TELEGRAM_TOKEN": "", "WEB_LISTEN": "127.0.0.1:0"}
    with shell.started("run", **no_chat) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = said.split()[-1]
        front = httpx.get(address, trust_env=False)
        assert "Bring a sketch to life" in front.text
        press_ctrl_c(process)
        process.communicate(timeout=GUARD_S)
    assert process.returncode == DONE


def test_a_page_whose_port_is_taken_says_so(shell: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = shell.run("run", DISCORD_TOKEN="", TELEGRAM_TOKEN="", WEB_LISTEN=where)
    assert f"Something else already listens on {where}" in ran.err
    assert ran.code == PERSON_CAN_MEND


def test_an_invitation_is_a_link_to_the_page(shell: CommandLine) -> None:
    ran = shell.run("invite", "Ada", WEB_URL="https://sketches.example")
    assert "A sign-in link for Ada, good for 7 days" in ran.out
    assert "https://sketches.example/sign-in?invitation=" in ran.out
    assert shell.run("invite", "--operator").code == DONE
    assert "Whom?" in one_line(shell.run("invite"))


@pytest.mark.parametrize("language", ["en", "zh_CN.UTF-8"])
def test_a_wrong_setting_of_the_operator_names_its_variable(
    shell: CommandLine, language: str
) -> None:
    ran = shell.run("usage", WAITING_PER_PERSON="many", LANGUAGE=language)
    said = {"en": "It must be a whole number", "zh_CN.UTF-8": "的整数"}[language]
    assert said in one_line(ran)
    assert "WAITING_PER_PERSON" in ran.err
    assert ran.code == PERSON_CAN_MEND


@pytest.mark.parametrize("command", [["animate", SKETCH, "-o", "a.mp4"], ["usage"], ["migrate"]])
def test_a_data_folder_that_cannot_be_used_is_named(
    shell: CommandLine, command: list[str | Path]
) -> None:
    ran = shell.run(*command, DATA_DIR="/dev/null/data")
    assert "/dev/null/data" in one_line(ran)
    assert "DATA_DIR" in ran.err
    assert ran.code == PERSON_CAN_MEND


def test_a_database_that_is_away_is_the_machines_fault(shell: CommandLine) -> None:
    ran = shell.run("usage", DATABASE_URL="sqlite+aiosqlite:////dev/null/jobs.db")
    assert "The list of jobs cannot be reached" in one_line(ran)
    assert ran.code == MACHINE_FAILED


@pytest.mark.slow
def test_a_machine_without_ffmpeg_fails_with_a_sentence_at_the_end(shell: CommandLine) -> None:
    words = ("animate", SKETCH, "-o", "clip.mp4", *SMALL)
    ran = shell.run(*words, IMAGEIO_FFMPEG_EXE="/nowhere/ffmpeg")
    assert ran.code == MACHINE_FAILED
    assert ran.err.splitlines()[-1].startswith("This one did not work · The clip was drawn but")
    assert ran.out == ""


def test_a_sketch_in_chinese_with_every_word_in_the_log_and_then_its_usage(
    shell: CommandLine,
) -> None:
    clip = shell.folder / "动画.mp4"
    ran = shell.run(
        *("animate", SKETCH, "步数:60 分辨率：512", "帧数=5，种子:7", "-o", clip),
        LANGUAGE="zh",
        LOG_LEVEL="debug",
    )
    assert ran.code == DONE, ran.err
    assert "你的画动起来了" in ran.err
    for said in (f"{clip}（448×560，", "5 帧 · 448×560", "种子 7", "已完成 · 尝试 1 次"):
        assert said in ran.out
    settings = settings_in(clip)
    assert (settings["steps"], settings["res"], settings["frames"]) == (60, 512, 5)

    assert "One clip was asked for" in shell.run("usage").out
    assert "delivered · 1 attempt" in shell.run("usage", "--since", "7d").out
    assert "No clips were asked for" in shell.run("usage", "--since", "2999-01-01").out
    (record,) = csv.DictReader(shell.run("usage", "--csv").out.splitlines())
    assert (record["seed"], record["outcome"], record["frames"]) == ("7", "delivered", "5")
    assert record["size_bytes"] == str(clip.stat().st_size)


def test_flags_and_the_chats_form_go_together_in_any_order(shell: CommandLine) -> None:
    clip = shell.folder / "clip.mp4"
    ran = shell.run(
        *("animate", "--frames", "5", SKETCH, "res:512", "-o", clip, "steps:20", "--cfg", "7"),
        *("--loop", "off", "--prompt", "gentle smile", "style:loose"),
    )
    assert ran.code == DONE, ran.err
    settings = settings_in(clip)
    assert (settings["frames"], settings["res"], settings["steps"]) == (5, 512, 20)
    assert (settings["cfg"], settings["loop"], settings["style"]) == (7, "off", "loose")
    assert settings["prompt"] == "gentle smile"


@pytest.mark.slow
def test_loop_needs_no_value_and_the_ending_names_the_format(shell: CommandLine) -> None:
    clip = shell.folder / "new" / "clip.gif"
    ran = shell.run("animate", "--loop", SKETCH, "-o", clip, "frames:6", "res:512")
    assert ran.code == DONE, ran.err
    assert clip.read_bytes()[:6] == b"GIF89a"
    assert frames_in(clip) == 4
    assert "6 frames became 5" in ran.out


async def test_ctrl_c_in_a_render_cancels_the_job_and_ends_every_process(
    shell: CommandLine,
) -> None:
    with shell.started("animate", SKETCH, "-o", "clip.mp4") as process:
        family = until_rendering(process)
        press_ctrl_c(process)
        out, err = process.communicate(timeout=60)
    assert process.returncode == PERSON_CAN_MEND
    assert "Cancelled" in err
    assert "Traceback" not in err
    assert out == ""
    assert all_gone(family)
    assert await shell.world.statuses() == [JobStatus.CANCELLED]
    assert list(shell.folder.iterdir()) == []


@pytest.mark.slow
async def test_what_a_killed_command_left_is_finished_by_the_next_one(shell: CommandLine) -> None:
    with shell.started("animate", SKETCH, "-o", "first.mp4", "--res", "512") as process:
        family = until_rendering(process)
        process.kill()
    assert all_gone(family)
    ran = shell.run("animate", SKETCH, "-o", "second.mp4", *SMALL)
    assert ran.code == DONE, ran.err
    assert await shell.world.statuses() == [JobStatus.DELIVERED] * 2
    assert settings_in(shell.folder / "first.mp4")["frames"] == 49
    assert settings_in(shell.folder / "second.mp4")["frames"] == 5
    assert sorted(record.attempts for record in await shell.world.usage()) == [1, 2]


@pytest.mark.slow
async def test_two_at_once_in_one_folder_each_get_their_own_clip(shell: CommandLine) -> None:
    with (
        shell.started("animate", SKETCH, "-o", "one.gif", "res:512", "frames:5") as one,
        shell.started("animate", SKETCH, "-o", "two.gif", "res:512", "frames:9") as two,
    ):
        said = [process.communicate(timeout=60) for process in (one, two)]
    assert (one.returncode, two.returncode) == (DONE, DONE), said
    assert frames_in(shell.folder / "one.gif") == 5
    assert frames_in(shell.folder / "two.gif") == 9
    assert {job.origin.platform for job in (await shell.world.jobs()).values()} == {
        "terminal-0",
        "terminal-1",
    }


def test_the_doctor_lists_everything_that_is_here(shell: CommandLine) -> None:
    ran = shell.run("doctor", DISCORD_PROXY="http://127.0.0.1:1")  # nobody is there
    assert ran.code == DONE, ran.out
    assert ran.err == ""
    for name in ("Python", "Free disk", "Database", "Eyes", "Preview renderer", "ffmpeg"):
        assert f"✓ {name}" in ran.out
    assert "– Discord: ***" in ran.out
    for name in ("GPU", "Model", "– Telegram"):
        assert name in ran.out
    assert str(shell.world.data_dir / "sketchlife.db") in ran.out


@pytest.mark.slow
def test_the_doctor_says_what_to_do_about_a_folder_that_cannot_be_used(shell: CommandLine) -> None:
    ran = shell.run("doctor", DATA_DIR="/dev/null/data")
    assert ran.code == MACHINE_FAILED
    assert "✗ Database" in ran.out
    assert "Please set DATA_DIR to a folder that can be written to." in ran.out
    assert "Traceback" not in ran.err


def test_migrate_says_that_it_is_done(shell: CommandLine, tmp_path: Path) -> None:
    ran = shell.run("migrate", DATA_DIR=str(tmp_path / "fresh"))
    assert (ran.code, ran.out, ran.err) == (DONE, "The database is up to date.\n", "")
    assert (tmp_path / "fresh" / "sketchlife.db").is_file()


async def test_a_second_bot_in_the_same_folder_is_refused(world: World) -> None:
    await world.queue("ada")
    with world.bot("tests.fakes.roles:InstantPreview"):
        await world.until_statuses(JobStatus.DELIVERED)
        with pytest.raises(SettingsError, match="run-already"):
            await run_bot(world.settings, [FolderMessenger(world.root / "other")])


async def test_sigint_while_the_picture_is_looked_at_is_no_traceback(shell: CommandLine) -> None:
    with shell.started("animate", SKETCH, "-o", "clip.mp4", *SMALL) as process:
        uploads = shell.world.data_dir / "jobs"
        await until(lambda: any(uploads.glob("*/upload.png")))
        press_ctrl_c(process)
        _, err = process.communicate(timeout=60)
    assert process.returncode == PERSON_CAN_MEND
    assert "Traceback" not in err
