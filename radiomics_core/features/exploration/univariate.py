"""Each feature alone against the endpoint, on development cases: a map of where to look, not evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from radiomics_core.errors import NotApplicableError
from radiomics_core.features.exploration.columns import UsableColumns, usable_columns
from radiomics_core.features.exploration.cox_screen import univariate_cox
from radiomics_core.features.exploration.outcome import OutcomeValues, align
from radiomics_core.features.exploration.rank_tests import Floats, RankTest, kruskal, mann_whitney, spearman_test
from radiomics_core.i18n import lazy_

METHOD_VERSION = "1"
TESTS = {
    "binary": ("mann_whitney", "auc"),
    "multiclass": ("kruskal", "epsilon_squared"),
    "ordinal": ("spearman", "rho"),
    "continuous": ("spearman", "rho"),
    "time_to_event": ("cox_score", "hr"),
}
"""Kind of endpoint -> (test, name of the effect column)."""


@dataclass(frozen=True)
class UnivariateResult:
    """Univariate tests of every usable feature, sorted by p.

    Attributes
    ----------
    table : DataFrame
        Columns ``feature, image, family, test, statistic``, the effect (``auc`` | ``hr`` per SD | ``rho`` |
        ``epsilon_squared``), ``low, high`` (95 %), ``p``, ``q`` (Benjamini-Hochberg over everything tested),
        ``n, n_missing``.
    effect : str
        Name of the effect column.
    n_cases, n_events : int
    constant, all_missing : tuple of str
        Columns that were not tested.
    """

    table: pd.DataFrame
    effect: str
    n_cases: int
    n_events: int
    constant: tuple[str, ...]
    all_missing: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return one row per tested feature."""
        return self.table


def univariate_table(
    values: pd.DataFrame, endpoint_values: OutcomeValues, columns: pd.DataFrame | None = None
) -> UnivariateResult:
    """Test every feature alone against the endpoint.

    Parameters
    ----------
    values : DataFrame, shape (n_cases, n_features)
        Features of development cases, indexed by case_id.
    endpoint_values : EndpointValues
        Outcomes of development cases.
    columns : DataFrame, optional
        Description of the columns (``FeatureTable.columns``), for image and family.

    Raises
    ------
    NotApplicableError
        When no case has both, or the endpoint does not vary.
    """
    rows, event, time = align(values, endpoint_values)
    kind = endpoint_values.kind
    _require_varying(kind, event)
    usable = usable_columns(rows)
    result = _run(kind, usable.values.to_numpy(), event, time)
    table = _table(usable, result, TESTS[kind], columns)
    n_events = int(np.sum(event == 1)) if kind in ("binary", "time_to_event") else len(event)
    return UnivariateResult(table, TESTS[kind][1], len(event), n_events, usable.constant, usable.all_missing)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return false-discovery-rate q values; NaN stays NaN and is not counted as a test.

    References
    ----------
    Benjamini & Hochberg, JRSS B 57 (1995) 289-300.
    """
    p = np.asarray(p, float)
    q = np.full(p.shape, np.nan)
    tested = np.isfinite(p)
    q[tested] = stats.false_discovery_control(p[tested]) if tested.any() else 0.0
    return q


def _require_varying(kind: str, event: Floats) -> None:
    varies = np.any(event == 1) if kind == "time_to_event" else len(np.unique(event)) > 1
    if not varies:
        raise NotApplicableError(
            lazy_("the endpoint has the same value in all {n} cases"),
            remedy=lazy_("Check how the endpoint's column is coded"),
            n=len(event),
        )


def _run(kind: str, array: Floats, event: Floats, time: Floats | None) -> RankTest:
    if kind == "binary":
        return mann_whitney(array, event)
    if kind == "multiclass":
        return kruskal(array, event)
    if kind == "time_to_event":
        if time is None:
            raise NotApplicableError(lazy_("the endpoint has no times"))
        return univariate_cox(array, time, event)
    return spearman_test(array, event)


def _table(
    usable: UsableColumns, result: RankTest, test: tuple[str, str], columns: pd.DataFrame | None
) -> pd.DataFrame:
    names = usable.values.columns
    described = pd.DataFrame({"image": "", "family": ""}, index=names)
    if columns is not None:
        described = columns.set_index("column").reindex(names)[["image", "family"]].fillna("")
    present = usable.values.notna().sum().to_numpy()
    table = pd.DataFrame(
        {
            "feature": names,
            "image": described["image"].to_numpy(),
            "family": described["family"].to_numpy(),
            "test": test[0],
            "statistic": result.statistic,
            test[1]: result.effect,
            "low": result.low,
            "high": result.high,
            "p": result.p,
            "q": benjamini_hochberg(result.p),
            "n": present,
            "n_missing": len(usable.values) - present,
        }
    )
    return table.sort_values(["p", "feature"], na_position="last", ignore_index=True)
