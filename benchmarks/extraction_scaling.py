"""How the time of an extraction grows with the voxels of the region: 1,000 to 1,000,000 on generated images.

    python benchmarks/extraction_scaling.py [--largest 1000000] [--write]

All 1,595 features, one thread, warm, the best of ``--repeats``; pyradiomics up to 100,000 voxels. Prints a table and
the slope of each engine over the points from 10,000 voxels on (logarithm of seconds against logarithm of voxels; 1 is
linear). ``--write`` puts the chart and the table into docs/benchmarks.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.update(
    dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
)

import altair as alt
import numpy as np
import pandas as pd

from benchmarks.extraction_cases import generated
from benchmarks.extraction_measures import extract
from radiomics_core.extraction.verification import everything
from radiomics_core.plots.export import chart_svg
from radiomics_core.plots.parts import titled
from radiomics_core.plots.theme import AnyChart

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
REFERENCE_UP_TO = 100_000
SLOPE_FROM = 10_000


def measure(largest: int, repeats: int) -> pd.DataFrame:
    """Return one row per engine and size: engine, voxels, seconds."""
    settings, rows = everything(), []
    for engine in ("fast", "pyradiomics"):
        extract(engine, *generated(500), settings)
    for asked in (size for size in SIZES if size <= largest):
        image, mask = generated(asked)
        voxels = int(np.count_nonzero(mask.array))
        for engine in ("fast", "pyradiomics"):
            if engine == "fast" or asked <= REFERENCE_UP_TO:
                seconds = min(extract(engine, image, mask, settings)[0] for _ in range(repeats))
                rows.append({"engine": engine, "voxels": voxels, "seconds": seconds})
                print(f"{engine}: {voxels:,} voxels, {seconds:.3f} s", flush=True)
    return pd.DataFrame(rows)


def slope(rows: pd.DataFrame, engine: str) -> float:
    """Return the slope in log-log over the larger regions, NaN with fewer than two of them."""
    own = rows[(rows["engine"] == engine) & (rows["voxels"] >= 0.9 * SLOPE_FROM)]
    if len(own) < 2:
        return float("nan")
    return float(np.polyfit(np.log(own["voxels"]), np.log(own["seconds"]), 1)[0])


def table(rows: pd.DataFrame) -> str:
    """Return one line per size."""
    wide = rows.pivot_table(index="voxels", columns="engine", values="seconds").reindex(columns=["pyradiomics", "fast"])
    lines = ["| voxels | pyradiomics, s | fast, s | fast, µs per 1,000 voxels |", "|---|---|---|---|"]
    for voxels, row in wide.iterrows():
        old = "" if pd.isna(row["pyradiomics"]) else f"{row['pyradiomics']:.2f}"
        lines.append(f"| {voxels:,} | {old} | {row['fast']:.3f} | {1e9 * row['fast'] / int(str(voxels)):.0f} |")
    return "\n".join(lines)


def chart(rows: pd.DataFrame, words: str) -> AnyChart:
    """Return seconds against voxels, both logarithmic."""
    base = alt.Chart(rows).encode(
        x=alt.X("voxels:Q", scale=alt.Scale(type="log"), title="voxels in the region"),
        y=alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="seconds for 1,595 features"),
        color=alt.Color("engine:N", title="engine"),
    )
    layers = [base.mark_line(), base.mark_point(filled=True, size=60)]
    drawn = alt.LayerChart(layer=layers).properties(width=560, height=340)
    return titled(drawn, "Extraction time and the size of the region", words)


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="largest region in voxels (1,000,000)")
    parser.add_argument("--repeats", type=int, default=2, help="times each is measured; the best counts (2)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks/extraction_scaling.*")
    chosen = parser.parse_args()
    rows = measure(chosen.largest, chosen.repeats)
    slopes = {engine: slope(rows, engine) for engine in ("fast", "pyradiomics")}
    words = f"slope from 10,000 voxels on: fast {slopes['fast']:.2f}, pyradiomics {slopes['pyradiomics']:.2f}"
    print(f"\n{table(rows)}\n\n{words}")
    if chosen.write:
        FOLDER.joinpath("extraction_scaling.svg").write_bytes(chart_svg(chart(rows, words)))
        text = f"# How extraction time grows\n\nMade by `python benchmarks/extraction_scaling.py --write`; {words}.\n\n"
        picture = "![Seconds against voxels](extraction_scaling.svg)\n\n"
        FOLDER.joinpath("extraction_scaling.md").write_text(f"{text}{picture}{table(rows)}\n", encoding="utf-8")
    print(f"slope {slopes['fast']:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
