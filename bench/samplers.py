"""The page about the samplers: fills the tables of docs/samplers.md, draws docs/samplers.png.

    python -m bench.samplers

How right they are; nothing here is about speed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import torch

from bench.sampler_errors import (
    DATA,
    GAUSSIAN,
    TWO_HILLS,
    cap_error,
    error,
    interior_error,
    moments,
)
from engine.easyanimate.checkpoint import Family
from engine.easyanimate.samplers import SAMPLERS

DOCS = Path(__file__).parent.parent / "docs"
STEPS = (10, 25, 50, 100)
UNEVEN_STEPS = (50, 60, 70, 80, 90, 100)
CAPS_PER_STEP = (0.3, 0.45, 0.6, 0.8, 1.0, 1.4)
FIXED_CAPS = (14.6, 80.0)
TITLES = {name: f"{name}, from noise to picture" for name in DATA}
TITLES["interior"] = "two hills, σ/α from 5 to 0.2"

DETERMINISTIC = tuple(name for name in SAMPLERS if name != "Euler A")
Curves = dict[tuple[str, Family, str], list[float]]  # (data, family, sampler) → errors by STEPS


def errors() -> Curves:
    return {
        (data, family, name): [error(DATA[data], family, name, steps) for steps in STEPS]
        for data in DATA
        for family in Family
        for name in DETERMINISTIC
    }


def interior_errors() -> Curves:
    return {
        ("interior", family, f"DPM-Solver++ order {order}"): [
            interior_error(TWO_HILLS, family, order, steps) for steps in STEPS
        ]
        for family in Family
        for order in (1, 2)
    }


def error_table(curves: Curves) -> str:
    heads = ["data", "network", "sampler", *(f"{steps} steps" for steps in STEPS), "50 to 100"]
    rows = [
        [data, family.value, name, *_decimals(found), f"÷ {found[-2] / found[-1]:.2f}"]
        for (data, family, name), found in curves.items()
    ]
    return _table(heads, rows)


def moments_table() -> str:
    heads = ["data", "network", "steps", "mean off by", "variance, × the data's"]
    rows = [
        [
            data,
            family.value,
            str(steps),
            f"{found.mean_off:.3f}",
            f"{found.variance_ratio:.3f}",
        ]
        for data in DATA
        for family in Family
        for steps in STEPS
        for found in [moments(DATA[data], family, "Euler A", steps)]
    ]
    return _table(heads, rows)


def cap_table() -> str:
    caps = {f"{cap} × steps": (cap, 1) for cap in CAPS_PER_STEP}
    caps |= {f"{cap:g}": (cap, 0) for cap in FIXED_CAPS}
    rows = [
        [data, said, *_decimals(cap_error(DATA[data], cap * n**power, n) for n in STEPS)]
        for data in DATA
        for said, (cap, power) in caps.items()
    ]
    return _table(["data", "cap", *(f"{steps} steps" for steps in STEPS)], rows)


def uneven_table() -> str:
    names = ("DDIM", "Euler", "PNDM")
    rows = [
        [name, *_decimals(error(GAUSSIAN, Family.V5, name, each) for each in UNEVEN_STEPS)]
        for name in names
    ]
    return _table(["sampler", *(f"{each} steps" for each in UNEVEN_STEPS)], rows)


def _decimals(values: Iterable[float]) -> list[str]:
    return [f"{value:.4f}" for value in values]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def draw(curves: Curves, target: Path) -> None:
    """V5 drawn through, V5.1 dotted: the two fall together almost everywhere."""
    import matplotlib  # comes with mediapipe, and is wanted for this alone

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(2, 2, figsize=(11, 8), layout="constrained")
    colours = dict(
        zip(
            sorted({name for _, _, name in curves}),
            pyplot.rcParams["axes.prop_cycle"].by_key()["color"],
            strict=False,
        )
    )
    for panel, data in zip(panels.flat, [*DATA, "interior"], strict=True):
        for (shown, family, name), found in curves.items():
            if shown == data:
                dash, label = ("-", name) if family is Family.V5 else (":", None)
                width = 5 if name == "DDIM" else 1.5  # or Euler would cover it
                panel.loglog(STEPS, found, dash, lw=width, color=colours[name], label=label)
        panel.set_xticks(STEPS, [str(steps) for steps in STEPS])
        panel.minorticks_off()
        panel.set(title=TITLES[data], xlabel="steps")
        panel.grid(alpha=0.3)
        panel.legend(fontsize=8)
    figure.supylabel("distance from the exact solution (RMS)")
    figure.savefig(target, dpi=80)
    pyplot.close(figure)


def filled(page: str, tables: Mapping[str, str]) -> str:
    """The page with each `<!-- name -->…<!-- /name -->` holding its table."""
    for name, table in tables.items():
        opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, rest = page.split(opening)
        page = f"{before}{opening}\n{table}\n{closing}{rest.split(closing)[1]}"
    return page


def main() -> None:
    curves, interior = errors(), interior_errors()
    tables = {
        "errors": error_table(curves),
        "interior": error_table(interior),
        "moments": moments_table(),
        "caps": cap_table(),
        "uneven": uneven_table(),
    }
    draw({**curves, **interior}, DOCS / "samplers.png")
    page = DOCS / "samplers.md"
    page.write_text(filled(page.read_text(), tables))
    for name, table in tables.items():
        print(f"\n{name}\n{table}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
