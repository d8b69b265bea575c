"""What is true of the synthetic patients, and the clinical table a hospital would have of them.

Heterogeneity and margin of the lesion, and stage, drive response and survival; volume, age, sex and centre do not.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.cohort.endpoints import BinaryEndpoint, Endpoint, TimeToEventEndpoint
from radiomics_core.cohort.model import ColumnSpec
from radiomics_core.files.anchors import check_place
from radiomics_core.stats.concordance import concordances, event_pairs
from radiomics_core.stats.ranks import places

CLINICAL_FILE = "clinical.csv"
TRUTH_FILE = "truth.json"
STAGES = ("I", "II", "III", "IV")
STAGE_SHARES = (0.25, 0.30, 0.28, 0.17)
CENTRE_SHARE_B = 0.4
MISSING_AGE_EVERY = 19

RESPONSE_COEFFICIENTS = {"heterogeneity": 1.8, "margin": 0.9, "stage": 1.1}
"""Log-odds of non-response per standard deviation (stage: per step)."""
HAZARD_COEFFICIENTS = {"heterogeneity": 0.85, "margin": 0.45, "stage": 0.50}
"""Log-hazard per standard deviation (stage: per step)."""
WEIBULL_SHAPE = 1.4
MEDIAN_DAYS = 900.0
CENSORED_SHARE = 0.35

DEMO_ENDPOINTS: tuple[Endpoint, ...] = (
    BinaryEndpoint(name="non_response", column="response", positive="non-responder", negative="responder"),
    TimeToEventEndpoint(
        name="survival", time_column="survival_days", event_column="death", event_codes=("1",), time_zero="diagnosis"
    ),
    TimeToEventEndpoint(
        name="survival_dates",
        start_column="diagnosis_date",
        end_column="last_contact_date",
        event_column="death",
        event_codes=("1",),
        time_zero="diagnosis",
    ),
)
"""The endpoints the demo opens with: one binary, one from a duration, the same one from two dates."""

DEMO_COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec("case_id", "text", "id"),
    ColumnSpec("patient_id", "text", "patient"),
    ColumnSpec("centre", "category", "centre"),
    ColumnSpec("age", "number", "predictor", recorded="at_imaging", unit="years"),
    ColumnSpec("sex", "category", "predictor", recorded="at_imaging"),
    ColumnSpec("stage", "ordered", "predictor", recorded="at_imaging", order=STAGES),
    ColumnSpec("diagnosis_date", "date", "ignore"),
    ColumnSpec("last_contact_date", "date", "outcome"),
    ColumnSpec("survival_days", "number", "outcome", unit="days"),
    ColumnSpec("death", "category", "outcome"),
    ColumnSpec("response", "category", "outcome"),
)
"""Type and role of each clinical column."""


@dataclass(frozen=True)
class DemoTruth:
    """What is true of the synthetic cohort; stored beside the images, never shown as clinical columns.

    Attributes
    ----------
    seed : int
    cases : DataFrame
        One row per sound case: case_id, heterogeneity, margin (standard normal), volume_ml, stage_step (0-3),
        centre, response_predictor (log-odds of non-response), hazard_predictor (log-hazard).
    broken : dict of str
        Kind of defect by case_id.
    response_coefficients, hazard_coefficients : dict of float
        Per standard deviation (stage: per step).
    response_auc : float
        AUC of the true predictor in this cohort: no model can be expected to do better.
    """

    seed: int
    cases: pd.DataFrame
    broken: dict[str, str]
    response_coefficients: dict[str, float]
    hazard_coefficients: dict[str, float]
    response_auc: float
    weibull_shape: float = WEIBULL_SHAPE

    @property
    def hazard_ratios(self) -> dict[str, float]:
        """Hazard ratio per standard deviation (stage: per step)."""
        return {name: float(np.exp(beta)) for name, beta in self.hazard_coefficients.items()}

    def save(self, folder: Path) -> None:
        """Write ``truth.json`` into the folder."""
        plain: dict[str, Any] = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        plain["cases"] = self.cases.to_dict(orient="records")
        plain["hazard_ratios"] = self.hazard_ratios
        check_place(folder)
        (folder / TRUTH_FILE).write_text(json.dumps(plain, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> DemoTruth:
        """Read ``truth.json`` of a demo folder."""
        plain = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
        plain.pop("hazard_ratios")
        return cls(**{**plain, "cases": pd.DataFrame(plain["cases"])})


def draw_patients(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Draw latent truth and outcomes of ``n`` patients.

    The latents are stratified normal scores made uncorrelated with each other, so that a small cohort
    carries the association it is meant to carry and volume carries none.

    Returns
    -------
    DataFrame, shape (n, ...)
        Latent columns of ``DemoTruth.cases`` (without case_id) and the clinical columns.
    """
    scores = _uncorrelated(np.column_stack([_normal_scores(rng, n) for _column in range(4)]))
    patients = pd.DataFrame(scores[:, :3], columns=["heterogeneity", "margin", "log_volume"])
    patients["volume_ml"] = 8.0 * np.exp(0.38 * patients.pop("log_volume").clip(-1.9, 1.9))
    patients["stage_step"] = _shares(n, STAGE_SHARES)[places(scores[:, 3])]
    patients["stage"] = np.asarray(STAGES)[patients["stage_step"]]
    patients["centre"] = np.asarray(("A", "B"))[rng.permutation(_shares(n, (1 - CENTRE_SHARE_B, CENTRE_SHARE_B)))]
    patients["age"] = np.clip(rng.normal(62, 11, n), 24, 89).round()
    patients.loc[patients.index[4::MISSING_AGE_EVERY], "age"] = np.nan
    patients["sex"] = np.where(rng.random(n) < 0.5, "F", "M")
    _add_response(patients, rng)
    _add_survival(patients, rng)
    return patients


