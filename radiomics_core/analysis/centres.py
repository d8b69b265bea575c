"""Leave one centre out: the headline's procedure trained on all other centres and judged in a centre it never saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.analysis.centre_table import CENTRE_COLUMNS, MIN_CENTRES, UNFINISHED
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.lattice import fit_lattice
from radiomics_core.analysis.matrix import EncodedBlock, encode_block
from radiomics_core.analysis.procedure import one_per_patient, positions_of, run_procedure
from radiomics_core.analysis.recipe import Recipe
from radiomics_core.analysis.row_key import RowKey
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import assign_folds, usable_folds
from radiomics_core.analysis.task import Task
from radiomics_core.errors import NotApplicableError
from radiomics_core.evaluation.delong import delong_interval
from radiomics_core.evaluation.discrimination import Metric
from radiomics_core.evaluation.intervals import NO_VARIANCE, Interval, logit_interval, wilson_auc_interval
from radiomics_core.stats.concordance import concordance_variance

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class CentreUse:
    """A centre with its numbers of cases and events; ``why`` it cannot be held out is a code of notes, or empty."""

    centre: str
    n: int
    events: int
    why: str


def centre_uses(data: AnalysisData, settings: AnalysisSettings) -> list[CentreUse]:
    """Return every centre in alphabetical order; cases without a centre are an entry of their own."""
    if data.centres is None:
        return []
    found = []
    for centre in sorted(set(data.centres)):
        inside = positions_in(data, centre)
        why = _why_not(data, settings, centre, inside)
        found.append(CentreUse(centre, len(inside), int(data.events[inside].sum()), why))
    return found


def not_applicable(data: AnalysisData, settings: AnalysisSettings, primary: str) -> str:
    """Return why no figure can be made by leaving centres out: a code of notes, empty when it can."""
    named = {centre for centre in data.centres or () if centre}
    if data.blocks[primary].kind == "centre":
        return "centre_is_headline"
    if len(named) < MIN_CENTRES:
        return "one_centre" if named else "no_centre"
    usable = [use for use in centre_uses(data, settings) if not use.why]
    return "" if len(usable) >= MIN_CENTRES else "too_few_centres"


def held_out_centres(data: AnalysisData, settings: AnalysisSettings, primary: str) -> list[str]:
    """Return the centres that are held out in turn; none when the figure cannot be made."""
    if not_applicable(data, settings, primary):
        return []
    return [use.centre for use in centre_uses(data, settings) if not use.why]


def positions_in(data: AnalysisData, centre: str) -> Positions:
    """Return the positions of a centre's cases."""
    return np.flatnonzero(np.array(data.centres, dtype=object) == centre)


def training_positions(data: AnalysisData, centre: str) -> Positions:
    """Return the cases to train on when a centre is held out.

    Cases of its patients elsewhere and cases of unknown centre may belong to it: they stay out.
    """
    patients = {data.patient_ids[i] for i in positions_in(data, centre)}
    known = zip(data.centres or (), data.patient_ids, strict=True)
    return np.array([i for i, (c, p) in enumerate(known) if c not in ("", centre) and p not in patients], dtype=np.intp)


def take(data: AnalysisData, positions: Positions) -> AnalysisData:
    """Return the data of some cases."""
    return replace(
        data,
        case_ids=tuple(data.case_ids[i] for i in positions),
        patient_ids=tuple(data.patient_ids[i] for i in positions),
        centres=None if data.centres is None else tuple(data.centres[i] for i in positions),
        features=data.features.iloc[positions],
        clinical=data.clinical.iloc[positions],
        values=data.values.take(positions),
    )


def _why_not(data: AnalysisData, settings: AnalysisSettings, centre: str, inside: Positions) -> str:
    if not centre:
        return "centre_unknown"
    why = data.task.cannot_judge(data, inside)
    if why:
        return why
    training = training_positions(data, centre)
    try:
        usable_folds(take(data, training), settings.folds)
    except NotApplicableError:
        return "few_to_train"
    return ""


def _patients(data: AnalysisData, positions: Positions) -> Positions:
    return np.unique([data.patient_ids[i] for i in positions], return_inverse=True)[1]


