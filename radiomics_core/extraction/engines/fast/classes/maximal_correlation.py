"""Maximal correlation: the second largest singular value of p(i, j) / sqrt(p_x(i) p_y(j)). The largest is 1.

Levels that are nobody's neighbour but their own split the matrix into parts, each with a largest singular value of 1;
with two parts or more the answer is 1 and nothing needs to be decomposed. That is the rule in small neighbourhoods.

pyradiomics adds 2.2e-16 to p_x(i) p_y(j) against division by zero. Among a million pairs that is felt: levels that
occur once have a product of 1e-12, and the answer falls by up to some 1e-4. It is added here too.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.formulas import Values
from radiomics_core.extraction.engines.fast.matrices.glcm import count_parts
from radiomics_core.extraction.engines.fast.matrices.pairs import Pairs

Indices = NDArray[np.int64]

LARGEST_MATRIX = 512
"""With more levels the matrix of a direction is not made; its singular value is found by iteration."""
MATRIX_CELLS = 2**22
"""Size of the matrices decomposed at once."""
EPS = np.spacing(1.0)
TOLERANCE = 1e-9
ROUNDING = 1e-13
WIDTH_STEP = 4
"""Matrices are filled up with zeros to multiples of this width, so that many are decomposed in one call."""

_ONE_AT_A_TIME = threading.Lock()
"""The limit is the whole process's: of two threads that overlap, the second would put back the first one's limit."""


def maximal_correlation(joint: Values, first: Values, second: Values, pairs: Pairs) -> Values:
    """Return the maximal correlation per member and direction; 0 with a single level or without pairs.

    Parameters
    ----------
    joint, first, second : array, shape (batch, directions, n)
        Shares of pairs, and of levels as first and second of a pair; ``second is first`` when pairs are symmetrical.
    pairs : Pairs
        Which pairs the shares belong to.
    """
    if pairs.rows is None or pairs.columns is None:
        matrices = joint.reshape(*first.shape, first.shape[2]) / np.sqrt(first[..., None] * second[..., None, :] + EPS)
        return _second_singular_value(matrices, symmetrical=second is first)
    rows, columns, size = _flat(pairs.rows), _flat(pairs.columns), first.shape[2]
    products = np.take_along_axis(_flat(first), rows, 1) * np.take_along_axis(_flat(second), columns, 1)
    scaled = _flat(joint) / np.sqrt(products + EPS)
    parts = count_parts(scaled, rows, columns, size)
    known = (parts > 1) & ~_felt(products)
    values = np.where(known, 1.0, 0.0)
    whole = np.flatnonzero((parts > 0) & ~known)
    if size > LARGEST_MATRIX:
        found = [_by_iteration(scaled[m], rows[m], columns[m], _flat(first)[m], _flat(second)[m]) for m in whole]
        values[whole] = found
    else:
        values[whole] = _of_lists(scaled[whole], rows[whole], columns[whole], symmetrical=second is first)
    return values.reshape(first.shape[:2])


def _of_lists(scaled: Values, rows: Indices, columns: Indices, symmetrical: bool) -> Values:
    """Fill matrices from lists of their elements, grouped by width, and decompose them."""
    values = np.zeros(len(scaled))
    widths = np.maximum(rows, columns).max(axis=1, initial=0) // WIDTH_STEP * WIDTH_STEP + WIDTH_STEP
    for width in np.unique(widths):
        members = np.flatnonzero(widths == width)
        for some in np.array_split(members, -(-len(members) * width**2 // MATRIX_CELLS)):
            places = np.arange(len(some))[:, None] * width**2 + rows[some] * width + columns[some]
            cells = np.bincount(places.ravel(), scaled[some].ravel(), len(some) * width**2).astype(np.float64)
            values[some] = _second_singular_value(cells.reshape(-1, width, width), symmetrical)
    return values


def _second_singular_value(matrices: Values, symmetrical: bool) -> Values:
    with _ONE_AT_A_TIME, _linear_algebra_libraries().limit(limits=1):  # more cost more than they save on small matrices
        if symmetrical:
            return np.asarray(np.sort(np.abs(np.linalg.eigvalsh(matrices)), axis=-1)[..., -2])
        return np.asarray(np.linalg.svd(matrices, compute_uv=False)[..., 1])


@lru_cache
def _linear_algebra_libraries() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _by_iteration(scaled: Values, rows: Indices, columns: Indices, first: Values, second: Values) -> float:
    """Take the largest singular value away, whose vectors are known, and find what is largest then."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import LinearOperator, eigsh

    if scaled @ scaled - 1 < ROUNDING:  # the squares of all singular values but the largest
        return 0.0
    size, left, right = len(first), np.sqrt(first), np.sqrt(second)
    matrix = csr_array((scaled, (rows, columns)), shape=(size, size))
    transposed = matrix.T.tocsr()

    def squared(vector: Values) -> Values:
        image = matrix @ vector - left * (right @ vector)
        return np.asarray(transposed @ image - right * (left @ image))

    operator = LinearOperator((size, size), matvec=squared, dtype=np.float64)
    start = np.random.default_rng(0).normal(size=size)
    value = eigsh(operator, k=1, which="LA", v0=start, tol=TOLERANCE, return_eigenvectors=False)[0]
    return float(np.sqrt(max(value, 0.0)))


def _felt(products: Values) -> Any:
    """Return in which matrices the addition changes the answer."""
    return np.where(products > 0, products, 1.0).min(axis=1, initial=1.0) < EPS / TOLERANCE


def _flat(values: NDArray[Any]) -> NDArray[Any]:
    """Join batch and directions."""
    return values.reshape(values.shape[0] * values.shape[1], values.shape[2])
