"""What is kept of a person, from the command line: history, presets, export, forget, privacy."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.journeys.command import SKETCH, CommandLine
from tests.journeys.world import World


@pytest.fixture
def shell(tmp_path: Path) -> CommandLine:
    return CommandLine(World(tmp_path))


@pytest.mark.slow
def test_from_a_preset_to_a_clip_to_nothing(shell: CommandLine) -> None:
    """One evening: with a clip made, everything else is about what is kept of it."""
    assert shell.run("preset", "save", "quick", "frames:9 res:512").out == "Kept: preset:quick\n"
    made = shell.run("animate", SKETCH, "-o", "clip.mp4", "preset:quick")
    assert (made.code, made.err.count("Traceback")) == (0, 0)
    assert "9 frames" in shell.run("history").out
    assert shell.run("usage", "--chart", "usage.png").code == 0
    with Image.open(shell.folder / "usage.png") as picture:
        assert picture.format == "PNG"
    assert shell.run("export", "mine").code == 0
    assert (shell.folder / "mine" / "sketchlife.json").is_file()
    refused = shell.run("forget")  # nobody answers
    assert refused.code == 2
    assert refused.err.endswith("Nothing was deleted.\n")
    assert shell.run("forget", "--yes").code == 0
    assert shell.run("history").out == "Nothing here yet.\n"
    assert shell.run("preset", "list").out == ""
    assert (shell.folder / "clip.mp4").is_file()  # handed over: it is the person's own
    assert list((shell.world.data_dir / "jobs").iterdir()) == []


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["preset", "save", "steps", "res:512"], "is the name of a setting"),
        (["preset", "delete", "slow"], "There is no preset “slow”"),
        (["animate", SKETCH, "-o", "a.mp4", "preset:slow"], "There is no preset “slow”"),
        (["usage", "--csv", "--chart", "a.png"], "not allowed with argument"),
    ],
)
def test_what_can_be_mended_is_one_line(
    shell: CommandLine, command: list[str | Path], sentence: str
) -> None:
    ran = shell.run(*command)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
    assert len(ran.err.splitlines()) == 1


def test_privacy_names_whom_to_ask(shell: CommandLine) -> None:
    said = shell.run("privacy", OPERATOR_CONTACT="ask@example.org", KEEP_DAYS="7").out
    assert "7 days" in said
    assert "ask@example.org" in said
