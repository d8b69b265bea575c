import numpy as np
import pytest

from radiomics_core.errors import SettingsError
from radiomics_core.features.screens import SCREENS, CorrelationFilterSettings, NearConstantSettings


def test_near_constant_removes_repeated_values_and_missing_columns_only():
    features = np.column_stack([np.arange(20.0), np.r_[np.zeros(19), 1.0], np.r_[np.arange(10.0), np.full(10, np.nan)]])
    settings = NearConstantSettings(max_same_share=0.9, max_missing_share=0.3)
    assert SCREENS.build("near_constant", settings).keep(features).tolist() == [0]


def test_near_constant_keeps_a_column_just_below_the_share():
    features = np.r_[np.zeros(18), 1.0, 2.0][:, None]
    assert SCREENS.build("near_constant").keep(features).tolist() == [0]


def test_correlation_filter_keeps_the_first_of_a_set():
    generator = np.random.default_rng(0)
    base, other = generator.normal(size=(2, 50))
    features = np.column_stack([base, np.exp(base), -base, other])
    assert SCREENS.build("correlation_filter").keep(features).tolist() == [0, 3]


def test_variance_floor_removes_a_constant():
    features = np.column_stack([np.full(10, 5.0), np.arange(10.0)])
    assert SCREENS.build("variance_floor").keep(features).tolist() == [1]


def test_threshold_above_one_is_refused():
    with pytest.raises(SettingsError, match="threshold must lie"):
        CorrelationFilterSettings(threshold=1.5)
