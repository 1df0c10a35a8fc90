"""Downloads as an operator runs them, from a hub on loopback that breaks off, refuses, hides."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.easyanimate import download
from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.download import find_model
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.hub import HubFile, needed
from tests.fakes import modelscope
from tests.fakes.hub import FakeHub, serving
from tests.fakes.modelscope import FakeModelScope

ROOT = Path(__file__).parents[3]
GUARD_S = 120
DONE, TRY_AGAIN, PERSON_CAN_MEND = 0, 1, 2
TRANSFORMER = "transformer/diffusion_pytorch_model.safetensors"
OF_THE_PROXY = ("http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class Ran:
    code: int
    events: list[dict[str, Any]]

    @property
    def last(self) -> dict[str, Any]:
        return self.events[-1]


class Machine:
    """A machine with an empty cache and one address of a hub."""

    def __init__(self, home: Path, hub: FakeHub) -> None:
        own = {"HF_HOME": str(home), "HF_ENDPOINT": hub.url, "MODELSCOPE_CACHE": str(home / "ms")}
        own["MODELSCOPE_HOME"] = str(home / "ms-home")
        names = {*OF_THE_PROXY, "hf_hub_offline", "hf_token"}
        usual = {name: each for name, each in os.environ.items() if name.lower() not in names}
        self.env = usual | own | {"NO_PROXY": "127.0.0.1,localhost"}
        self.cache = home / "hub"
        self.model = hub.model

    def command(self, *words: str) -> list[str]:
        module = "engine.easyanimate.download_process"
        return [sys.executable, "-m", module, *(words or ("huggingface", self.model))]

    def start(self, *words: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*words),
            cwd=ROOT,
            env=self.env | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **env: str) -> Ran:
        with self.start(*words, **env) as process:
            out, err = process.communicate(timeout=GUARD_S)
        assert err == ""
        return Ran(process.returncode, [json.loads(line) for line in out.splitlines()])

    def find(self, **env: str) -> str:
        """What `find_model` says in a process with this machine's environment."""
        code = f"from engine.easyanimate.download import find_model as f; print(f({self.model!r}))"
        command = [sys.executable, "-c", code]
        ran = subprocess.run(
            command, cwd=ROOT, env=self.env | env, capture_output=True, text=True, timeout=GUARD_S
        )
        return ran.stdout.strip() or ran.stderr.strip().splitlines()[-1]


@pytest.fixture
def hub(tmp_path: Path, v5_path: Path) -> Iterator[FakeHub]:
    folder = tmp_path / "on-the-hub"
    shutil.copytree(v5_path, folder)
    with serving(FakeHub(folder)) as hub:
        yield hub


@pytest.fixture
def machine(tmp_path: Path, hub: FakeHub) -> Machine:
    return Machine(tmp_path / "home", hub)


def test_a_model_comes_whole_and_can_be_read(machine: Machine, hub: FakeHub) -> None:
    ran = machine.run()
    assert (ran.code, ran.last["event"], ran.last["away"]) == (DONE, "done", "")
    assert (ran.last["family"], ran.last["model"]) == ("V5", hub.model)
    assert read_checkpoint(Path(ran.last["path"])).family.value == "V5"
    sizes = [file.stat().st_size for file in hub.folder.rglob("*") if file.is_file()]
    told = [event for event in ran.events if event["event"] == "progress"]
    assert told[0]["done_bytes"] == 0
    assert told[-1]["done_bytes"] == told[-1]["total_bytes"] == sum(sizes)


def test_only_what_the_engine_reads_is_fetched(machine: Machine, hub: FakeHub) -> None:
    needless = [
        "image_encoder/model.safetensors",
        "asset/demo.mp4",
        "README.md",
        "transformer/diffusion_pytorch_model.bin",
        "vae/diffusion_pytorch_model.fp16.safetensors",
    ]
    for name in needless:
        (hub.folder / name).parent.mkdir(exist_ok=True)
        (hub.folder / name).write_bytes(b"needless")
    folder = Path(machine.run().last["path"])
    assert [name for name in needless if (folder / name).exists() or hub.got(name)] == []
    assert (folder / TRANSFORMER).is_file()


def test_a_second_download_fetches_nothing(machine: Machine, hub: FakeHub) -> None:
    machine.run()
    hub.requests.clear()
    again = machine.run()
    assert again.code == DONE
    assert [each["path"] for each in hub.tree() if hub.got(each["path"])] == []


def test_a_connection_that_breaks_in_the_middle_of_a_file_goes_on_from_there(
    machine: Machine, hub: FakeHub
) -> None:
    hub.breaks = {TRANSFORMER: 700_000}
    ran = machine.run()
    assert ran.code == DONE
    assert hub.got(TRANSFORMER) == ["", "bytes=700000-"]
    assert (Path(ran.last["path"]) / TRANSFORMER).read_bytes() == (
        hub.folder / TRANSFORMER
    ).read_bytes()


