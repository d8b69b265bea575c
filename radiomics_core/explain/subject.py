"""What is explained: one row of an analysis, with all that is needed to refit its folds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.lattice import FittedCandidate, fit_candidates
from radiomics_core.analysis.matrix import EncodedBlock, encode_block
from radiomics_core.analysis.method_settings import configured
from radiomics_core.analysis.nested import recipes_of
from radiomics_core.analysis.row_key import RowKey
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.task import Task
from radiomics_core.errors import NotApplicableError
from radiomics_core.evaluation.recalibration import Line
from radiomics_core.i18n import LazyText, lazy_

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Subject:
    """One row and the folds it was fitted in.

    Attributes
    ----------
    data : AnalysisData
    settings : AnalysisSettings
        Of the analysis.
    inputs : str
    predictions : DataFrame
        Columns ``repeat, case_id, fold, score``; this row only.
    folds : DataFrame
        Columns ``repeat, fold, recipe, candidate, slope, offset``; this row only.
    """

    data: AnalysisData
    settings: AnalysisSettings
    inputs: str
    predictions: pd.DataFrame
    folds: pd.DataFrame

    def __post_init__(self) -> None:
        if self.data.blocks[self.inputs].kind == "combined":
            raise NotApplicableError(
                lazy_("a combined model is explained by its parts: a clinical model and a rad-score"),
                remedy=lazy_("Explain the radiomics or the clinical inputs"),
            )

    @property
    def task(self) -> Task:
        """The task of the endpoint, with the tools its models are built from."""
        return configured(self.data.task, self.settings)

    @property
    def repeats(self) -> list[int]:
        """Numbers of the stored repeats."""
        return sorted(int(r) for r in self.folds["repeat"].unique())


@dataclass(frozen=True)
class RefittedFold:
    """A model refitted in one outer fold, with the cases it never saw.

    Attributes
    ----------
    fitted : FittedCandidate
    block : EncodedBlock
    training, held_out : array of int
        Positions of cases.
    stored : DataFrame
        Stored predictions of the held-out cases, in the order of ``held_out``.
    line : Line
        Stored recalibration of the fold: from the score to log-odds or log-hazards.
    """

    fitted: FittedCandidate
    block: EncodedBlock
    training: NDArray[np.intp]
    held_out: NDArray[np.intp]
    stored: pd.DataFrame
    line: Line

    @property
    def features(self) -> list[str]:
        """Names of the features the model uses."""
        return [self.block.names[i] for i in self.fitted.columns[self.fitted.chosen]]


def subject_of(data: AnalysisData, evaluation: Evaluation, row: RowKey | None = None) -> Subject:
    """Return one row of an analysis (default: the headline) for explanation."""
    key = row or evaluation.headline_key
    folds = evaluation.of(key, "folds")
    if folds.empty:
        raise NotApplicableError(lazy_("the result has no row '{row}'"), row=str(key))
    return Subject(data, evaluation.settings, key.inputs, evaluation.of(key, "predictions"), folds)


def refit(subject: Subject, repeat: int, fold: int) -> RefittedFold:
    """Refit the pipeline of one outer fold from the stored split.

    Raises
    ------
    NotApplicableError
        When the refitted model does not give the stored predictions: the data, the code or a library changed.
    """
    data = subject.data
    if "slope" not in subject.folds:
        raise _refusal(lazy_("the stored result is of an earlier version, without recalibrated predictions"))
    chosen = subject.folds[(subject.folds["repeat"] == repeat) & (subject.folds["fold"] == fold)].iloc[0]
    of_repeat = subject.predictions[subject.predictions["repeat"] == repeat].set_index("case_id")
    missing = [case_id for case_id in data.case_ids if case_id not in of_repeat.index]
    if missing or len(of_repeat) != data.n:
        raise _refusal(lazy_("the cases are not those of the stored result"))
    of_repeat = of_repeat.loc[list(data.case_ids)]
    outside = of_repeat["fold"].to_numpy() == fold
    block = encode_block(data, data.blocks[subject.inputs])
    candidates = _candidates(subject, block, ~outside, str(chosen["recipe"]), (repeat, 0, fold))
    fitted = next((f for f in candidates if f.candidate.label == chosen["candidate"]), None)
    if fitted is None:
        raise _refusal(lazy_("the pipeline of the stored result no longer exists"))
    stored = of_repeat[outside]
    score = fitted.score(block.values[outside])
    if not np.allclose(score, stored["score"].to_numpy(float), rtol=1e-6, atol=1e-8):
        raise _refusal(lazy_("the refitted model does not give the stored predictions"))
    line = Line(float(chosen["slope"]), float(chosen["offset"]))
    return RefittedFold(fitted, block, np.flatnonzero(~outside), np.flatnonzero(outside), stored, line)


def _candidates(
    subject: Subject, block: EncodedBlock, training: NDArray[np.bool_], recipe_name: str, key: tuple[int, ...]
) -> Iterator[FittedCandidate]:
    recipes = recipes_of(subject.data, subject.settings, subject.inputs, subject.task)
    wanted = [recipe for recipe in recipes if recipe.name == recipe_name]
    return fit_candidates(
        block, subject.data.target, training, wanted, subject.task, seed=subject.settings.seed, key=key
    )


def _refusal(problem: LazyText) -> NotApplicableError:
    return NotApplicableError(problem, remedy=lazy_("Run the analysis again, then explain it"))
