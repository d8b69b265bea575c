"""Wall time of the default quick look, through the job machinery with 2 workers, on a simulated 114 x 1,000 table.

``python -m benchmarks.quick_look`` prints seconds; the target is under 180 on a quiet computer.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

N_CASES, N_FEATURES, N_FACTORS, N_WORKERS = 114, 1000, 40, 2
TARGET_SECONDS = 180.0


def simulated_table(seed: int = 1) -> pd.DataFrame:
    """Return ids, correlated features (``N_FACTORS`` shared factors), age, two centres and an outcome of 40 %."""
    generator = np.random.default_rng(seed)
    factors = generator.normal(size=(N_CASES, N_FACTORS))
    mixing = generator.normal(size=(N_FACTORS, N_FEATURES)) / np.sqrt(N_FACTORS)
    values = factors @ mixing + 0.5 * generator.normal(size=(N_CASES, N_FEATURES))
    names = ["original_shape_MeshVolume", *(f"original_glcm_Feature{number}" for number in range(1, N_FEATURES))]
    score = factors[:, 0] + generator.normal(size=N_CASES)
    clinical = pd.DataFrame(
        {
            "case_id": [f"P{number:03d}" for number in range(N_CASES)],
            "age": generator.integers(40, 80, N_CASES),
            "centre": generator.choice(["A", "B"], N_CASES),
            "outcome": (score > np.quantile(score, 0.6)).astype(int),
        }
    )
    return pd.concat([clinical, pd.DataFrame(values, columns=names)], axis=1)


def main() -> int:
    """Run the quick look once, print its seconds, and return 1 when it took longer than the target."""
    from radiomics_core.analysis.settings import AnalysisSettings
    from radiomics_core.study import Study
    from radiomics_core.study.actions import analysis, clinical, endpoints, feature_import
    from radiomics_core.study.jobs.job import run_job_blocking

    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder, Study.create(Path(folder) / "study", "Quick look") as study:
        text = simulated_table().to_csv(index=False).encode()
        columns = ["age", "centre", "outcome"]
        feature_import.import_table(study, text, "case_id", name="simulated.csv", clinical_columns=columns)
        clinical.set_roles(study, predictor=["age"], centre="centre")
        endpoints.add(study, endpoints.make_binary("outcome", "outcome", "1"))
        estimate = analysis.estimate(study, "outcome", AnalysisSettings(), N_WORKERS)
        started = time.perf_counter()
        run_job_blocking(analysis.start(study, "outcome", AnalysisSettings(), N_WORKERS))
        seconds = time.perf_counter() - started
        head = analysis.latest(study, "outcome").headline  # type: ignore[union-attr]
    sys.stdout.write(
        f"quick look, {N_CASES} x {N_FEATURES}, {N_WORKERS} workers: {seconds:.0f} s "
        f"(estimated {60 * estimate.minutes:.0f} s, {estimate.n_fits} fits; AUC {head['value']:.2f})\n"
    )
    return int(seconds > TARGET_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
