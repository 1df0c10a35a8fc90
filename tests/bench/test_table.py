"""What a row of a table tells of two that were measured side by side."""

from __future__ import annotations

from bench.table import Figure, Sample


def test_a_ratio_is_that_of_each_round() -> None:
    row = Figure(what="wait", ours=Sample((2.0, 9.0), "s"), peer="it", theirs=Sample((1.0, 3.0)))
    assert row.cells()[-1] == "2.5 × (2 to 3)"


def test_beside_a_peer_that_took_nothing_there_is_no_ratio() -> None:
    row = Figure(what="memory", ours=Sample((2.0, 0.5)), peer="it", theirs=Sample((1.0, 0.0)))
    assert row.cells()[-1] == ""
