"""Large products of cases: the default run takes a covering part of them, ``--full`` takes all.

A test marked ``@pytest.mark.covering`` runs on so few of its cases that every two values of different parameters
still meet in one of them (pairwise covering, chosen greedily, always the same). ``covering(most=20)`` is for one long
list of values, a row of seeds say: twenty of them, spread evenly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, groupby
from typing import Any

Case = dict[str, Any]
Pair = tuple[tuple[str, str], ...]


def chosen(cases: Sequence[Case], most: int = 0) -> list[int]:
    """Return the positions of the cases that the default run takes.

    Parameters
    ----------
    cases : sequence of dict
        Value (its id) of each parameter.
    most : int
        At most this many, spread evenly, instead of a pairwise covering.
    """
    if most:
        return sorted({round(i * (len(cases) - 1) / max(most - 1, 1)) for i in range(most)})
    pairs = [_pairs(case) for case in cases]
    missing = set().union(*pairs)
    taken = []
    while missing:
        best = max(range(len(cases)), key=lambda i: (len(missing & pairs[i]), -i))
        taken.append(best)
        missing -= pairs[best]
    return sorted(taken)


def _pairs(case: Case) -> set[Pair]:
    values = sorted((name, str(value)) for name, value in case.items())
    return set(combinations(values, min(2, len(values))))


def left_out(items: Iterable[Any]) -> set[str]:
    """Return the node ids that a default run leaves out."""
    marked = [item for item in items if item.get_closest_marker("covering") and hasattr(item, "callspec")]
    out: set[str] = set()
    for _function, group in groupby(marked, key=lambda item: (item.path, item.originalname)):
        same = list(group)
        kept = chosen([_values(item) for item in same], same[0].get_closest_marker("covering").kwargs.get("most", 0))
        out |= {item.nodeid for position, item in enumerate(same) if position not in set(kept)}
    return out


def _values(item: Any) -> Case:
    """Return which value each parameter has, told apart by identity where it may be an array or a dict."""
    plain = (str, int, float, bool, tuple, type(None))
    return {
        name: repr(value) if isinstance(value, plain) else str(id(value))
        for name, value in item.callspec.params.items()
    }
