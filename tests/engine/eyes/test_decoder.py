"""A hostile file ends with its child: refused, and nobody else notices."""

from __future__ import annotations

import os
import resource
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from bot.errors import MediaError, PictureError, WorkerError
from engine.eyes.decoder import MEMORY_BYTES, Decoder
from engine.eyes.picture import CleanPicture, clean_picture
from tests.engine.eyes.hostile import greedy_webp, slow_jpeg
from tests.engine.eyes.sheets import sheet

GUARD_S = 60  # against a test that hangs; nothing here waits for it


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    with Decoder() as decoder:
        yield decoder


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    sheet().save(tmp_path / "drawing.png")
    return tmp_path / "drawing.png"


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose decoding takes longer than any test waits."""
    upload = tmp_path_factory.mktemp("slow") / "slow.jpg"
    upload.write_bytes(slow_jpeg())
    return upload


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if _decodes(child)]


def _decodes(process: psutil.Process) -> bool:
    return "engine.eyes.decoder" in process.cmdline()


def refusal_of(decoder: Decoder, upload: Path, target: Path) -> str:
    with pytest.raises(PictureError) as refusal:
        decoder.clean(upload, target)
    assert list(target.parent.glob("picture*")) == []
    return refusal.value.key


def test_a_child_makes_the_same_picture(decoder: Decoder, drawing: Path, tmp_path: Path) -> None:
    here = clean_picture(drawing, tmp_path / "here.png")
    assert decoder.clean(drawing, tmp_path / "there.png") == here
    assert (tmp_path / "here.png").read_bytes() == (tmp_path / "there.png").read_bytes()


def test_what_a_child_measured_comes_across(decoder: Decoder, tmp_path: Path) -> None:
    sheet().resize((3000, 2600)).save(tmp_path / "large.png")
    clean = decoder.clean(tmp_path / "large.png", tmp_path / "picture.png")
    assert clean == CleanPicture(2048, 1775, enlarged_by=1, reduced_from=(3000, 2600))


def test_a_refusal_comes_across_with_its_numbers(decoder: Decoder, tmp_path: Path) -> None:
    sheet((31, 40)).save(tmp_path / "tiny.png")
    with pytest.raises(PictureError) as refusal:
        decoder.clean(tmp_path / "tiny.png", tmp_path / "picture.png")
    assert refusal.value.key == "picture-too-small"
    assert refusal.value.args_of_text == {"width": 31, "height": 40, "least": 32}


def test_a_folder_that_is_gone_is_the_machines_fault(
    decoder: Decoder, drawing: Path, tmp_path: Path
) -> None:
    with pytest.raises(MediaError):
        decoder.clean(drawing, tmp_path / "gone" / "picture.png")


def test_a_name_in_any_script_is_found(decoder: Decoder, tmp_path: Path) -> None:
    sheet().save(tmp_path / "画 \n\"'.png")
    clean = decoder.clean(tmp_path / "画 \n\"'.png", tmp_path / "肖像.png")
    assert clean == CleanPicture(300, 260)
    assert (tmp_path / "肖像.png").exists()


def test_a_file_that_outlasts_the_deadline_is_refused(slow: Path, tmp_path: Path) -> None:
    with Decoder(deadline_s=1) as decoder:
        assert refusal_of(decoder, slow, tmp_path / "picture.png") == "picture-undecodable"
        assert len(children()) == 1  # the next spare


def test_a_file_that_needs_more_than_the_memory_is_refused(tmp_path: Path) -> None:
    upload = tmp_path / "greedy.webp"
    upload.write_bytes(greedy_webp())
    with Decoder(memory_bytes=300 * 10**6) as poor:
        assert refusal_of(poor, upload, tmp_path / "picture.png") == "picture-undecodable"
    with Decoder() as decoder:
        assert decoder.clean(upload, tmp_path / "picture.png").reduced_from == (5000, 4000)


def test_half_written_pictures_of_a_killed_child_are_removed(slow: Path, tmp_path: Path) -> None:
    (tmp_path / "picture.png.part").write_bytes(b"half a picture")
    with Decoder(deadline_s=1) as decoder:
        refusal_of(decoder, slow, tmp_path / "picture.png")


def test_a_hung_file_stalls_no_other_and_a_crash_is_a_refusal(
    decoder: Decoder, slow: Path, drawing: Path, tmp_path: Path
) -> None:
    with ThreadPoolExecutor() as threads:
        stuck = threads.submit(refusal_of, decoder, slow, tmp_path / "stuck" / "picture.png")
        others = [
            threads.submit(decoder.clean, drawing, tmp_path / f"{number}.png")
            for number in range(3)
        ]
        assert [other.result(GUARD_S).width for other in others] == [300] * 3
        assert not stuck.done()
        for child in children():
            child.send_signal(signal.SIGSEGV)
        assert stuck.result(GUARD_S) == "picture-undecodable"
    assert decoder.clean(drawing, tmp_path / "after.png").width == 300


def test_a_spare_that_died_is_replaced(decoder: Decoder, drawing: Path, tmp_path: Path) -> None:
    (spare,) = children()
    spare.kill()
    with open_pidfd(spare.pid) as gone:
        gone.wait()
    assert decoder.clean(drawing, tmp_path / "picture.png").width == 300


def test_children_that_never_get_ready_are_the_machines_fault(
    drawing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with Decoder() as decoder, pytest.raises(WorkerError):
        decoder.clean(drawing, tmp_path / "picture.png")


def test_every_file_meets_a_fresh_child(decoder: Decoder, drawing: Path, tmp_path: Path) -> None:
    (first,) = children()
    decoder.clean(drawing, tmp_path / "picture.png")
    (second,) = children()
    assert first.pid != second.pid


def test_closing_ends_the_spare(drawing: Path, tmp_path: Path) -> None:
    decoder = Decoder()
    decoder.close()
    assert children() == []
    assert decoder.clean(drawing, tmp_path / "picture.png").width == 300
    assert children() == []


class open_pidfd:  # noqa: N801 (used as a function)
    """Waits for the end of a process, zombies included, whoever its parent is."""

    def __init__(self, pid: int) -> None:
        self._fd = os.pidfd_open(pid)

    def __enter__(self) -> open_pidfd:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def wait(self) -> None:
        ended, _, _ = select.select([self._fd], [], [], GUARD_S)
        assert ended, "still running"


BOT = """
import sys
from pathlib import Path
from engine.eyes.decoder import Decoder
idle, busy = Decoder(), Decoder(deadline_s=1.5)
print("ready", flush=True)
busy.clean(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_no_child_outlives_a_bot_that_is_killed(slow: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", BOT, str(slow), str(tmp_path / "picture.png")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as bot:
        assert bot.stdout is not None
        bot.stdout.readline()
        idle, busy = psutil.Process(bot.pid).children()
        with open_pidfd(idle.pid) as idle_end, open_pidfd(busy.pid) as busy_end:
            bot.kill()
            idle_end.wait()
            busy_end.wait()


def test_the_kernel_holds_a_child_within_its_limits() -> None:
    command = [sys.executable, "-m", "engine.eyes.decoder", str(MEMORY_BYTES), "10"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        limits = psutil.Process(child.pid).rlimit
        assert limits(resource.RLIMIT_AS)[1] < 500 * 10**6
        assert limits(resource.RLIMIT_CPU)[1] == 11
        assert limits(resource.RLIMIT_FSIZE)[1] < 10**8
        assert limits(resource.RLIMIT_CORE)[1] == 0
        child.communicate("")


def test_a_child_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a secret")
    with Decoder():
        (spare,) = children()
        assert "DISCORD_TOKEN" not in spare.environ()


def test_a_child_carries_nothing_heavy() -> None:
    code = "import sys, engine.eyes.decoder; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True).stdout
    assert not {b"mediapipe", b"cv2", b"numpy", b"matplotlib"} & set(loaded.split())
