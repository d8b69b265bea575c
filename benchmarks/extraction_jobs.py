"""How much faster extraction is with two workers than with one, measured in one run on generated images.

    python benchmarks/extraction_jobs.py [--cases 12] [--size 64] [--repeats 2]

Each worker uses one ITK thread; the pools are started and warmed up before the clock, because a study's job keeps
its pool for the whole cohort. The best of the repeats counts for each. Exits with 1 when the ratio is below 1.7, or
when the two give different numbers.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from radiomics_core.cohort.model import Case, Cohort, FileRef, ImageRef, MaskRef
from radiomics_core.extraction import PRESETS
from radiomics_core.extraction.runner import CaseResult, extract_case, units_of_work

WANTED = 1.7
Unit = tuple[Case, str, str]


def make_cohort(folder: Path, n: int, size: int) -> Cohort:
    """Write ``n`` images of noise with a ball as mask, all of equal size so that the work divides evenly."""
    import SimpleITK as sitk

    z, y, x = np.indices((size, size, size)) - (size - 1) / 2
    mask = sitk.GetImageFromArray((z**2 + y**2 + x**2 <= (size / 3) ** 2).astype(np.uint8))
    sitk.WriteImage(mask, str(folder / "mask.nii.gz"))
    cases = []
    for number in range(n):
        array = np.random.default_rng(number).normal(40, 150, (size, size, size)).astype(np.int16)
        sitk.WriteImage(sitk.GetImageFromArray(array), str(folder / f"{number}.nii.gz"))
        image = ImageRef("CT", (FileRef(str(folder / f"{number}.nii.gz")),), "CT")
        region = MaskRef("ball", "CT", FileRef(str(folder / "mask.nii.gz")))
        cases.append(Case(f"case{number:02d}", f"case{number:02d}", (image,), (region,)))
    return Cohort(tuple(cases))


def run(units: list[Unit], n_jobs: int) -> tuple[float, list[CaseResult]]:
    """Return the seconds and the results of extraction with some workers; both counts use the same kind of pool."""
    settings = PRESETS.build("ct").settings.with_value("resampledPixelSpacing", [1.5, 1.5, 1.5])
    with Parallel(n_jobs=n_jobs, backend="loky", batch_size=1, pre_dispatch="all") as pool:
        if n_jobs > 1:
            pool(delayed(extract_case)(*units[0], settings) for _ in range(2 * n_jobs))
        else:
            extract_case(*units[0], settings)
        started = time.perf_counter()
        results = pool(delayed(extract_case)(*unit, settings) for unit in units)
        return time.perf_counter() - started, list(results)


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=12)
    parser.add_argument("--size", type=int, default=64, help="voxels along each side of an image")
    parser.add_argument("--repeats", type=int, default=2)
    chosen = parser.parse_args()
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        units = units_of_work(make_cohort(Path(folder), chosen.cases, chosen.size))
        runs = {n: [run(units, n) for _ in range(chosen.repeats)] for n in (1, 2)}
    seconds = {n: min(elapsed for elapsed, _ in measured) for n, measured in runs.items()}
    if any(result.failed for _, results in runs[1] for result in results):
        print("extraction failed:", runs[1][0][1][0].findings)
        return 1
    values = [[result.values for result in results] for measured in runs.values() for _, results in measured]
    identical = all(one == values[0] for one in values)
    ratio = seconds[1] / seconds[2]
    print(f"cases {chosen.cases}, cores {os.cpu_count()}")
    print(f"1 worker  {seconds[1]:6.1f} s  ({seconds[1] / chosen.cases:.2f} s per case)")
    print(f"2 workers {seconds[2]:6.1f} s")
    print(f"ratio {ratio:.2f} (wanted at least {WANTED}), numbers identical: {identical}")
    return 0 if ratio >= WANTED and identical else 1


if __name__ == "__main__":
    sys.exit(main())
