"""Nested cross-validation in units of work: pure, picklable, and the same whatever process runs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.analysis import centres
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.lattice import Lattice, fit_lattice
from radiomics_core.analysis.matrix import EncodedBlock, encode_block
from radiomics_core.analysis.method_settings import configured
from radiomics_core.analysis.procedure import (
    HeldOut,
    Stack,
    held_out_value,
    one_per_patient,
    positions_of,
    run_procedure,
)
from radiomics_core.analysis.recipe import CHOSEN_INSIDE, STACKED, Recipe
from radiomics_core.analysis.row_key import KEY, RowKey
from radiomics_core.analysis.settings import AUTOMATIC, AnalysisSettings
from radiomics_core.analysis.splits import assign_folds, keyed_seed, seed_number, shuffle_positions, usable_folds
from radiomics_core.analysis.task import Task
from radiomics_core.errors import SettingsError
from radiomics_core.evaluation.recalibration import Line
from radiomics_core.i18n import lazy_
from radiomics_core.settings import Settings

__all__ = ["Unit", "UnitResult", "keyed_seed", "recipes_of", "run_unit", "units_of_work"]

METHOD_VERSION = "10"
FRAMES = ("predictions", "folds", "inner", "chosen")
EVERYTHING, RADIOMICS = "everything", "radiomics"
"""What a shuffle moves: all columns of some inputs, or the radiomics columns of the combined ones alone."""
SHUFFLED_CASES = [*KEY, "moved", "repeat", "shuffle", "case_id", "percentile"]
LOW_DIMENSIONAL = ("clinical", "volume", "centre")


@dataclass(frozen=True, kw_only=True)
class Unit(Settings):
    """One piece of an analysis: some inputs in one repeat, as they are or shuffled, or with one centre held out.

    Attributes
    ----------
    kind : {"real", "shuffle", "centre"}
    repeat : int
    shuffle : int
        -1 for real data.
    inputs : tuple of str
    centre : str
        The centre held out by a unit of kind ``centre``.
    """

    kind: Literal["real", "shuffle", "centre"]
    repeat: int
    inputs: tuple[str, ...]
    shuffle: int = -1
    centre: str = ""

    @property
    def name(self) -> str:
        """Name for part files, unique within an analysis."""
        return f"{self.kind}-{'_'.join(self.inputs)}-{self.shuffle}-{self.repeat}{self.centre}"


@dataclass(frozen=True)
class UnitResult:
    """Frames a unit returns (``FRAMES``); every frame has the columns of the key, ``repeat`` and ``shuffle``."""

    unit: Unit
    frames: dict[str, pd.DataFrame]

    def save(self, folder: Path) -> None:
        """Write one Parquet file per frame and the unit as JSON into ``folder``."""
        import json

        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in self.frames.items():
            frame.to_parquet(folder / f"{name}.parquet", index=False)
        (folder / "unit.json").write_text(json.dumps(self.unit.to_dict()), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> UnitResult:
        """Read what :meth:`save` wrote."""
        import json

        unit = Unit.from_dict(json.loads((folder / "unit.json").read_text(encoding="utf-8")))
        frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in FRAMES}
        return cls(unit, frames)


def compared_inputs(data: AnalysisData, settings: AnalysisSettings) -> list[str]:
    """Return the names of blocks with columns that are compared, in row order."""
    wanted = settings.inputs or default_inputs(data)
    unknown = [name for name in wanted if name not in data.blocks]
    if unknown:
        raise SettingsError(
            lazy_("unknown inputs {unknown}"),
            remedy=lazy_("Available: {available}"),
            unknown=", ".join(unknown),
            available=", ".join(data.blocks),
        )
    return [name for name in data.blocks if name in wanted and data.blocks[name].columns]


def default_inputs(data: AnalysisData) -> tuple[str, ...]:
    """Return the blocks that are compared when none are named: all, or where the task says so all but single images."""
    return tuple(name for name in data.blocks if data.task.images_too or name not in _images(data))


def _images(data: AnalysisData) -> list[str]:
    return [name for name, block in data.blocks.items() if block.kind == "radiomics" and name != "radiomics"]


def primary_inputs(data: AnalysisData, settings: AnalysisSettings) -> str:
    """Return the inputs of the headline: the declared ones, or without radiomics the first with columns.

    Raises
    ------
    SettingsError
        When other inputs than radiomics are declared that are not compared, or the combined ones.
    """
    names = [n for n in compared_inputs(data, settings) if data.blocks[n].kind != "combined"]
    if not names:
        raise SettingsError(lazy_("no inputs with columns to compare"), remedy=lazy_("Import features first"))
    if settings.primary not in (*names, AnalysisSettings.primary):
        # a headline that was declared is never exchanged for another one
        raise SettingsError(
            lazy_("'{primary}' cannot be the headline of this comparison"),
            remedy=lazy_("Available: {available}"),
            primary=settings.primary,
            available=", ".join(names),
        )
    return settings.primary if settings.primary in names else names[0]


def recipes_of(data: AnalysisData, settings: AnalysisSettings, inputs: str, task: Task) -> list[Recipe]:
    """Return the pipelines of one block: the plain model for few columns, else selectors by models."""
    models = _models(data, settings, inputs, task)
    if data.blocks[inputs].kind in LOW_DIMENSIONAL:
        return [Recipe(inputs=inputs, model=models[0] if task.rule else task.plain_model)]
    selectors = settings.selectors or task.quick_selectors
    for name in selectors:
        if data.values.kind not in task.selectors[name].tags:
            raise SettingsError(
                lazy_("selector '{name}' does not serve a {kind} endpoint"),
                remedy=lazy_("Available: {available}"),
                name=name,
                kind=data.values.kind,
                available=", ".join(task.selectors.names(data.values.kind)),
            )
    return [
        Recipe(inputs=inputs, screen=settings.screen, selector=selector, model=model)
        for selector in selectors
        for model in models
    ]


def _models(data: AnalysisData, settings: AnalysisSettings, inputs: str, task: Task) -> list[str]:
    """Return the models of some inputs; where ``"auto"`` is asked for, the one that the task's rule picks."""
    named = settings.models or task.quick_models
    if AUTOMATIC in named and task.rule is None:
        raise SettingsError(
            lazy_("no rule picks a model for a {kind} endpoint"),
            remedy=lazy_("Available: {available}"),
            kind=data.values.kind,
            available=", ".join(task.models.names()),
        )
    made = (task.rule(data, settings, inputs) if task.rule and name == AUTOMATIC else name for name in named)
    return list(dict.fromkeys(task.models[name].name for name in made))


