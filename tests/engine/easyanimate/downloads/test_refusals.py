"""Why no model came is told in a sentence, and whether trying again may help."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.easyanimate import download
from engine.easyanimate.download import find_model
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.hub import HubFile
from tests.engine.easyanimate.downloads.machine import (
    PERSON_CAN_MEND,
    TRANSFORMER,
    TRY_AGAIN,
    Machine,
)
from tests.fakes.hub import FakeHub


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
