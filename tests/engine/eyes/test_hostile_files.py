"""Whatever a file is, it ends as a refusal or as a clean picture."""

from __future__ import annotations

import itertools
import multiprocessing
import resource
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.errors import PictureError
from engine.eyes.decoder import Decoder
from tests.engine.eyes.hostile import BOMBS, mutations, valid_pictures

SEED = 20_260
CLEAN = "clean"
# So that bombs of time end soon: whether a file is refused for this or another reason is the same.
DEADLINE_S = 3


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder(DEADLINE_S) as decoder:
        yield decoder


def judged(decoder: Decoder, folder: Path, file: bytes) -> str:
    """`CLEAN`, or the key of the refusal; the folder holds what it then has to and nothing else."""
    folder.mkdir()
    (folder / "upload").write_bytes(file)
    try:
        clean = decoder.clean(folder / "upload", folder / "picture.png")
    except PictureError as refusal:
        assert [path.name for path in folder.iterdir()] == ["upload"]
        return refusal.key
    with Image.open(folder / "picture.png") as picture:
        picture.load()
        assert (picture.mode, picture.size) == ("RGB", (clean.width, clean.height))
    assert max(picture.size) <= 2048
    assert {path.name for path in folder.iterdir()} == {"upload", "picture.png"}
    return CLEAN


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_harms_nobody(bomb: str, decoder: Decoder, tmp_path: Path) -> None:
    assert judged(decoder, tmp_path / "job", BOMBS[bomb]())


def test_damaged_pictures_are_refused_or_clean(decoder: Decoder, tmp_path: Path) -> None:
    files = itertools.islice(mutations(SEED), 42)
    outcomes = Counter(judged(decoder, tmp_path / name, file) for name, file in files)
    assert outcomes.keys() > {CLEAN, "picture-truncated"}


def test_the_pictures_that_are_mutated_are_valid(decoder: Decoder, tmp_path: Path) -> None:
    outcomes = {
        name: judged(decoder, tmp_path / name, file) for name, file in valid_pictures().items()
    }
    assert outcomes == dict.fromkeys(valid_pictures(), CLEAN)


def campaign(folder: Path, count: int) -> tuple[Counter[str], int]:
    """Outcomes of every bomb and of `count` damaged pictures, two at a time, and the peak memory
    of a child in bytes."""
    bombs = ((name, bomb()) for name, bomb in BOMBS.items())
    files = itertools.chain(bombs, itertools.islice(mutations(SEED + 1), count))
    with Decoder(DEADLINE_S) as decoder, ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(judged, decoder, folder / name, file) for name, file in files]
        outcomes = Counter(judgement.result() for judgement in asked)
    return outcomes, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


@pytest.mark.slow
def test_a_thousand_damaged_pictures_are_refused_or_clean(tmp_path: Path) -> None:
    """In a fresh process, since a child's peak counts from the size of the process it came from."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as processes:
        outcomes, peak_bytes = processes.submit(campaign, tmp_path, 1200).result()
    assert outcomes.total() == 1200 + len(BOMBS)
    assert outcomes[CLEAN] > 50
    assert outcomes["picture-truncated"] > 300
    assert peak_bytes < 500 * 10**6


EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.binary(max_size=8), st.integers(0, 8)), min_size=1, max_size=6
)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, derandomize=True)
@given(name=st.sampled_from(sorted(valid_pictures())), edits=EDITS)
def test_any_edit_of_a_picture_is_refused_or_clean(
    name: str,
    edits: list[tuple[float, bytes, int]],
    decoder: Decoder,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Bytes replaced by others, inserted or taken out, at places that Hypothesis picks."""
    file = bytearray(valid_pictures()[name])
    for place, put, taken in edits:
        start = int(place * len(file))
        file[start : start + taken] = put
    assert judged(decoder, tmp_path_factory.mktemp("edited") / "job", bytes(file))
