"""A model comes whole, however often the line breaks, and only what the engine reads."""

from __future__ import annotations

from pathlib import Path

from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.download import find_model
from engine.easyanimate.hub import HubFile, needed
from tests.engine.easyanimate.downloads.machine import (
    DONE,
    GUARD_S,
    PERSON_CAN_MEND,
    TRANSFORMER,
    TRY_AGAIN,
    Machine,
)
from tests.fakes.hub import FakeHub


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


def test_two_downloads_of_one_model_do_not_spoil_each_other(machine: Machine, hub: FakeHub) -> None:
    hub.breaks, hub.hangs = {TRANSFORMER: 700_000}, True
    with machine.start() as first:
        assert hub.stuck.wait(GUARD_S)
        second = machine.run()
        first.kill()
    assert second.code == PERSON_CAN_MEND
    assert "another process" in second.last["reason"]


def test_offline_what_is_here_is_found(machine: Machine, hub: FakeHub) -> None:
    folder = machine.run().last["path"]
    hub.requests.clear()
    offline = machine.run(HF_HUB_OFFLINE="1")
    assert (offline.code, offline.last["path"]) == (DONE, folder)
    assert "HF_HUB_OFFLINE" in offline.last["away"]
    assert machine.find(HF_HUB_OFFLINE="1") == machine.find() == folder
    assert hub.requests == []


def test_everything_goes_through_the_proxy_that_was_set(machine: Machine, hub: FakeHub) -> None:
    env = {"HF_ENDPOINT": "http://hub.invalid", "NO_PROXY": "", "no_proxy": ""}
    ran = machine.run(**env, http_proxy=hub.url)
    assert ran.code == DONE
    assert hub.got(TRANSFORMER) == [""]


def test_a_folder_is_its_own_model(machine: Machine, v5_path: Path) -> None:
    ran = machine.run("huggingface", str(v5_path))
    assert (ran.code, ran.last["path"]) == (DONE, str(v5_path))
    assert find_model(str(v5_path)) == v5_path
