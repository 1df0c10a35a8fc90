"""What holds for every test."""

from __future__ import annotations

import pytest
import structlog
from hypothesis import settings

from bot.texts import Texts

# the usual ones print local variables, which takes minutes and gigabytes where a client is one
plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])

# a busy machine is no reason to fail
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")


@pytest.fixture(autouse=True)
def loud_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that is missing or lacks an argument fails the test that would have said it."""
    monkeypatch.setattr(Texts, "strict", True)
