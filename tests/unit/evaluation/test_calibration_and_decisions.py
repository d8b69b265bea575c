import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from radiomics_core.errors import SettingsError
from radiomics_core.evaluation.calibration import calibration_groups, calibration_line
from radiomics_core.evaluation.decision import brier_score, net_benefit
from radiomics_core.evaluation.recalibration import as_probability, logistic_recalibration
from radiomics_core.evaluation.thresholds import decision_counts, youden_threshold
from radiomics_core.stats.proportions import wilson_limits


@pytest.fixture
def predictions():
    generator = np.random.default_rng(5)
    linear = generator.normal(0, 1.5, 400)
    event = (generator.random(400) < 1 / (1 + np.exp(-(0.5 + 0.6 * linear)))).astype(float)
    return event, linear, 1 / (1 + np.exp(-linear))


def test_calibration_slope_is_that_of_an_unpenalised_logistic_regression(predictions):
    event, linear, probability = predictions
    reference = LogisticRegression(C=np.inf, tol=1e-10).fit(linear[:, None], event)  # scikit-learn 1.9
    assert calibration_line(event, probability).slope == pytest.approx(reference.coef_[0, 0], rel=1e-5)


def test_calibration_intercept_makes_the_mean_prediction_right(predictions):
    event, linear, probability = predictions
    intercept = calibration_line(event, probability).intercept
    assert np.mean(1 / (1 + np.exp(-(linear + intercept)))) == pytest.approx(event.mean(), abs=1e-8)


def test_calibration_groups_count_every_case_once():
    groups = calibration_groups([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.8], n_groups=2)
    assert groups["n"].tolist() == [3, 3]
    assert groups["observed"].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert groups["predicted"].tolist() == pytest.approx([0.2, 0.7])


def test_wilson_limits_are_the_published_ones_for_81_of_263():
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
    assert wilson_limits(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_net_benefit_matches_hand_count():
    # 10 cases, 3 treated: 2 true, 1 false; odds at t=0.25 are 1/3
    y = [1, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    p = [0.9, 0.3, 0.25, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2]
    assert net_benefit(y, p, 0.25) == pytest.approx(2 / 10 - 1 / 30)


def test_net_benefit_refuses_a_threshold_of_one():
    with pytest.raises(SettingsError, match=r"threshold must lie in \(0, 1\)"):
        net_benefit([0, 1], [0.1, 0.9], 1.0)


def test_brier_score_matches_hand_count():
    assert brier_score([1, 0], [0.8, 0.4]) == pytest.approx((0.04 + 0.16) / 2)


def test_youden_threshold_separates_where_sensitivity_plus_specificity_is_largest():
    # at >= 3: sensitivity 2/3, specificity 2/2; at >= 1.5: 3/3 and 1/2
    assert youden_threshold([0, 1, 0, 1, 1], [1.0, 1.5, 2.0, 3.0, 4.0]) == 3.0


def test_decision_counts_match_hand_count():
    counts = decision_counts([1, 1, 1, 0, 0], [True, True, False, True, False])
    assert counts.shares == pytest.approx(
        {"sensitivity": 2 / 3, "specificity": 1 / 2, "ppv": 2 / 3, "npv": 1 / 2, "balanced_accuracy": 7 / 12}
    )


def test_share_without_a_denominator_is_missing_not_zero():
    assert np.isnan(decision_counts([1, 0], [False, False]).shares["ppv"])


def test_recalibrated_probabilities_have_the_training_event_rate(predictions):
    event, linear, _probability = predictions
    line = logistic_recalibration(event, linear)
    assert as_probability(line(linear)).mean() == pytest.approx(event.mean(), abs=1e-3)


def test_predictions_of_zero_and_one_count_as_a_millionth_from_them():
    event, sure = np.array([0.0, 1, 0, 1, 1, 0]), np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
    near = np.where(sure == 1, 1 - 1e-6, 1e-6)
    line = calibration_line(event, sure)
    assert np.isfinite([line.slope, line.intercept]).all()
    assert line == calibration_line(event, near)
