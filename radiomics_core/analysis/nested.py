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
from radiomics_core.analysis.procedure import (
    HeldOut,
    Stack,
    held_out_value,
    one_per_patient,
    positions_of,
    run_procedure,
)
from radiomics_core.analysis.recipe import CHOSEN_INSIDE, STACKED, Recipe, Toolbox
from radiomics_core.analysis.settings import ComparisonSettings
from radiomics_core.analysis.splits import assign_folds, keyed_seed, seed_number, shuffle_positions, usable_folds
from radiomics_core.errors import SettingsError
from radiomics_core.evaluation.recalibration import Line, as_probability
from radiomics_core.evaluation.thresholds import youden_threshold
from radiomics_core.i18n import lazy_
from radiomics_core.settings import Settings

__all__ = ["Unit", "UnitResult", "keyed_seed", "recipes_of", "run_unit", "units_of_work"]

METHOD_VERSION = "9"
FRAMES = ("predictions", "folds", "inner", "chosen")
MOVED = "combined moved"
"""Combined inputs in a shuffle that moves their clinical columns together with their radiomics columns."""
LOW_DIMENSIONAL = ("clinical", "volume", "centre")


@dataclass(frozen=True, kw_only=True)
class Unit(Settings):
    """One piece of a comparison: some inputs in one repeat, as they are or shuffled, or with one centre held out.

    Attributes
    ----------
    kind : {"real", "shuffle", "centre"}
    repeat : int
    shuffle : int
        -1 for real data.
    inputs : tuple of str
    centre : str
        The centre held out by a unit of kind ``centre``.
    moved : bool
        A shuffle also makes the row ``MOVED``, which tests that nothing predicts; the combined row keeps clinical
        columns and outcome in place and tests that radiomics adds nothing.
    """

    kind: Literal["real", "shuffle", "centre"]
    repeat: int
    inputs: tuple[str, ...]
    shuffle: int = -1
    centre: str = ""
    moved: bool = False

    @property
    def name(self) -> str:
        """Name for part files, unique within a comparison."""
        return f"{self.kind}-{'_'.join(self.inputs)}-{self.shuffle}-{self.repeat}{self.centre}"


@dataclass(frozen=True)
class UnitResult:
    """Frames a unit returns (``FRAMES``); every frame has the columns ``row``, ``repeat`` and ``shuffle``."""

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


def compared_inputs(data: AnalysisData, settings: ComparisonSettings) -> list[str]:
    """Return the names of blocks with columns that are compared, in row order."""
    wanted = settings.inputs or tuple(data.blocks)
    unknown = [name for name in wanted if name not in data.blocks]
    if unknown:
        raise SettingsError(
            lazy_("unknown inputs {unknown}"),
            remedy=lazy_("Available: {available}"),
            unknown=", ".join(unknown),
            available=", ".join(data.blocks),
        )
    return [name for name in data.blocks if name in wanted and data.blocks[name].columns]


def primary_inputs(data: AnalysisData, settings: ComparisonSettings) -> str:
    """Return the inputs of the headline: the declared ones, or without radiomics the first with columns.

    Raises
    ------
    SettingsError
        When other inputs than radiomics are declared that are not compared, or the combined ones.
    """
    names = [n for n in compared_inputs(data, settings) if data.blocks[n].kind != "combined"]
    if not names:
        raise SettingsError(lazy_("no inputs with columns to compare"), remedy=lazy_("Import features first"))
    if settings.primary not in (*names, ComparisonSettings.primary):
        # a headline that was declared is never exchanged for another one
        raise SettingsError(
            lazy_("'{primary}' cannot be the headline of this comparison"),
            remedy=lazy_("Available: {available}"),
            primary=settings.primary,
            available=", ".join(names),
        )
    return settings.primary if settings.primary in names else names[0]


def recipes_of(data: AnalysisData, settings: ComparisonSettings, inputs: str, tools: Toolbox) -> list[Recipe]:
    """Return the pipelines of one block: the plain model for few columns, else selectors by models."""
    if data.blocks[inputs].kind in LOW_DIMENSIONAL:
        return [Recipe(inputs=inputs, model=tools.plain_model)]
    selectors = settings.selectors or tools.quick_selectors
    models = settings.classifiers or tools.quick_models
    for name in selectors:
        if data.values.kind not in tools.selectors[name].tags:
            raise SettingsError(
                lazy_("selector '{name}' does not serve a {kind} endpoint"),
                remedy=lazy_("Available: {available}"),
                name=name,
                kind=data.values.kind,
                available=", ".join(tools.selectors.names(data.values.kind)),
            )
    return [
        Recipe(inputs=inputs, screen=settings.screen, selector=selector, model=model)
        for selector in selectors
        for model in models
    ]


def units_of_work(data: AnalysisData, settings: ComparisonSettings) -> list[Unit]:
    """Return every unit of a comparison; the order is that of the most wanted results first."""
    names = compared_inputs(data, settings)
    primary = primary_inputs(data, settings)
    images = [n for n in names if data.blocks[n].kind == "radiomics" and n != "radiomics"]
    together = tuple(n for n in names if n not in images)
    usable_folds(data, settings.folds)
    repeats = range(settings.repeats)
    units = [Unit(kind="real", repeat=r, inputs=together) for r in repeats if together]
    units += [Unit(kind="real", repeat=r, inputs=(image,)) for image in images for r in repeats]
    units += centre_units(data, settings)
    shuffled = (primary, "combined") if decides_adding(names) else (primary,)
    for shuffle in range(settings.shuffles):
        units += [Unit(kind="shuffle", repeat=r, inputs=shuffled, shuffle=shuffle) for r in repeats]
    return units


