"""Names that living processes hold in a data folder."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.media.instance import folder_id, hold_instance, make_folder
from bot.errors import SettingsError

HOLDER = """
import sys, time
from pathlib import Path
from adapters.media.instance import hold_instance
with hold_instance(Path(sys.argv[1]), sys.argv[2]) as name:
    print(name, flush=True)
    time.sleep(3600)
"""


@contextmanager
def another_process(folder: Path, kind: str) -> Iterator[subprocess.Popen[str]]:
    """Holds a name of this kind until it is killed; its first line of output is the name."""
    command = [sys.executable, "-c", HOLDER, str(folder), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def name_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_second_process_gets_the_next_name(tmp_path: Path) -> None:
    with another_process(tmp_path, "bot") as other:
        assert name_of(other) == "bot-0"
        with hold_instance(tmp_path, "bot") as mine:
            assert mine == "bot-1"


def test_a_killed_process_frees_its_name(tmp_path: Path) -> None:
    with another_process(tmp_path, "bot") as other:
        assert name_of(other) == "bot-0"
        other.kill()
        other.wait()
        with hold_instance(tmp_path, "bot") as mine:
            assert mine == "bot-0"


def test_a_name_is_free_again_after_its_block_even_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold_instance(tmp_path, "bot"):
        raise ZeroDivisionError
    with hold_instance(tmp_path, "bot") as mine:
        assert mine == "bot-0"


def test_kinds_and_folders_do_not_share_their_names(tmp_path: Path) -> None:
    with (
        hold_instance(tmp_path, "bot") as bot,
        hold_instance(tmp_path, "terminal") as terminal,
        hold_instance(tmp_path / "other", "bot") as elsewhere,
    ):
        assert (bot, terminal, elsewhere) == ("bot-0", "terminal-0", "bot-0")


def test_a_new_data_folder_is_its_owners_alone_and_an_older_one_is_left_as_it_is(
    tmp_path: Path,
) -> None:
    new, shared = tmp_path / "new", tmp_path / "shared"
    shared.mkdir(mode=0o755)
    for folder in (new, shared):
        with hold_instance(folder, "bot"):
            pass
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (new, shared)] == [0o700, 0o755]


def test_where_all_names_are_held_there_is_none(tmp_path: Path) -> None:
    with hold_instance(tmp_path, "bot", slots=1), hold_instance(tmp_path, "bot", slots=1) as mine:
        assert mine is None


@pytest.mark.parametrize("folder", ["/dev/null/data", "/proc/data"])
def test_a_folder_that_cannot_be_made_is_named(folder: str) -> None:
    with pytest.raises(SettingsError, match="settings-folder") as refusal:
        make_folder(Path(folder))
    assert refusal.value.args_of_text["path"] == folder
    with pytest.raises(SettingsError), hold_instance(Path(folder), "bot"):
        pass


def test_a_name_that_cannot_be_written_is_an_error_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "instances" / "bot-0.lock").mkdir(parents=True)
    with pytest.raises(SettingsError, match="settings-folder"), hold_instance(tmp_path, "bot"):
        pass


def test_a_folder_has_an_id_of_its_own_that_moves_with_it(tmp_path: Path) -> None:
    one, two = folder_id(tmp_path / "one"), folder_id(tmp_path / "two")
    assert one != two
    (tmp_path / "one").rename(tmp_path / "moved")
    assert folder_id(tmp_path / "moved") == one
    assert [path.name for path in (tmp_path / "moved").iterdir()] == ["folder-id"]


def test_a_folder_that_cannot_hold_its_id_is_named() -> None:
    with pytest.raises(SettingsError, match="settings-folder"):
        folder_id(Path("/dev/null/data"))
