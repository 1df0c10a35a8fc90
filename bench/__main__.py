"""Measure everything, print the tables, and keep them in `bench/RESULTS.md`.

    python -m bench [--quick] [MEASUREMENT...]

`--quick` and a choice of measurements print only: the results that are kept are whole ones. What a
card was measured to do (`python -m bench.gpu`) is put there by hand, and stays.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.machine import describe
from bench.sizes import FULL, QUICK, Sizes
from bench.table import Grid, Table
from bot.log import set_up_logging

RESULTS = Path(__file__).parent / "RESULTS.md"
MEASUREMENTS = (
    *("delivering", "discording", "telegramming", "streaming", "accepting", "workers", "day"),
    *("starting", "rendering"),
    *("inspecting", "denoising", "prompting", "decoding", "first_clip", "saving"),
)

HEAD = """\
# Results

Written by `make bench`. Each figure stands beside its peer, measured in the same run in turns, as
the median of the rounds and their spread; a ratio is that of the two in each round.

"""
CARD = "\n## On a CUDA card\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is kept")
    parser.add_argument("names", nargs="*", metavar="MEASUREMENT", help=", ".join(MEASUREMENTS))
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(MEASUREMENTS):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    set_up_logging(format="console", level="error")
    machine = "".join(f"- {line}\n" for line in describe())
    print(machine)
    tables = [
        _measured(name, QUICK if asked.quick else FULL) for name in asked.names or MEASUREMENTS
    ]
    if not asked.quick and not asked.names:
        RESULTS.write_text(page(machine, tables, RESULTS.read_text()))
        print(f"kept in {RESULTS}")


def page(machine: str, tables: Sequence[Table | Grid], before: str) -> str:
    """The results in place of those `before`, whose part about the card they keep."""
    _, card, said = before.partition(CARD)
    return HEAD + machine + "\n" + "\n".join(map(str, tables)) + card + said


def _measured(name: str, sizes: Sizes) -> Table | Grid:
    """Imported when its turn comes: what the eyes need would weigh on the queue's figures."""
    module = import_module(f"bench.{name}")
    with TemporaryDirectory(prefix="sketchlife-bench-") as folder:
        table: Table | Grid = asyncio.run(module.measure(sizes, Path(folder)))
    print(table, flush=True)
    return table


if __name__ == "__main__":
    main()
