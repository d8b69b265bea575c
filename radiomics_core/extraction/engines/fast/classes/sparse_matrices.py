"""Many matrices of counts, each kept as the list of its entries that are not 0.

A matrix of grey levels by run lengths or zone sizes is mostly empty; of a list the work and the memory grow with what
there is to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.formulas import Values

EPS = np.spacing(1.0)


@dataclass(frozen=True, eq=False)
class SparseMatrices:
    """Entries of matrices P(i, j), or of their sums over rows or columns.

    Attributes
    ----------
    matrices : int
        How many matrices there are; some may have no entry.
    matrix : array of int, shape (entries,)
        To which matrix an entry belongs, ascending.
    i, j : arrays of float64, shape (entries,)
        Grey level (ascending within a matrix); run length or zone size.
    count : array of float64, shape (entries,)
        P(i, j).
    """

    matrices: int
    matrix: NDArray[Any]
    i: Values
    j: Values
    count: Values

    def sums(self, terms: Values) -> Values:
        """Add the terms of each matrix, one per entry; shape (matrices,)."""
        return np.bincount(self.matrix, terms, self.matrices).astype(np.float64, copy=False)

    def mean(self, terms: Values) -> Values:
        """Average terms over what was counted: the sum of p(i, j) times term; shape (matrices,)."""
        return self.sums(self.share * terms)

    def variance(self, terms: Values) -> Values:
        """Average the squared distance of terms from their mean; shape (matrices,)."""
        return self.mean((terms - self.mean(terms)[self.matrix]) ** 2)

    def entropy(self) -> Values:
        """Return the sum of - p log2(p + epsilon); shape (matrices,)."""
        return self.mean(-np.log2(self.share + EPS))

    @cached_property
    def total(self) -> Values:
        """Sum of P(i, j) of each matrix, shape (matrices,)."""
        return self.sums(self.count)

    @cached_property
    def share(self) -> Values:
        """p(i, j): part of an entry in the total of its matrix."""
        return self.count / self.total[self.matrix]

    @cached_property
    def of_i(self) -> SparseMatrices:
        """Sums over j."""
        is_first = np.ones(len(self.i), bool)
        is_first[1:] = (self.matrix[1:] != self.matrix[:-1]) | (self.i[1:] != self.i[:-1])
        first = np.flatnonzero(is_first)
        i, count = self.i[first], np.add.reduceat(self.count, first)
        return SparseMatrices(self.matrices, self.matrix[first], i, np.zeros_like(i), count)

    @cached_property
    def of_j(self) -> SparseMatrices:
        """Sums over i."""
        width = int(self.j.max(initial=0.0)) + 1
        cell = self.matrix * width + self.j.astype(np.int64)
        cells = np.bincount(cell, self.count, self.matrices * width).astype(np.float64, copy=False)
        filled = np.flatnonzero(cells)
        matrix, j = np.divmod(filled, width)
        return SparseMatrices(self.matrices, matrix, np.zeros(len(j)), j.astype(np.float64), cells[filled])
