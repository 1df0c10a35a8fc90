"""A missing system library is named with the command that installs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.check_libraries import explain


@pytest.mark.parametrize(
    ("library", "package"),
    [("libGL.so.1", "libgl1"), ("libEGL.so.1", "libegl1"), ("libGLESv2.so.2", "libgles2")],
)
def test_a_known_library_comes_with_its_command(library: str, package: str) -> None:
    said = explain(
        ImportError(f"{library}: cannot open shared object file: No such file or directory")
    )
    assert library in said
    assert f"sudo apt-get install {package}" in said


def test_an_unknown_library_is_at_least_named() -> None:
    assert "libweird.so.9" in explain(OSError("libweird.so.9: cannot open shared object file"))


def test_any_other_trouble_is_passed_on() -> None:
    assert "no module cv3" in explain(ImportError("no module cv3"))


def test_on_a_machine_that_runs_the_tests_nothing_is_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "engine.check_libraries"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
