"""Embeddings on disk: shared, bounded, and never the reason that something fails."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from engine.easyanimate import prompt_cache
from engine.easyanimate.prompt_cache import Known, PromptCache


def known(number: float = 1.0, cut: bool = False) -> Known:
    return Known((torch.full((1, 2, 3), number), torch.full((1, 4, 5), number + 1)), cut)


@pytest.mark.parametrize("cut", [True, False])
def test_what_was_put_is_found_again(tmp_path: Path, cut: bool) -> None:
    cache = PromptCache(tmp_path / "new" / "folder", "print")
    assert cache.get("a wink") is None
    cache.put("a wink", known(cut=cut))
    found = cache.get("a wink")
    assert found is not None
    assert found.cut is cut
    assert all(map(torch.equal, found.embeds, known().embeds))


def test_other_encoders_and_other_prompts_are_not_mixed_up(tmp_path: Path) -> None:
    PromptCache(tmp_path, "print").put("a wink", known())
    assert PromptCache(tmp_path, "other").get("a wink") is None
    assert PromptCache(tmp_path, "print").get("a wink ") is None


def test_nobodys_words_are_written(tmp_path: Path) -> None:
    PromptCache(tmp_path, "print").put("a secret wink", known())
    (file,) = tmp_path.iterdir()
    assert b"secret" not in file.name.encode() + file.read_bytes()


def test_a_damaged_file_is_as_none_and_is_replaced(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, "print")
    cache.put("a wink", known())
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:50])
    assert cache.get("a wink") is None
    cache.put("a wink", known())
    assert cache.get("a wink") is not None


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_cache(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    cache = PromptCache(file, "print")
    cache.put("a wink", known())
    assert cache.get("a wink") is None


def test_many_writers_of_one_prompt_leave_one_whole_file(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, "print")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: cache.put("a wink", known()), range(40)))
    assert cache.get("a wink") is not None
    assert len(list(tmp_path.iterdir())) == 1


def test_beyond_its_bound_the_least_recently_used_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = PromptCache(tmp_path, "print")
    for age, prompt in enumerate(("oldest", "used", "newer")):
        cache.put(prompt, known())
        for file in tmp_path.iterdir():
            if file.stat().st_mtime > 1000:
                os.utime(file, (age, age))
    cache.get("used")
    size = next(tmp_path.iterdir()).stat().st_size
    monkeypatch.setattr(prompt_cache, "MOST_BYTES", 3 * size)
    cache.put("newest", known())
    found = {prompt for prompt in ("oldest", "used", "newer", "newest") if cache.get(prompt)}
    assert found == {"used", "newer", "newest"}
