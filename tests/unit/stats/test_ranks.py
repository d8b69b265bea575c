import numpy as np
import pytest

from radiomics_core.stats.ranks import column_ranks, places, unit_ranks


def test_missing_values_have_no_rank_and_ties_are_counted():
    ranks, ties = column_ranks(np.array([[3.0], [np.nan], [3.0], [1.0]]))
    assert ranks[:, 0].tolist() == pytest.approx([2.5, np.nan, 2.5, 1.0], nan_ok=True)
    assert ties.tolist() == [2**3 - 2]


def test_products_of_unit_ranks_are_spearmans_correlation_and_a_constant_has_none():
    # ranks 1 2 3 4 and 1 3 2 4: rho = 1 - 6 * 2 / (4 * 15)
    unit = unit_ranks(np.array([[1.0, 10.0, 5.0], [2.0, 30.0, 5.0], [3.0, 20.0, 5.0], [4.0, 99.0, 5.0]]))
    assert unit[:, 0] @ unit[:, 1] == pytest.approx(0.8)
    assert np.isnan(unit[:, 2]).all()


def test_places_count_from_nothing_in_rising_order():
    assert places([30.0, 10.0, 20.0]).tolist() == [2, 0, 1]
