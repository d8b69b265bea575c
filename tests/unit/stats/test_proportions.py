import pytest

from radiomics_core.stats.proportions import wilson_limits


def test_wilson_limits_are_newcombes_published_ones():
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
    assert wilson_limits(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_limits(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson_limits(0 / 20, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson_limits(1 / 29, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
