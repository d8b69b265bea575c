"""Whether lifelines gives what our own curves and log-rank tests give, and how long both take.

    python -m benchmarks.survival_libraries

On 30 cohorts of 120 cases with tied times: the largest difference of survival and its band and of the log-rank
statistic of three groups, and milliseconds a call.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from radiomics_core.survival.kaplan_meier import kaplan_meier
from radiomics_core.survival.log_rank import log_rank

N_COHORTS, N_CASES = 30, 120


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a call gives, and how long it took in milliseconds."""
    started = time.perf_counter()
    made = call()
    return made, (time.perf_counter() - started) * 1e3


def main() -> None:
    """Measure and print."""
    started = time.perf_counter()
    from lifelines import KaplanMeierFitter
    from lifelines.statistics import multivariate_logrank_test

    print(f"import of lifelines: {time.perf_counter() - started:.2f} s")
    rng, rows = np.random.default_rng(0), []
    for _cohort in range(N_COHORTS):
        days, event = np.ceil(rng.exponential(300, N_CASES)), (rng.random(N_CASES) < 0.6).astype(int)
        group = rng.integers(0, 3, N_CASES).astype(str)
        curve, curve_ms = timed(lambda d=days, e=event: kaplan_meier(d, e).table)  # type: ignore[misc]
        other, other_ms = timed(lambda d=days, e=event: KaplanMeierFitter().fit(d, e))  # type: ignore[misc]
        band = other.confidence_interval_.loc[curve["time"]].to_numpy()
        theirs = np.column_stack([other.survival_function_.loc[curve["time"]].to_numpy(), band])
        apart = float(np.nanmax(np.abs(theirs - curve[["survival", "low", "high"]].to_numpy())))
        test, test_ms = timed(lambda d=days, e=event, g=group: log_rank(d, e, g))  # type: ignore[misc]
        their_test, their_ms = timed(lambda d=days, e=event, g=group: multivariate_logrank_test(d, g, e))  # type: ignore[misc]
        rows.append([apart, curve_ms, other_ms, abs(test.statistic - their_test.test_statistic), test_ms, their_ms])
    worst, middle = np.max(rows, axis=0), np.median(rows, axis=0)
    print(f"Kaplan-Meier: apart {worst[0]:.1e}; ours {middle[1]:.1f} ms, lifelines {middle[2]:.1f} ms")
    print(f"log-rank: apart {worst[3]:.1e}; ours {middle[4]:.1f} ms, lifelines {middle[5]:.1f} ms")


if __name__ == "__main__":
    main()
