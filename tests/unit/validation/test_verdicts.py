"""What a difference may be called: only the primary comparison can say that something adds."""

import pytest

from radiomics_core.validation.rows import verdict


@pytest.mark.parametrize(
    ("low", "high", "p_holm", "primary", "said"),
    [
        (0.01, 0.2, 0.03, True, "adds"),
        (0.01, 0.2, 0.20, True, "adds"),
        (0.01, 0.2, 0.001, False, "not shown to add"),
        (-0.01, 0.2, 0.001, True, "not shown to add"),
        (-0.2, -0.01, 0.2, True, "performs worse"),
        (-0.2, -0.01, 0.001, False, "performs worse"),
        (-0.2, -0.01, 0.06, False, "not shown to add"),
    ],
)
def test_only_the_primary_comparison_adds_and_by_its_interval(low, high, p_holm, primary, said):
    assert verdict(low, high, p_holm, primary=primary) == said
