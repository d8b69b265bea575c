"""Whether the centre or the volume could explain the result instead of the texture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.checks import kinds
from radiomics_core.checks.facts import AnalysisFacts, not_applicable
from radiomics_core.cohort.endpoints import EndpointValues
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_

ALPHA = 0.05
VOLUME_CORRELATION = 0.8
MIN_CENTRE = 5


def check_centre_and_outcome(facts: AnalysisFacts) -> list[Finding]:
    """Find an endpoint that differs between centres.

    Two classes in two centres: Fisher's exact test; more: chi-square, by simulation where a cell expects fewer than
    5 cases; time to event: log-rank; a number: Kruskal-Wallis.
    """
    values, centres = _values_and_centres(facts)
    test, p = _centre_test(values, centres)
    if p >= ALPHA:
        return []
    params: dict[str, Any] = {
        "centres": len(np.unique(centres)),
        "test": test,
        "p": p,
        "rates": _rates(values, centres),
    }
    return [found(kinds.CENTRE_OUTCOME, endpoint=values.endpoint.name, **params)]


def _values_and_centres(facts: AnalysisFacts) -> tuple[EndpointValues, NDArray[np.str_]]:
    values = facts.required_values()
    known = np.array([i for i, c in enumerate(values.case_ids) if facts.centres.get(c)], dtype=np.intp)
    centres = np.array([facts.centres[values.case_ids[i]] for i in known])
    if len(np.unique(centres)) < 2:
        raise not_applicable(lazy_("there are not two centres"))
    return values.take(known), centres


def _centre_test(values: EndpointValues, centres: NDArray[np.str_]) -> tuple[str, float]:
    from scipy import stats

    if values.kind == "time_to_event":
        from lifelines.statistics import multivariate_logrank_test

        result = multivariate_logrank_test(values.time, centres, values.event == 1)
        return "log-rank", float(result.p_value)
    if values.kind == "continuous":
        groups = [values.event[centres == c] for c in np.unique(centres)]
        return "Kruskal-Wallis", float(stats.kruskal(*groups).pvalue)
    counts = pd.crosstab(centres, values.event).to_numpy()
    if counts.shape[1] < 2:
        raise not_applicable(lazy_("every case has the same outcome"))
    if counts.shape == (2, 2):
        return "Fisher", float(stats.fisher_exact(counts).pvalue)
    expected = stats.contingency.expected_freq(counts)
    if expected.min() >= 5:
        return "chi-square", float(stats.chi2_contingency(counts).pvalue)
    method = stats.MonteCarloMethod(n_resamples=4999, rng=np.random.default_rng(20))
    return "chi-square, simulated", float(stats.chi2_contingency(counts, correction=False, method=method).pvalue)


def _rates(values: EndpointValues, centres: NDArray[np.str_]) -> str:
    shown = []
    for centre in np.unique(centres)[:8]:
        here = values.event[centres == centre]
        if values.kind in ("binary", "time_to_event"):
            shown.append(f"{centre} {int((here == 1).sum())}/{len(here)}")
        else:
            shown.append(f"{centre} {float(np.mean(here)):.2g} (n = {len(here)})")
    return ", ".join(shown)


def check_centres_without_events(facts: AnalysisFacts) -> list[Finding]:
    """Find centres of at least 5 cases with no event, or (classes) with nothing but events."""
    values, centres = _values_and_centres(facts)
    if values.kind not in ("binary", "time_to_event"):
        raise not_applicable(lazy_("the endpoint has no events"))
    findings = []
    for centre in np.unique(centres):
        here = values.event[centres == centre] == 1
        is_one_sided = not here.any() or (values.kind == "binary" and here.all())
        if len(here) >= MIN_CENTRE and is_one_sided:
            params: dict[str, Any] = {"centre": str(centre), "events": int(here.sum()), "n": len(here)}
            findings.append(found(kinds.CENTRE_WITHOUT_EVENTS, endpoint=values.endpoint.name, **params))
    return findings


def check_volume_correlation(facts: AnalysisFacts) -> list[Finding]:
    """Find chosen features that follow the volume; without chosen features, count those that do."""
    features = facts.required_features()
    if facts.volume_column not in features.columns:
        raise not_applicable(lazy_("no feature is the volume"))
    others = [c for c in (facts.chosen or features.columns) if c != facts.volume_column and c in features.columns]
    ranks = features[[*others, facts.volume_column]].rank()
    rho = ranks[others].corrwith(ranks[facts.volume_column]) if others else pd.Series(dtype=float)
    high = rho[rho.abs() > VOLUME_CORRELATION]
    if facts.chosen:
        return [found(kinds.VOLUME_IN_DISGUISE, column=str(c), rho=float(r)) for c, r in high.items()]
    if len(high) <= 0.1 * len(others):
        return []
    return [found(kinds.VOLUME_EVERYWHERE, n=len(high), features=len(others), limit=VOLUME_CORRELATION)]
