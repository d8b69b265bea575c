from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from radiomics_core.analysis import nested, run
from radiomics_core.analysis.assemble import assemble
from radiomics_core.analysis.details import (
    calibration,
    confidently_wrong,
    decision_curve,
    decisions,
    roc_points,
    selection_frequency,
)
from radiomics_core.analysis.evaluation import STORED_FRAMES, Evaluation
from radiomics_core.analysis.nested import UnitResult
from radiomics_core.analysis.notes import worded
from radiomics_core.analysis.row_key import KEY
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import assign_folds
from radiomics_core.analysis.tasks import BINARY
from radiomics_core.errors import SettingsError
from radiomics_core.evaluation.multiplicity import holm
from radiomics_core.evaluation.recalibration import LOG_ODDS
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice, Registry
from radiomics_core.selection import SELECTORS
from tests.simulated_analysis import make_data

SMALL = AnalysisSettings(repeats=2, shuffles=3, selectors=("anova", "mrmr"), models=("logistic_ridge", "naive_bayes"))


ONE = AnalysisSettings(repeats=1, shuffles=1, selectors=("anova",), models=("logistic_ridge",))


def run_all(data, settings):
    return [run.run_unit(data, settings, unit) for unit in run.units_of_work(data, settings)]


def compare(data, settings) -> Evaluation:
    return run.assemble(data, settings, run_all(data, settings))


@pytest.fixture(scope="module")
def data():
    return make_data(n=60, p=30, signal=2.0, clinical=True, centres=True)


@pytest.fixture(scope="module")
def results(data):
    return run_all(data, SMALL)


@pytest.fixture(scope="module")
def evaluation(data, results):
    return run.assemble(data, SMALL, results)


def test_frame_has_the_columns_of_the_compare_command_and_every_kind_of_row(evaluation):
    frame = evaluation.frame()
    wanted = ["inputs", "selector", "model", "headline", "auc", "auc_low", "auc_high", "interval", "n", "events"]
    assert list(frame.columns[:10]) == wanted
    assert "n_permutations" in frame
    assert set(frame["inputs"]) == {
        "radiomics",
        "clinical",
        "volume",
        "combined",
        "centre",
        "permuted",
        "leave_one_centre_out",
    }
    assert frame["headline"].sum() == 1
    assert frame.loc[frame["headline"], "interval"].item() == "nested_cv"
    pipelines = frame[(frame["inputs"] == "radiomics") & (frame["selector"] != "chosen_inside")]
    assert len(pipelines) == 4
    assert set(pipelines["interval"]) == {"nested_cv"}
    assert set(frame.loc[frame["interval"] == "nested_cv", "estimate"]) == {"all_cases"}


def test_headline_is_the_mean_of_within_fold_aucs_moved_on_to_training_with_all_cases(evaluation, data):
    event = dict(zip(data.case_ids, data.target, strict=True))
    part = evaluation.of(evaluation.headline_key, "predictions")
    folds = [roc_auc_score(one["case_id"].map(event), one["score"]) for _key, one in part.groupby(["repeat", "fold"])]
    assert evaluation.headline["fold_mean"] == pytest.approx(np.mean(folds), abs=1e-12)
    inner = evaluation.of(evaluation.headline_key, "inner")["value"]
    moved = np.mean(folds) + 3 / 5 * (np.mean(folds) - inner.mean())
    assert evaluation.headline["value"] == pytest.approx(min(moved, 1.0), abs=1e-12)


def test_every_case_is_held_out_once_in_every_repeat_of_every_row(evaluation, data):
    counts = evaluation.predictions.groupby([*KEY, "repeat"])["case_id"].agg(["size", "nunique"])
    assert (counts == data.n).all().all()


def test_volume_row_is_a_plain_logistic_regression_refitted_in_each_fold(evaluation, data):
    """Second program: scikit-learn 1.9, one column, the stored splits."""
    column, y = data.features["f29"].to_numpy(), data.target
    expected = []
    for repeat in range(2):
        folds = assign_folds(data, 5, SMALL.seed, repeat)
        for fold in range(5):
            training = folds != fold
            model = LogisticRegression(C=np.inf).fit(column[training, None], y[training])
            expected.append(roc_auc_score(y[~training], model.decision_function(column[~training, None])))
    row = evaluation.rows.set_index("inputs").loc["volume"]
    assert row["value"] == pytest.approx(np.mean(expected), abs=1e-9)


