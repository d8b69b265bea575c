"""A task is a row: a kind of endpoint that nobody wrote an analysis for runs through all of it once it has one."""

from dataclasses import replace

import numpy as np
import pytest

from radiomics_core.analysis import tasks
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.row_key import RowKey
from radiomics_core.analysis.run import analyse
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.tasks import BINARY, TASKS
from radiomics_core.cohort.endpoints import ContinuousEndpoint, EndpointValues
from radiomics_core.errors import EndpointError
from radiomics_core.evaluation.discrimination import Metric
from radiomics_core.evaluation.recalibration import Line, PredictionScale
from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice, Registry
from radiomics_core.selection import SELECTORS
from tests.simulated_analysis import make_data

SETTINGS = AnalysisSettings(folds=3, repeats=2, shuffles=3, inputs=("radiomics", "volume"))


class LeastSquares:
    def fit(self, features, target):
        self.weights = np.linalg.lstsq(np.column_stack([features, np.ones(len(features))]), target, rcond=None)[0]
        return self

    def predict(self, features):
        return features @ self.weights[:-1] + self.weights[-1]


class MostCorrelated:
    sizes = (2,)

    def rank(self, features, target, n_wanted, seed):
        return np.argsort(-np.abs(np.corrcoef(features.T, target)[-1, :-1]))[:n_wanted]


def table(what, name, build):
    return Registry(what, Choice(name=name, label=lazy_(name), build=build, tags={"continuous"}))


FAMILY = ModelFamily((ModelCandidate("", lambda seed: LeastSquares()),))
MADE_UP = replace(
    BINARY,
    name="continuous",
    metric=Metric("concordance", "continuous"),
    scale=PredictionScale("log_odds", lambda target, score: Line(1.0, 0.0), lambda target, s: np.zeros(len(s))),
    models=table("model", "least_squares", lambda: FAMILY),
    selectors=Registry("selector", *table("selector", "most_correlated", MostCorrelated), SELECTORS["none"]),
    plain_model="least_squares",
    quick_models=("least_squares",),
    quick_selectors=("most_correlated",),
    target=lambda values, patients: np.asarray(values.event, float),
    events=lambda values: values.event > np.median(values.event),
    threshold=None,
    probability=None,
    columns=("concordance", "low", "high"),
)


@pytest.fixture
def numbers():
    """Return data whose endpoint is a number that the second feature makes."""

    def make():
        data = make_data(n=60, p=8)
        noise = np.random.default_rng(1).normal(size=60)
        values = EndpointValues(
            ContinuousEndpoint(name="y", column="y"), data.case_ids, data.features["f1"] + 0.3 * noise
        )
        return replace(data, values=replace(values, event=np.asarray(values.event, float)))

    return make


def test_a_made_up_task_is_analysed_from_units_to_a_stored_result(numbers, monkeypatch, tmp_path):
    added = Choice(name="continuous", label=lazy_("Regression"), build=lambda: MADE_UP)
    monkeypatch.setattr(tasks, "TASKS", Registry("task", *TASKS, added))
    data = numbers()
    made = analyse(data, SETTINGS)
    made.save(tmp_path)
    again = Evaluation.load(tmp_path)
    rows = again.frame().set_index("inputs")
    assert again.headline_key == RowKey("radiomics", "most_correlated", "least_squares")
    assert rows.loc["radiomics", "concordance"] > 0.8 > 0.65 > rows.loc["volume", "concordance"]
    assert rows.loc["permuted", "concordance"] < 0.7
    assert rows.loc["radiomics", "permutation_p"] == 1 / 4
    # by hand: one fold's share of pairs in the right order
    fold = again.of(again.headline_key, "predictions").query("repeat == 0 and fold == 1")
    truth = fold["case_id"].map(dict(zip(data.case_ids, data.target, strict=True))).to_numpy()
    first, second = np.nonzero(truth[:, None] > truth[None, :])
    score = fold["score"].to_numpy()
    by_hand = np.mean((score[first] > score[second]) + 0.5 * (score[first] == score[second]))
    stored = again.of(again.headline_key, "folds").query("repeat == 0 and fold == 1")["value"].item()
    assert stored == pytest.approx(by_hand)


def test_a_kind_of_endpoint_without_a_task_is_refused_in_words(numbers):
    with pytest.raises(
        EndpointError, match=r"of kind continuous cannot be analysed yet\. Define one of these kinds: bin"
    ):
        numbers()
