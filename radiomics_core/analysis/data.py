"""The analysis matrix: development cases with an endpoint value, their blocks of columns, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.analysis.task import Task
from radiomics_core.analysis.tasks import task_of
from radiomics_core.cohort.endpoints import EndpointValues
from radiomics_core.cohort.model import Cohort, ColumnSpec
from radiomics_core.errors import TableError
from radiomics_core.features.table import FeatureTable
from radiomics_core.i18n import lazy_
from radiomics_core.settings import digest_of

BlockKind = Literal["radiomics", "clinical", "volume", "combined", "centre"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """A named set of columns compared with others; a block without columns says why in ``reason`` (a code of notes)."""

    name: str
    columns: tuple[str, ...]
    kind: BlockKind
    reason: str = ""


@dataclass(frozen=True)
class AnalysisData:
    """Cases in ``case_id`` order with everything a comparison may see.

    Attributes
    ----------
    case_ids, patient_ids : tuple of str, length n
    centres : tuple of str or None
        None when no centre is known.
    features : DataFrame, shape (n, n_features), float
        Radiomics and volume columns (the volume may be a clinical column), NaN where missing, indexed by case.
    blocks : dict of str to Block
        ``radiomics``, image names, ``clinical``, ``volume``, ``combined``, ``centre``.
    clinical : DataFrame, shape (n, n_predictors)
        Typed predictors only (float or categorical).
    values : EndpointValues
        In the order of ``case_ids``.
    """

    case_ids: tuple[str, ...]
    patient_ids: tuple[str, ...]
    centres: tuple[str, ...] | None
    features: pd.DataFrame
    blocks: dict[str, Block]
    clinical: pd.DataFrame
    values: EndpointValues
    left_out: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.case_ids)
        lengths = {n, len(self.patient_ids), len(self.features), len(self.clinical), self.values.n}
        if len(lengths) != 1 or tuple(self.values.case_ids) != tuple(self.case_ids):
            raise TableError(lazy_("cases of features, clinical columns and endpoint differ"))
        task_of(self.values.kind)

    @property
    def task(self) -> Task:
        """The task of the endpoint's kind."""
        return task_of(self.values.kind)

    @property
    def n(self) -> int:
        """Number of cases."""
        return len(self.case_ids)

    @cached_property
    def target(self) -> Floats:
        """What models are fitted to, as the task makes it: events, shape (n,), or times, events, patients, (n, 3)."""
        return self.task.target(self.values, self.patient_numbers)

    @cached_property
    def patient_numbers(self) -> NDArray[np.intp]:
        """Number of the patient of each case, from 0, shape (n,)."""
        return np.unique(self.patient_ids, return_inverse=True)[1]

    @property
    def n_event_patients(self) -> int:
        """Number of patients with the event."""
        return len(set(self.patient_numbers[self.events].tolist()))

    @cached_property
    def events(self) -> NDArray[np.bool_]:
        """True for cases with the event, shape (n,); what stands for it is the task's."""
        return self.task.events(self.values)

    @cached_property
    def digest(self) -> str:
        """Digest of everything a comparison sees."""
        blocks = [[b.name, list(b.columns), b.kind] for b in self.blocks.values()]
        return digest_of(
            list(self.case_ids),
            list(self.patient_ids),
            list(self.centres or ()),
            self.features,
            self.clinical.astype(str),
            blocks,
            self.target if self.target.ndim == 1 else self.target[:, :2],
        )