def score_centre(
    data: AnalysisData, settings: AnalysisSettings, recipes: list[Recipe], centre: str, task: Task
) -> dict[str, pd.DataFrame]:
    """Tune and choose inside the other centres, train on all of them, and score the centre held out.

    Parameters
    ----------
    recipes : list of Recipe
        The pipelines of the headline, all of one block.
    centre : str
        One of :func:`held_out_centres`.

    Returns
    -------
    dict of str to DataFrame
        ``predictions`` (case_id, score) of the centre and ``folds`` (recipe, candidate, selected) with one row.
    """
    training, held = training_positions(data, centre), positions_in(data, centre)
    rows = np.concatenate([training, held])
    subset = take(data, training)
    last = usable_folds(subset, settings.folds)
    fold_of = np.append(assign_folds(subset, last, settings.seed, 0), np.full(len(held), last, dtype=np.intp))
    whole = encode_block(data, data.blocks[recipes[0].inputs])
    block = EncodedBlock(whole.values[rows], whole.names, whole.indicator_sets)
    sets = [frozenset({last}), *(frozenset({last, fold}) for fold in range(last))]
    lattice = fit_lattice(
        block, data.target[rows], fold_of, recipes, task,
        depth=2, seed=settings.seed, key=("centre", centre), sets=sets,
    )  # fmt: skip
    made = run_procedure(lattice, frozenset({last}), positions_of(lattice.candidates, None))
    candidate = lattice.candidates[made.candidate]
    chosen = len(lattice.chosen[last][made.candidate])
    return {
        "predictions": pd.DataFrame({"case_id": [data.case_ids[i] for i in held], "score": made.scores[last]}),
        "folds": pd.DataFrame(
            {"recipe": [candidate.recipe.name], "candidate": [candidate.label], "selected": [chosen]}
        ),
    }


def make_centres(
    data: AnalysisData,
    settings: AnalysisSettings,
    row: RowKey,
    frames: Mapping[str, Mapping[str, pd.DataFrame]],
) -> pd.DataFrame:
    """Return one row per centre with ``CENTRE_COLUMNS``.

    ``note`` is a code of notes: how the interval was made, or why the centre has no value.

    Parameters
    ----------
    row : RowKey
        The headline.
    frames : mapping of centre to frames
        What :func:`score_centre` returned for each centre.
    """
    reason = not_applicable(data, settings, row.inputs)
    made = []
    for use in centre_uses(data, settings):
        line: dict[str, Any] = dict.fromkeys(CENTRE_COLUMNS, float("nan")) | row.to_dict() | {
            "centre": use.centre, "n": use.n, "events": use.events, "recipe": "",
            "note": use.why or reason,
        }  # fmt: skip
        if use.centre in frames and not line["note"]:
            found = _centre_interval(data, use.centre, frames[use.centre]["predictions"])
            line |= {"value": found.estimate, "low": found.low, "high": found.high, "note": found.method}
            line["recipe"] = str(frames[use.centre]["folds"]["recipe"].iloc[0])
        elif not line["note"]:
            line["note"] = UNFINISHED
        made.append(line)
    return pd.DataFrame(made, columns=CENTRE_COLUMNS)


def _centre_interval(data: AnalysisData, centre: str, predictions: pd.DataFrame) -> Interval:
    inside = positions_in(data, centre)
    score = predictions.set_index("case_id")["score"].reindex([data.case_ids[i] for i in inside]).to_numpy(float)
    return interval_of_unseen(data.task.metric, data.target[inside], score, _patients(data, inside))


def interval_of_unseen(metric: Metric, target: Floats, score: Floats, patients: Positions) -> Interval:
    """Return the value and its interval for cases that no part of the model has seen.

    Parameters
    ----------
    metric : Metric
    target : array, shape (n,) or (n, 2)
    score : array, shape (n,)
    patients : array of int, shape (n,)
        A patient with several cases: for AUC whole patients add up in the variance (Obuchowski 1997), C takes the mean
        of the scores.

    Returns
    -------
    Interval
        DeLong's, for C the same U-statistic variance; Wilson's when it would have no width.
    """
    if metric.endpoint_kind == "time_to_event":
        target, score = one_per_patient(patients, target, score)
        patients = np.arange(len(score))
    events = (target if target.ndim == 1 else target[:, 1]) == 1
    several = len(np.unique(patients)) < len(patients)
    n_events, n_others = len(np.unique(patients[events])), len(np.unique(patients[~events]))
    value = metric.value(target, score)
    if metric.endpoint_kind == "binary":
        if min(n_events, n_others) < 2:
            return wilson_auc_interval(value, n_events, n_others)
        made = delong_interval(target, score, patients=patients if several else None)
    else:
        variance = concordance_variance(score, metric.pairs(target))
        made = logit_interval(value, float(np.sqrt(variance)), level=0.95, method="u_statistic")
    if made.high - made.low <= NO_VARIANCE:
        return wilson_auc_interval(value, n_events, max(1, n_others))
    return made
