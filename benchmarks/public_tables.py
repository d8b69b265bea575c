"""Honest estimates on public feature tables, beside the best published figure.

    python -m benchmarks.public_tables FOLDER

FOLDER holds ``radmlbench/*.csv.gz`` and ``survival/*.csv`` (data/README.md says where they come from). Each table goes
through the same steps as on the pages: import, endpoint, quick look. A headline whose interval lies above the best of
the published pipelines would mean leakage. Writes docs/benchmarks/public_tables.md.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import pandas as pd

from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import BinaryEndpoint, TimeToEventEndpoint
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis, clinical, endpoints, feature_import, quality

OUTPUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "public_tables.md"
# best and median AUC of 616 pipelines, as published with the tables (radMLBench)
PUBLISHED_BEST = {"WORC-Lipo": 0.886, "Song2020": 0.975, "Hosny2018A": 0.632}
OWKIN = "owkin_nsclc_train"


def main() -> None:
    """Run every table and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--shuffles", type=int, default=19)
    chosen = parser.parse_args()
    parts = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, best in PUBLISHED_BEST.items():
            parts.append(radmlbench(chosen.folder, name, best, Path(scratch), chosen.jobs, chosen.shuffles))
        parts.append(owkin(chosen.folder, Path(scratch), chosen.jobs, chosen.shuffles))
    text = "\n".join(
        [
            "# Public feature tables",
            "",
            f"Made by `python -m benchmarks.public_tables FOLDER --shuffles {chosen.shuffles}`.",
            "",
            *parts,
        ]
    )
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(text + "\n", encoding="utf-8")


def radmlbench(folder: Path, name: str, best: float, scratch: Path, jobs: int, shuffles: int) -> str:
    """Compare pipelines on one binary table; returns its part of the page."""
    started = time.perf_counter()
    with Study.create(scratch / name) as study:
        feature_import.import_table(study, folder / "radmlbench" / f"{name}.csv.gz", "ID")
        endpoints.add(study, BinaryEndpoint(name="target", column="Target", positive="1"))
        copies = sorted({case for found in analysis.stops(study, "target") for case in found.params.get("again", ())})
        if copies:
            quality.exclude(study, copies, "nearly the same features as another patient (RX556)")
        analysis.start(study, "target", AnalysisSettings(shuffles=shuffles), jobs).wait()
        evaluation = analysis.latest(study, "target")
    if evaluation is None:
        raise RuntimeError(f"{name}: the comparison gave no result")
    head = evaluation.headline
    seconds = time.perf_counter() - started
    verdict = "lower end not above it" if head["low"] <= best else "LOWER END ABOVE IT"
    # a median is at most the best, so the best at or below the upper end puts the median in or below the interval
    verdict += ", upper end not below it" if head["high"] >= best else ", UPPER END BELOW IT"
    words = (
        f"## {name}\n\n"
        + (f"Left out as copies of another patient: {', '.join(copies)}. " if copies else "")
        + f"Headline AUC {head['value']:.3f} ({head['low']:.3f} to {head['high']:.3f}), "
        f"published best {best:.3f}: {verdict}. {seconds:.0f} s with {jobs} workers.\n"
    )
    print(words)
    return words + "\n" + as_markdown(evaluation.frame(), "auc")


def owkin(folder: Path, scratch: Path, jobs: int, shuffles: int) -> str:
    """Survival analysis of the two-centre lung table; returns its part of the page."""
    started = time.perf_counter()
    with Study.create(scratch / OWKIN) as study:
        feature_import.import_table(study, folder / "survival" / f"{OWKIN}.csv", "PatientID")
        clinical.set_roles(study, predictor=["age", "Histology", "Mstage", "Nstage", "Tstage"], centre="SourceDataset")
        endpoint = TimeToEventEndpoint(name="survival", time_column="SurvivalTime", event_column="Event", unit="days")
        endpoints.add(study, endpoint)
        analysis.start(study, "survival", AnalysisSettings(shuffles=shuffles), jobs).wait()
        evaluation = analysis.latest(study, "survival")
    if evaluation is None:
        raise RuntimeError(f"{OWKIN}: the analysis gave no result")
    words = f"## {OWKIN}\n\n{time.perf_counter() - started:.0f} s with {jobs} workers.\n"
    print(words, evaluation.frame().to_string())
    return words + "\n" + as_markdown(evaluation.frame(), "c_index")


def as_markdown(frame: pd.DataFrame, value: str) -> str:
    """Return the rows as a Markdown table."""
    low, high = ("auc_low", "auc_high") if value == "auc" else ("c_low", "c_high")
    lines = [f"| inputs | selector | model | {value} | interval | p | note |", "|---|---|---|---|---|---|---|"]
    for row in frame.to_dict("records"):
        p = row["permutation_p"]
        shown = "" if pd.isna(row[value]) else f"{row[value]:.3f} ({row[low]:.3f} to {row[high]:.3f})"
        lines.append(
            f"| {row['inputs']} | {row['selector']} | {row['model']} | {shown} | {row['interval']} | "
            f"{'' if pd.isna(p) else f'{p:.3f}'} | {row['note']} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
