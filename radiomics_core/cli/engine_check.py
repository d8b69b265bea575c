"""``verify-engine``: both engines on one image and mask, as a table on stdout that ends with the largest difference."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiomics_core.cli.console import say
from radiomics_core.extraction.departures import DEPARTURES
from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine
from radiomics_core.extraction.verification import everything, verify
from radiomics_core.i18n import _, plural
from radiomics_core.imaging.reading import read_mask, read_volume
from radiomics_core.study.actions.extraction import settings_from_file

if TYPE_CHECKING:
    from radiomics_core.extraction.settings import ExtractionSettings
    from radiomics_core.extraction.verification import Verification

DONE, STOPPED = 0, 1
MOST_NAMED = 20


def verify_engine(chosen: argparse.Namespace) -> int:
    """Compare the fast engine with pyradiomics on one case."""
    PyradiomicsEngine().require()
    settings = _settings(chosen.settings)
    given = settings.setting or {}
    label = chosen.label if chosen.label is not None else given.get("label")
    image = read_volume(Path(chosen.image).expanduser())
    mask = read_mask(Path(chosen.mask).expanduser(), label, given.get("label_channel"))
    say(_("extracting with both engines; pyradiomics may take minutes on a large region"))
    result = verify(image, mask, settings)
    sys.stdout.write("\n".join(report(result)) + "\n")
    sys.stdout.flush()
    return DONE if result.agrees else STOPPED


def report(result: Verification) -> Iterator[str]:
    """Yield the lines: classes, derived images, what disagrees, and ``worst X over N features``."""
    heads = (_("class"), _("features"), _("worst"), _("over 1e-6"), _("feature with the largest difference"))
    yield from _columns([heads, *(_class_row(row) for row in result.by_class().to_dict("records"))])
    yield ""
    yield from _of_images(result)
    yield from _departing(result)
    yield from _disagreeing(result)
    yield _("worst {worst} over {n} features", worst=f"{result.worst:.1e}", n=result.n_features)


def _class_row(row: Mapping[Hashable, Any]) -> tuple[str, ...]:
    worst = f"{row['worst']:.1e}"
    return row["family"], str(row["features"]), worst, str(row["disagree"]), row["worst_feature"] or "-"


def _settings(file: str | None) -> ExtractionSettings:
    return settings_from_file(Path(file).expanduser()) if file else everything()


def _of_images(result: Verification) -> Iterator[str]:
    if len(result.images):
        yield plural(
            result.moved,
            "{n} voxel in another grey level than in pyradiomics, of {voxels} over {images} derived images",
            "{n} voxels in another grey level than in pyradiomics, of {voxels} over {images} derived images",
            voxels=int(result.images["voxels"].sum()),
            images=len(result.images),
        )
    for row in result.images[result.images["moved"] > 0].itertuples():
        yield _("  {image}: {n} of {voxels}", image=row.image, n=row.moved, voxels=row.voxels)
    if result.not_compared:
        yield _("not compared, because an engine left them out: {images}", images=", ".join(result.not_compared))


def _departing(result: Verification) -> Iterator[str]:
    for row in DEPARTURES:
        names = result.departing.loc[result.departing["departure"] == row.name, "feature"]
        if len(names):
            yield plural(
                len(names),
                "{n} feature differs on purpose, {example}: {case}",
                "{n} features differ on purpose, for example {example}: {case}",
                example=names.iloc[0],
                case=row.case,
            )


def _disagreeing(result: Verification) -> Iterator[str]:
    rows = result.disagreeing
    for row in rows.head(MOST_NAMED).itertuples():
        yield _(
            "  {feature}: pyradiomics {reference}, fast {fast} ({state})",
            feature=row.feature,
            reference=f"{row.reference:.12g}",
            fast=f"{row.fast:.12g}",
            state=row.state,
        )
    if len(rows) > MOST_NAMED:
        yield _("  and {n} more", n=len(rows) - MOST_NAMED)


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
