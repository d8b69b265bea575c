"""How far features move between two sets of settings, and which keep their meaning. No outcome is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.extraction.what_if import Extracted
from radiomics_core.findings import Finding
from radiomics_core.i18n import Text, lazy_
from radiomics_core.naming import FAMILIES, split_engine_name
from radiomics_core.stats.ranks import column_ranks

Floats = NDArray[np.float64]

LARGEST_CHANGE = 0.10
"""A feature that moves less is stable in a few cases: a convention of this program, said on screen."""

LEAST_CORRELATION = 0.90
"""Least rank correlation of a stable feature: the mark that Balagurunathan et al., J Digit Imaging 27 (2014) 805-823,
set to the concordance between test and retest. Here ranks count, because a model sees the order of cases."""

FEWEST_TO_RANK = 5
"""Cases from which the order of cases can be judged."""

ROUNDING = 1e-9

STABLE, MOVES, NOT_JUDGED = "stable", "moves", "not judged"

RULE_FEW = lazy_("Stable: changes by at most 10 % in every case.")
RULE_ORDER = lazy_(
    "Stable: the cases keep their order, that is, a Spearman rank correlation of at least 0.9 between the two settings."
)


@dataclass(frozen=True)
class Twice:
    """One region extracted with both settings; ``name`` is what it is called on screen."""

    name: str
    before: Extracted
    after: Extracted

    @property
    def failed(self) -> bool:
        """Whether one of the two could not be extracted."""
        return self.before.failed or self.after.failed

    def finding(self) -> Finding:
        """Return why it could not be extracted."""
        failed = self.before if self.before.failed else self.after
        return failed.findings[0]


@dataclass(frozen=True)
class Stability:
    """What changes between two sets of settings.

    Attributes
    ----------
    features : DataFrame
        One row per feature: ``feature, becomes`` (its name with the other settings), ``filter, family``;
        ``before, after`` (medians over cases); ``change, largest`` (median and largest relative change over cases, 0.1
        is a tenth; infinite for what was zero before); ``rank_correlation, concordance`` (NaN below five cases);
        ``verdict`` (``stable``, ``moves`` or ``not judged``).
    levels : DataFrame
        Grey levels: ``case, filter, before, after``; one row per region and derived image.
    values : DataFrame
        ``case, feature, before, after``: every value that was compared.
    cases : tuple of str
        Regions that were compared.
    failed : tuple of Finding
        Why others were not.
    only_before, only_after : tuple of str
        Features that only one of the settings gives.
    """

    features: pd.DataFrame
    levels: pd.DataFrame
    values: pd.DataFrame
    cases: tuple[str, ...]
    failed: tuple[Finding, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    @property
    def by_order(self) -> bool:
        """Whether there are cases enough to judge by their order."""
        return len(self.cases) >= FEWEST_TO_RANK

    @property
    def rule(self) -> Text:
        """The rule that ``verdict`` follows, in words."""
        return RULE_ORDER if self.by_order else RULE_FEW

    def count(self, verdict: str) -> int:
        """Return how many features have a verdict."""
        return int((self.features["verdict"] == verdict).sum())

    def frame(self) -> pd.DataFrame:
        """Return one row per feature."""
        return self.features

    def families(self) -> pd.DataFrame:
        """Return one row per family: ``family, features, stable, moves, not_judged, q1, median, q3`` of the change."""
        rows = [_family(name, self.features[self.features["family"] == name]) for name in FAMILIES]
        return pd.DataFrame([row for row in rows if row["features"]])


def _family(name: str, features: pd.DataFrame) -> dict[str, object]:
    change = features["change"].to_numpy()
    finite = change[np.isfinite(change)]
    q1, median, q3 = np.quantile(finite, [0.25, 0.5, 0.75]) if len(finite) else [np.nan] * 3
    counts = {v.replace(" ", "_"): int((features["verdict"] == v).sum()) for v in (STABLE, MOVES, NOT_JUDGED)}
    return {"family": name, "features": len(features), **counts, "q1": q1, "median": median, "q3": q3}


def compare(regions: Sequence[Twice], paired: Mapping[str, str] | None = None) -> Stability:
    """Compare regions that were extracted with two sets of settings.

    Parameters
    ----------
    regions : sequence of Twice
    paired : mapping of str to str, optional
        Derived images that have another name with the other settings (``what_if.paired_names``).
    """
    good = [region for region in regions if not region.failed]
    now = {name: _renamed(name, paired or {}) for region in good for name in region.before.values}
    given = {name for region in good for name in region.after.values}
    shared = [name for name in now if now[name] in given]
    before = _matrix([region.before.values for region in good], shared)
    after = _matrix([region.after.values for region in good], [now[name] for name in shared])
    return Stability(
        features=_features(shared, [now[name] for name in shared], before, after),
        levels=_levels(good, paired or {}),
        values=_values([region.name for region in good], shared, before, after),
        cases=tuple(region.name for region in good),
        failed=tuple(region.finding() for region in regions if region.failed),
        only_before=tuple(name for name in now if now[name] not in given),
        only_after=tuple(sorted(given - set(now.values()))),
    )


def _renamed(feature: str, paired: Mapping[str, str]) -> str:
    derived, rest = feature.split("_", 1)
    return f"{paired.get(derived, derived)}_{rest}"


def _matrix(rows: list[dict[str, float]], names: list[str]) -> Floats:
    return np.array([[row.get(name, np.nan) for name in names] for row in rows], float).reshape(len(rows), len(names))


def _features(names: list[str], becomes: list[str], before: Floats, after: Floats) -> pd.DataFrame:
    known = [split_engine_name(name) for name in names]
    both = np.isfinite(before) & np.isfinite(after)
    changes = relative_change(before, after)
    ranked = both.sum(axis=0) >= FEWEST_TO_RANK
    frame = pd.DataFrame(
        {
            "feature": names,
            "becomes": becomes,
            "filter": [parts[0] if parts else "" for parts in known],
            "family": [parts[1] if parts else "" for parts in known],
            "before": _over_cases(np.median, np.where(both, before, np.nan)),
            "after": _over_cases(np.median, np.where(both, after, np.nan)),
            "change": _over_cases(np.median, changes),
            "largest": _over_cases(np.max, changes),
            "rank_correlation": np.where(ranked, rank_correlation(before, after), np.nan),
            "concordance": np.where(ranked, concordance(before, after), np.nan),
        }
    )
    lost = (np.isfinite(before) != np.isfinite(after)).any(axis=0)  # has a value with one of the settings only
    return frame.assign(verdict=_verdicts(frame, lost, by_order=len(before) >= FEWEST_TO_RANK))


def _verdicts(frame: pd.DataFrame, lost: NDArray[np.bool_], *, by_order: bool) -> list[str]:
    measured = frame["rank_correlation"] if by_order else frame["largest"]
    stable = measured >= LEAST_CORRELATION - ROUNDING if by_order else measured <= LARGEST_CHANGE + ROUNDING
    judged = measured.notna() & ~lost
    return [NOT_JUDGED if not j else STABLE if s else MOVES for j, s in zip(judged, stable, strict=True)]


def _over_cases(summary: Callable[[Floats], object], table: Floats) -> list[float]:
    present = [column[~np.isnan(column)] for column in table.T]
    return [float(summary(column)) if len(column) else np.nan for column in present]  # type: ignore[arg-type]


def relative_change(before: Floats, after: Floats) -> Floats:
    r"""Return how much values change, relative to what they were.

    .. math:: |x_{after} - x_{before}| / |x_{before}|

    Zero where both are zero, infinite where only the first is, NaN where one is missing.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.abs(after - before) / np.abs(before)
    return np.where((before == 0) & (after == 0), 0.0, change)