def test_permuted_row_is_the_band_of_the_shuffles_with_its_p(evaluation):
    row = evaluation.rows.set_index("inputs").loc["permuted"]
    assert row["n_permutations"] == 3
    assert row["permutation_p"] == pytest.approx(1 / 4)
    assert row["low"] <= row["value"] <= row["high"]
    assert abs(row["value"] - 0.5) < 0.15


def test_best_pipeline_is_labelled_with_a_corrected_figure_beside_it(evaluation):
    best = evaluation.rows[evaluation.rows["best_of_k"] & (evaluation.rows["inputs"] == "radiomics")]
    assert len(best) == 1
    assert worded(best["note"].item()).startswith("best of 4, optimistic; corrected 0.")
    assert 0.4 < best["bias_corrected"].item() <= best["value"].item() + 0.05


def test_differences_are_paired_by_fold_and_worded(evaluation):
    table = evaluation.differences.set_index("name")
    assert set(table["interval"]) == {"nadeau_bengio"}
    folds = evaluation.folds.set_index(["repeat", "fold"])
    combined = folds[folds["inputs"] == "combined"]["value"]
    clinical = folds[folds["inputs"] == "clinical"]["value"]
    assert table.loc["combined - clinical", "difference"] == pytest.approx((combined - clinical).mean())
    assert table["verdict"].tolist() == ["not shown to add", *["descriptive"] * 3]  # 3 shuffles decide nothing
    others = table.iloc[1:]
    assert others["p_holm"].to_numpy() == pytest.approx(holm(others["p"]))
    assert table["p_holm"].isna().tolist() == [True, False, False, False]
    assert table["primary"].tolist() == [True, False, False, False]


def test_block_without_columns_is_a_row_that_says_why():
    rows = compare(make_data(n=40, p=8), ONE).rows.set_index("inputs")
    assert rows.loc["clinical", "interval"] == "not_applicable"
    assert "no clinical column is marked as a predictor" in worded(rows.loc["clinical", "note"])


def test_saved_evaluation_loads_equal(evaluation, tmp_path):
    evaluation.save(tmp_path / "e")
    loaded = Evaluation.load(tmp_path / "e")
    for name in STORED_FRAMES:
        pd.testing.assert_frame_equal(getattr(loaded, name), getattr(evaluation, name), check_dtype=False)
    assert (loaded.settings, loaded.meta, loaded.findings) == (
        evaluation.settings,
        evaluation.meta,
        evaluation.findings,
    )


def test_unit_result_survives_its_part_files(results, tmp_path):
    result = results[0]
    result.save(tmp_path / "part")
    loaded = UnitResult.load(tmp_path / "part")
    assert loaded.unit == result.unit
    for name, frame in result.frames.items():
        pd.testing.assert_frame_equal(loaded.frames[name], frame, check_dtype=False)


def test_a_fold_in_which_the_selector_finds_nothing_counts_one_half():
    data = make_data(n=60, p=10)
    settings = AnalysisSettings(repeats=1, shuffles=0, selectors=("nothing",), models=("logistic_ridge",))
    row = Choice(name="nothing", label=lazy_("x"), build=FindsNothing, tags={"binary"})
    tools = replace(BINARY, selectors=Registry("selector", row, SELECTORS["none"]))
    units = nested.units_of_work(data, settings)
    evaluation = assemble(data, settings, [nested.run_unit(data, settings, u, tools) for u in units])
    assert evaluation.headline["value"] == 0.5
    assert "RX506" in {finding.code for finding in evaluation.findings}


def test_a_score_that_says_nothing_gives_every_case_the_event_rate_and_a_finding(data):
    settings = AnalysisSettings(repeats=1, shuffles=0, selectors=("anova",), models=("logistic_ridge",), interval=False)
    unit = nested.units_of_work(data, settings)[0]
    made = nested.run_unit(data, settings, unit, BINARY)
    against = replace(BINARY, scale=replace(LOG_ODDS, line=lambda y, s: LOG_ODDS.line(1 - y, s)))
    flat = nested.run_unit(data, settings, unit, against)
    evaluation = assemble(data, settings, [flat])
    part = evaluation.of(evaluation.headline_key, "predictions")
    assert part.groupby("fold")["probability"].agg(np.ptp).max() < 1e-12
    assert evaluation.headline["value"] > 0.7  # the order of the scores is another matter
    assert "RX510" in {finding.code for finding in evaluation.findings}
    assert "RX510" not in {finding.code for finding in assemble(data, settings, [made]).findings}