def units_of_work(data: AnalysisData, settings: AnalysisSettings) -> list[Unit]:
    """Return every unit of an analysis; the order is that of the most wanted results first.

    Raises
    ------
    EndpointError, NotApplicableError
        The endpoint cannot be analysed, or there are too few cases for the folds.
    SettingsError
        There are no such inputs.
    """
    configured(data.task, settings)  # refuses what cannot be set
    data.task.check(data.values.endpoint)
    names = compared_inputs(data, settings)
    usable_folds(data, settings.folds)
    primary = primary_inputs(data, settings)
    images = [name for name in _images(data) if name in names]
    together = tuple(n for n in names if n not in images)
    repeats = range(settings.repeats)
    units = [Unit(kind="real", repeat=r, inputs=together) for r in repeats if together]
    units += [Unit(kind="real", repeat=r, inputs=(image,)) for image in images for r in repeats]
    units += centre_units(data, settings)
    shuffled: tuple[str, ...] = (primary, "combined") if decides_adding(names) else (primary,)
    if data.task.shuffles_all:
        shuffled = tuple(names)
    for shuffle in range(settings.shuffles):
        units += [Unit(kind="shuffle", repeat=r, inputs=shuffled, shuffle=shuffle) for r in repeats]
    return units


def decides_adding(names: Sequence[str]) -> bool:
    """Return whether combined and clinical inputs are both compared: only then radiomics can be shown to add."""
    return "combined" in names and "clinical" in names


def centre_units(data: AnalysisData, settings: AnalysisSettings) -> list[Unit]:
    """Return one unit for each centre that is held out; none when that cannot be done."""
    primary = primary_inputs(data, settings)
    held_out = centres.held_out_centres(data, settings, primary)
    return [Unit(kind="centre", repeat=0, inputs=(primary,), centre=centre) for centre in held_out]


