"""A whole cohort, 2 workers each: this program's ``extract --engine fast`` against pyradiomics' own batch mode.

    python benchmarks/extraction_cohort.py [--cases 51] [--jobs 2]

Sarcoma CT cases, the same parameter file (1,595 features), whole commands timed from start to end, programs' start and
files included. Both tables are compared value by value. The last line is ``ratio X``.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pandas as pd

from benchmarks.extraction_cases import DATA, Case, sarcomas
from benchmarks.extraction_measures import ONE_THREAD
from radiomics_core.extraction.verification import Verification, compare, everything, join

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE = 1e-3
"""How far grids may differ: pyradiomics refuses some of these masks for the last digit of their place otherwise."""
PATTERN = "{case}/{image}.nii.gz + {case}/{image}_mask.nii.gz"


def timed(command: list[str]) -> float:
    """Run a command to its end and return its seconds; what it says is shown when it fails."""
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{command[:4]} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return seconds


def our_seconds(cases: list[Case], folder: Path, parameters: Path, jobs: int) -> tuple[float, pd.DataFrame]:
    """Make a study of the cases (not timed), extract (timed), and return the table by case."""
    images, study, out = folder / "images", folder / "study", folder / "ours.csv"
    for case in cases:
        place = images / case.image.parent.name
        place.mkdir(parents=True)
        for file in (case.image, case.mask):
            place.joinpath(file.name).hardlink_to(file) if _same_disk(file, place) else _copy(file, place)
    cli = [sys.executable, "-m", "radiomics_core"]
    timed([*cli, "prepare-engine"])
    timed([*cli, "new", str(study), "--images", str(images), "--pattern", PATTERN])
    extract = ["extract", str(study), "--engine", "fast", "--settings", str(parameters), "--jobs", str(jobs)]
    seconds = timed([*cli, *extract])
    timed([*cli, "export", str(study), "--features", str(out)])
    table = pd.read_csv(out).set_index("case_id")
    return seconds, table.rename(columns=lambda name: str(name).rsplit("__", maxsplit=1)[-1])


def pyradiomics_seconds(cases: list[Case], folder: Path, parameters: Path, jobs: int) -> tuple[float, pd.DataFrame]:
    """Run pyradiomics' batch mode and return its table by case."""
    batch, out = folder / "batch.csv", folder / "pyradiomics.csv"
    with batch.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Image", "Mask"])
        writer.writerows([str(case.image), str(case.mask)] for case in cases)
    run = "import sys, multiprocessing; from radiomics.scripts import parse_args; sys.exit(parse_args())"
    options = [str(batch), "-o", str(out), "-f", "csv", "--jobs", str(jobs), "--param", str(parameters)]
    seconds = timed([sys.executable, "-c", run, *options])
    table = pd.read_csv(out)
    table.index = pd.Index([Path(path).parent.name for path in table["Image"]])
    return seconds, table


def compared(reference: pd.DataFrame, ours: pd.DataFrame) -> Verification:
    """Compare both tables value by value."""
    names = [name for name in reference.columns if name.count("_") == 2 and not name.startswith("diagnostics")]
    return join(
        Verification(compare(_values(reference, case, names), _values(ours, case, names))) for case in reference.index
    )


def _values(table: pd.DataFrame, case: str, names: list[str]) -> dict[str, float]:
    row = table.loc[[case]].iloc[0]
    return {name: float(row[name]) for name in names if name in table.columns}


def _same_disk(file: Path, place: Path) -> bool:
    return file.stat().st_dev == place.stat().st_dev and os.name != "nt"


def _copy(file: Path, place: Path) -> None:
    place.joinpath(file.name).write_bytes(file.read_bytes())


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=51, help="sarcoma CT cases, spread over all sizes (51: all)")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes of each (2)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of public data")
    chosen = parser.parse_args()
    cases = sarcomas(chosen.data, "CT", chosen.cases)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        parameters = folder / "parameters.yaml"
        parameters.write_text(everything().with_value("geometryTolerance", TOLERANCE).to_yaml(), encoding="utf-8")
        fast, ours = our_seconds(cases, folder, parameters, chosen.jobs)
        print(f"fast, {chosen.jobs} workers: {fast:.1f} s for {len(cases)} cases", flush=True)
        reference, theirs = pyradiomics_seconds(cases, folder, parameters, chosen.jobs)
        print(f"pyradiomics batch mode, {chosen.jobs} jobs: {reference:.1f} s")
    empty = theirs.index[theirs["original_firstorder_Mean"].isna()]
    if len(empty):
        print(f"pyradiomics gave no values for {', '.join(empty)}: not compared")
    made = compared(theirs.drop(index=empty), ours)
    print(f"worst {made.worst:.1e} over {made.n_features:,} values ({made.worst_feature})")
    print(f"ratio {reference / fast:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
