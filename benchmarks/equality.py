"""How far the fast engine's values are from pyradiomics', per feature class, over every golden case.

    python -m benchmarks.equality [--write]

The cases are those of tests/golden: IBSI phantoms, sarcomas of three modalities, the demo cohort; every image type.
``--write`` puts the table into docs/engine.md. Ends with the line ``worst X over N values``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from benchmarks.extraction_cases import DATA
from radiomics_core.extraction.verification import Verification, join, verify
from tests.golden.engine_cases import GOLDEN_CASES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "engine.md"
START, END = "<!-- equality: made by `python -m benchmarks.equality --write` -->\n", "<!-- end of equality -->"


def main() -> int:
    """Compare every case, print, and return 1 when a value disagrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of public data")
    parser.add_argument("--write", action="store_true", help="write the table into docs/engine.md")
    chosen = parser.parse_args()
    made: list[Verification] = []
    for case in GOLDEN_CASES:
        made.append(verify(*case.load(chosen.data), case.settings))
        print(f"{case.name}: worst {made[-1].worst:.1e} over {made[-1].n_features:,}", flush=True)
    whole = join(made)
    text = f"{table(whole)}\n\n{words(whole, len(made))}\n"
    print(f"\n{text}")
    if chosen.write:
        page = PAGE.read_text("utf-8")
        before, rest = page.split(START)
        PAGE.write_text(before + START + text + END + rest.split(END)[1], encoding="utf-8")
    print(f"worst {whole.worst:.1e} over {whole.n_features:,} values")
    return 0 if whole.agrees else 1


def table(whole: Verification) -> str:
    """Return one line per class."""
    lines = ["| class | values compared | largest difference | of | zero but for rounding |", "|---|---|---|---|---|"]
    mcc = whole.features["feature"].str.endswith("_MCC")
    parts = [Verification(whole.features[~mcc]), Verification(whole.features[mcc])]
    for part, of in zip(parts, ("", ", MCC (absolute)"), strict=True):
        for row in part.by_class().to_dict("records"):
            feature = f"`{row['worst_feature']}`" if row["worst_feature"] else ""
            figures = f"{row['features']:,} | {row['worst']:.1e} | {feature} | {row['near_zero']}"
            lines.append(f"| {row['family']}{of} | {figures} |")
    return "\n".join(lines)


def words(whole: Verification, n_cases: int) -> str:
    """Return a sentence on the derived images and on what differs on purpose."""
    images: pd.DataFrame = whole.images
    equal = int((images["ulp"] == 0).sum())
    rest = f", the others within {images['ulp'].max():.0e} float32 units of their largest value"
    return (
        f"{n_cases} cases, {len(images):,} derived images, {equal:,} of them equal to the last bit"
        f"{rest if equal < len(images) else ''}; {whole.moved} of {int(images['voxels'].sum()):,} voxels in another "
        f"grey level; {len(whole.departing)} values differ on purpose."
    )


if __name__ == "__main__":
    sys.exit(main())