def run_unit(data: AnalysisData, settings: AnalysisSettings, unit: Unit, task: Task | None = None) -> UnitResult:
    """Run one unit: pure and picklable; the result depends on the arguments only.

    Parameters
    ----------
    task : Task, optional
        Other tools than those of the data's task, for tests.

    Returns
    -------
    UnitResult
        Each frame has the columns of the key (inputs, selector, model), repeat and shuffle. ``predictions`` (case_id,
        fold, score, linear_predictor, percentile, probability, positive), ``folds`` (fold, value, variance, n_pairs,
        candidate, threshold, slope, offset, selected), ``inner`` (fold, other, value) and ``chosen`` (fold, feature).
        A shuffle has what it moved in ``moved``, the percentiles of ``predictions`` alone and nothing ``chosen``.
        A unit of kind ``centre`` has what :func:`radiomics_core.analysis.centres.score_centre` returns.
    """
    from sklearn import config_context
    from threadpoolctl import threadpool_limits

    task = configured(task or data.task, settings)
    with threadpool_limits(1), config_context(assume_finite=True, skip_parameter_validation=True):
        if unit.kind == "centre":
            # a rule for the model, too, knows the other centres only
            others = centres.take(data, centres.training_positions(data, unit.centre))
            recipes = recipes_of(others, settings, unit.inputs[0], task)
            made = centres.score_centre(data, settings, recipes, unit.centre, task)
            return UnitResult(unit, {name: made.get(name, pd.DataFrame()) for name in FRAMES})
        work = _UnitWork(data, settings, unit, task)
        for inputs in unit.inputs:
            work.add_inputs(inputs)
    return work.result()


