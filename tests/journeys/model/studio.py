"""A house with a tiny EasyAnimate, and how far it has come."""

from __future__ import annotations

import json
from pathlib import Path

from tests.engine.easyanimate import cases
from tests.journeys.real_roles import PAUSED_AT, steps_beside
from tests.journeys.world import World, until

MODEL = "engine.easyanimate.role:Model"
PATIENT = "tests.journeys.real_roles:PatientModel"
PREVIEW = "engine.preview.role:Preview"
EYES = "engine.eyes.role:Eyes"

DONE, MACHINE_FAILED, PERSON_CAN_MEND = 0, 1, 2
SMALL = {"res": "512", "frames": "5", "steps": "10"}
FLAGS = ("--res", "512", "--frames", "5", "--steps", "10", "--seed", "7")


def with_model(root: Path) -> World:
    """One thread, so that sums come out the same in every process."""
    return World(root, {"MODEL": str(cases.V5), "DEVICE": "cpu", "OMP_NUM_THREADS": "1"})


async def until_paused(world: World) -> None:
    notes = steps_beside(world.gate)
    await until(lambda: notes.exists() and str(PAUSED_AT) in notes.read_text().split())


def card_text(world: World, job_id: str) -> str:
    return "\n".join(json.loads((world.chat.root / f"{job_id}.json").read_text())["lines"])