class FindsNothing:
    sizes = (5,)

    def rank(self, features, target, n_wanted, seed):
        return np.array([], dtype=np.intp)


def test_results_do_not_depend_on_the_order_of_units(data, results, evaluation):
    pd.testing.assert_frame_equal(run.assemble(data, SMALL, results[::-1]).rows, evaluation.rows)


def test_two_workers_give_the_numbers_of_one(data):
    from joblib import Parallel, delayed

    work = (delayed(run.run_unit)(data, ONE, unit) for unit in run.units_of_work(data, ONE))
    both = run.assemble(data, ONE, Parallel(n_jobs=2)(work))
    alone = compare(data, ONE)
    pd.testing.assert_frame_equal(both.rows, alone.rows, check_exact=True)
    pd.testing.assert_frame_equal(both.centres, alone.centres, check_exact=True)


def test_cost_counts_every_fit(data):
    settings = AnalysisSettings(repeats=2, shuffles=3, selectors=("anova",), models=("logistic_ridge",))
    estimate = run.estimate_cost(data, settings)
    # real: 25 sets x (9 candidates + clinical, volume, centre) x 2 repeats; shuffles: 15 sets x 9 x 2 x 3;
    # each of 2 centres held out: 5 folds to tune in, and once without
    assert estimate.n_fits == 25 * 12 * 2 + 15 * 9 * 6 + 2 * 6 * 9
    assert estimate.minutes > 0


def test_unknown_inputs_name_the_known_ones(data):
    with pytest.raises(SettingsError, match=r"unknown inputs PET\. Available: radiomics"):
        run.units_of_work(data, AnalysisSettings(inputs=("PET",)))


def test_survival_selector_is_refused_for_a_binary_endpoint(data):
    settings = AnalysisSettings(repeats=1, shuffles=0, selectors=("cox_score",))
    with pytest.raises(SettingsError, match="selector 'cox_score' does not serve a binary endpoint"):
        run.run_unit(data, settings, run.units_of_work(data, settings)[0])


def test_views_of_a_row_agree_with_its_predictions(evaluation, data):
    curve = roc_points(evaluation)
    assert curve["true_positive_rate"].is_monotonic_increasing
    assert curve["true_positive_rate"].iloc[-1] == 1.0
    area = np.trapezoid(curve["true_positive_rate"], curve["false_positive_rate"])
    assert area == pytest.approx(evaluation.headline["fold_mean"], abs=0.06)
    shares = decisions(evaluation).set_index("measure")
    assert shares.loc["balanced_accuracy", "value"] == pytest.approx(
        (shares.loc["sensitivity", "value"] + shares.loc["specificity", "value"]) / 2
    )
    assert set(shares["interval"]) == {"wilson_folds"}
    assert calibration(evaluation).groups["n"].sum() == data.n
    assert (decision_curve(evaluation)["treat_none"] == 0).all()


def test_the_feature_with_the_signal_is_chosen_most_often(evaluation):
    top = selection_frequency(evaluation).iloc[0]
    assert (top["feature"], top["share"]) == ("f1", 1.0)


def test_confidently_wrong_cases_are_on_the_wrong_side(evaluation):
    wrong = confidently_wrong(evaluation)
    high, low = wrong[wrong["side"] == "high_without_event"], wrong[wrong["side"] == "low_with_event"]
    assert (high["event"] == 0).all()
    assert (high["percentile"] > 0.5).all()
    assert (low["event"] == 1).all()
    assert (low["percentile"] < 0.5).all()


def test_a_declared_headline_that_is_not_there_is_refused_not_replaced():
    data = make_data(n=40, p=5, clinical=True)
    for primary in ("combined", "volum"):
        settings = AnalysisSettings(primary=primary, shuffles=0)
        with pytest.raises(SettingsError, match="cannot be the headline"):
            nested.units_of_work(data, settings)


def test_without_clinical_columns_no_difference_is_primary():
    data = make_data(n=40, p=5)
    settings = AnalysisSettings(repeats=1, shuffles=0, interval=False, selectors=("anova",), models=("logistic_ridge",))
    results = [nested.run_unit(data, settings, unit, BINARY) for unit in nested.units_of_work(data, settings)]
    table = assemble(data, settings, results).differences
    assert table["name"].tolist() == ["radiomics - volume"]
    assert not table["primary"].any()
