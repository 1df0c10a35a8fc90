"""ModelScope is as good a source as the Hugging Face hub, and as clear when it isn't."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.easyanimate.downloads.machine import (
    DONE,
    PERSON_CAN_MEND,
    TRANSFORMER,
    TRY_AGAIN,
    Machine,
)
from tests.fakes import modelscope
from tests.fakes.hub import FakeHub
from tests.fakes.modelscope import FakeModelScope


@pytest.fixture
def scope(hub: FakeHub) -> Iterator[FakeModelScope]:
    with modelscope.serving(FakeModelScope(hub.folder)) as scope:
        yield scope


def test_modelscope_is_as_good_a_source(
    machine: Machine, hub: FakeHub, scope: FakeModelScope
) -> None:
    (hub.folder / "README.md").write_text("needless")
    ran = machine.run("modelscope", "alibaba-pai/tiny", MODELSCOPE_ENDPOINT=scope.url)
    assert (ran.code, ran.last["family"]) == (DONE, "V5")
    assert ran.events[-2]["done_bytes"] == ran.events[-2]["total_bytes"]
    assert TRANSFORMER in scope.fetched
    assert "README.md" not in scope.fetched
    assert hub.requests == []
    scope.fetched.clear()
    machine.model = "alibaba-pai/tiny"
    assert machine.find() == ran.last["path"]
    again = machine.run("modelscope", "PAI/tiny", MODELSCOPE_ENDPOINT=scope.url)
    assert (again.code, scope.fetched) == (DONE, [])


@pytest.mark.parametrize(
    ("model", "code", "said"),
    [
        ("PAI/other", PERSON_CAN_MEND, "There is no model PAI/other on ModelScope"),
        ("one-word", PERSON_CAN_MEND, "one-word is no model's name"),
    ],
)
def test_what_modelscope_refuses_is_told_in_a_sentence(
    machine: Machine, scope: FakeModelScope, model: str, code: int, said: str
) -> None:
    ran = machine.run("modelscope", model, MODELSCOPE_ENDPOINT=scope.url)
    assert (ran.code, ran.last["event"]) == (code, "failed")
    assert said in ran.last["reason"]


def test_modelscope_out_of_reach_is_said_so(machine: Machine) -> None:
    nobody = {
        "MODELSCOPE_ENDPOINT": "http://127.0.0.1:9",
        "MODELSCOPE_REPO_TREE_PAGE_MAX_ATTEMPTS": "1",
    }
    ran = machine.run("modelscope", "PAI/tiny", **nobody)
    assert (ran.code, ran.last["event"]) == (TRY_AGAIN, "failed")
    assert "ModelScope can't be reached" in ran.last["reason"]
