"""`python -m engine.easyanimate.download_process SOURCE [MODEL]`: a download that says in lines
of JSON on its standard output how it goes, for a parent that speaks with a person.

    {"event": "progress", "file": …, "done_bytes": …, "total_bytes": …}     twice a second
    {"event": "done", "model": …, "path": …, "family": …, "size": …, "away": …}
    {"event": "failed", "reason": …}

`away` is why the hub could not be asked, where what is on the disk is good without it. The exit
code is 0, 2 where a person can mend it, 1 where trying again may help. It ends when its parent
does, since nobody reads on.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.download import DEFAULT_MODEL, Progress, fetch_model, find_model
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.hub import HubAwayError

DONE, TRY_AGAIN, PERSON_CAN_MEND = 0, 1, 2
PACE_S = 0.5


def main(source: str, model: str = DEFAULT_MODEL) -> int:
    try:
        _say("done", **_fetched(model, source))
    except CheckpointError as error:
        _say("failed", reason=str(error))
        return TRY_AGAIN if isinstance(error, HubAwayError) else PERSON_CAN_MEND
    except OSError as error:
        _say("failed", reason=f"{error.filename or 'The disk'}: {error.strerror or error}")
        return PERSON_CAN_MEND
    return DONE


def _fetched(model: str, source: str) -> dict[str, str]:
    path, away = _here(model, source)
    found = read_checkpoint(path)
    facts = {"family": found.family.value, "size": found.size}
    return {"model": model, "path": str(path), "away": away} | facts


def _here(model: str, source: str) -> tuple[Path, str]:
    """The model's folder, and why the hub could not be asked about it."""
    if Path(model).expanduser().is_dir():
        return find_model(model), ""
    try:
        return fetch_model(model, source, _Pace()), ""
    except HubAwayError as error:
        try:
            return find_model(model), str(error)
        except CheckpointError:
            raise HubAwayError(f"{model} is not on this disk. {error}") from error


class _Pace:
    """Says the first, the last, and in between no more than anybody can read."""

    def __init__(self) -> None:
        self._said_s = 0.0

    def __call__(self, progress: Progress) -> None:
        now_s = time.monotonic()
        whole = progress.done_bytes >= progress.total_bytes
        if whole or now_s - self._said_s >= PACE_S:
            self._said_s = now_s
            _say(
                "progress",
                file=progress.file,
                done_bytes=progress.done_bytes,
                total_bytes=progress.total_bytes,
            )


def _say(event: str, **facts: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stdout.flush()


def _quietly() -> None:
    """The libraries' own bars and hints would run through ours."""
    os.environ |= {
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_VERBOSITY": "error",
        "MODELSCOPE_LOG_LEVEL": "ERROR",
        "TQDM_DISABLE": "1",
    }


if __name__ == "__main__":
    _quietly()
    try:
        sys.exit(main(*sys.argv[1:]))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(PERSON_CAN_MEND)  # the libraries' threads need not end their files
