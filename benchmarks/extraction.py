"""How much sooner the fast engine gives the same features as pyradiomics: both in one run, one thread each, warm.

    python benchmarks/extraction.py [--cases 12] [--image I --mask M] [--settings FILE] [--write]

1,595 features (17 derived images, bins of 25) of the IBSI CT phantom, of sarcoma CT cases spread over all sizes, and
of the smallest region (239 voxels, PET); or of one image and mask. For each case the seconds of both engines (the
best of ``--repeats``), their ratio and the largest relative difference of a feature. Then where the fast engine's time
goes beside the limit (bytes each stage must move, at the bandwidth at which this computer copies memory) and the
memory each engine takes in a fresh process. The last line is ``ratio X``, the median over the cases.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.update(
    dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
)

import numpy as np

from benchmarks.extraction_cases import DATA, Case, ct_phantom, generated, sarcomas
from benchmarks.extraction_measures import copy_bandwidth, extract, peak_memory, stages
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.verification import Verification, compare, everything, left_out

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "extraction.md"
MEMORY_FROM = 100_000
"""Voxels from which on memory is measured: small regions are dominated by the libraries."""


@dataclass(frozen=True)
class Measured:
    """One case: seconds of both engines and what they gave."""

    case: Case
    voxels: int
    reference_s: float
    fast_s: float
    result: Verification

    @property
    def ratio(self) -> float:
        """How many times sooner."""
        return self.reference_s / self.fast_s


def measure(case: Case, settings: ExtractionSettings, repeats: int) -> Measured:
    """Extract with both engines in turn; the best time of each counts."""
    image, mask = case.load()
    runs = {engine: [extract(engine, image, mask, settings)] for engine in ("fast", "pyradiomics")}
    for _ in range(repeats - 1):
        for engine, done in runs.items():
            done.append(extract(engine, image, mask, settings))
    best = {engine: min(seconds for seconds, _ in done) for engine, done in runs.items()}
    reference, fast = runs["pyradiomics"][0][1], runs["fast"][0][1]
    made = Verification(compare(reference.values, fast.values, left_out=left_out(reference)))
    return Measured(case, int(np.count_nonzero(mask.array)), best["pyradiomics"], best["fast"], made)


def chosen_cases(chosen: argparse.Namespace) -> list[Case]:
    """Return one's own case, or those of the benchmark."""
    if chosen.image:
        return [Case(Path(chosen.image).name, Path(chosen.image), Path(chosen.mask))]
    return [ct_phantom(chosen.data), *sarcomas(chosen.data, "CT", chosen.cases), sarcomas(chosen.data, "PET", 2)[0]]


def first_call(settings: ExtractionSettings) -> tuple[float, float]:
    """Warm both engines up on a small region and return the seconds of the fast one's first and second call."""
    pair = generated(500)
    first, second = (extract("fast", *pair, settings)[0] for _ in range(2))
    extract("pyradiomics", *pair, settings)
    return first, second


def cases_table(rows: list[Measured]) -> Iterator[str]:
    """Yield one line per case."""
    yield "| case | voxels | features | pyradiomics, s | fast, s | ratio | largest difference |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        yield (
            f"| {row.case.name} | {row.voxels:,} | {row.result.n_features:,} | {row.reference_s:.3f} | "
            f"{row.fast_s:.3f} | {row.ratio:.1f} | {row.result.worst:.1e} |"
        )


def groups_table(rows: list[Measured]) -> Iterator[str]:
    """Yield the median ratio of each group of cases."""
    yield "| cases | number | median ratio | lowest ratio |"
    yield "|---|---|---|---|"
    for group, words in (("phantom", "IBSI CT phantom"), ("CT", "sarcoma CT"), ("PET", "smallest region (PET)")):
        ratios = [row.ratio for row in rows if row.case.group == group]
        if ratios:
            yield f"| {words} | {len(ratios)} | {np.median(ratios):.1f} | {min(ratios):.1f} |"


def stages_table(case: Case, settings: ExtractionSettings, bandwidth: float) -> Iterator[str]:
    """Yield the time of each stage of the fast engine beside its limit."""
    seconds, moved = stages(*case.load(), settings)
    yield f"Stages of the fast engine on {case.name}; memory is copied at {bandwidth / 1e9:.1f} GB/s.\n"
    yield "| stage | ms | MB to move | limit, ms | times the limit |"
    yield "|---|---|---|---|---|"
    for name, taken in sorted(seconds.items(), key=lambda item: -item[1]):
        limit = moved[name] / bandwidth
        yield f"| {name} | {1e3 * taken:.1f} | {moved[name] / 1e6:.1f} | {1e3 * limit:.2f} | {taken / limit:.0f} |"
    total, limit = sum(seconds.values()), sum(moved.values()) / bandwidth
    yield (f"| all | {1e3 * total:.1f} | {sum(moved.values()) / 1e6:.1f} | {1e3 * limit:.2f} | {total / limit:.0f} |")


