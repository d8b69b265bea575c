import numpy as np
import pytest

from radiomics_core.evaluation.all_cases import all_cases, patient_correlation
from radiomics_core.evaluation.discrimination import AUC, HARRELL_C
from radiomics_core.stats.concordance import concordances


def two_groups(m, n):
    return AUC.pairs(np.repeat([1.0, 0.0], [m, n]))


@pytest.mark.parametrize("theta", [0.5, 0.8, 0.95])
def test_variance_of_an_auc_on_all_cases_is_newcombes(theta):
    m, n = 12, 30
    middle = (m + n) / 2 - 1
    wanted = theta * (1 - theta) / (m * n) * (1 + middle * ((1 - theta) / (2 - theta) + theta / (1 + theta)))
    assert all_cases(two_groups(m, n), np.arange(m + n)).variance(theta) == pytest.approx(wanted, rel=1e-12)


def test_variance_of_c_by_chance_is_that_of_simulated_random_scores():
    generator = np.random.default_rng(1)
    target = np.column_stack([generator.exponential(10, 60), generator.random(60) < 0.4])
    pairs = HARRELL_C.pairs(target)
    drawn = concordances(generator.normal(size=(4000, 60)), pairs)
    # the variance of 4,000 draws has a standard error of about 2 %
    assert all_cases(pairs, np.arange(60)).variance(0.5) == pytest.approx(np.var(drawn), rel=0.08)


def test_cases_that_always_go_together_count_as_their_patient():
    m, n, copies = 12, 20, 4
    once = all_cases(two_groups(m, n), np.arange(m + n)).variance(0.7)
    events, patient = np.repeat(np.repeat([1.0, 0.0], [m, n]), copies), np.repeat(np.arange(m + n), copies)
    together = all_cases(AUC.pairs(events), patient, correlation=1.0).variance(0.7)
    assert together == pytest.approx(once, rel=0.06)
    assert all_cases(AUC.pairs(events), patient, correlation=0.0).variance(0.7) < once / 3


def test_a_correlation_counts_by_its_root():
    # two patients of two cases, all comparable events against none: d is 2, 2, -2, -2; alone 16, together 4^2 + 4^2
    pairs, patient = AUC.pairs(np.array([1.0, 1.0, 0.0, 0.0])), np.array([0, 0, 1, 1])
    spreads = [all_cases(pairs, patient, correlation).spread for correlation in (0.0, 0.25, 1.0)]
    assert spreads == [16.0, 24.0, 32.0]


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_correlation_within_patients_is_found_again(share):
    generator = np.random.default_rng(2)
    patient = np.repeat(np.arange(300), 4)
    values = np.sqrt(share) * generator.normal(size=300)[patient] + np.sqrt(1 - share) * generator.normal(size=1200)
    strata = np.repeat([0, 1], 600)
    # another level per stratum is no correlation
    assert patient_correlation(values + 5 * strata, strata, patient) == pytest.approx(share, abs=0.06)


def test_one_case_per_patient_has_no_correlation():
    assert patient_correlation(np.arange(6.0), np.zeros(6, int), np.arange(6)) == 0.0
