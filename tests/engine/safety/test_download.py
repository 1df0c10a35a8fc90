"""A classifier by its name on a hub, fetched when its worker starts."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr

from bot.app.parts import workers_of
from bot.errors import WorkerError
from bot.settings import Settings
from engine.local import ROLES, SAFETY_ROLE
from tests.fakes.hub import FakeHub, serving

GUARD_S = 120  # against hanging


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy or hub of whoever runs the tests."""
    for name in os.environ:
        if name.lower().endswith("_proxy") or name.startswith("HF_"):
            monkeypatch.delenv(name)


def settings_of(folder: Path, **more: Any) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=folder / "data",
        hf_home=folder / "hub",
        safety_model="someone/tiny",
        safety_labels="nsfw:0.01",
        **more,
    )


def environment_of(facts: dict[str, str]) -> str:
    return Path(f"/proc/{facts['pid']}/environ").read_text()


@pytest.mark.slow
async def test_it_comes_through_the_proxy_which_no_other_worker_is_told(
    model: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "picture.png"
    Image.new("RGB", (64, 48), "white").save(picture)
    with serving(FakeHub(model)) as hub:
        proxy = hub.url.replace("//", "//me:hunter2@")
        settings = settings_of(tmp_path, hf_endpoint="http://hub.invalid", proxy=SecretStr(proxy))
        roles = {**SAFETY_ROLE, "eyes": ROLES["eyes"]}
        async with asyncio.timeout(GUARD_S), workers_of(settings, roles) as engine:
            found = await engine.judge(picture)
            await engine.started()
            told = await engine.describe()
            assert "hunter2" not in environment_of(told["eyes"])
    assert found is not None and found.label == "nsfw"
    assert hub.got("model.safetensors")
    # what is here is not asked for again, and needs no hub
    again = settings_of(tmp_path, hf_hub_offline=True)
    async with asyncio.timeout(GUARD_S), workers_of(again, SAFETY_ROLE) as engine:
        assert await engine.judge(picture) is not None


async def test_where_no_hub_has_it_no_picture_passes_and_the_reason_is_told(
    model: Path, tmp_path: Path
) -> None:
    with serving(FakeHub(model, model="someone/else")) as hub:
        settings = settings_of(tmp_path, hf_endpoint=hub.url)
        async with asyncio.timeout(GUARD_S), workers_of(settings, SAFETY_ROLE) as engine:
            with pytest.raises(WorkerError, match="safety-away"):
                await engine.judge(tmp_path / "any.png")
            facts = (await engine.describe())["safety"]
    assert "someone/tiny" in facts["problem"]
