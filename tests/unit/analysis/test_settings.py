"""What may be called a full analysis."""

import pytest

from radiomics_core.analysis.settings import AnalysisSettings, inputs_in_order, mode_for


@pytest.mark.parametrize(
    ("repeats", "shuffles", "mode"), [(10, 199, "full"), (9, 199, "quick"), (10, 198, "quick"), (50, 999, "full")]
)
def test_an_analysis_is_full_from_ten_repeats_and_199_shuffles_on(repeats, shuffles, mode):
    assert mode_for(repeats, shuffles) == mode


def test_a_name_given_twice_is_the_same_settings():
    once, twice = AnalysisSettings(models=("lda",)), AnalysisSettings(models=("lda", "lda"))
    assert once.digest() == twice.digest()
    assert AnalysisSettings.from_dict(once.to_dict()) == once


def test_the_default_inputs_named_in_any_order_are_the_default_settings():
    offered, default = ["radiomics", "CT", "clinical"], ["radiomics", "clinical"]
    assert inputs_in_order(["clinical", "radiomics"], offered, default) == ()
    assert inputs_in_order(["clinical", "CT"], offered, default) == ("CT", "clinical")