def build_analysis_data(
    feature_table: FeatureTable | None,
    clinical: pd.DataFrame | None,
    specs: Sequence[ColumnSpec],
    cohort: Cohort,
    endpoint_values: EndpointValues,
) -> AnalysisData:
    """Join features, clinical predictors and endpoint of the included development cases.

    Parameters
    ----------
    feature_table : FeatureTable or None
        None for a study of clinical columns alone.
    clinical : DataFrame or None
        Typed clinical columns indexed by ``case_id``.
    specs : sequence of ColumnSpec
        Columns of role ``predictor``, and the one of role ``volume``: it goes before a volume among the features.
    cohort : Cohort
        Gives patients, centres, roles and exclusions.
    endpoint_values : EndpointValues
        Values of development cases.

    Raises
    ------
    TableError
        When no case has both features and an endpoint value.
    """
    development = {case.case_id: case for case in cohort.included("development")}
    position = {case_id: i for i, case_id in enumerate(endpoint_values.case_ids)}
    known = set(feature_table.case_ids) if feature_table is not None else set(development)
    case_ids = tuple(sorted(set(development) & set(position) & known))
    if not case_ids:
        raise TableError(
            lazy_("no development case has both features and an endpoint value"),
            remedy=lazy_("Check the ids and the exclusions"),
        )
    features = _features(feature_table, case_ids)
    volume = _clinical_volume(clinical, specs, case_ids)
    if volume is not None:
        volume = volume.rename(_free_name(str(volume.name), features))
        features[volume.name] = volume
    predictors = _predictors(clinical, specs, case_ids)
    centres = tuple(development[c].centre for c in case_ids)
    return AnalysisData(
        case_ids=case_ids,
        patient_ids=tuple(development[c].patient_id for c in case_ids),
        centres=centres if any(centres) else None,
        features=features,
        blocks=make_blocks(
            feature_table, list(predictors.columns), centres, volume=None if volume is None else str(volume.name)
        ),
        clinical=predictors,
        values=endpoint_values.take(np.array([position[c] for c in case_ids])),
        left_out={
            "no_endpoint": len(set(development) - set(position)),
            "no_features": len((set(development) & set(position)) - known),
        },
    )


def _features(table: FeatureTable | None, case_ids: tuple[str, ...]) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame(index=list(case_ids))
    wanted = table.columns.loc[table.columns["kind"].isin(["radiomics", "volume"]), "column"]
    values = table.values.loc[list(case_ids), list(wanted)].astype(float)
    return values.replace([np.inf, -np.inf], np.nan)


def _predictors(clinical: pd.DataFrame | None, specs: Sequence[ColumnSpec], case_ids: tuple[str, ...]) -> pd.DataFrame:
    if clinical is None:
        return pd.DataFrame(index=list(case_ids))
    names = [s.name for s in specs if s.role == "predictor" and s.name in clinical.columns]
    return clinical.reindex(list(case_ids))[names]


def _clinical_volume(
    clinical: pd.DataFrame | None, specs: Sequence[ColumnSpec], case_ids: tuple[str, ...]
) -> pd.Series[float] | None:
    """Return the clinical volume of the cases as numbers, None when there is none."""
    name = next((spec.name for spec in specs if spec.role == "volume" and spec.type == "number"), None)
    if clinical is None or name is None or name not in clinical.columns:
        return None
    values = clinical[name].reindex(list(case_ids)).astype(float)
    return values.replace([np.inf, -np.inf], np.nan).rename(name)


def _free_name(name: str, features: pd.DataFrame) -> str:
    while name in features.columns:
        name += " (clinical)"
    return name


def make_blocks(
    table: FeatureTable | None, predictors: list[str], centres: Sequence[str], *, volume: str | None = None
) -> dict[str, Block]:
    """Return every block in the order rows are shown; one that cannot be made has no columns and a reason.

    ``volume`` names the column that holds the volume; without it the feature table's own is taken.
    """
    blocks: dict[str, Block] = {}
    columns = table.columns if table is not None else pd.DataFrame({"column": [], "kind": [], "image": []})
    radiomics = columns[columns["kind"].isin(["radiomics", "volume"])]
    blocks["radiomics"] = _block("radiomics", list(radiomics["column"]), "radiomics", "no_radiomics")
    images = [str(name) for name in dict.fromkeys(radiomics["image"]) if str(name)]
    if len(images) > 1:
        for image in images:
            of_image = list(radiomics.loc[radiomics["image"] == image, "column"])
            blocks[image] = Block(image, tuple(of_image), "radiomics")
    blocks["clinical"] = _block("clinical", predictors, "clinical", "no_clinical")
    volume = volume or (table.volume_column() if table is not None else None)
    blocks["volume"] = _block("volume", [volume] if volume else [], "volume", "no_volume")
    both = [*blocks["radiomics"].columns, *predictors] if len(radiomics) and predictors else []
    blocks["combined"] = _block("combined", both, "combined", "not_both")
    several = len({c for c in centres if c}) > 1
    blocks["centre"] = _block("centre", ["centre"] if several else [], "centre", "one_centre")
    return blocks


def _block(name: str, columns: list[str], kind: BlockKind, reason: str) -> Block:
    return Block(name, tuple(columns), kind, "" if columns else reason)
