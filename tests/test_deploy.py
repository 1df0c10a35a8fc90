"""What `deploy/` says is what there is: settings, paths, system libraries."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import Settings
from engine.check_libraries import DEBIAN

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
OF_OTHERS = {"PATH", "HOME", "MODELSCOPE_CACHE"}
UNITS = sorted(path.name for path in DEPLOY.glob("sketchlife*.*"))


def named_in(file: str) -> set[str]:
    """The variables that it sets."""
    text = (DEPLOY / file).read_text()
    if file == "Dockerfile":
        return {name for block in _env_blocks(text) for name in re.findall(r"([A-Z_]+)=", block)}
    pattern = (
        r"^      ?([A-Z_]+):|^    ([A-Z_]+):" if file.endswith("yaml") else r"^Environment=(\w+)"
    )
    return {"".join(found) for found in re.findall(pattern, text, re.MULTILINE)}


def _env_blocks(text: str) -> list[str]:
    return re.findall(r"^ENV ((?:.*\\\n)*.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("file", ["Dockerfile", "compose.yaml", "sketchlife.service"])
def test_every_variable_that_is_set_is_a_setting(file: str) -> None:
    named = named_in(file)
    assert named
    assert {name.lower() for name in named - OF_OTHERS} <= Settings.model_fields.keys()


def test_the_image_is_built_from_what_the_build_gets() -> None:
    """Everything that is packaged, and nothing that holds secrets."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    taken = {line.removeprefix("!").rstrip("/") for line in lines if line.startswith("!")}
    assert taken >= {
        "pyproject.toml",
        "requirements.lock",
        "adapters",
        "bot",
        "engine",
        "migrations",
    }
    assert all((ROOT / each).exists() for each in taken)


@pytest.mark.parametrize("library", ["libgl1", "libegl1", "libgles2", "libglib2.0-0"])
def test_the_images_have_the_libraries_that_pictures_need(library: str) -> None:
    assert library in DEBIAN.values()
    assert DOCKERFILE.count(f" {library}") == 2


def test_nobody_is_root_in_an_image() -> None:
    for image in ("preview", "model"):
        stage = DOCKERFILE.split(f" AS {image}\n")[1].split("\nFROM ")[0]
        assert stage.index("USER 10001") < stage.index("ENTRYPOINT")
        assert "HEALTHCHECK" in stage


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """With a program that is there, since the real one is only where the guide puts it."""
    for name in UNITS:
        text = (DEPLOY / name).read_text()
        (tmp_path / name).write_text(
            re.sub(r"/opt/sketchlife/\.venv/bin/sketchlife", "/bin/true", text)
        )
    command = ["systemd-analyze", "verify", *(str(tmp_path / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    ours = [line for line in done.stderr.splitlines() if "sketchlife" in line]
    assert ours == []


def test_links_of_the_guides_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").glob("deploy-*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