def decides_adding(names: Sequence[str]) -> bool:
    """Return whether combined and clinical inputs are both compared: only then radiomics can be shown to add."""
    return "combined" in names and "clinical" in names


def centre_units(data: AnalysisData, settings: ComparisonSettings) -> list[Unit]:
    """Return one unit for each centre that is held out; none when that cannot be done."""
    primary = primary_inputs(data, settings)
    held_out = centres.held_out_centres(data, settings, primary)
    return [Unit(kind="centre", repeat=0, inputs=(primary,), centre=centre) for centre in held_out]


def run_unit(data: AnalysisData, settings: ComparisonSettings, unit: Unit, tools: Toolbox) -> UnitResult:
    """Run one unit; the result depends on the arguments only.

    Returns
    -------
    UnitResult
        Frames ``predictions`` (row, repeat, shuffle, case_id, fold, score, linear_predictor, percentile, probability,
        positive), ``folds`` (row, repeat, shuffle, fold, value, variance, n_pairs, candidate, threshold, slope, offset,
        selected),
        ``inner`` (row, repeat, shuffle, fold, other, value) and ``chosen`` (row, repeat, shuffle, fold, feature).
        A unit of kind ``centre`` has what :func:`radiomics_core.analysis.centres.score_centre` returns.
    """
    from sklearn import config_context
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), config_context(assume_finite=True, skip_parameter_validation=True):
        if unit.kind == "centre":
            recipes = recipes_of(data, settings, unit.inputs[0], tools)
            made = centres.score_centre(data, settings, recipes, unit.centre, tools)
            return UnitResult(unit, {name: made.get(name, pd.DataFrame()) for name in FRAMES})
        work = _UnitWork(data, settings, unit, tools)
        for inputs in unit.inputs:
            work.add_inputs(inputs)
    return work.result()


class _UnitWork:
    """Rows of one unit, collected as they are made."""

    def __init__(self, data: AnalysisData, settings: ComparisonSettings, unit: Unit, tools: Toolbox) -> None:
        self.data, self.settings, self.unit, self.tools = data, settings, unit, tools
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
            if self.unit.moved:
                self._add_row(inputs, CHOSEN_INSIDE, STACKED, None, moved=True)
            return
        recipes = recipes_of(self.data, self.settings, inputs, self.tools)
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
        return UnitResult(self.unit, frames)

    def _lattice(self, inputs: str) -> tuple[EncodedBlock, Lattice]:
        if inputs not in self.lattices:
            block = self._block(inputs, moved=self.unit.kind == "shuffle")
            recipes = recipes_of(self.data, self.settings, inputs, self.tools)
            lattice = fit_lattice(
                block, self.data.target, self.fold_of, recipes, self.tools,
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
        return Stack(clinical, self.data.target, self.fold_of, self.tools).run(held, left_out, seed)

    def _add_row(self, inputs: str, selector: str, model: str, recipe_name: str | None, *, moved: bool = False) -> None:
        row = f"{MOVED if moved else inputs}|{selector}|{model}"
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

    def _collect_fold(self, row: str, inputs: str, fold: int, held: HeldOut) -> None:
        inside = self.fold_of == fold
        score = held.scores[fold]
        value, variance, n_pairs = self._value(inside, score)
        threshold, line = self._decide(held)
        linear = line(score)
        binary = self.data.target.ndim == 1
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
            "probability": as_probability(linear) if binary else np.nan, "positive": score >= threshold,
        })  # fmt: skip
        if self.unit.kind == "real":
            self._collect("chosen", row, {"fold": [fold] * len(features), "feature": features})

    def _value(self, inside: NDArray[np.bool_], score: NDArray[np.float64]) -> tuple[float, float, int]:
        """Return the value of a held-out fold; for a time to an event each patient counts once, as in the curves."""
        target, patients = self.data.target[inside], self.patients[inside]
        if target.ndim == 2:
            target, score = one_per_patient(patients, target, score)
            patients = np.arange(len(score))
        return held_out_value(self.tools.metric, target, score, patients)

    def _decide(self, held: HeldOut) -> tuple[float, Line]:
        """Return the threshold (binary endpoints) and the recalibration, both learnt from inner out-of-fold scores."""
        inner = np.concatenate(list(held.inner.values()))
        target = np.concatenate([self.data.target[self.fold_of == fold] for fold in held.inner])
        threshold = youden_threshold(target, inner) if target.ndim == 1 else float("nan")
        return threshold, self.tools.scale.line(target, inner)

    def _collect(self, frame: str, row: str, columns: dict[str, Any]) -> None:
        self.collected[frame].append(pd.DataFrame({"row": row, **columns}))


def _pairs(n_folds: int) -> Iterator[tuple[int, int]]:
    return ((j, k) for j in range(n_folds) for k in range(j + 1, n_folds))