def test_a_download_that_was_killed_goes_on_from_there(machine: Machine, hub: FakeHub) -> None:
    hub.breaks, hub.hangs = {TRANSFORMER: 700_000}, True
    with machine.start() as killed:
        assert hub.stuck.wait(GUARD_S)
        (part,) = until_as_long(machine.cache, 700_000)
        killed.kill()
    ran = machine.run()
    assert hub.got(TRANSFORMER) == ["", "bytes=700000-"]
    assert ran.events[0]["done_bytes"] >= 700_000
    assert not part.exists()
    assert machine.find() == ran.last["path"]


def until_as_long(cache: Path, size: int) -> list[Path]:
    """The file of which so many bytes are on the disk, as soon as they are."""
    while True:
        found = [each for each in cache.rglob("*.incomplete") if each.stat().st_size == size]
        if found:
            return found


def test_a_hub_that_knows_no_ranges_sends_the_file_again(machine: Machine, hub: FakeHub) -> None:
    hub.breaks, hub.knows_ranges = {TRANSFORMER: 700_000}, False
    ran = machine.run()
    assert ran.code == DONE
    total = ran.events[-2]["total_bytes"]
    assert ran.events[-2]["done_bytes"] == total


def test_pieces_of_two_different_files_are_thrown_away(machine: Machine, hub: FakeHub) -> None:
    digest = next(each["lfs"]["oid"] for each in hub.tree() if each["path"] == TRANSFORMER)
    blobs = machine.cache / "models--someone--tiny" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"{digest}.incomplete").write_bytes(b"something else")
    spoilt = machine.run()
    assert spoilt.code == TRY_AGAIN
    assert "SHA-256" in spoilt.last["reason"]
    assert machine.run().code == DONE


def test_offline_what_is_here_is_found(machine: Machine, hub: FakeHub) -> None:
    folder = machine.run().last["path"]
    hub.requests.clear()
    offline = machine.run(HF_HUB_OFFLINE="1")
    assert (offline.code, offline.last["path"]) == (DONE, folder)
    assert "HF_HUB_OFFLINE" in offline.last["away"]
    assert machine.find(HF_HUB_OFFLINE="1") == machine.find() == folder
    assert hub.requests == []


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set"),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "http://127.0.0.1:9 can't be reached"),
        ({"HF_ENDPOINT": "http://no-such-host.invalid"}, "no-such-host.invalid can't be reached"),
        (
            {"NO_PROXY": "", "no_proxy": "", "http_proxy": "http://127.0.0.1:9"},
            "can't be reached",
        ),
        (
            {"NO_PROXY": "", "no_proxy": "", "all_proxy": "socks5://127.0.0.1:9"},
            "can't be reached",
        ),
    ],
    ids=["offline", "nobody there", "no such name", "proxy away", "socks proxy away"],
)
def test_without_a_way_to_the_hub_and_nothing_on_the_disk_it_is_said_so(
    machine: Machine, env: dict[str, str], said: str
) -> None:
    ran = machine.run(**env)
    assert (ran.code, ran.last["event"]) == (TRY_AGAIN, "failed")
    assert "someone/tiny is not on this disk" in ran.last["reason"]
    assert said in ran.last["reason"]
    assert "sketchlife download someone/tiny" in machine.find(**env)


def test_everything_goes_through_the_proxy_that_was_set(machine: Machine, hub: FakeHub) -> None:
    env = {"HF_ENDPOINT": "http://hub.invalid", "NO_PROXY": "", "no_proxy": ""}
    ran = machine.run(**env, http_proxy=hub.url)
    assert ran.code == DONE
    assert hub.got(TRANSFORMER) == [""]


@pytest.mark.parametrize(
    ("denies", "code", "said"),
    [
        ((404, "RepoNotFound"), PERSON_CAN_MEND, "There is no model someone/tiny on http"),
        ((403, "GatedRepo"), PERSON_CAN_MEND, "agreed to its terms"),
        ((401, ""), PERSON_CAN_MEND, "HF_TOKEN"),
        ((503, ""), TRY_AGAIN, "fails just now (503)"),
    ],
)
def test_what_the_hub_refuses_is_told_in_a_sentence(
    machine: Machine, hub: FakeHub, denies: tuple[int, str], code: int, said: str
) -> None:
    hub.denies = denies
    ran = machine.run()
    assert (ran.code, ran.last["event"]) == (code, "failed")
    assert said in ran.last["reason"]


def test_a_model_of_another_kind_is_refused_before_anything_is_fetched(
    machine: Machine, hub: FakeHub
) -> None:
    shutil.rmtree(hub.folder)
    hub.folder.mkdir()
    (hub.folder / "model.safetensors").write_bytes(b"something else")
    ran = machine.run()
    assert ran.code == PERSON_CAN_MEND
    assert "no EasyAnimate checkpoint" in ran.last["reason"]
    assert hub.got("model.safetensors") == []


