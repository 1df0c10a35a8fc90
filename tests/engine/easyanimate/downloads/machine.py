"""A machine whose operator types the download: a process of its own, an empty cache, one hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.hub import FakeHub

ROOT = Path(__file__).parents[4]
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
