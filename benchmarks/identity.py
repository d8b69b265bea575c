"""Every number of the product as tables, and whether two versions of the code make the same ones.

    python -m benchmarks.identity write FOLDER [--only demo sarcoma ...] [--data ../shared/data]
    python -m benchmarks.identity compare BEFORE AFTER

``write`` drives the command line of the checkout it stands in on the demo cohort, 51 sarcoma patients and three public
feature tables, one worker, fixed seeds, and copies what it wrote and every frame of every stored result: features,
quality, univariate tables, comparison with folds, held-out predictions, differences and shuffles, survival analysis,
explanations. ``compare`` says of each table whether it is identical to the last digit, and ends with exit code 1 when
something is missing or differs by more than 1e-12.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any

from benchmarks.identity_compare import compare

CODE = Path(__file__).resolve().parents[1]
DATA = CODE.parent / "shared" / "data"
LIGHT = ("--folds", "3", "--repeats", "2", "--shuffles", "2", "--jobs", "1")
THIRD_LAYER = ("--folds", "5", "--shuffles", "19")
"""Folds for the nested interval of the headline, and shuffles for a verdict; the last of an option counts."""
OUTCOMES = "outcome,status,death,any_recurrence_or_mets"
PAIRS = "{case}/{image}.nii.gz + {case}/{image}_mask.nii.gz"


@dataclass(frozen=True)
class Cohort:
    """What is computed of one cohort.

    Attributes
    ----------
    commands : tuple of tuple of str
        Commands of the product in their order; ``STUDY``, ``DATA`` and ``OUT`` stand for folders.
    explained : dict of tuple of str
        Endpoint and the inputs that are explained.
    """

    commands: tuple[tuple[str, ...], ...]
    explained: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _compare(endpoint: str, selectors: str, classifiers: str, *more: str) -> tuple[str, ...]:
    methods = ("--selectors", selectors, "--classifiers", classifiers)
    out = f"OUT/compare_{endpoint}_{selectors.replace(',', '_')}.csv"
    return ("compare", "STUDY", "--endpoint", endpoint, *methods, "--out", out, *LIGHT, *more)


def _survival(endpoint: str, *more: str) -> tuple[str, ...]:
    return ("survival", "STUDY", "--endpoint", endpoint, "--out", f"OUT/survival_{endpoint}", *LIGHT, *more)


def _binary(column: str, event: str = "1") -> tuple[str, ...]:
    return ("endpoint", "STUDY", "--name", column, "--column", column, "--event", event)


EXPORT = ("export", "STUDY", "--features", "OUT/features.parquet")
COHORTS = {
    "demo": Cohort(
        (
            ("demo", "STUDY", "--cases", "40", "--jobs", "1"),
            ("check", "STUDY", "--csv", "OUT/quality.csv", "--exclude", "--jobs", "1"),
            EXPORT,
            _compare("non_response", "mann_whitney,mrmr", "logistic_ridge,knn,naive_bayes"),
            _compare("non_response", "anova", "logistic_ridge", *THIRD_LAYER),
            _survival("survival", "--grouping", "tertiles"),
            _survival("survival_dates", "--selector", "cox_mrmr", *THIRD_LAYER),
        ),
        {"non_response": ("radiomics", "clinical"), "survival": ("radiomics", "clinical")},
    ),
    "sarcoma": Cohort(
        (
            ("new", "STUDY", "--images", "DATA/sts/images", "--pattern", PAIRS, "--clinical", "DATA/sts/clinical.csv"),
            ("roles", "STUDY", "--predictor", "age,sex,grade", "--outcome", OUTCOMES),
            ("check", "STUDY", "--csv", "OUT/quality.csv", "--exclude", "--jobs", "1"),
            ("extract", "STUDY", "--image", "PET", "--preset", "pet", "--jobs", "1"),
            EXPORT,
            _binary("lung_mets"),
            ("endpoint", "STUDY", "--name", "os", "--time", "os_days", "--event", "os_event"),
            _compare("lung_mets", "anova,lasso", "logistic_ridge,lda,logistic_lasso"),
            _survival("os"),
        ),
        {"lung_mets": ("radiomics", "clinical"), "os": ("radiomics",)},
    ),
    "WORC-Lipo": Cohort(
        (
            ("import-features", "STUDY", "--table", "DATA/radmlbench/WORC-Lipo.csv.gz", "--id", "ID"),
            _binary("Target"),
            _compare("Target", "stability,none", "svm_linear,logistic_ridge"),
        ),
        {"Target": ("radiomics",)},
    ),
    "HN1": Cohort(
        (
            ("import-features", "STUDY", "--table", "DATA/radmlbench/Head-Neck-Radiomics-HN1.csv.gz", "--id", "ID"),
            _binary("Target"),
            _compare("Target", "forest_importance,mutual_information", "random_forest,boosting,svm_rbf,logistic"),
        ),
        {"Target": ("radiomics",)},
    ),
    "owkin": Cohort(
        (
            ("import-features", "STUDY", "--table", "DATA/survival/owkin_nsclc_train.csv", "--id", "PatientID"),
            ("roles", "STUDY", "--predictor", "age,Histology,Mstage,Nstage,Tstage", "--centre", "SourceDataset"),
            ("endpoint", "STUDY", "--name", "os", "--time", "SurvivalTime", "--event", "Event"),
            _survival("os", "--grouping", "tertiles"),
        ),
        {"os": ("radiomics", "clinical")},
    ),
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Write the numbers, or compare two folders of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write")
    writing.add_argument("out", type=Path)
    writing.add_argument("--only", nargs="+", choices=COHORTS, default=list(COHORTS))
    writing.add_argument("--data", type=Path, default=DATA)
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--all", action="store_true", help="name identical tables too")
    chosen = parser.parse_args(argv)
    if chosen.command == "compare":
        return compare(chosen.before, chosen.after, every=chosen.all)
    for name in chosen.only:
        started = time.perf_counter()
        n = write(name, chosen.out.resolve() / name, chosen.data.resolve())
        print(f"{name}: {n} tables, {time.perf_counter() - started:.0f} s", flush=True)
    return 0


def write(name: str, out: Path, data: Path) -> int:
    """Compute one cohort in a folder that is removed again; return how many tables its numbers are."""
    cohort = COHORTS[name]
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        study = Path(scratch) / name
        for command in cohort.commands:
            _run(command, {"STUDY": str(study), "DATA": str(data), "OUT": str(out)})
        through_steps(study, cohort.explained, out)
        stored_results(study, out)
    for drawn in [*out.rglob("*.svg"), *out.rglob("*.png")]:
        drawn.unlink()
    return sum(1 for file in out.rglob("*") if file.is_file())


def _run(command: Sequence[str], places: Mapping[str, str]) -> None:
    """Run one command of the product in a process of its own; findings that stop a check are no error here."""
    words = []
    for word in command:
        first, slash, rest = word.partition("/")
        words.append(places.get(first, first) + slash + rest)
    done = subprocess.run(
        [sys.executable, "-m", "radiomics_core", *words], cwd=CODE, env=os.environ | {"PYTHONPATH": str(CODE)},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}\nexit code {done.returncode}\n{done.stderr}")


def through_steps(study_folder: Path, explained: Mapping[str, Sequence[str]], out: Path) -> None:
    """Make what has no command: explanations (stored in the study) and the tables of the exploration page."""
    from radiomics_core.features.exploration import (
        cluster_correlation,
        correlation_with_volume,
        pca_map,
        univariate_table,
    )
    from radiomics_core.study import Study
    from radiomics_core.study.actions import explanation
    from radiomics_core.study.actions.exploration import development_features

    with Study.open(study_folder) as study:
        for endpoint, inputs in explained.items():
            for name in inputs:
                explanation.start(study, endpoint, name, n_jobs=1).wait()
        features, table = development_features(study), study.feature_table()
        frames: dict[str, Any] = {"clusters": cluster_correlation(features), "case_map": pca_map(features)}
        if table.volume_column():
            frames["volume"] = correlation_with_volume(features, table.volume_column())
        for endpoint in explained:
            frames[f"univariate_{endpoint}"] = univariate_table(
                features, study.endpoint_values(endpoint), table.columns
            )
        for name, result in frames.items():
            result.frame().to_parquet(out / f"{name}.parquet")


def stored_results(study_folder: Path, out: Path) -> None:
    """Copy every frame and every JSON file of the study's results: ``results/KIND_ENDPOINT[_INPUTS][_NUMBER]/NAME``."""
    found = [(json.loads(file.read_text("utf-8")), file) for file in (study_folder / "results").glob("*/*/meta.json")]
    for meta, file in sorted(found, key=lambda one: int(one[0]["order"])):
        about = meta["about"]
        of = "_".join(str(about[fact]) for fact in ("endpoint", "inputs", "image", "roi") if about.get(fact))
        named = f"{file.parents[1].name}_{of}"
        names = chain([named], (f"{named}_{number}" for number in count(2)))
        free = next(name for name in names if not (out / "results" / name).exists())
        shutil.copytree(file.parent, out / "results" / free)


if __name__ == "__main__":
    sys.exit(main())
