"""What holds for every test."""

from __future__ import annotations

import pytest

from bot.texts import Texts


@pytest.fixture(autouse=True)
def loud_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that is missing or lacks an argument fails the test that would have said it."""
    monkeypatch.setattr(Texts, "strict", True)