def _normal_scores(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    from scipy.special import ndtri

    scores: NDArray[np.float64] = ndtri((rng.permutation(n) + rng.uniform(0.2, 0.8, n)) / n)
    return scores


def _uncorrelated(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gram-Schmidt on centred columns; each keeps unit variance."""
    centred = columns - columns.mean(axis=0)
    for i in range(centred.shape[1]):
        for j in range(i):
            centred[:, i] -= centred[:, j] * (centred[:, i] @ centred[:, j]) / (centred[:, j] @ centred[:, j])
    result: NDArray[np.float64] = centred / centred.std(axis=0)
    return result


def _shares(n: int, shares: tuple[float, ...]) -> NDArray[np.intp]:
    """Group of each of n sorted places, with the given shares."""
    edges = np.cumsum(shares)[:-1] * n
    groups: NDArray[np.intp] = np.searchsorted(edges, np.arange(n) + 0.5).astype(np.intp)
    return groups


def _predictor(patients: pd.DataFrame, coefficients: dict[str, float]) -> NDArray[np.float64]:
    step = patients["stage_step"] - patients["stage_step"].mean()
    terms = {"heterogeneity": patients["heterogeneity"], "margin": patients["margin"], "stage": step}
    return np.asarray(sum(beta * terms[name] for name, beta in coefficients.items()), dtype=float)


def _add_response(patients: pd.DataFrame, rng: np.random.Generator) -> None:
    log_odds = _predictor(patients, RESPONSE_COEFFICIENTS) - 0.3
    event = rng.random(len(patients)) < 1 / (1 + np.exp(-log_odds))
    patients["response_predictor"] = log_odds
    patients["response"] = np.where(event, "non-responder", "responder")


def _add_survival(patients: pd.DataFrame, rng: np.random.Generator) -> None:
    """Weibull time to death and uniform entry into a study that ends, set for about 35 % censoring."""
    n = len(patients)
    log_hazard = _predictor(patients, HAZARD_COEFFICIENTS)
    scale = MEDIAN_DAYS / np.log(2) ** (1 / WEIBULL_SHAPE)
    death_days = scale * (-np.log(rng.random(n)) * np.exp(-log_hazard)) ** (1 / WEIBULL_SHAPE)
    follow_up = rng.uniform(0.35, 1.65, n)
    follow_up_days = follow_up * np.quantile(death_days / follow_up, 1 - CENSORED_SHARE)
    days = np.maximum(np.minimum(death_days, follow_up_days), 14).round().astype(int)
    start = pd.Timestamp("2015-03-02") + pd.to_timedelta(rng.integers(0, 1400, n), unit="D")
    patients["hazard_predictor"] = log_hazard
    patients["survival_days"] = days
    patients["death"] = (death_days <= follow_up_days).astype(int)
    patients["diagnosis_date"] = start.strftime("%Y-%m-%d")
    patients["last_contact_date"] = (start + pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d")


def concordance_of(score: NDArray[np.float64], event: NDArray[np.bool_]) -> float:
    """AUC by counting pairs, ties half."""
    return float(concordances(score[None, :], event_pairs(event.astype(float)))[0])