def memory_table(rows: list[Measured], settings: ExtractionSettings) -> Iterator[str]:
    """Yield the memory of both engines, each in a fresh process."""
    yield "| case | voxels | pyradiomics, MB | fast, MB | pyradiomics warm, MB | fast warm, MB |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        used = [peak_memory(engine, row.case.image, row.case.mask, settings) for engine in ("pyradiomics", "fast")]
        figures = [f"{one[kind]:.0f}" for kind in ("cold", "warm") for one in used]
        yield f"| {row.case.name} | {row.voxels:,} | {' | '.join(figures)} |"


def main() -> int:
    """Measure, print, and return the exit code."""
    chosen = _arguments()
    settings = _settings(chosen)
    bandwidth = copy_bandwidth()
    first, second = first_call(settings)
    _say(
        f"first call {first:.2f} s (loading or compiling included), second {second:.3f} s, on 500 generated voxels; "
        f"{os.cpu_count()} cores, one thread each\n"
    )
    rows: list[Measured] = []
    for case in chosen_cases(chosen):
        rows.append(measure(case, settings, chosen.repeats))
        _say(f"{case.name}: {rows[-1].reference_s:.2f} s, {rows[-1].fast_s:.3f} s, {rows[-1].ratio:.1f} x")
    parts = {"Cases": "\n".join(cases_table(rows))}
    if not chosen.image:
        parts["Groups"] = "\n".join(groups_table(rows))
    parts["Where the time goes"] = "\n".join(stages_table(rows[0].case, settings, bandwidth))
    large = [row for row in rows if row.voxels >= MEMORY_FROM] if not chosen.image else rows
    if chosen.memory and large:
        ends = min(large, key=lambda row: row.voxels), max(large, key=lambda row: row.voxels)
        shown = list({row.case.name: row for row in ends}.values())
        parts["Peak memory above the imports"] = "\n".join(memory_table(shown, settings))
    for title, text in parts.items():
        _say(f"\n{title}\n\n{text}")
    ratio = float(np.median([row.ratio for row in rows]))
    if chosen.write:
        PAGE.write_text(_page(chosen, parts, ratio), encoding="utf-8")
    worst = max(row.result.worst for row in rows)
    _say(f"\nlargest difference {worst:.1e} over {sum(row.result.n_features for row in rows):,} features")
    _say(f"ratio {ratio:.1f}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=12, help="sarcoma CT cases, spread over all sizes (12)")
    parser.add_argument("--image", help="one image of your own instead")
    parser.add_argument("--mask", help="its mask")
    parser.add_argument("--settings", help="pyradiomics parameter file (1,595 features with bins of 25 if absent)")
    parser.add_argument("--bin-width", type=float, default=25.0, help="width of a grey level (25)")
    parser.add_argument("--repeats", type=int, default=2, help="times each engine runs; the best counts (2)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of public data")
    parser.add_argument("--no-memory", dest="memory", action="store_false", help="leave memory out")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks/extraction.md")
    chosen = parser.parse_args()
    if bool(chosen.image) != bool(chosen.mask):
        parser.error("--image and --mask belong together")
    if not chosen.image and not chosen.data.is_dir():
        parser.error(f"there is no public data in {chosen.data}; name a case with --image and --mask")
    return chosen


def _settings(chosen: argparse.Namespace) -> ExtractionSettings:
    if chosen.settings:
        return ExtractionSettings.from_yaml(Path(chosen.settings).read_text("utf-8"))
    return everything(chosen.bin_width)


def _page(chosen: argparse.Namespace, parts: dict[str, str], ratio: float) -> str:
    words = (
        f"Made by `python benchmarks/extraction.py --cases {chosen.cases} --repeats {chosen.repeats} --write`; both "
        "engines in one run, one thread each, warm; 1,595 features (original image, wavelet, LoG 1, 2 and 3 mm, "
        f"square, square root, logarithm, exponential, gradient; all classes; bins of {chosen.bin_width:g}). "
        f"Median over all cases: **{ratio:.1f} times** sooner."
    )
    return "\n".join(["# Extraction: the fast engine and pyradiomics", "", words, ""] + [
        line for title, text in parts.items() for line in (f"## {title}", "", text, "")
    ])  # fmt: skip


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
