"""From results of units to the rows, curves and groups of a survival analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.analysis.assemble import comparison_findings, flat_predictions, shuffles_missing
from radiomics_core.analysis.centre_table import LEAVE_ONE_CENTRE_OUT, centres_note, mean_over_centres
from radiomics_core.analysis.centres import make_centres, not_applicable
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.differences import make_differences
from radiomics_core.analysis.nested import MOVED, UnitResult, primary_inputs
from radiomics_core.analysis.rows import Collected, estimate_name, row_interval, shuffled_note, within_centre_value
from radiomics_core.analysis.splits import usable_folds
from radiomics_core.analysis.survival_evaluation import METHOD_VERSION, SUMMARY_COLUMNS, SurvivalEvaluation
from radiomics_core.analysis.survival_settings import SurvivalSettings
from radiomics_core.errors import NotApplicableError
from radiomics_core.evaluation.discrimination import HARRELL_C
from radiomics_core.evaluation.multiplicity import permutation_p
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.settings import library_versions
from radiomics_core.stats.cox import fit_cox
from radiomics_core.survival import kinds
from radiomics_core.survival.kaplan_meier import default_ticks, kaplan_meier
from radiomics_core.survival.risk_groups import GROUPS, RiskGroups, risk_groups, separation

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gathered:
    """Frames of all units with what is needed to judge them."""

    data: AnalysisData
    settings: SurvivalSettings
    collected: Collected
    shuffled_folds: pd.DataFrame
    shuffled_cases: pd.DataFrame
    chosen: pd.DataFrame
    centres_missing: str

    @cached_property
    def patients(self) -> pd.DataFrame:
        """One row per patient, indexed by patient: position of its first case, time, event."""
        first = pd.DataFrame({"patient_id": self.data.patient_ids, "position": np.arange(self.data.n)})
        table = first.drop_duplicates("patient_id").set_index("patient_id")
        at = table["position"].to_numpy()
        return table.assign(time=self.data.target[at, 0], event=self.data.target[at, 1].astype(int))

    @cached_property
    def patient_of(self) -> dict[str, str]:
        """Patient of each case."""
        return dict(zip(self.data.case_ids, self.data.patient_ids, strict=True))

    def mean_percentile(self, cases: pd.DataFrame) -> pd.Series[Any]:
        """Return the mean percentile of each patient, in the order of ``patients``."""
        means = cases.groupby(cases["case_id"].map(self.patient_of))["percentile"].mean()
        return means.reindex(self.patients.index)

    def groups_of(self, code: str) -> RiskGroups:
        """Return the risk groups of one row; ``case_id`` of the result is the patient."""
        part = self.collected.predictions
        part = part.loc[part["row"] == code, ["case_id", "repeat", "percentile"]]
        by_patient = part.assign(case_id=part["case_id"].map(self.patient_of))
        means: pd.DataFrame = by_patient.groupby(["case_id", "repeat"])["percentile"].mean().reset_index()
        return risk_groups(means, self.settings.grouping)

    def shuffled_separations(self, code: str) -> Floats:
        """Return the signed log-rank z of one row in every complete shuffle."""
        part = self.shuffled_cases[self.shuffled_cases["row"] == code]
        time, event = self.patients["time"].to_numpy(), self.patients["event"].to_numpy()
        means = [self.mean_percentile(cases).to_numpy() for _shuffle, cases in part.groupby("shuffle")]
        return np.array([separation(time, event, mean, self.settings.grouping) for mean in means])


def inputs_of(code: str) -> str:
    """Return the inputs of a row's code."""
    return code.split("|", maxsplit=1)[0]


