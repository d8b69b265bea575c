"""One function per command: open the study, call the step the pages call, write what was asked for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from radiomics_core.cli.console import ProgressLine, say, say_findings, say_verdict
from radiomics_core.errors import SettingsError
from radiomics_core.extraction.engines.fast import warm_up
from radiomics_core.files.atomic import remove_content, write_with
from radiomics_core.files.csv_tables import write_csv
from radiomics_core.findings import refuse_stopped
from radiomics_core.i18n import _, lazy_, plural
from radiomics_core.study import library
from radiomics_core.study.actions import (
    analysis,
    clinical,
    endpoints,
    extraction,
    feature_import,
    images,
    neutral_names,
    quality,
)
from radiomics_core.study.actions import demo as demo_steps
from radiomics_core.study.actions import export as export_steps
from radiomics_core.study.actions import split as split_steps
from radiomics_core.study.jobs.job import Job, run_job_blocking
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from radiomics_core.analysis.evaluation import Evaluation

DONE, STOPPED, USAGE = 0, 1, 2


def demo(chosen: argparse.Namespace) -> int:
    """Make the demo study and wait until it is ready."""
    study = demo_steps.open_demo(chosen.study, n_cases=chosen.cases, n_jobs=chosen.jobs)
    with _closing(study):
        job = demo_steps.job(study)
        if job is not None and not study.has_features():
            _follow(job, _("demo"))
        _said(study)
        say(_("ready: {folder}", folder=study.folder))
    return DONE


def new(chosen: argparse.Namespace) -> int:
    """Create a study from a folder of images."""
    found, key_file = Path(chosen.images).expanduser(), chosen.neutral_names
    with _created(chosen.study, Path("images") if key_file else found) as study:
        result = images.import_folder(study, found, chosen.pattern, key_file=key_file)
        say(plural(len(result.cases), "{n} case imported", "{n} cases imported"))
        if key_file:
            say(_("key table: {file}", file=key_file))
        if chosen.clinical:
            key = neutral_names.read(key_file) if key_file else None
            clinical.import_table(study, Path(chosen.clinical), chosen.id, leave_out=chosen.leave_out, key=key)
        return STOPPED if _said(study) and not result.cases else DONE


def import_features(chosen: argparse.Namespace) -> int:
    """Create a study from a table of features."""
    with _created(chosen.study, Path(chosen.table)) as study:
        table = feature_import.import_table(
            study, Path(chosen.table), chosen.id, patient_column=chosen.patient, on_text=chosen.text,
            leave_out=chosen.leave_out,
        )  # fmt: skip
        say(_("{features} features of {cases} cases", features=table.values.shape[1], cases=len(table.values)))
        if chosen.clinical:
            clinical.import_table(study, Path(chosen.clinical), chosen.id)
        _said(study)
    return DONE


def roles(chosen: argparse.Namespace) -> int:
    """Give clinical columns their roles."""
    with _opened(chosen.study) as study:
        clinical.set_roles(
            study,
            predictor=_list(chosen.predictor),
            outcome=_list(chosen.outcome),
            centre=chosen.centre,
            patient=chosen.patient,
            volume=chosen.volume,
            imaging_date=chosen.imaging_date,
            dated=_pairs(chosen.dated),
        )
        say_findings(study.findings("clinical:roles"))
    return DONE


def split(chosen: argparse.Namespace) -> int:
    """Set cases aside as external."""
    with _opened(chosen.study) as study:
        made = split_steps.set_external(study, chosen.external)
        say(_("development: {n}, external: {m}", n=made.n_development, m=made.n_external))
    return DONE


def endpoint(chosen: argparse.Namespace) -> int:
    """Define an endpoint."""
    if bool(chosen.column) == bool(chosen.time):
        say(_("endpoint: give either --column or --time"))
        return USAGE
    with _opened(chosen.study) as study:
        if chosen.column:
            made = endpoints.make_binary(chosen.name, chosen.column, chosen.event)
            checked = endpoints.add(study, made)
        else:
            timed = endpoints.make_time_to_event(
                chosen.name, chosen.time, chosen.event, chosen.unit, chosen.event_value
            )
            checked = endpoints.add(study, timed)
        values = checked.values
        one, many = "{name}: {n} event in {total} cases", "{name}: {n} events in {total} cases"
        say(plural(values.n_events, one, many, name=chosen.name, total=values.n))
        return STOPPED if say_findings(checked.findings) else DONE


def check(chosen: argparse.Namespace) -> int:
    """Check images and masks; findings that stop give exit code 1 unless the cases are left out."""
    with _opened(chosen.study) as study:
        _follow(quality.start(study, chosen.jobs), _("check"))
        table = quality.table(study)
        if chosen.csv and table is not None:
            _write_csv(Path(chosen.csv), table)
        stopped = say_findings(study.findings(quality.KIND))
        if chosen.exclude:
            left_out = quality.exclude_unusable(study) + quality.exclude_copies(study)
            say(plural(len(left_out), "{n} case left out", "{n} cases left out"))
            return DONE
    return STOPPED if stopped else DONE


def extract(chosen: argparse.Namespace) -> int:
    """Extract features."""
    with _opened(chosen.study) as study:
        given = chosen.preset is None
        settings = extraction.settings_from_file(chosen.settings) if given else extraction.preset(chosen.preset)
        job = extraction.start(study, chosen.image, chosen.roi, settings, chosen.engine, n_jobs=chosen.jobs)
        _follow(job, _("extraction"))
        say_findings(study.findings(extraction.KIND))
        table = study.feature_table()
        say(_("{features} features of {cases} cases", features=table.values.shape[1], cases=len(table.values)))
    return DONE


def compare(chosen: argparse.Namespace) -> int:
    """Compare pipelines and write the table."""
    named = {"selectors": _list(chosen.selectors), "models": _list(chosen.classifiers)}
    methods = {name: names for name, names in named.items() if names}
    with _opened(chosen.study) as study:
        evaluation = _analyse(study, chosen, "binary", _("comparison"), methods)
        _write_csv(Path(chosen.out), evaluation.frame())
        _say_result(evaluation)
    return DONE


def survival(chosen: argparse.Namespace) -> int:
    """Analyse survival and write summary and charts."""
    from radiomics_core.cli.charts import write_survival_charts

    methods: dict[str, object] = {"selectors": [chosen.selector]} if chosen.selector else {}
    methods |= {"grouping": chosen.grouping} if chosen.grouping else {}
    with _opened(chosen.study) as study:
        evaluation = _analyse(study, chosen, "time_to_event", _("survival"), methods)
        folder = Path(chosen.out).expanduser()
        _write_csv(folder / "summary.csv", evaluation.frame())
        write_survival_charts(study, evaluation, folder)
        _say_result(evaluation)
    return DONE


def _analyse(
    study: Study, chosen: argparse.Namespace, kind: str, label: str, methods: Mapping[str, object]
) -> Evaluation:
    """Analyse an endpoint of a kind as asked for and return the result, unless a finding stops it."""
    from radiomics_core.cli.analysis_arguments import settings_of

    analysis.require_kind(study, chosen.endpoint, kind)
    settings = settings_of(study, chosen, methods)
    digest = _follow(analysis.start(study, chosen.endpoint, settings, chosen.jobs), label)
    evaluation = analysis.load(study, digest)
    refuse_stopped(evaluation.findings)
    return evaluation


def _say_result(evaluation: Evaluation) -> None:
    say_verdict(evaluation.differences)
    say_findings(list(evaluation.findings))


def export(chosen: argparse.Namespace) -> int:
    """Write the features to a file."""
    with _closing(Study.open(chosen.study, read_only=True)) as study:
        say(_("written: {file}", file=export_steps.features(study, chosen.features)))
    return DONE


def prepare_engine(chosen: argparse.Namespace) -> int:
    """Compile the fast engine, unless that was done."""
    warm_up.make_ready(lambda done, total: say(_("fast engine: {done} of {total}", done=done, total=total)))
    say(_("the fast engine is ready"))
    return DONE


@contextmanager
def _opened(folder: str) -> Iterator[Study]:
    with _closing(Study.open(Path(folder).expanduser())) as study:
        yield study


@contextmanager
def _created(folder: str, source: Path) -> Iterator[Study]:
    """Make a study that is filled inside the block; after an error or a kill the same command works again."""
    path = Path(folder).expanduser().absolute()
    was_there = path.is_dir()
    with _closing(library.create(path.name, path, unfinished=source.name)) as study:
        try:
            yield study
            study.finish_making()
        except BaseException:
            _undo(study, was_there)
            raise


@contextmanager
def _closing(study: Study) -> Iterator[Study]:
    try:
        yield study
    finally:
        study.close()


def _undo(study: Study, folder_was_there: bool) -> None:
    """Remove a study that was just made and could not be filled, so that the same command works the next time."""
    study.close()
    remove_content(study.folder, and_folder=not folder_was_there)


def _follow(job: Job, label: str) -> str:
    status = run_job_blocking(job, ProgressLine(label), every_s=0.2)
    return str(status.result.get("digest", ""))


def _said(study: Study) -> bool:
    return say_findings(study.findings())


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    write_with(path.expanduser().absolute(), lambda temporary: write_csv(table, temporary))


def _pairs(text: str) -> dict[str, str]:
    """Return ``a=b,c=d`` as pairs."""
    pairs = [part.partition("=") for part in _list(text)]
    wrong = [name for name, sign, value in pairs if not (name and sign and value)]
    if wrong:
        raise SettingsError(
            lazy_("'{text}' is not COLUMN=COLUMN"),
            remedy=lazy_("For example: --dated grade=biopsy_date"),
            text=wrong[0],
        )
    return {name.strip(): value.strip() for name, _sign, value in pairs}


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
