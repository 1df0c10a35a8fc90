"""ModelScope, by its own library (the extra `modelscope`) and into its own cache.

Unlike the other hub's library, this one resumes and checks every file by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests
from modelscope_hub import HubApi, ProgressCallback, get_default_config
from modelscope_hub.errors import (
    APIError,
    AuthenticationError,
    CacheError,
    FileDownloadError,
    HubError,
    InvalidParameter,
    NotExistError,
    PermissionDeniedError,
)

from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.hub import HubAwayError, HubFile, OnBytes

MODEL = "model"
NO_NAME = "{model} is no model's name: those are owner/name."


class ModelScope:
    """Implements `engine.easyanimate.hub.Hub`.

    `MODELSCOPE_CACHE`, `MODELSCOPE_ENDPOINT` and `MODELSCOPE_API_TOKEN` hold as the library
    reads them.
    """

    name = "ModelScope"

    def known_as(self, model: str) -> str:
        owner, slash, rest = model.partition("/")
        return f"PAI{slash}{rest}" if owner == "alibaba-pai" else model

    def folder(self) -> Path:
        return Path(get_default_config().cache_dir)

    def on_disk(self, model: str) -> Path | None:
        try:
            return Path(HubApi().download_repo(model, MODEL, local_files_only=True))
        except (CacheError, InvalidParameter):
            return None

    def files(self, model: str) -> list[HubFile]:
        if model.count("/") != 1:  # some releases of the library ask the hub all the same
            raise CheckpointError(NO_NAME.format(model=model))
        with _explained(model):
            listed = HubApi().list_repo_files(model, MODEL)
        here = self.on_disk(model)
        return [
            HubFile(each.path, each.size, _size(here / each.path) if here else 0)
            for each in listed
            if not each.is_dir
        ]

    def fetch(self, model: str, files: Sequence[HubFile], on_bytes: OnBytes) -> Path:
        class Watch(ProgressCallback):
            """The library makes one of it for each file that it fetches."""

            def update(self, size: int) -> None:
                on_bytes(self.filename, size)

        names = [file.path for file in files]
        with _explained(model):
            return Path(
                HubApi().download_repo(
                    model, MODEL, allow_patterns=names, progress_callbacks=[Watch]
                )
            )


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


@contextmanager
def _explained(model: str) -> Iterator[None]:
    """The library's errors as sentences for whoever runs the download."""
    try:
        yield
    except InvalidParameter:
        raise CheckpointError(NO_NAME.format(model=model)) from None
    except NotExistError as error:
        raise CheckpointError(f"There is no model {model} on ModelScope.") from error
    except (AuthenticationError, PermissionDeniedError) as error:
        raise CheckpointError(
            f"ModelScope refuses {model}: MODELSCOPE_API_TOKEN is missing or too weak."
        ) from error
    except FileDownloadError as error:
        raise _incomplete(error) from error
    except (APIError, HubError, requests.RequestException) as error:
        raise HubAwayError(
            f"ModelScope can't be reached, or fails just now ({_first_line(error)}). What has "
            "arrived is kept: try again, or set PROXY."
        ) from error


def _incomplete(error: FileDownloadError) -> HubAwayError:
    path, reason = next(iter(error.failed_files.items()), ("–", error))
    return HubAwayError(
        f"ModelScope broke off at {path} ({_first_line(reason)}). What has arrived is kept: try "
        "again."
    )


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