def make_evaluation(
    data: AnalysisData,
    settings: SurvivalSettings,
    results: Sequence[UnitResult],
    by_rule: Mapping[str, int],
) -> SurvivalEvaluation:
    """Make the evaluation.

    Parameters
    ----------
    by_rule : mapping of inputs to int
        Inputs whose model became ridge by the rule, with their number of parameters.
    """
    gathered = _gather(data, settings, results)
    codes = list(dict.fromkeys(gathered.collected.folds["row"]))
    groups = {code: gathered.groups_of(code) for code in codes}
    separations = {code: gathered.shuffled_separations(code) for code in codes}
    rows = [_row(gathered, code, groups[code], separations[code]) for code in codes]
    rows.sort(key=lambda row: not row["headline"])
    rows += _controls(gathered)
    summary = pd.DataFrame(rows, columns=SUMMARY_COLUMNS)
    curves, at_risk, counts, table = _curves(gathered, groups)
    return SurvivalEvaluation(
        settings=settings,
        endpoint=data.values.endpoint,
        meta=_meta(gathered, summary),
        summary=summary,
        curves=curves,
        at_risk=at_risk,
        group_counts=counts,
        groups=table,
        differences=make_differences(gathered.collected),
        predictions=_predictions(gathered.collected.predictions),
        folds=_by_inputs(gathered.collected.folds),
        chosen=_by_inputs(gathered.chosen),
        centres=gathered.collected.centres,
        shuffles=_shuffle_table(gathered, separations),
        findings=(*_findings(gathered, summary, by_rule), *_uneven_groups(counts)),
    )


def _gather(data: AnalysisData, settings: SurvivalSettings, results: Sequence[UnitResult]) -> Gathered:
    ordered = sorted(results, key=lambda r: (r.unit.shuffle, r.unit.repeat))
    real = [r for r in ordered if r.unit.kind == "real"]
    if not real:
        raise NotApplicableError(
            lazy_("no part of the survival analysis is done yet"), remedy=lazy_("Wait for the job")
        )
    repeats = len(real)
    done = pd.Series([r.unit.shuffle for r in ordered if r.unit.kind == "shuffle"], dtype=int).value_counts()
    complete = set(done.index[done == repeats])
    shuffled = [r for r in ordered if r.unit.shuffle in complete]
    folds = _joined(shuffled, "folds", ["row", "shuffle", "value"])
    cases = _joined(shuffled, "predictions", ["row", "shuffle", "case_id", "percentile"])
    values: pd.DataFrame = folds.groupby(["row", "shuffle"])["value"].mean().reset_index()
    held_out = {r.unit.centre: r.frames for r in ordered if r.unit.kind == "centre"}
    primary = primary_inputs(data, settings.comparison())
    missing = not_applicable(data, settings.comparison(), primary)
    of_primary = [row for row in dict.fromkeys(real[0].frames["folds"]["row"]) if inputs_of(row) == primary]
    collected = Collected(
        data=data,
        metric=HARRELL_C,
        n_folds=usable_folds(data, settings.folds),
        predictions=_joined(real, "predictions", []),
        folds=_joined(real, "folds", []),
        inner=_joined(real, "inner", ["row", "fold", "other", "value", "repeat"]),
        shuffles=_of_adding(values),
        headline=of_primary[0],
        seed=settings.seed,
        centres=make_centres(data, settings.comparison(), of_primary[0], held_out),
    )
    means: pd.DataFrame = cases.groupby(["row", "shuffle", "case_id"])["percentile"].mean().reset_index()
    chosen = _joined(real, "chosen", ["row", "fold", "feature", "repeat"])
    return Gathered(data, settings, collected, _of_nothing(values), _of_nothing(means), chosen, missing)


def _of_adding(table: pd.DataFrame) -> pd.DataFrame:
    """Return the shuffles that leave clinical columns in place: of the combined row, which they test."""
    return table[table["row"].map(inputs_of) == "combined"]


def _of_nothing(table: pd.DataFrame) -> pd.DataFrame:
    """Return the shuffles that move everything; of the combined row under its own name."""
    rest = table[table["row"].map(inputs_of) != "combined"]
    return rest.assign(row=rest["row"].astype(str).str.replace(MOVED, "combined", regex=False))


def _joined(results: Sequence[UnitResult], name: str, columns: list[str]) -> pd.DataFrame:
    parts = [r.frames[name] for r in results if len(r.frames[name])]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({column: [] for column in columns})


def _blank(gathered: Gathered) -> dict[str, Any]:
    nan = float("nan")
    return dict.fromkeys(SUMMARY_COLUMNS, nan) | {
        "model": "", "n": gathered.data.n, "events": gathered.data.values.n_events, "interval": "", "headline": False,
        "n_permutations": 0, "selector": "", "separates": False, "n_switchers": 0, "n_folds_dropped": 0, "note": "",
        "estimate": "",
    }  # fmt: skip


