"""Extract features: choose settings, look at the number of grey levels, start, see what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from radiomics_core.errors import NotApplicableError, StudyError
from radiomics_core.extraction import DEFAULT_ENGINE, ENGINES, PRESETS
from radiomics_core.extraction.assembly import summary as summarise
from radiomics_core.extraction.bin_counts import join_previews, preview_case
from radiomics_core.extraction.runner import units_of_work
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.i18n import lazy_
from radiomics_core.study.jobs.job import Job, Jobs
from radiomics_core.study.storage.digests import pair_digest
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.extraction.assembly import ExtractionSummary
    from radiomics_core.extraction.bin_counts import BinPreview

KIND = "extraction"


def settings_from_file(path: Path | str) -> ExtractionSettings:
    """Read a pyradiomics parameter file."""
    try:
        text = Path(path).read_text("utf-8")
    except OSError as error:
        raise StudyError(lazy_("cannot read {path}: {why}"), path=path, why=error.strerror or str(error)) from error
    return ExtractionSettings.from_yaml(text)


def preset(name: str) -> ExtractionSettings:
    """Return the settings of a preset: ct, mr, pet, us."""
    return PRESETS.build(name).settings


def start(
    study: Study,
    image: str | Sequence[str] | None,
    roi: str | Sequence[str] | None,
    settings: ExtractionSettings | Mapping[str, ExtractionSettings],
    engine: str = DEFAULT_ENGINE,
    *,
    n_jobs: int | None = None,
) -> Job:
    """Extract in the background; features of other images and regions stay in the table.

    Parameters
    ----------
    image, roi : str, sequence of str, or None
        Which images and regions; None for all.
    settings : ExtractionSettings, or a mapping of image name to settings
        The same for every image, or one for each.

    Raises
    ------
    StudyError
        There is no such image or region.
    NotApplicableError
        The engine cannot run on this computer.
    """
    images, rois = _names(image), _names(roi)
    _require(images, study.cohort.image_names(), lazy_("the study has no image {unknown}"))
    _require(rois, study.cohort.rois(), lazy_("the study has no region {unknown}"))
    available = ENGINES.build(engine).available()
    if not available.available:
        raise NotApplicableError(
            lazy_("the engine {engine} cannot run: {why}"), remedy=available.how, engine=engine, why=available.why
        )
    by_image = settings if isinstance(settings, Mapping) else {"": settings}
    plain = {name: one.to_parameters() for name, one in by_image.items()}
    study.ledger.change_settings("extraction", settings={name: one.digest() for name, one in by_image.items()})
    return Jobs(study).start(KIND, {"images": images, "rois": rois, "settings": plain, "engine": engine}, n_jobs)


def n_regions(study: Study, image: str | Sequence[str] | None, roi: str | Sequence[str] | None) -> int:
    """Return how many regions would be extracted."""
    return len(units_of_work(study.cohort, _names(image), _names(roi)))


def preview_bins(
    study: Study,
    image: str | Sequence[str] | None,
    roi: str | Sequence[str] | None,
    settings: ExtractionSettings,
    *,
    progress: Callable[[int, int, str], None] | None = None,
) -> BinPreview:
    """Count the grey levels that extraction would make, region by region."""
    work = units_of_work(study.cohort, _names(image), _names(roi))
    previews = []
    for done, (case, image_name, region) in enumerate(work, start=1):
        previews.append(preview_case(case, image_name, region, settings, folder=str(study.folder)))
        if progress is not None:
            progress(done, len(work), case.case_id)
    return join_previews(previews)


def summary(study: Study) -> ExtractionSummary | None:
    """Return what the feature table lacks, None when there is no table."""
    return summarise(study.feature_table()) if study.has_features() else None


def is_stale(study: Study) -> bool:
    """Return whether files have changed, or cases were taken in, since the features were extracted."""
    extracted = study.catalogue.document("extracted")
    if not extracted:
        return False
    pairs = {tuple(key.rsplit("|", 2)[1:]) for key in extracted}
    now = {
        f"{case.case_id}|{mask.image}|{mask.roi}": (case, mask)
        for case in study.cohort.included()
        for mask in case.masks
        if (mask.image, mask.roi) in pairs
    }
    return any(extracted.get(key) != pair_digest(case, mask) for key, (case, mask) in now.items())


def _names(chosen: str | Sequence[str] | None) -> list[str] | None:
    if chosen is None or chosen == "":
        return None
    return [chosen] if isinstance(chosen, str) else list(chosen)


def _require(wanted: list[str] | None, known: list[str], problem: object) -> None:
    unknown = [name for name in wanted or [] if name not in known]
    if unknown or not known:
        raise StudyError(
            problem,  # type: ignore[arg-type]
            remedy=lazy_("Available: {known}"),
            unknown=", ".join(unknown) or "-",
            known=", ".join(known) or "-",
        )
