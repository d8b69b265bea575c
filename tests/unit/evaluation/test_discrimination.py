import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from radiomics_core.errors import NotApplicableError
from radiomics_core.evaluation.discrimination import AUC, HARRELL_C, auc, harrell_c
from radiomics_core.stats.concordance import concordance_variance


def test_auc_is_the_hand_counted_share_of_ordered_pairs_with_ties_one_half():
    # events score 3, 1; others 2, 1: pairs 3>2, 3>1, 1<2, 1=1 -> 2.5 of 4
    assert auc([1, 1, 0, 0], [3, 1, 2, 1]) == pytest.approx(2.5 / 4)


def test_auc_agrees_with_sklearn():
    generator = np.random.default_rng(1)
    y, score = generator.integers(0, 2, 80), np.round(generator.normal(size=80), 1)
    assert auc(y, score) == pytest.approx(roc_auc_score(y, score), abs=1e-12)


def test_auc_of_one_class_is_refused_in_words():
    with pytest.raises(NotApplicableError, match="no two cases can be compared"):
        auc([1, 1], [0.1, 0.2])


def test_harrell_c_agrees_with_lifelines():
    from lifelines.utils import concordance_index

    generator = np.random.default_rng(2)
    time, event = np.round(generator.exponential(10, 60)), generator.integers(0, 2, 60)
    score = np.round(generator.normal(size=60), 1)
    # lifelines expects predicted survival, so the sign turns; it compares tied death times too (both events: skipped)
    assert harrell_c(time, event, score) == pytest.approx(concordance_index(time, -score, event), abs=2e-2)
    untied = np.arange(60) + generator.random(60) * 0.5
    assert harrell_c(untied, event, score) == pytest.approx(concordance_index(untied, -score, event), abs=1e-12)


def test_fold_with_fewer_than_ten_comparable_pairs_has_no_c_index():
    target = np.column_stack([[1.0, 2, 3, 4], [1, 1, 0, 0]])
    assert len(HARRELL_C.pairs(target)) == 5
    assert np.isnan(HARRELL_C.values(target, np.zeros((1, 4)))).all()


def test_concordance_variance_of_auc_is_delongs():
    from radiomics_core.evaluation.delong import delong_covariance

    generator = np.random.default_rng(3)
    y, score = generator.integers(0, 2, 30).astype(float), generator.normal(size=30)
    _aucs, covariance = delong_covariance(y, [score])
    assert concordance_variance(score, AUC.pairs(y)) == pytest.approx(covariance[0, 0], rel=1e-12)