def rank_correlation(before: Floats, after: Floats) -> Floats:
    """Return Spearman's correlation of every column over the cases that have both values; NaN where one is constant.

    References
    ----------
    Spearman, Am J Psychol 15 (1904) 72-101.
    """
    both = np.isfinite(before) & np.isfinite(after)
    a, b = (column_ranks(np.where(both, values, np.nan))[0] for values in (before, after))
    a, b = (_centred(ranks) for ranks in (a, b))
    with np.errstate(divide="ignore", invalid="ignore"):
        rho: Floats = np.nansum(a * b, axis=0) / np.sqrt(np.nansum(a**2, axis=0) * np.nansum(b**2, axis=0))
    return np.clip(rho, -1, 1)


def concordance(before: Floats, after: Floats) -> Floats:
    r"""Return Lin's concordance of every column: 1 when every case keeps its value.

    .. math:: \rho_c = \frac{2 s_{xy}}{s_x^2 + s_y^2 + (\bar x - \bar y)^2}

    References
    ----------
    Lin, Biometrics 45 (1989) 255-268 (variances over n).
    """
    both = np.isfinite(before) & np.isfinite(after)
    x, y = (np.where(both, values, np.nan) for values in (before, after))
    n = both.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = (np.nansum(x, axis=0) - np.nansum(y, axis=0)) / n
        x, y = _centred(x), _centred(y)
        spread = np.nansum(x**2, axis=0) / n + np.nansum(y**2, axis=0) / n + shift**2
        agreement: Floats = 2 * np.nansum(x * y, axis=0) / n / spread
    return agreement


def _centred(values: Floats) -> Floats:
    n = np.isfinite(values).sum(axis=0)
    centred: Floats = values - np.nansum(values, axis=0) / np.maximum(n, 1)
    return centred


def _levels(regions: list[Twice], paired: Mapping[str, str]) -> pd.DataFrame:
    rows = [
        [region.name, derived, levels, region.after.grey_levels[paired.get(derived, derived)]]
        for region in regions
        for derived, levels in region.before.grey_levels.items()
        if paired.get(derived, derived) in region.after.grey_levels
    ]
    return pd.DataFrame(rows, columns=["case", "filter", "before", "after"])


def _values(cases: list[str], names: list[str], before: Floats, after: Floats) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case": np.repeat(np.array(cases, object), len(names)),
            "feature": np.tile(np.array(names, object), len(cases)),
            "before": before.ravel(),
            "after": after.ravel(),
        }
    )
