"""What may be called a full analysis."""

import pytest

from radiomics_core.analysis.settings import mode_for


@pytest.mark.parametrize(
    ("repeats", "shuffles", "mode"), [(10, 199, "full"), (9, 199, "quick"), (10, 198, "quick"), (50, 999, "full")]
)
def test_an_analysis_is_full_from_ten_repeats_and_199_shuffles_on(repeats, shuffles, mode):
    assert mode_for(repeats, shuffles) == mode
