"""From the results of all cases to one feature table, and what is missing or constant in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from radiomics_core.cohort.model import Case, Cohort
from radiomics_core.errors import TableError
from radiomics_core.extraction import kinds
from radiomics_core.extraction.results import CaseResult
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.extraction.units import feature_unit, intensity_unit
from radiomics_core.features.table import COLUMN_FIELDS, KEY_COLUMNS, FeatureTable
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.naming import VOLUME_FEATURES, column_name, slugs, split_engine_name, split_feature_name
from radiomics_core.settings import digest_of

VOLUME_FAMILIES = ("shape",)


def assemble(
    results: Sequence[CaseResult],
    cohort: Cohort,
    settings: ExtractionSettings,
    engine: str,
    engine_version: str = "",
) -> FeatureTable:
    """Put the results of an extraction into one table, in the order of the cohort.

    Cases without any features are left out (their findings say why); a feature that some case lacks is NaN there.

    Raises
    ------
    TableError
        When no case has features.
    """
    good = [result for result in results if not result.failed]
    if not good:
        raise TableError(
            lazy_("no case has features: all {n} extractions failed"),
            remedy=lazy_("See the findings of the cases"),
            n=len(results),
        )
    pairs = list(dict.fromkeys((result.image, result.roi) for result in good))
    with_features = {result.case_id for result in good}
    cases = [case for case in cohort.cases if case.case_id in with_features]
    columns = pd.DataFrame(_columns(good, pairs, cohort, settings), columns=COLUMN_FIELDS)
    images = list(dict.fromkeys(image for image, _ in pairs))
    return FeatureTable(
        values=_values(good, cases, pairs, list(columns["column"])),
        keys=case_keys(cases),
        columns=columns,
        engine=engine,
        engine_version=engine_version,
        settings_digest=settings.digest(),
        inputs_digest=inputs_digest(cases, pairs),
        settings={image: settings.to_parameters() for image in images},
        sources={f"{i}|{r}": [settings.digest(), inputs_digest(cases, [(i, r)])] for i, r in pairs},
    )


def case_keys(cases: Sequence[Case]) -> pd.DataFrame:
    """Return the key frame of a table's rows."""
    rows = [[c.patient_id, c.case_id, c.timepoint, c.acquisition, c.reader, ""] for c in cases]
    return pd.DataFrame(rows, columns=KEY_COLUMNS)


def inputs_digest(cases: Sequence[Case], pairs: Sequence[tuple[str, str]]) -> str:
    """Return a digest of the files that features came from (checksum where known, else size and time)."""
    files: list[Any] = []
    for case in cases:
        for image, roi in pairs:
            image_ref, mask = case.image(image), case.mask(image, roi)
            used = [*(image_ref.files if image_ref else ()), *((mask.file,) if mask else ())]
            seen = [file.sha256 or [file.size, file.mtime] for file in used]
            files.append([case.case_id, image, roi, mask.label if mask else None, seen])
    return digest_of(files)


class _Names:
    """Names of the columns of some images and regions."""

    def __init__(self, pairs: Sequence[tuple[str, str]], results: Sequence[CaseResult] = ()) -> None:
        # a reader knows pyradiomics' filters by a plain name; one of another filter says image and region as well
        unique = {name for result in results for name in result.values}
        self._single = len(pairs) == 1 and all(split_feature_name(name) for name in unique)
        self._images = slugs(image for image, _ in pairs)
        self._rois = slugs(roi for _, roi in pairs)

    def of(self, image: str, roi: str, feature_name: str) -> str:
        return column_name(self._images[image], self._rois[roi], feature_name, single=self._single)


def _columns(
    results: Sequence[CaseResult], pairs: Sequence[tuple[str, str]], cohort: Cohort, settings: ExtractionSettings
) -> list[list[str]]:
    names = _Names(pairs, results)
    modalities = {image.name: image.modality for case in cohort.cases for image in case.images}
    rows = []
    for image, roi in pairs:
        unique = dict.fromkeys(name for r in results if (r.image, r.roi) == (image, roi) for name in r.values)
        for name in unique:
            column = names.of(image, roi, name)
            rows.append([column, *_column_row(name, (image, roi), modalities.get(image, ""), settings)])
    return rows


def _column_row(name: str, pair: tuple[str, str], modality: str, settings: ExtractionSettings) -> list[str]:
    parts = split_engine_name(name)
    if parts is None:
        raise TableError(lazy_("the engine gave a feature with an unknown name '{name}'"), name=name)
    filter_name, family, feature = parts
    unit = feature_unit(family, feature, intensity_unit(modality, filter_name, settings))
    kind = "volume" if family in VOLUME_FAMILIES and feature in VOLUME_FEATURES else "radiomics"
    return [*pair, filter_name, family, feature, unit, kind, pair[0]]


def _values(
    results: Sequence[CaseResult], cases: Sequence[Case], pairs: Sequence[tuple[str, str]], columns: list[str]
) -> pd.DataFrame:
    names = _Names(pairs, results)
    rows: dict[str, dict[str, float]] = {case.case_id: {} for case in cases}
    for result in results:
        rows[result.case_id].update(
            {names.of(result.image, result.roi, name): value for name, value in result.values.items()}
        )
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=np.float64)
    return frame.rename_axis("case_id")


