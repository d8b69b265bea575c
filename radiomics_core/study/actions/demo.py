"""Open the demo: a study with the synthetic cohort, ready to be explored."""

from __future__ import annotations

from pathlib import Path

from radiomics_core.i18n import _
from radiomics_core.study import library
from radiomics_core.study.jobs.job import Job, Jobs
from radiomics_core.study.study import Study, is_study

KIND = "demo"
FOLDER = "Demo"


def open_demo(folder: Path | str | None = None, *, n_cases: int = 80, n_jobs: int | None = None) -> Study:
    """Open the demo study; the first time a job makes it (see :func:`job`), with everything up to the features."""
    target = Path(folder) if folder is not None else library.home() / FOLDER
    study = library.open_study(target) if is_study(target) else library.create(_("Demo"), target)
    if not study.has_features() and not study.read_only:
        Jobs(study).start(KIND, {"n_cases": n_cases}, n_jobs)
    return study


def job(study: Study) -> Job | None:
    """Return the job that makes the demo, None when this is no demo."""
    return Jobs(study).latest(KIND)
