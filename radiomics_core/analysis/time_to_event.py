"""What the task of a time to an event has beside the rows: its rule for the model, risk groups, curves, their p."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.analysis.matrix import encode_block
from radiomics_core.analysis.method_settings import configured
from radiomics_core.analysis.notes import note
from radiomics_core.analysis.procedure import one_per_patient
from radiomics_core.analysis.row_key import KEY, RowKey, keys_in
from radiomics_core.analysis.settings import AUTOMATIC
from radiomics_core.analysis.splits import usable_folds
from radiomics_core.analysis.task import Extras
from radiomics_core.errors import NotApplicableError
from radiomics_core.evaluation.discrimination import HARRELL_C
from radiomics_core.evaluation.multiplicity import permutation_p
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.stats.cox import fit_cox
from radiomics_core.survival import kinds
from radiomics_core.survival.kaplan_meier import default_ticks, kaplan_meier
from radiomics_core.survival.risk_groups import GROUPS, RiskGroups, risk_groups, separation

if TYPE_CHECKING:
    from radiomics_core.analysis.data import AnalysisData
    from radiomics_core.analysis.rows import Collected
    from radiomics_core.analysis.settings import AnalysisSettings
    from radiomics_core.cohort.endpoints import Endpoint, EndpointValues

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
EVENTS_PER_PARAMETER = 10
MIN_EVENTS_IN_CENTRE = 5
QUICK_SELECTOR = "cox_score"
EXTRA_COLUMNS = ("separation_z", "separates", "hr_high_low", "n_switchers")


def times_and_events(values: EndpointValues, patients: Positions) -> Floats:
    """Return time, event and number of the patient, shape (n, 3)."""
    return np.column_stack([np.asarray(values.time), (values.event == 1).astype(np.float64), patients])


def refuse_delayed_entry(endpoint: Endpoint) -> None:
    """Raise NotApplicableError for an endpoint with an entry column: Cox, C and curves would count from time zero."""
    column = getattr(endpoint, "entry_column", "")
    if column:
        raise NotApplicableError(
            lazy_("endpoint '{name}' has delayed entry (column '{column}'), which survival analysis cannot use yet"),
            remedy=lazy_("Define the endpoint without an entry column if every case is observed from time zero"),
            name=endpoint.name,
            column=column,
        )


def too_few_to_judge(data: AnalysisData, inside: Positions) -> str:
    """Return why C cannot be judged in some cases: fewer than 5 patients with the event, or 10 comparable pairs."""
    patients = np.unique([data.patient_ids[i] for i in inside], return_inverse=True)[1]
    target, _score = one_per_patient(patients, data.target[inside], np.zeros(len(inside)))
    if target[:, 1].sum() < MIN_EVENTS_IN_CENTRE:
        return "few_events"
    return "few_pairs" if len(HARRELL_C.pairs(target)) < HARRELL_C.min_pairs else ""


def parameters(data: AnalysisData, settings: AnalysisSettings, inputs: str) -> int:
    """Return the largest number of coefficients a model of these inputs may have."""
    block = data.blocks["radiomics" if data.blocks[inputs].kind == "combined" else inputs]
    n_columns = len(encode_block(data, block).names)
    if block.kind != "radiomics":
        return n_columns
    selectors = configured(data.task, settings).selectors
    return min(n_columns, max(max(selectors.build(s).sizes) for s in settings.selectors or (QUICK_SELECTOR,)))


def ridge_by_rule(data: AnalysisData, settings: AnalysisSettings, inputs: str) -> str:
    """Return ridge when parameters exceed a tenth of the training events (Peduzzi 1995), else plain Cox."""
    folds = usable_folds(data, settings.folds)
    training_events = data.n_event_patients * (folds - 1) / folds
    return "ridge_cox" if parameters(data, settings, inputs) > training_events / EVENTS_PER_PARAMETER else "cox"


def make_extras(collected: Collected) -> Extras:
    """Return curves, numbers at risk, groups and shuffled separations of every row, and their columns."""
    groups = {key: _groups_of(collected, key) for key in collected.keys}
    shuffled = {key: _shuffled_separations(collected, key) for key in collected.keys}
    columns = {key: _columns(collected, made, shuffled[key]) for key, made in groups.items()}
    return Extras({**_curves(collected, groups), "separations": _separations(collected, shuffled)}, columns)


def patients(data: AnalysisData) -> pd.DataFrame:
    """Return one row per patient, indexed by patient: time and event of its first case."""
    first = pd.DataFrame({"patient_id": data.patient_ids, "position": np.arange(data.n)})
    table = first.drop_duplicates("patient_id").set_index("patient_id")
    at = table.pop("position").to_numpy()
    return table.assign(time=data.target[at, 0], event=data.target[at, 1].astype(int))


def _patient_of(data: AnalysisData) -> dict[str, str]:
    return dict(zip(data.case_ids, data.patient_ids, strict=True))


def _groups_of(collected: Collected, key: RowKey) -> RiskGroups:
    """Return the risk groups of one row; ``case_id`` of the result is the patient."""
    part = key.rows(collected.predictions)[["case_id", "repeat", "percentile"]]
    by_patient = part.assign(case_id=part["case_id"].map(_patient_of(collected.data)))
    means: pd.DataFrame = by_patient.groupby(["case_id", "repeat"])["percentile"].mean().reset_index()
    return risk_groups(means, collected.settings.grouping)


def _shuffled_separations(collected: Collected, key: RowKey) -> Floats:
    """Return the signed log-rank z of one row in every complete shuffle that moved everything."""
    part = key.rows(collected.shuffled_cases)
    part = part[part["moved"] == "everything"]
    by = patients(collected.data)
    time, event = by["time"].to_numpy(), by["event"].to_numpy()
    grouping, patient_of = collected.settings.grouping, _patient_of(collected.data)
    made = []
    for _shuffle, cases in part.groupby("shuffle"):
        mean = cases.groupby(cases["case_id"].map(patient_of))["percentile"].mean().reindex(by.index)
        made.append(separation(time, event, mean.to_numpy(), grouping))
    return np.array(made)


def _columns(collected: Collected, groups: RiskGroups, shuffled: Floats) -> dict[str, Any]:
    cases = groups.frame().set_index("case_id").join(patients(collected.data))
    z = separation(cases["time"], cases["event"], cases["percentile"], groups.grouping)
    return {
        "permutation_p": permutation_p(z, shuffled), "n_permutations": len(shuffled), "separation_z": z,
        "separates": z > 0, "hr_high_low": _hazard_ratio(cases), "n_switchers": groups.n_switchers,
        "notes": [] if z > 0 else [note("no_separation")],
    }  # fmt: skip


def _hazard_ratio(cases: pd.DataFrame) -> float:
    """Return the hazard ratio of the highest against the lowest group, without an interval (out of fold)."""
    ends = cases[cases["group"].isin(["low", "high"])]
    high = (ends["group"] == "high").to_numpy(float)
    if not ends["event"].any() or len(np.unique(high)) < 2:
        return float("nan")
    fit = fit_cox(high[:, None], ends["time"], ends["event"])
    return float(np.exp(fit.beta[0])) if fit.converged else float("nan")


def _separations(collected: Collected, shuffled: Mapping[RowKey, Floats]) -> pd.DataFrame:
    """Return value and separation of each row in each shuffle that moved everything."""
    values = collected.shuffles[collected.shuffles["moved"] == "everything"].drop(columns="moved")
    parts = [
        key.rows(values).sort_values("shuffle").assign(separation_z=made) for key, made in shuffled.items() if len(made)
    ]
    columns = [*KEY, "shuffle", "value", "separation_z"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame({name: [] for name in columns})


def _curves(collected: Collected, groups: Mapping[RowKey, RiskGroups]) -> dict[str, pd.DataFrame]:
    made: dict[str, list[pd.DataFrame]] = {"curves": [], "at_risk": [], "group_counts": [], "groups": []}
    by, data = patients(collected.data), collected.data
    ticks = default_ticks(by["time"])
    cases = pd.DataFrame({"case_id": data.case_ids, "patient_id": data.patient_ids})
    for key, found_groups in groups.items():
        table = found_groups.frame().rename(columns={"case_id": "patient_id"}).set_index("patient_id").join(by)
        rank = table["group"].map(list(GROUPS[found_groups.grouping]).index).to_numpy()
        table = table.iloc[np.argsort(rank, kind="stable")]
        fitted = kaplan_meier(table["time"], table["event"], table["group"])
        of_row = (
            fitted.frame(),
            fitted.at_risk(ticks),
            fitted.counts,
            cases.merge(table.reset_index(), on="patient_id"),
        )
        for parts, frame in zip(made.values(), of_row, strict=True):
            parts.append(frame.assign(**key.to_dict()))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in made.items()}


def make_findings(collected: Collected, rows: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Return what a reader must know of models picked by the rule and of the groups."""
    made = _ridged(collected)
    headline = rows[rows["headline"]].iloc[0]
    if headline["n_switchers"]:
        n = len(patients(collected.data))
        made.append(found(kinds.SWITCHERS, n_switchers=int(headline["n_switchers"]), n=n))
    if not headline["separates"]:
        made.append(found(kinds.NO_SEPARATION, inputs=str(headline["inputs"])))
    return made + _uneven_groups(frames["group_counts"])


def _ridged(collected: Collected) -> list[Finding]:
    """Return a finding for each inputs whose model became ridge by the rule."""
    data, settings = collected.data, collected.settings
    if AUTOMATIC not in (settings.models or (AUTOMATIC,)):
        return []
    training_events = round(data.values.n_events * (collected.n_folds - 1) / collected.n_folds)
    made = []
    for inputs in dict.fromkeys(key.inputs for key in collected.keys):
        if ridge_by_rule(data, settings, inputs) != "cox":
            n = parameters(data, settings, inputs)
            made.append(found(kinds.RIDGE_BY_RULE, inputs=inputs, n_parameters=n, n_events=training_events))
    return made


def _uneven_groups(counts: pd.DataFrame) -> list[Finding]:
    """Return a finding for each row whose groups differ by more than rounding: scores are tied."""
    made = []
    for key in keys_in(counts):
        sizes = key.rows(counts)["n"].tolist()
        if max(sizes) - min(sizes) > 1 or len(sizes) == 1:
            made.append(found(kinds.GROUPS_UNEVEN, inputs=key.inputs, sizes=", ".join(map(str, sizes))))
    return made