def _row(gathered: Gathered, code: str, groups: RiskGroups, shuffled: Floats) -> dict[str, Any]:
    inputs, selector, model = code.split("|")
    interval, mean = row_interval(gathered.collected, code), gathered.collected.fold_mean(code)
    cases = groups.frame().set_index("case_id").join(gathered.patients)
    z = separation(cases["time"], cases["event"], cases["percentile"], groups.grouping)
    approximate = "" if interval.method == "nested_cv" else "approximate interval"
    note = "; ".join(part for part in ("" if z > 0 else "no separation", approximate) if part)
    centred = gathered.data.centres is not None and inputs != "centre"
    return _blank(gathered) | {
        "inputs": inputs, "model": model, "selector": selector, "headline": code == gathered.collected.headline,
        "c_index": interval.estimate, "c_low": interval.low, "c_high": interval.high, "interval": interval.method,
        "logrank_p": permutation_p(z, shuffled), "n_permutations": len(shuffled), "separation_z": z,
        "separates": z > 0, "hr_high_low": _hazard_ratio(cases), "n_switchers": groups.n_switchers,
        "n_folds_dropped": int(np.isnan(gathered.collected.matrix(code)).sum()), "note": note,
        "estimate": estimate_name(interval), "fold_mean": mean,
        "c_within_centre": within_centre_value(gathered.collected, code) if centred else float("nan"),
    }  # fmt: skip


def _uneven_groups(counts: pd.DataFrame) -> list[Finding]:
    """Return a finding for each input whose groups differ by more than rounding: scores are tied."""
    made = []
    for inputs, part in counts.groupby("inputs", sort=False):
        sizes = part["n"].to_numpy(int)
        if sizes.max() - sizes.min() > 1 or len(sizes) == 1:
            made.append(found(kinds.GROUPS_UNEVEN, inputs=str(inputs), sizes=", ".join(map(str, sizes))))
    return made


def _hazard_ratio(cases: pd.DataFrame) -> float:
    """Return the hazard ratio of the highest against the lowest group, without an interval (out of fold)."""
    ends = cases[cases["group"].isin(["low", "high"])]
    high = (ends["group"] == "high").to_numpy(float)
    if not ends["event"].any() or len(np.unique(high)) < 2:
        return float("nan")
    fit = fit_cox(high[:, None], ends["time"], ends["event"])
    return float(np.exp(fit.beta[0])) if fit.converged else float("nan")


def _controls(gathered: Gathered) -> list[dict[str, Any]]:
    rows = []
    shuffled = gathered.shuffled_folds
    values = shuffled.loc[shuffled["row"] == gathered.collected.headline, "value"].to_numpy(float)
    if len(values):
        inputs, selector, model = gathered.collected.headline.split("|")
        low, high = np.quantile(values, [0.025, 0.975])
        rows.append(_blank(gathered) | {
            "inputs": "permuted", "model": model, "selector": selector, "c_index": float(values.mean()),
            "estimate": "training folds", "fold_mean": float(values.mean()),
            "c_low": float(low), "c_high": float(high), "interval": "band", "n_permutations": len(values),
            "note": shuffled_note(gathered.data, inputs),
        })  # fmt: skip
    rows += _centres_row(gathered)
    for name in gathered.settings.inputs:
        block = gathered.data.blocks.get(name)
        if block is not None and not block.columns:
            empty = {"inputs": name, "interval": "not applicable", "note": f"not applicable: {block.reason}"}
            rows.append(_blank(gathered) | empty)
    return rows


def _centres_row(gathered: Gathered) -> list[dict[str, Any]]:
    """Return the row of the headline's procedure with one centre left out in turn, none when it cannot be made."""
    centres = gathered.collected.centres
    value = mean_over_centres(centres)
    if np.isnan(value):
        return []
    done = centres[centres["value"].notna()]
    note = f"{inputs_of(gathered.collected.headline)}: {centres_note(centres, '')}"
    return [_blank(gathered) | {
        "inputs": LEAVE_ONE_CENTRE_OUT, "interval": LEAVE_ONE_CENTRE_OUT, "c_index": value, "n": int(done["n"].sum()),
        "events": int(done["events"].sum()), "note": note,
    }]  # fmt: skip


