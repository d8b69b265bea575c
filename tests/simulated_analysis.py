"""Small analysis data for tests of validation: known size, signal, patients and centres."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radiomics_core.analysis.data import AnalysisData, Block
from radiomics_core.cohort.endpoints import BinaryEndpoint, EndpointValues, TimeToEventEndpoint


def make_data(
    n=60,
    p=30,
    *,
    seed=0,
    signal=0.0,
    cases_per_patient=1,
    centres=False,
    clinical=False,
    survival=False,
    index_feature=False,
) -> AnalysisData:
    """Return cases whose first feature carries the signal; ``index_feature`` puts the case's position in column 0."""
    generator = np.random.default_rng(seed)
    features = generator.normal(size=(n, p))
    risk = signal * features[:, min(1, p - 1)]
    event = (generator.random(n) < 1 / (1 + np.exp(-risk))).astype(float)
    if index_feature:
        features[:, 0] = np.arange(n)
    ids = [f"c{i:03d}" for i in range(n)]
    names = tuple(f"f{i}" for i in range(p))
    if survival:
        time = generator.exponential(np.exp(-risk)) * 100
        event = (generator.random(n) < 0.6).astype(float)
        endpoint = TimeToEventEndpoint(name="os", event_column="e", time_column="t")
        values = EndpointValues(endpoint, tuple(ids), event, time)
    else:
        values = EndpointValues(BinaryEndpoint(name="y", column="y", positive="1"), tuple(ids), event)
    table = _clinical(generator, ids, event) if clinical else pd.DataFrame(index=ids)
    centre = tuple("AB"[i % 2] for i in range(n)) if centres else None
    return AnalysisData(
        case_ids=tuple(ids),
        patient_ids=tuple(f"p{i // cases_per_patient:03d}" for i in range(n)),
        centres=centre,
        features=pd.DataFrame(features, index=ids, columns=list(names)),
        blocks=_blocks(names, list(table.columns), centres),
        clinical=table,
        values=values,
    )


def _clinical(generator, ids, event):
    age = generator.normal(60, 10, len(ids)) + 8 * event
    age[3] = np.nan
    grade = pd.Categorical(generator.choice(["low", "mid", "high"], len(ids)), categories=["low", "mid", "high"])
    return pd.DataFrame({"age": age, "grade": grade}, index=ids)


def _blocks(names, predictors, centres):
    both = (*names, *predictors) if predictors else ()
    reason = "no_clinical"
    return {
        "radiomics": Block("radiomics", names, "radiomics"),
        "clinical": Block("clinical", tuple(predictors), "clinical", "" if predictors else reason),
        "volume": Block("volume", (names[-1],), "volume"),
        "combined": Block("combined", both, "combined", "" if both else "not_both"),
        "centre": Block("centre", ("centre",) if centres else (), "centre", "" if centres else "one_centre"),
    }
