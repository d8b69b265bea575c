"""One sample of every chart, from small made-up frames with awkward feature names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radiomics_core.extraction.stability import Twice, compare
from radiomics_core.extraction.what_if import Extracted
from radiomics_core.plots import (
    comparison,
    correlation,
    distribution,
    explanations,
    predictions,
    quality,
    survival,
    what_if,
)
from radiomics_core.plots import univariate as one_by_one
from radiomics_core.survival.kaplan_meier import kaplan_meier

RNG = np.random.default_rng(20261121)
N = 24
CASES = [f"DEMO-{i:03d}" for i in range(1, N + 1)]
EVENT = np.arange(N) % 3 == 0
FEATURES = [f"CT__tumour__wavelet-LLH_glcm_Joint:Entropy.{i}" for i in range(8)]


def groups():
    return pd.Series(np.where(EVENT, "progressed", "stable"), index=CASES)


def cases_by_group():
    return pd.DataFrame({"case_id": CASES, "group": groups().to_numpy(), "value": RNG.normal(size=N)})


def tested():
    auc = np.linspace(0.8, 0.4, 8)
    p = np.linspace(0.001, 0.9, 8)
    columns = {"feature": FEATURES, "auc": auc, "low": auc - 0.1, "high": auc + 0.1, "p": p, "q": p * 2, "n": N}
    return pd.DataFrame(columns)


def correlations():
    return np.corrcoef(RNG.normal(size=(8, N)))


def pair():
    return pd.DataFrame(
        {FEATURES[0]: RNG.normal(size=N), FEATURES[1]: RNG.normal(size=N), "a:b": groups().to_numpy()}, index=CASES
    )


def case_points():
    return pd.DataFrame({"case_id": CASES, "pc1": RNG.normal(size=N), "pc2": RNG.normal(size=N)})


def volume_table():
    rho = np.linspace(0.95, -0.2, 8)
    columns = {"feature": FEATURES, "rho": rho, "low": rho - 0.1, "high": np.minimum(rho + 0.04, 1), "n": N}
    return pd.DataFrame(columns).assign(flagged=np.abs(rho) > 0.8)


def comparison_rows():
    auc = [0.81, 0.66, 0.52, np.nan, 0.5]
    frame = pd.DataFrame({"inputs": ["radiomics", "clinical", "volume", "centre", "permuted"], "value": auc})
    frame["low"], frame["high"] = frame["value"] - 0.1, frame["value"] + 0.08
    return frame.assign(n=80, events=39)


def roc_band():
    fpr = np.linspace(0, 1, 11)
    tpr = np.sqrt(fpr)
    return pd.DataFrame({"fpr": fpr, "tpr": tpr, "low": tpr * 0.9, "high": np.minimum(tpr * 1.1, 1)})


def calibration_groups():
    p = np.linspace(0.1, 0.9, 4)
    return pd.DataFrame({"predicted": p, "observed": p, "low": p - 0.1, "high": p + 0.1, "n": 6})


def scores():
    score = np.linspace(0.02, 0.98, N)
    wrong = (EVENT & (score < 0.2)) | (~EVENT & (score > 0.9))
    return pd.DataFrame({"case_id": CASES, "percentile": score, "event": EVENT.astype(int), "wrong": wrong})


def curves():
    time = np.linspace(30, 1500, N)
    return kaplan_meier(time, EVENT, np.where(np.arange(N) % 2 == 0, "low", "high"))


def survival_sample():
    made, ticks = curves(), [0, 500, 1000, 1500]
    return survival.survival_chart(made, ticks, made.at_risk(ticks), p=0.005, caption="n = 24, 8 events")


def ratios():
    return pd.DataFrame(
        {
            "name": ["Rad-score", "sex"], "level": ["", "M"], "reference": ["", "F"], "scale": ["per SD", "level"],
            "hr": [2.0, 0.9], "low": [1.4, 0.5], "high": [2.9, 1.6], "p": [0.0002, 0.6], "n": [80, 40],
        }
    )  # fmt: skip


def shap():
    parts = [
        pd.DataFrame({"case_id": CASES, "feature": f, "shap": (8 - i) * np.linspace(-1, 1, N), "value": range(N)})
        for i, f in enumerate(FEATURES)
    ]
    return pd.concat(parts, ignore_index=True)


def one_case():
    made = shap()
    return made[made["case_id"] == "DEMO-024"]


def levels():
    return pd.DataFrame({"case_id": CASES, "levels": range(5, 5 + 6 * N, 6)})


def quality_table():
    made = pd.DataFrame({"case_id": CASES, "image": "CT", "roi": "tumour", "volume_ml": 5.0, "roi_mean": 60.0})
    return made.assign(findings="", severity=["stop", "note", *[""] * (N - 2)], volume_ml=[0.0, *[5.0] * (N - 1)])


def share_missing():
    return pd.DataFrame({"column": FEATURES, "share_missing": np.linspace(0.4, 0, 8)})


def shares():
    return pd.DataFrame({"feature": FEATURES, "share": np.linspace(1, 0.1, 8)})


def moved():
    names = [f"wavelet-LLH_{family}_F{i}" for family in ("firstorder", "glcm") for i in range(4)]
    before = dict.fromkeys(names, 1.0) | {names[0]: 0.0}
    after = {name: 1 + 0.04 * i for i, name in enumerate(names)}
    return compare([Twice("DEMO-001", Extracted(before, {"original": 12}), Extracted(after, {"original": 48}))])


CHARTS = {
    "feature_distribution": lambda: distribution.feature_distribution(
        cases_by_group(), feature=FEATURES[0], unit="bits", event_group="progressed"
    ),
    "univariate_ranking": lambda: one_by_one.univariate_ranking(tested(), effect="auc"),
    "univariate_volcano": lambda: one_by_one.univariate_volcano(tested(), effect="auc"),
    "cluster_overview": lambda: correlation.cluster_overview(correlations(), FEATURES, [1] * 4 + [2] * 4, n_cases=N),
    "correlation_heatmap": lambda: correlation.correlation_heatmap(correlations(), FEATURES, n_cases=N),
    "feature_scatter": lambda: correlation.feature_scatter(
        pair(), FEATURES[0], FEATURES[1], group="a:b", event_group="progressed"
    ),
    "case_map": lambda: correlation.case_map(
        case_points(), explained=(0.4, 0.2), group=groups(), group_title="Outcome"
    ),
    "case_map_number": lambda: correlation.case_map(case_points(), group=pd.Series(range(N), index=CASES)),
    "volume_correlation": lambda: correlation.volume_correlation(volume_table()),
    "headline_forest": lambda: comparison.headline_forest(comparison_rows(), folds_text="5 folds"),
    "selection_frequency": lambda: comparison.selection_frequency(shares(), n_fits=25),
    "roc_chart": lambda: predictions.roc_chart(roc_band(), permuted=roc_band(), auc_text="0.81", n=80, events=39),
    "calibration_chart": lambda: predictions.calibration_chart(calibration_groups(), intercept=0.1, slope=0.9),
    "score_strip": lambda: predictions.score_strip(scores()),
    "survival_chart": survival_sample,
    "hazard_ratio_forest": lambda: survival.hazard_ratio_forest(ratios(), n=80, events=52),
    "shap_beeswarm": lambda: explanations.shap_beeswarm(shap()),
    "shap_bar": lambda: explanations.shap_bar(shap()),
    "shap_dependence": lambda: explanations.shap_dependence(shap(), FEATURES[0]),
    "shap_waterfall": lambda: explanations.shap_waterfall(one_case(), -0.2, case_id="DEMO-024", top=3),
    "bin_counts": lambda: quality.bin_counts(levels()),
    "family_changes": lambda: what_if.family_changes(moved()),
    "grey_levels_moved": lambda: what_if.grey_levels_moved(moved().levels),
    "missing_columns": lambda: quality.missing_columns(share_missing(), n_cases=N),
}