def _curves(
    gathered: Gathered, groups: Mapping[str, RiskGroups]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    curves, at_risk, counts, tables = [], [], [], []
    ticks = default_ticks(gathered.patients["time"])
    cases = pd.DataFrame({"case_id": gathered.data.case_ids, "patient_id": gathered.data.patient_ids})
    for code, made in groups.items():
        inputs = inputs_of(code)
        table = made.frame().rename(columns={"case_id": "patient_id"}).set_index("patient_id")
        table = table.join(gathered.patients[["time", "event"]])
        rank = table["group"].map(list(GROUPS[made.grouping]).index).to_numpy()
        table = table.iloc[np.argsort(rank, kind="stable")]
        fitted = kaplan_meier(table["time"], table["event"], table["group"])
        curves.append(fitted.frame().assign(inputs=inputs))
        at_risk.append(fitted.at_risk(ticks).assign(inputs=inputs))
        counts.append(fitted.counts.assign(inputs=inputs))
        tables.append(cases.merge(table.reset_index(), on="patient_id").assign(inputs=inputs))
    return (
        pd.concat(curves, ignore_index=True),
        pd.concat(at_risk, ignore_index=True),
        pd.concat(counts, ignore_index=True),
        pd.concat(tables, ignore_index=True),
    )


def _predictions(held_out: pd.DataFrame) -> pd.DataFrame:
    """Return held-out scores by inputs; the recalibrated score is the log hazard, and nothing is decided by it."""
    named = held_out.rename(columns={"linear_predictor": "log_hazard"})
    return _by_inputs(named).drop(columns=["probability", "positive"])


def _by_inputs(frame: pd.DataFrame) -> pd.DataFrame:
    inputs = frame["row"].astype(str).str.split("|").str[0]
    return frame.drop(columns=[c for c in ("shuffle", "row") if c in frame]).assign(inputs=inputs)


def _shuffle_table(gathered: Gathered, separations: Mapping[str, Floats]) -> pd.DataFrame:
    table = _by_inputs(gathered.shuffled_folds.rename(columns={"value": "c_index", "shuffle": "number"}))
    z = {inputs_of(code): values for code, values in separations.items()}
    parts = [part.sort_values("number").assign(separation_z=z[str(name)]) for name, part in table.groupby("inputs")]
    return pd.concat(parts, ignore_index=True) if parts else table.assign(separation_z=[])


def _meta(gathered: Gathered, summary: pd.DataFrame) -> dict[str, Any]:
    data = gathered.data
    return {
        "n": data.n,
        "n_events": data.values.n_events,
        "n_patients": len(gathered.patients),
        "n_folds": gathered.collected.n_folds,
        "n_repeats": int(gathered.collected.folds["repeat"].nunique()),
        "n_shuffles": int(summary["n_permutations"].max()),
        "primary": inputs_of(gathered.collected.headline),
        "unit": getattr(data.values.endpoint, "unit", ""),
        "method_version": METHOD_VERSION,
        "data_digest": data.digest,
        "libraries": library_versions("numpy", "scipy"),
        "centres_missing": gathered.centres_missing,
        "models": {str(row["inputs"]): str(row["model"]) for row in summary.to_dict("records") if row["model"]},
    }


def _findings(gathered: Gathered, summary: pd.DataFrame, by_rule: Mapping[str, int]) -> list[Finding]:
    data, settings = gathered.data, gathered.settings
    n_folds = gathered.collected.n_folds
    made = comparison_findings(data, settings.comparison(), n_folds)
    made += flat_predictions(gathered.collected)
    made += shuffles_missing(settings.comparison(), int(gathered.shuffled_folds["shuffle"].nunique()))
    n_events = data.values.n_events
    training_events = round(n_events * (n_folds - 1) / n_folds)
    for inputs, n in by_rule.items():
        made.append(found(kinds.RIDGE_BY_RULE, inputs=inputs, n_parameters=n, n_events=training_events))
    headline = summary[summary["headline"]].iloc[0]
    if headline["n_folds_dropped"]:
        total = n_folds * settings.repeats
        dropped = int(headline["n_folds_dropped"])
        made.append(found(kinds.FOLDS_DROPPED, n_dropped=dropped, n_folds=total, minimum=HARRELL_C.min_pairs))
    if headline["n_switchers"]:
        made.append(found(kinds.SWITCHERS, n_switchers=int(headline["n_switchers"]), n=len(gathered.patients)))
    if not headline["separates"]:
        made.append(found(kinds.NO_SEPARATION, inputs=str(headline["inputs"])))
    centre = summary[(summary["inputs"] == "centre") & (summary["c_low"] > 0.5)]
    if len(centre):
        made.append(found(kinds.CENTRE_PREDICTS, c_index=float(centre["c_index"].iloc[0])))
    return made
