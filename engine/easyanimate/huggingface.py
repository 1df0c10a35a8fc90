"""The Hugging Face hub, by its own library and into its own cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx2
from huggingface_hub import HfApi, constants, get_hf_file_metadata, hf_hub_url, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    IncompleteSnapshotError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.file_download import repo_folder_name
from huggingface_hub.hf_api import RepoFile

from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.hub import HubAwayError, HubFile, OnBytes
from engine.easyanimate.resume import Source, fetch_rest, part_of

WEIGHTS = ".safetensors"


class HuggingFace:
    """Implements `engine.easyanimate.hub.Hub`.

    `HF_ENDPOINT`, `HF_HOME`, `HF_HUB_OFFLINE` and `HF_TOKEN` hold as the library reads them: from
    the environment, when it is imported.
    """

    name = "Hugging Face"

    def known_as(self, model: str) -> str:
        owner, slash, rest = model.partition("/")
        return f"alibaba-pai{slash}{rest}" if owner == "PAI" else model

    def folder(self) -> Path:
        return Path(constants.HF_HUB_CACHE)

    def on_disk(self, model: str) -> Path | None:
        try:
            return Path(snapshot_download(model, local_files_only=True))
        except IncompleteSnapshotError as error:  # it counts files that the engine never reads
            return Path(error.snapshot_path)
        except (LocalEntryNotFoundError, HFValidationError):
            return None

    def files(self, model: str) -> list[HubFile]:
        with _explained(model):
            api = HfApi()
            tree = api.list_repo_tree(
                model, recursive=True, revision=api.model_info(model, revision="main").sha
            )
            listed = [entry for entry in tree if isinstance(entry, RepoFile)]
        return [HubFile(each.path, each.size, self._here(model, each)) for each in listed]

    def fetch(self, model: str, files: Sequence[HubFile], on_bytes: OnBytes) -> Path:
        """Weights into the cache's place for them (`blobs/<etag>`), where the library finds them
        when it fetches the rest and gives everything its name."""
        with _explained(model):
            for file in files:
                if file.suffix == WEIGHTS:
                    self._fetch_weights(model, file, on_bytes)
            names = [file.path for file in files]
            folder = snapshot_download(model, allow_patterns=names)
        for file in files:
            if file.suffix != WEIGHTS:
                on_bytes(file.path, file.size_bytes - file.here_bytes)
        return Path(folder)

    def _fetch_weights(self, model: str, file: HubFile, on_bytes: OnBytes) -> None:
        url = hf_hub_url(model, file.path)
        found = get_hf_file_metadata(url)
        if found.etag is None:
            raise HubAwayError(f"{constants.ENDPOINT} is no hub: it gave {file.path} no ETag.")
        source = Source(url, found.etag, found.size or file.size_bytes)
        fetch_rest(source, self._blobs(model) / found.etag, partial(on_bytes, file.path))

    def _here(self, model: str, file: RepoFile) -> int:
        blob = self._blobs(model) / (file.lfs.sha256 if file.lfs else file.blob_id)
        return next((each.stat().st_size for each in (blob, part_of(blob)) if each.exists()), 0)

    def _blobs(self, model: str) -> Path:
        return self.folder() / repo_folder_name(repo_id=model, repo_type="model") / "blobs"


@contextmanager
def _explained(model: str) -> Iterator[None]:
    """The library's errors as sentences for whoever runs the download."""
    try:
        yield
    except HFValidationError:
        raise CheckpointError(f"{model} is no model's name: those are owner/name.") from None
    except OfflineModeIsEnabled:
        raise HubAwayError("HF_HUB_OFFLINE is set, so no hub is asked.") from None
    except GatedRepoError as error:
        raise CheckpointError(
            f"{model} is given only to those who agreed to its terms: do so at "
            f"{constants.ENDPOINT}/{model}, and set HF_TOKEN to a token of that account."
        ) from error
    except RepositoryNotFoundError as error:
        raise CheckpointError(
            f"There is no model {model} on {constants.ENDPOINT}; a private one needs HF_TOKEN."
        ) from error
    except HfHubHTTPError as error:
        raise _refused(model, error) from error
    except (httpx2.HTTPError, LocalEntryNotFoundError) as error:
        raise _away(error) from error


def _refused(model: str, error: HfHubHTTPError) -> CheckpointError:
    status = error.response.status_code
    if status in (401, 403):
        return CheckpointError(
            f"{constants.ENDPOINT} refuses {model} ({status}): HF_TOKEN is missing or too weak."
        )
    if status == 404:
        return CheckpointError(f"{constants.ENDPOINT} lacks a file of {model} that it lists.")
    return HubAwayError(f"{constants.ENDPOINT} fails just now ({status}). Try again in a while.")


def _away(error: Exception) -> HubAwayError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return HubAwayError(
        f"{constants.ENDPOINT} can't be reached, or broke off ({reason}). What has arrived is "
        "kept: try again. Where the network blocks it, set PROXY, HF_ENDPOINT to a mirror such "
        "as https://hf-mirror.com, or MODEL_SOURCE=modelscope."
    )