class _UnitWork:
    """Rows of one unit, collected as they are made."""

    def __init__(self, data: AnalysisData, settings: AnalysisSettings, unit: Unit, task: Task) -> None:
        self.data, self.settings, self.unit, self.task = data, settings, unit, task
        self.fold_of = assign_folds(data, usable_folds(data, settings.folds), settings.seed, unit.repeat)
        self.patients = data.patient_numbers
        self.n_folds = int(self.fold_of.max()) + 1
        self.depth = 3 if unit.kind == "real" and settings.interval and self.n_folds >= 4 else 2
        self.lattices: dict[str, tuple[EncodedBlock, Lattice]] = {}
        self.collected: dict[str, list[pd.DataFrame]] = {name: [] for name in FRAMES}

    def add_inputs(self, inputs: str) -> None:
        """Make every row of one block."""
        if self.data.blocks[inputs].kind == "combined":
            self._add_row(inputs, CHOSEN_INSIDE, STACKED, None)
            if self.unit.kind == "shuffle" and self.task.shuffles_all:
                self._add_row(inputs, CHOSEN_INSIDE, STACKED, None, moved=True)
            return
        recipes = recipes_of(self.data, self.settings, inputs, self.task)
        if len(recipes) == 1 or self.unit.kind == "real":
            for recipe in recipes:
                self._add_row(inputs, recipe.selector, recipe.model, recipe.name)
        if len(recipes) > 1:
            self._add_row(inputs, CHOSEN_INSIDE, CHOSEN_INSIDE, None)

    def result(self) -> UnitResult:
        """Return what was collected."""
        frames = {}
        for name, parts in self.collected.items():
            frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
            frames[name] = frame.assign(repeat=self.unit.repeat, shuffle=self.unit.shuffle)
        if self.unit.kind == "shuffle":
            frames["predictions"] = frames["predictions"][SHUFFLED_CASES]
        return UnitResult(self.unit, frames)

    def _lattice(self, inputs: str) -> tuple[EncodedBlock, Lattice]:
        if inputs not in self.lattices:
            block = self._block(inputs, moved=self.unit.kind == "shuffle")
            recipes = recipes_of(self.data, self.settings, inputs, self.task)
            lattice = fit_lattice(
                block, self.data.target, self.fold_of, recipes, self.task,
                depth=self.depth, seed=self.settings.seed, key=(self.unit.repeat, self.unit.shuffle + 1),
            )  # fmt: skip
            self.lattices[inputs] = block, lattice
        return self.lattices[inputs]

    def _block(self, inputs: str, *, moved: bool) -> EncodedBlock:
        """Return the encoded columns of some inputs; ``moved`` gives each patient the rows of another one."""
        columns = self.data.blocks[inputs]
        block = encode_block(self.data, columns)
        if not moved:
            return block
        anywhere = columns.kind == "centre"
        source = shuffle_positions(self.data, self.settings.seed, self.unit.shuffle, across_centres=anywhere)
        return EncodedBlock(block.values[source], block.names, block.indicator_sets)

    def _held_out(
        self, inputs: str, recipe_name: str | None, left_out: frozenset[int], *, moved: bool = False
    ) -> HeldOut:
        combined = self.data.blocks[inputs].kind == "combined"
        _block, lattice = self._lattice("radiomics" if combined else inputs)
        held = run_procedure(lattice, left_out, positions_of(lattice.candidates, recipe_name))
        if not combined:
            return held
        clinical = self._block("clinical", moved=moved)
        seed = seed_number(self.settings.seed, self.unit.repeat, *sorted(left_out), "combined")
        return Stack(clinical, self.data.target, self.fold_of, self.task).run(held, left_out, seed)

    def _add_row(self, inputs: str, selector: str, model: str, recipe_name: str | None, *, moved: bool = False) -> None:
        row: dict[str, Any] = RowKey(inputs, selector, model).to_dict()
        if self.unit.kind == "shuffle":
            clinical_stays = self.data.blocks[inputs].kind == "combined" and not moved
            row["moved"] = RADIOMICS if clinical_stays else EVERYTHING
        for fold in range(self.n_folds):
            held = self._held_out(inputs, recipe_name, frozenset({fold}), moved=moved)
            self._collect_fold(row, inputs, fold, held)
        if self.depth == 3:
            self._collect("inner", row, self._inner_values(inputs, recipe_name))

    def _inner_values(self, inputs: str, recipe_name: str | None) -> dict[str, list[float]]:
        """Return the value of each fold by the row's procedure run without that fold and one other."""
        columns: dict[str, list[float]] = {"fold": [], "other": [], "value": []}
        for fold, other in _pairs(self.n_folds):
            held = self._held_out(inputs, recipe_name, frozenset({fold, other}))
            for inside, outside in ((fold, other), (other, fold)):
                value = self._value(self.fold_of == inside, held.scores[inside])[0]
                for name, entry in zip(columns, (outside, inside, value), strict=True):
                    columns[name].append(entry)
        return columns

    def _collect_fold(self, row: dict[str, Any], inputs: str, fold: int, held: HeldOut) -> None:
        inside = self.fold_of == fold
        score = held.scores[fold]
        value, variance, n_pairs = self._value(inside, score)
        threshold, line = self._decide(held)
        linear = line(score)
        probability = self.task.probability(linear) if self.task.probability else np.nan
        block, lattice = self._lattice("radiomics" if self.data.blocks[inputs].kind == "combined" else inputs)
        features = [block.names[i] for i in lattice.chosen[fold][held.candidate]]
        candidate = lattice.candidates[held.candidate]
        self._collect("folds", row, {
            "fold": [fold], "value": [value], "variance": [variance], "n_pairs": [n_pairs], "threshold": [threshold],
            "slope": [line.slope], "offset": [line.offset],
            "recipe": [candidate.recipe.name], "candidate": [candidate.label], "selected": [len(features)],
        })  # fmt: skip
        self._collect("predictions", row, {
            "case_id": np.array(self.data.case_ids, dtype=object)[inside], "fold": np.full(int(inside.sum()), fold),
            "score": score, "linear_predictor": linear, "percentile": held.percentiles,
            "probability": probability, "positive": score >= threshold,
        })  # fmt: skip
        if self.unit.kind == "real":
            self._collect("chosen", row, {"fold": [fold] * len(features), "feature": features})

    def _value(self, inside: NDArray[np.bool_], score: NDArray[np.float64]) -> tuple[float, float, int]:
        """Return the value of a held-out fold; where the task says so each patient counts once."""
        target, patients = self.data.target[inside], self.patients[inside]
        if self.task.one_case_per_patient:
            target, score = one_per_patient(patients, target, score)
            patients = np.arange(len(score))
        return held_out_value(self.task.metric, target, score, patients)

    def _decide(self, held: HeldOut) -> tuple[float, Line]:
        """Return the threshold, where one is decided by, and the recalibration; both of inner out-of-fold scores."""
        inner = np.concatenate(list(held.inner.values()))
        target = np.concatenate([self.data.target[self.fold_of == fold] for fold in held.inner])
        threshold = self.task.threshold(target, inner) if self.task.threshold else float("nan")
        return threshold, self.task.scale.line(target, inner)

    def _collect(self, frame: str, row: dict[str, Any], columns: dict[str, Any]) -> None:
        self.collected[frame].append(pd.DataFrame({**row, **columns}))


def _pairs(n_folds: int) -> Iterator[tuple[int, int]]:
    return ((j, k) for j in range(n_folds) for k in range(j + 1, n_folds))