def test_weights_that_the_reader_refuses_are_no_success(machine: Machine, hub: FakeHub) -> None:
    (hub.folder / TRANSFORMER).write_bytes(b"no safetensors at all")
    ran = machine.run()
    assert (ran.code, ran.last["event"]) == (PERSON_CAN_MEND, "failed")
    assert TRANSFORMER.rpartition("/")[2] in ran.last["reason"]


def test_two_downloads_of_one_model_do_not_spoil_each_other(machine: Machine, hub: FakeHub) -> None:
    hub.breaks, hub.hangs = {TRANSFORMER: 700_000}, True
    with machine.start() as first:
        assert hub.stuck.wait(GUARD_S)
        second = machine.run()
        first.kill()
    assert second.code == PERSON_CAN_MEND
    assert "another process" in second.last["reason"]


@pytest.fixture
def scope(hub: FakeHub) -> Iterator[FakeModelScope]:
    with modelscope.serving(FakeModelScope(hub.folder)) as scope:
        yield scope


def test_modelscope_is_as_good_a_source(
    machine: Machine, hub: FakeHub, scope: FakeModelScope
) -> None:
    (hub.folder / "README.md").write_text("needless")
    ran = machine.run("modelscope", "alibaba-pai/tiny", MODELSCOPE_ENDPOINT=scope.url)
    assert (ran.code, ran.last["family"]) == (DONE, "V5")
    assert ran.events[-2]["done_bytes"] == ran.events[-2]["total_bytes"]
    assert TRANSFORMER in scope.fetched
    assert "README.md" not in scope.fetched
    assert hub.requests == []
    scope.fetched.clear()
    machine.model = "alibaba-pai/tiny"
    assert machine.find() == ran.last["path"]
    again = machine.run("modelscope", "PAI/tiny", MODELSCOPE_ENDPOINT=scope.url)
    assert (again.code, scope.fetched) == (DONE, [])


@pytest.mark.parametrize(
    ("model", "code", "said"),
    [
        ("PAI/other", PERSON_CAN_MEND, "There is no model PAI/other on ModelScope"),
        ("one-word", PERSON_CAN_MEND, "one-word is no model's name"),
    ],
)
def test_what_modelscope_refuses_is_told_in_a_sentence(
    machine: Machine, scope: FakeModelScope, model: str, code: int, said: str
) -> None:
    ran = machine.run("modelscope", model, MODELSCOPE_ENDPOINT=scope.url)
    assert (ran.code, ran.last["event"]) == (code, "failed")
    assert said in ran.last["reason"]


def test_modelscope_out_of_reach_is_said_so(machine: Machine) -> None:
    nobody = {
        "MODELSCOPE_ENDPOINT": "http://127.0.0.1:9",
        "MODELSCOPE_REPO_TREE_PAGE_MAX_ATTEMPTS": "1",
    }
    ran = machine.run("modelscope", "PAI/tiny", **nobody)
    assert (ran.code, ran.last["event"]) == (TRY_AGAIN, "failed")
    assert "ModelScope can't be reached" in ran.last["reason"]


def test_a_folder_is_its_own_model(machine: Machine, v5_path: Path) -> None:
    ran = machine.run("huggingface", str(v5_path))
    assert (ran.code, ran.last["path"]) == (DONE, str(v5_path))
    assert find_model(str(v5_path)) == v5_path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/nowhere/at/all", "There is no folder /nowhere/at/all"),
        ("one-word", "There is no folder one-word"),
        (__file__, "is a file"),
    ],
)
def test_what_is_neither_a_folder_nor_a_name_is_said_so(name: str, said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        find_model(name)


class Hub:
    """Of one file, most of which is still on the hub."""

    name = "a hub"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def known_as(self, model: str) -> str:
        return model

    def folder(self) -> Path:
        return self._folder / "not" / "made" / "yet"

    def on_disk(self, model: str) -> Path | None:
        return None

    def files(self, model: str) -> list[HubFile]:
        return [HubFile(TRANSFORMER, size_bytes=22_200_000_000, here_bytes=2_000_000_000)]

    def fetch(self, *_: Any) -> Path:
        raise AssertionError("nothing is fetched")


def test_a_disk_that_is_too_small_is_refused_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(download, "hub_named", lambda source: Hub(tmp_path))
    usage = shutil.disk_usage(tmp_path)._replace(free=3_100_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(CheckpointError, match=r"20\.2 GB more .* 3\.1 GB are free"):
        download.fetch_model("someone/tiny")


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "engine.easyanimate.modelscope", None)
    with pytest.raises(CheckpointError, match=r"is missing: “make model” installs it"):
        download.hub_named("modelscope")


def test_pickled_weights_count_only_where_there_are_no_others() -> None:
    files = [
        HubFile("text_encoder/pytorch_model.bin", 1),
        HubFile("vae/diffusion_pytorch_model.bin", 1),
        HubFile("vae/diffusion_pytorch_model.safetensors", 1),
    ]
    assert [file.path for file in needed(files)] == [
        "text_encoder/pytorch_model.bin",
        "vae/diffusion_pytorch_model.safetensors",
    ]
