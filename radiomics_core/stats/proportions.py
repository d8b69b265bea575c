"""Limits of a proportion."""

from __future__ import annotations

import math

Z_95 = 1.959963984540054
"""Normal quantile of a two-sided 95 % interval."""


def wilson_limits(share: float, n: float, z: float = Z_95) -> tuple[float, float]:
    r"""Return the Wilson score interval of a share, within [0, 1].

    .. math:: \frac{p + z^2/2n \pm z \sqrt{p(1-p)/n + z^2/4n^2}}{1 + z^2/n}

    Parameters
    ----------
    share : float in [0, 1]
    n : float
        Cases behind the share; need not be whole, where a variance is worth that many.
    z : float
        Normal quantile of the level.

    References
    ----------
    Wilson, JASA 22 (1927) 209-212.
    """
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(centre - half, 0.0), min(centre + half, 1.0)