def merge_tables(tables: Sequence[FeatureTable]) -> FeatureTable:
    """Put tables of different images (CT, then PET) side by side; a case keeps NaN where one table lacks it.

    Columns get names with image and region. A later table replaces an earlier one of the same image and region, in its
    place, so that the same extraction done again gives the same table with the same provenance.

    Raises
    ------
    TableError
        When the tables come from different engines, versions or from a file.
    """
    if len({(table.engine, table.engine_version) for table in tables}) != 1:
        raise TableError(
            lazy_("feature tables of different engines or versions cannot be put together"),
            remedy=lazy_("Extract all images with the same engine"),
        )
    pairs = list(dict.fromkeys(pair for table in tables for pair in _pairs(table)))
    kept = _without_replaced(tables)
    if len(kept) == 1 and _pairs(kept[0]) == _pairs(tables[-1]):
        return kept[0]
    named = [_with_names(table, _Names(pairs)) for table in kept]
    keys = pd.concat([table.keys for table in named]).drop_duplicates("case_id").sort_values("case_id")
    order = list(keys["case_id"])
    columns = _in_order(pd.concat([table.columns for table in named], ignore_index=True), pairs)
    values = pd.concat([table.values.reindex(order) for table in named], axis=1).rename_axis("case_id")
    sources = dict(sorted((name, digests) for table in named for name, digests in _sources(table).items()))
    return FeatureTable(
        values=values[list(columns["column"])],
        keys=keys.reset_index(drop=True),
        columns=columns,
        engine=tables[0].engine,
        engine_version=tables[0].engine_version,
        settings_digest=_joined([settings for settings, _inputs in sources.values()]),
        inputs_digest=_joined([inputs for _settings, inputs in sources.values()]),
        settings={image: setting for table in named for image, setting in sorted(table.settings.items())},
        sources=sources,
    )


def _pairs(table: FeatureTable) -> list[tuple[str, str]]:
    return list(dict.fromkeys(zip(table.columns["image"], table.columns["roi"], strict=True)))


def _sources(table: FeatureTable) -> dict[str, list[str]]:
    """Return the digests of settings and files per image and region; older tables have one for all of them."""
    whole = [table.settings_digest, table.inputs_digest]
    return {name: table.sources.get(name, whole) for name in (f"{image}|{roi}" for image, roi in _pairs(table))}


def _joined(digests: list[str]) -> str:
    return digests[0] if len(set(digests)) == 1 else digest_of(digests)


def _in_order(columns: pd.DataFrame, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    place = [pairs.index(pair) for pair in zip(columns["image"], columns["roi"], strict=True)]
    return columns.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _without_replaced(tables: Sequence[FeatureTable]) -> list[FeatureTable]:
    kept: list[FeatureTable] = []
    later: set[tuple[str, str]] = set()
    for table in reversed(tables):
        pairs = list(zip(table.columns["image"], table.columns["roi"], strict=True))
        keep = [pair not in later for pair in pairs]
        later.update(pairs)
        if any(keep):
            kept.append(table if all(keep) else _take_columns(table, keep))
    return kept[::-1]


def _take_columns(table: FeatureTable, keep: list[bool]) -> FeatureTable:
    columns = table.columns[keep].reset_index(drop=True)
    return _replaced(table, table.values[list(columns["column"])], columns)


def _with_names(table: FeatureTable, made: _Names) -> FeatureTable:
    names = [
        made.of(str(c.image), str(c.roi), f"{c.filter}_{c.family}_{c.feature}") for c in table.columns.itertuples()
    ]
    values = table.values.set_axis(names, axis=1)
    return _replaced(table, values, table.columns.assign(column=names))


def _replaced(table: FeatureTable, values: pd.DataFrame, columns: pd.DataFrame) -> FeatureTable:
    return FeatureTable(**{**vars(table), "values": values, "columns": columns})


@dataclass(frozen=True)
class ExtractionSummary:
    """What a table lacks.

    Attributes
    ----------
    n_cases, n_features : int
    missing : Series of int
        Number of cases without a value, for the columns that have any, most first.
    constant : tuple of str
        Columns with one value only.
    """

    n_cases: int
    n_features: int
    missing: pd.Series
    constant: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return one row per missing or constant column: column, problem, n_missing."""
        missing = [[column, "missing", int(n)] for column, n in self.missing.items()]
        constant = [[column, "constant", 0] for column in self.constant]
        return pd.DataFrame(missing + constant, columns=["column", "problem", "n_missing"])

    def findings(self) -> list[Finding]:
        """Return findings RX306 and RX307 when they apply."""
        findings = []
        if len(self.missing):
            example, worst = str(self.missing.index[0]), int(self.missing.iloc[0])
            findings.append(found(kinds.MISSING_COLUMNS, n=len(self.missing), example=example, worst=worst))
        if self.constant:
            findings.append(found(kinds.CONSTANT_COLUMNS, n=len(self.constant), example=self.constant[0]))
        return findings


def summary(table: FeatureTable) -> ExtractionSummary:
    """Count missing values and constant columns of a table."""
    values = table.values
    n_missing = values.isna().sum()
    spread = values.max() - values.min()
    constant = spread.index[(spread == 0).to_numpy()] if len(values) > 1 else spread.index[:0]
    return ExtractionSummary(
        n_cases=len(values),
        n_features=values.shape[1],
        missing=n_missing[n_missing > 0].sort_values(ascending=False, kind="stable"),
        constant=tuple(str(name) for name in constant),
    )
