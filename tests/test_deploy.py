"""What `deploy/` says is what there is: settings, paths, system libraries."""

from __future__ import annotations

import contextlib
import json
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
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").glob("deploy-*.md")]
FENCED = re.MULTILINE | re.DOTALL
MADE = re.compile(r"^ *(?:sudo .*)?\bmake (?:-C \S+ )?([a-z.][\w./-]*)(?: *#.*)?$", re.MULTILINE)
OURS = re.compile(r"^ *(?:\.venv/bin/)?sketchlife ([a-z]+)\b", re.MULTILINE)
COMMANDS = re.compile(r"^(?:make|\.venv/bin/sketchlife) [a-z]+", re.MULTILINE)
VARIABLES = re.compile(r"\b[A-Z]+(?:_[A-Z0-9]+)+\b")
UNITS = sorted(path.name for path in DEPLOY.glob("sketchlife*.*"))


def compose() -> list[str]:
    """How it is called here: as a plug-in of docker's, or by itself; the one before 2.24 can't
    read what we write."""
    for command in (["docker", "compose"], ["docker-compose"]):
        with contextlib.suppress(OSError):
            said = subprocess.run([*command, "version", "--short"], capture_output=True, text=True)
            found = re.match(r"v?(\d+)\.(\d+)", said.stdout)
            if found and (int(found[1]), int(found[2])) >= (2, 24):
                return command
    return []


COMPOSE = compose()


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


def test_compose_takes_nothing_from_what_the_settings_say() -> None:
    """But for the preview's model: that is what a preview is."""
    assert named_in("compose.yaml") == {"DATA_DIR", "HF_HOME", "WEB_LISTEN", "MODEL"}


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
    image = DOCKERFILE.split("\nFROM ")[-1]
    assert image.index("USER 10001") < image.index("ENTRYPOINT")
    assert "HEALTHCHECK" in image


def test_each_renderer_has_something_to_stand_on() -> None:
    asked_for = re.findall(r"RENDERER: (\w+)", (DEPLOY / "compose.yaml").read_text())
    assert asked_for == ["preview", "model"]
    assert [f" AS {renderer}-base\n" in DOCKERFILE for renderer in asked_for] == [True, True]


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
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="hadolint is not installed")
def test_nothing_is_wrong_with_the_dockerfile() -> None:
    done = subprocess.run(["hadolint", str(DEPLOY / "Dockerfile")], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(not COMPOSE, reason="docker compose is not installed")
@pytest.mark.parametrize("profile", ["preview", "model"])
def test_compose_understands_its_file(profile: str) -> None:
    command = [*COMPOSE, "-f", str(DEPLOY / "compose.yaml"), "--profile", profile, "config"]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (bot,) = json.loads(done.stdout)["services"].values()
    assert bot["image"] == f"sketchlife:{profile}"
    assert {each["host_ip"] for each in bot["ports"]} == {"127.0.0.1"}


def _command_lines() -> str:
    files = [ROOT / "bot" / "__main__.py", *(ROOT / "bot" / "commands").glob("*.py")]
    return "\n".join(file.read_text() for file in files)


def test_the_chinese_readme_says_what_the_english_one_says() -> None:
    """Every command and setting, but for what is for those who work on the code."""
    english, chinese = ((ROOT / name).read_text() for name in ("README.md", "README.zh-CN.md"))
    english = english.split("\n## How it works\n")[0]
    assert set(COMMANDS.findall(english)) <= set(COMMANDS.findall(chinese))
    assert set(VARIABLES.findall(english)) <= set(VARIABLES.findall(chinese))


def test_what_the_readmes_and_guides_have_typed_is_there() -> None:
    """Commands of ours, targets of the Makefile, settings."""
    targets = set(re.findall(r"^([\w.$()/-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    targets |= {".venv/.model-installed", ".venv/.core-installed"}
    commands = set(re.findall(r"add_parser\(\s*\"(\w+)\"", _command_lines()))
    for page in PAGES:
        typed = "\n".join(re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text(), FENCED))
        for target in MADE.findall(typed):
            assert target in targets, f"{page.name}: make {target}"
        for command in OURS.findall(typed):
            assert command in commands, f"{page.name}: sketchlife {command}"
