"""The commands and their options, with the help of each."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

import radiomics_core
from radiomics_core.cli import commands, engine_check
from radiomics_core.extraction import DEFAULT_ENGINE, ENGINES, PRESETS
from radiomics_core.i18n import _

Command = Callable[[argparse.Namespace], int]
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    parser = argparse.ArgumentParser(
        prog="radiomics-explorer",
        description=_("Radiomics from images to validated results. Research use only, not a medical device."),
        epilog=_("Exit codes: 0 done, 1 a finding or an error stops, 2 wrong usage."),
    )
    parser.add_argument("--version", action="version", version=f"radiomics-explorer {radiomics_core.__version__}")
    made = parser.add_subparsers(title=_("commands"), dest="command", required=True, metavar="COMMAND")
    for add in (
        _demo, _new, _import_features, _roles, _split, _endpoint, _check, _extract, _compare, _survival, _export,
        _prepare_engine, _verify_engine,
    ):  # fmt: skip
        add(made)
    return parser


def _command(
    made: Subparsers, name: str, help_text: str, run: Command, *, of_study: bool = True
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = made.add_parser(name, help=help_text, description=help_text)
    if of_study:
        parser.add_argument("study", metavar="STUDY", help=_("folder of the study"))
    parser.set_defaults(run=run)
    return parser


def _demo(made: Subparsers) -> None:
    parser = _command(
        made, "demo", _("make the demo study: synthetic cases with images, clinical table, features"), commands.demo
    )
    parser.add_argument(
        "--cases", type=_count(10), default=80, metavar="N", help=_("number of sound cases (default 80)")
    )
    _jobs(parser)


def _new(made: Subparsers) -> None:
    parser = _command(made, "new", _("create a study from a folder of images and masks"), commands.new)
    parser.add_argument("--images", required=True, metavar="DIR", help=_("folder of images and masks"))
    parser.add_argument(
        "--pattern",
        metavar="PATTERN",
        help=_("how names are built, e.g. '{case}/{image}.nii.gz + {case}/{image}_mask.nii.gz'; guessed if absent"),
    )
    parser.add_argument(
        "--neutral-names",
        metavar="KEY.csv",
        help=_("copy the images, name the cases C001, C002 ... and write the key table to this file outside the study"),
    )
    _clinical(parser)


def _import_features(made: Subparsers) -> None:
    parser = _command(made, "import-features", _("create a study from a table of features"), commands.import_features)
    parser.add_argument("--table", required=True, metavar="FILE", help=_("CSV, TSV or XLSX, also gzipped"))
    parser.add_argument("--id", required=True, metavar="COLUMN", help=_("column with the case ids"))
    parser.add_argument("--patient", default="", metavar="COLUMN", help=_("column with the patient ids"))
    parser.add_argument("--clinical", metavar="FILE", help=_("a clinical table of its own, with the same id column"))
    parser.add_argument(
        "--text", choices=("error", "missing"), default="error", help=_("feature cells that are no numbers")
    )
    _leave_out(parser)


def _roles(made: Subparsers) -> None:
    parser = _command(
        made, "roles", _("say what clinical columns are for; by default none is a predictor"), commands.roles
    )
    parser.add_argument("--predictor", default="", metavar="A,B", help=_("columns known on the imaging date"))
    parser.add_argument(
        "--dated",
        default="",
        metavar="A=D,...",
        help=_("predictors, each with the column of its date"),
    )
    parser.add_argument("--imaging-date", default="", metavar="D", help=_("column with the date of the image"))
    parser.add_argument("--outcome", default="", metavar="A,B", help=_("columns that hold outcomes: sealed"))
    parser.add_argument("--centre", default="", metavar="C", help=_("column with the centre"))
    parser.add_argument("--patient", default="", metavar="P", help=_("column with the patient"))
    parser.add_argument("--volume", default="", metavar="V", help=_("column with the volume"))


def _split(made: Subparsers) -> None:
    parser = _command(made, "split", _("set cases aside as external; their outcomes are sealed"), commands.split)
    parser.add_argument(
        "--external", required=True, metavar="RULE", help=_("e.g. 'centre=B' or 'date>=2015-01-01'; '' for none")
    )


def _endpoint(made: Subparsers) -> None:
    parser = _command(made, "endpoint", _("define what is predicted"), commands.endpoint)
    parser.add_argument("--name", required=True, metavar="N", help=_("name of the endpoint"))
    parser.add_argument("--column", metavar="C", help=_("column of a binary endpoint"))
    parser.add_argument("--time", metavar="C", help=_("column with the time to the event or last contact"))
    parser.add_argument(
        "--event",
        required=True,
        metavar="V",
        help=_("with --column: the value that is the event; with --time: the column with the event"),
    )
    parser.add_argument("--event-value", default="1", metavar="V", help=_("with --time: value that is the event (1)"))
    parser.add_argument("--unit", choices=("days", "months", "years"), default="days", help=_("unit of the time"))


def _check(made: Subparsers) -> None:
    parser = _command(made, "check", _("check every image and mask"), commands.check)
    parser.add_argument("--csv", metavar="FILE", help=_("write the quality table"))
    parser.add_argument(
        "--exclude",
        action="store_true",
        help=_("leave out cases that cannot be used and copies, with the finding as reason"),
    )
    _jobs(parser)


def _extract(made: Subparsers) -> None:
    parser = _command(made, "extract", _("extract features"), commands.extract)
    parser.add_argument("--image", metavar="NAME", help=_("one image (all if absent)"))
    parser.add_argument("--roi", metavar="NAME", help=_("one region (all if absent)"))
    settings = parser.add_mutually_exclusive_group(required=True)
    settings.add_argument("--preset", choices=PRESETS.names(), help=_("settings for a modality"))
    settings.add_argument("--settings", metavar="FILE", help=_("pyradiomics parameter file (YAML)"))
    parser.add_argument(
        "--engine",
        choices=ENGINES.names(),
        default=DEFAULT_ENGINE,
        help=_("extraction engine ({default})", default=DEFAULT_ENGINE),
    )
    _jobs(parser)


def _compare(made: Subparsers) -> None:
    parser = _command(made, "compare", _("compare pipelines by nested cross-validation"), commands.compare)
    parser.add_argument("--endpoint", required=True, metavar="N", help=_("name of a binary endpoint"))
    parser.add_argument("--selectors", default="", metavar="A,B", help=_("feature selections (quick choice if absent)"))
    parser.add_argument("--classifiers", default="", metavar="C,D", help=_("classifiers (quick choice if absent)"))
    parser.add_argument("--inputs", default="", metavar="X,Y", help=_("inputs to compare (all if absent)"))
    _validation(parser)
    parser.add_argument("--out", required=True, metavar="FILE.csv", help=_("table of results"))
    _jobs(parser)


def _survival(made: Subparsers) -> None:
    parser = _command(made, "survival", _("held-out Cox scores, risk groups and curves"), commands.survival)
    parser.add_argument("--endpoint", required=True, metavar="N", help=_("name of a time-to-event endpoint"))
    parser.add_argument("--inputs", default="", metavar="X,Y", help=_("inputs to analyse (all but images if absent)"))
    parser.add_argument("--selector", metavar="A", help=_("feature selection (cox_score)"))
    parser.add_argument("--grouping", choices=("median", "tertiles"), help=_("how cases are grouped by risk (median)"))
    _validation(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help=_("folder for summary.csv and the charts"))
    _jobs(parser)


def _export(made: Subparsers) -> None:
    parser = _command(made, "export", _("write the features to a file"), commands.export)
    parser.add_argument("--features", required=True, metavar="FILE", help=_("CSV or Parquet, by its ending"))


def _prepare_engine(made: Subparsers) -> None:
    _command(
        made,
        "prepare-engine",
        _("compile the fast engine for this computer; once per version, about a minute"),
        commands.prepare_engine,
        of_study=False,
    )


def _verify_engine(made: Subparsers) -> None:
    parser = _command(
        made,
        "verify-engine",
        _("compare the fast engine with pyradiomics on one image; exit code 1 above a relative difference of 1e-6"),
        engine_check.verify_engine,
        of_study=False,
    )
    parser.add_argument("--image", required=True, metavar="FILE", help=_("image file"))
    parser.add_argument("--mask", required=True, metavar="FILE", help=_("mask file on the image's grid"))
    parser.add_argument(
        "--settings", metavar="FILE", help=_("pyradiomics parameter file (YAML); 1,595 features if absent")
    )
    parser.add_argument(
        "--label", type=_count(1), metavar="N", help=_("value that marks the region (that of FILE, else any but 0)")
    )


def _clinical(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clinical", metavar="FILE", help=_("clinical table: CSV, TSV or XLSX"))
    parser.add_argument("--id", metavar="COLUMN", help=_("its column with the case or patient ids (guessed if absent)"))
    _leave_out(parser)


def _leave_out(parser: argparse.ArgumentParser) -> None:
    words = _("columns that are not taken into the study, such as names of persons")
    parser.add_argument("--leave-out", nargs="+", default=[], metavar="COLUMN", help=words)


def _validation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--full", action="store_true", help=_("the full analysis of the page: 10 repeats, 199 shuffles (else 5 and 19)")
    )
    parser.add_argument("--folds", type=_count(3), metavar="K", help=_("outer folds (5)"))
    parser.add_argument("--repeats", type=_count(1), metavar="R", help=_("repeats of the split (5; 10 with --full)"))
    parser.add_argument(
        "--shuffles", type=_count(0), metavar="B", help=_("shuffled-outcome checks (19; 199 with --full)")
    )
    parser.add_argument("--seed", type=_count(0), metavar="S", help=_("seed of every random draw (1)"))
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="METHOD.SETTING=VALUE",
        help=_("setting of a method, e.g. mrmr.sizes=5,10; selector, model and screen stand for every one of them"),
    )
    parser.add_argument("--analysis", metavar="FILE.yaml", help=_("take what is not named here from this file"))
    parser.add_argument("--save-analysis", metavar="FILE.yaml", help=_("write what was analysed, for --analysis"))


def _jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=_count(1), default=None, metavar="N", help=_("worker processes (one per core)"))


def _count(smallest: int) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        value = int(text)
        if value < smallest:
            raise argparse.ArgumentTypeError(_("must be at least {smallest}", smallest=smallest))
        return value

    return whole_number
