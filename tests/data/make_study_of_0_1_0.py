"""Makes the study that stands in study-0.1.0.zip: run with the code of the version that shall have made it.

    cd CHECKOUT_OF_0.1.0 && PYTHONPATH=. python .../tests/data/make_study_of_0_1_0.py study-0.1.0.zip

The zip in this folder was made by the first commit of the repository (9b012fa), which called itself 0.1.0.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from radiomics_core.cli import main

LIGHT = ("--folds", "3", "--repeats", "1", "--shuffles", "2", "--jobs", "1")


def table() -> pd.DataFrame:
    """Return 36 cases with five features, one of which goes with the outcome, and a follow-up."""
    rng = np.random.default_rng(10)
    outcome = np.arange(36) % 3 == 0
    values = {f"original_firstorder_{name}": rng.normal(size=36) for name in ("Mean", "Energy", "Entropy", "Range")}
    values["original_shape_VoxelVolume"] = rng.lognormal(3, 0.5, 36)
    values["original_firstorder_Mean"] += 1.5 * outcome
    days = np.round(rng.exponential(400, 36) + 30)
    ids = [f"case-{number:02d}" for number in range(36)]
    return pd.DataFrame({"patient_id": ids, "response": outcome.astype(int), "days": days, **values}).round(4)


def run(*words: str) -> None:
    """Run a command of the program; stop when it does."""
    if main(list(words)):
        raise SystemExit(f"failed: {words}")


if __name__ == "__main__":
    target = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as folder:
        source, study = Path(folder) / "features.csv", Path(folder) / "study"
        table().to_csv(source, index=False)
        run("import-features", str(study), "--table", str(source), "--id", "patient_id")
        run("endpoint", str(study), "--name", "response", "--column", "response", "--event", "1")
        run(
            "compare",
            str(study),
            "--endpoint",
            "response",
            "--selectors",
            "none",
            "--classifiers",
            "logistic_ridge",
            "--out",
            str(study.with_name("rows.csv")),
            *LIGHT,
        )
        shutil.make_archive(str(target.with_suffix("")), "zip", study)
