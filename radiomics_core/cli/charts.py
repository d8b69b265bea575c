"""Charts of the survival command as files: the same charts as on the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiomics_core.analysis.row_key import row_per_inputs
from radiomics_core.cli.console import say
from radiomics_core.errors import NotApplicableError
from radiomics_core.files.atomic import write_bytes
from radiomics_core.plots.export import chart_csv, chart_png, chart_svg
from radiomics_core.plots.survival import hazard_ratio_forest, survival_chart
from radiomics_core.study.actions import hazard_ratios
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.analysis.evaluation import Evaluation
    from radiomics_core.analysis.row_key import RowKey


def write_survival_charts(study: Study, evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write Kaplan-Meier curves of every input and the hazard-ratio forest as SVG, PNG and CSV."""
    written = []
    for inputs, key in row_per_inputs(evaluation.keys).items():
        written += _write(folder, f"kaplan_meier_{inputs}", _curves(evaluation, key))
    names = hazard_ratios.factors(study)
    if names:
        try:
            forest = hazard_ratios.forest(study, evaluation.endpoint.name, names)
            written += _write(folder, "hazard_ratios_in_sample", hazard_ratio_forest(forest))
        except NotApplicableError as error:
            say(error.message())
    return written


def _curves(evaluation: Evaluation, key: RowKey) -> Any:
    at_risk = evaluation.of(key, "at_risk")
    p = float(evaluation.of(key, "rows")["permutation_p"].iloc[0])
    ticks = sorted(float(time) for time in at_risk["time"].unique())
    unit, zero = getattr(evaluation.endpoint, "unit", ""), getattr(evaluation.endpoint, "time_zero", "")
    known = None if p != p else p  # noqa: PLR0124 - NaN without shuffles
    return survival_chart(evaluation.of(key, "curves"), ticks, at_risk, unit=unit, time_zero=zero, p=known)


def _write(folder: Path, name: str, chart: Any) -> list[Path]:
    made = {".svg": chart_svg(chart), ".png": chart_png(chart), ".csv": chart_csv(chart)}
    for ending, content in made.items():
        write_bytes(folder / f"{name}{ending}", content)
    return [folder / f"{name}{ending}" for ending in made]
