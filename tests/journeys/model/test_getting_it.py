"""A model that isn't there is told with what to do; once it came, the doctor names it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.card import Action
from bot.clip import Renderer
from bot.job import JobStatus
from tests.engine.easyanimate import cases
from tests.fakes.hub import FakeHub, serving
from tests.journeys.command import SKETCH, CommandLine
from tests.journeys.model.studio import (
    DONE,
    EYES,
    FLAGS,
    MODEL,
    PERSON_CAN_MEND,
    PREVIEW,
    SMALL,
    card_text,
    with_model,
)
from tests.journeys.world import World, until


@pytest.mark.slow
def test_a_folder_without_a_model_is_told_at_the_terminal_and_nothing_is_queued(
    tmp_path: Path,
) -> None:
    shell = CommandLine(World(tmp_path))
    ran = shell.run(
        *("animate", SKETCH, "-o", "clip.mp4", "--engine", "easyanimate", "--model", tmp_path),
        *FLAGS,
    )
    assert ran.code == PERSON_CAN_MEND
    assert "The model can't be used: " in ran.err
    assert str(tmp_path) in ran.err
    assert "Traceback" not in ran.err
    assert not (shell.folder / "clip.mp4").exists()


def test_a_machine_without_the_models_libraries_is_told_how_to_get_them(tmp_path: Path) -> None:
    shell = CommandLine(World(tmp_path))
    ran = shell.run(
        *("animate", SKETCH, "-o", "clip.mp4", "--engine", "easyanimate", "--model", cases.V5),
        *FLAGS,
        PYTHONPATH=os.pathsep.join([str(without_torch(tmp_path)), shell.env["PYTHONPATH"]]),
    )
    assert ran.code == PERSON_CAN_MEND
    assert "torch is not installed: run `make model`" in ran.err


def without_torch(root: Path) -> Path:
    """A folder that hides torch from whoever looks there first."""
    hidden = root / "hidden" / "torch"
    hidden.mkdir(parents=True)
    words = 'raise ModuleNotFoundError("No module named \'torch\'", name="torch")'
    (hidden / "__init__.py").write_text(words)
    return hidden.parent


@pytest.mark.slow
async def test_a_chat_whose_model_is_missing_offers_to_wait_or_a_preview(world: World) -> None:
    world.env["MODEL"] = str(world.root / "nowhere")
    async with world.house(PREVIEW, EYES, model=MODEL) as house:
        card = await house.service.submit(SKETCH, world.person("ada"), SMALL)
        assert [button.action for button in card.buttons] == [Action.PREVIEW, Action.CANCEL]
        await until(lambda: "There is no folder" in card_text(world, card.job_id))
        assert "take a preview from the CPU" in card_text(world, card.job_id)
        await house.service.preview_instead(card.job_id, world.person("ada"))
        await world.until_statuses(JobStatus.DELIVERED)
    assert "Preview on the CPU" in card_text(world, card.job_id)
    (record,) = await world.usage()
    assert record.renderer is Renderer.PREVIEW


@pytest.mark.slow
def test_a_model_is_downloaded_with_its_sentence_and_then_loads_without_the_hub(
    tmp_path: Path,
) -> None:
    shell = CommandLine(World(tmp_path))
    with serving(FakeHub(cases.V5)) as hub:
        env = {"HF_HOME": str(tmp_path / "hub"), "HF_ENDPOINT": hub.url, "NO_PROXY": "127.0.0.1"}
        ran = shell.run("download", hub.model, **env)
        assert ran.code == DONE, ran.err
        assert "EasyAnimate V5" in ran.out
        assert f"MODEL={hub.model} into .env" in ran.out
    doctor = shell.run("doctor", MODEL=hub.model, DEVICE="cpu", **env)
    assert f", {hub.model}\n" in doctor.out
    assert "✓ Model: EasyAnimate V5" in doctor.out


@pytest.mark.slow
def test_the_doctor_tells_the_model_and_that_nothing_was_measured(tmp_path: Path) -> None:
    shell = CommandLine(with_model(tmp_path))
    ran = shell.run("doctor")
    assert ran.code == DONE, ran.out
    assert "✓ Model: EasyAnimate V5" in ran.out
    assert str(cases.V5) in ran.out
    for said in ("✓ Memory plan: device, float32, cpu", "✓ Attention: sdpa (exact)"):
        assert said in ran.out
    assert "✓ EasyAnimate renderer: ready" in ran.out
    assert "EasyAnimate has rendered nothing here yet." in ran.out
