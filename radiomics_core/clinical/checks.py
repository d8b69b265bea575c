"""Columns that know the outcome: by name, by being filled only in events, by separating the endpoint alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import canonical, cell_text, parse_numbers
from radiomics_core.clinical.column_types import guess_type, outcome_word
from radiomics_core.clinical.dates import parse_dates
from radiomics_core.clinical.endpoint_values import endpoint_columns
from radiomics_core.cohort.endpoints import EndpointValues
from radiomics_core.cohort.model import ColumnSpec
from radiomics_core.findings import Finding, found

ALONE_AUC = 0.95
STRONG_AUC = 0.85
"""From this AUC alone on, a predictor must have been said to be known when the image was made."""
_MIN_CLASS = 5


@dataclass(frozen=True)
class OutcomeLikeness:
    """How much one column looks like the outcome.

    Attributes
    ----------
    word : str
        Word of its name that speaks of an outcome, ``""`` for none.
    auc : float
        AUC of the column alone against the event, on the same cases, 0.5 to 1; NaN when it cannot be computed.
    filled_events, events, filled_others, others : int
        In how many cases with and without the event the column is filled.
    """

    column: str
    word: str
    auc: float
    filled_events: int = 0
    events: int = 0
    filled_others: int = 0
    others: int = 0

    @property
    def is_filled_by_event(self) -> bool:
        """True when the column is filled in at least 80 % of events and at most 20 % of the others."""
        if min(self.events, self.others) < _MIN_CLASS:
            return False
        return self.filled_events >= 0.8 * self.events and self.filled_others <= 0.2 * self.others

    @property
    def looks_like_outcome(self) -> bool:
        """True when the name, the filling or the AUC says so."""
        return bool(self.word) or self.is_filled_by_event or self.auc > ALONE_AUC


def outcome_likeness(clinical: pd.DataFrame, values: EndpointValues | None = None) -> list[OutcomeLikeness]:
    """Return how much each column looks like an outcome, in the order of the table.

    Parameters
    ----------
    clinical : DataFrame of text cells or typed columns, indexed by case_id
    values : EndpointValues, optional
        Of development cases; without it only names are judged. The endpoint's own columns are left out.
    """
    own = set(endpoint_columns(values.endpoint)) if values is not None else set()
    columns = [str(c) for c in clinical.columns if c not in own]
    if values is None or values.kind not in ("binary", "time_to_event"):
        return [OutcomeLikeness(c, outcome_word(c), float("nan")) for c in columns]
    rows = clinical.set_axis(clinical.index.astype(str)).reindex(list(values.case_ids))
    event = values.event == 1
    return [_likeness(rows[c], c, event) for c in columns]


def _likeness(column: pd.Series, name: str, event: NDArray[np.bool_]) -> OutcomeLikeness:
    filled = np.array([bool(cell_text(v)) for v in column], bool)
    counts = (int((filled & event).sum()), int(event.sum()), int((filled & ~event).sum()), int((~event).sum()))
    return OutcomeLikeness(name, outcome_word(name), alone_auc(column, event, name), *counts)


def alone_auc(column: pd.Series, event: NDArray[np.bool_], name: str = "") -> float:
    """Return the AUC of one column alone on the same cases, whichever direction is better.

    Numbers and ordered values are ranked as they are. Categories are ranked by their share of events; categories
    that occur once are taken together, so that an id or a free text does not seem to predict.

    Parameters
    ----------
    column : Series, length n
    event : array of bool, shape (n,)

    Returns
    -------
    float
        0.5 to 1; NaN with fewer than 5 filled cases of a class.
    """
    scores = _scores(column, event, name)
    known = np.isfinite(scores)
    positive, negative = scores[known & event], scores[known & ~event]
    if min(len(positive), len(negative)) < _MIN_CLASS:
        return float("nan")
    ranks = pd.Series(np.concatenate([positive, negative])).rank().to_numpy()[: len(positive)]
    auc = (ranks.sum() - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))
    return float(max(auc, 1 - auc))


def _scores(column: pd.Series, event: NDArray[np.bool_], name: str) -> NDArray[np.float64]:
    texts = [cell_text(v) for v in column]
    kind, order = guess_type(pd.Series([t or pd.NA for t in texts], dtype=object), name)
    if kind == "number":
        return parse_numbers(texts)[0]
    if kind == "ordered":
        ranks = {value: float(i) for i, value in enumerate(order)}
        return np.array([ranks.get(t, np.nan) for t in texts])
    keys = [canonical(t) if t else "" for t in texts]
    seen = Counter(keys)
    keys = [("<rare>" if seen[k] == 1 else k) if k else "" for k in keys]
    rates = pd.Series(event.astype(float)).groupby(np.array(keys, dtype=object)).mean()
    return np.array([rates[k] if k else np.nan for k in keys], dtype=float)


def check_columns(
    clinical: pd.DataFrame,
    specs: Sequence[ColumnSpec],
    values: EndpointValues | None = None,
) -> list[Finding]:
    """Return findings about predictors that look like outcomes or were, or may have been, recorded after imaging.

    Parameters
    ----------
    clinical : DataFrame indexed by case_id
    specs : sequence of ColumnSpec
        Columns with role ``predictor`` or ``treatment`` are judged.
    values : EndpointValues, optional
        Of development cases.
    """
    predictors = [s for s in specs if s.role in ("predictor", "treatment") and s.name in clinical.columns]
    likenesses = outcome_likeness(clinical[[spec.name for spec in predictors]], values)
    findings = [finding for likeness in likenesses for finding in likeness_findings(likeness, values)]
    imaging = imaging_column(specs)
    findings += recorded_findings(likenesses, predictors, imaging, values)
    return findings + (late_findings(clinical, predictors, imaging) if imaging in clinical.columns else [])


def imaging_column(specs: Sequence[ColumnSpec]) -> str:
    """Return the column with the imaging date, empty when none has that role."""
    return next((spec.name for spec in specs if spec.role == "imaging_date"), "")


def recorded_findings(
    likenesses: Sequence[OutcomeLikeness],
    predictors: Sequence[ColumnSpec],
    imaging: str,
    values: EndpointValues | None = None,
) -> list[Finding]:
    """Return a finding for each predictor that may have been recorded after the image, or seems to know the outcome.

    A date proves nothing without the date of imaging (column ``imaging``, empty for none).
    """
    auc_of = {likeness.column: likeness.auc for likeness in likenesses}
    findings = []
    for spec in predictors:
        said = spec.recorded == "at_imaging" or (spec.recorded == "by_date" and imaging)
        unsaid, auc = spec.role == "predictor" and not said, auc_of.get(spec.name, float("nan"))
        if values is not None and STRONG_AUC < auc <= ALONE_AUC:
            kind = kinds.STRONG_UNSAID if unsaid else kinds.STRONG_SAID
            findings.append(found(kind, column=spec.name, endpoint=values.endpoint.name, auc=auc))
        elif unsaid and not auc > ALONE_AUC:
            findings.append(found(kinds.RECORDED_UNSAID, column=spec.name))
    return findings


def dates_of(predictors: Sequence[ColumnSpec]) -> list[tuple[str, str]]:
    """Return (predictor, column with its date) of the predictors that have a date or are one."""
    dated = [(spec.name, spec.date_column) for spec in predictors if spec.recorded == "by_date"]
    return dated + [(spec.name, spec.name) for spec in predictors if spec.type == "date"]


def likeness_findings(likeness: OutcomeLikeness, values: EndpointValues | None = None) -> list[Finding]:
    """Return what is suspicious about one column."""
    findings = []
    if likeness.word:
        findings.append(found(kinds.OUTCOME_NAME, column=likeness.column, word=likeness.word))
    if likeness.is_filled_by_event:
        findings.append(
            found(
                kinds.OUTCOME_FILLED,
                column=likeness.column,
                in_events=likeness.filled_events,
                events=likeness.events,
                in_others=likeness.filled_others,
                others=likeness.others,
            )
        )
    if likeness.auc > ALONE_AUC and values is not None:
        endpoint = values.endpoint.name
        findings.append(found(kinds.OUTCOME_ALONE, column=likeness.column, endpoint=endpoint, auc=likeness.auc))
    return findings


def late_findings(clinical: pd.DataFrame, predictors: Sequence[ColumnSpec], imaging: str) -> list[Finding]:
    """Return a finding for each predictor whose date lies after the imaging date in any case."""
    made = _dates(clinical[imaging])
    findings = []
    for column, date_column in dates_of(predictors):
        if date_column not in clinical.columns or date_column == imaging:
            continue
        dates = _dates(clinical[date_column])
        filled = dates.notna() & made.notna()
        late = int((dates[filled] > made[filled]).sum())
        if late:
            params: dict[str, Any] = {"imaging": imaging, "n": late, "filled": int(filled.sum())}
            findings.append(found(kinds.AFTER_IMAGING, column=column, **params))
    return findings


def _dates(column: pd.Series) -> pd.Series:
    return column if pd.api.types.is_datetime64_any_dtype(column) else parse_dates(column).dates
