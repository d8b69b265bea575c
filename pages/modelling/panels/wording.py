"""Words that several modelling pages share, no stronger than the evidence."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

from pages.common.words import NOTHING, Markdown, _, joined, plain, plural
from radiomics_core.analysis.differences import VERDICTS, decided_by, interval_text
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.recipe import CHOSEN_INSIDE, STACKED
from radiomics_core.analysis.settings import AUTOMATIC
from radiomics_core.i18n import lazy_
from radiomics_core.models import CLASSIFIERS, SURVIVAL_MODELS
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.plots.parts import p_text
from radiomics_core.registry import Registry
from radiomics_core.selection import SELECTORS

Record = Mapping[Hashable, Any]
"""One row of a table, as ``frame.to_dict("records")`` gives it."""

SPECIAL = {
    CHOSEN_INSIDE: lazy_("chosen inside"),
    STACKED: lazy_("rad-score plus clinical"),
    AUTOMATIC: lazy_("Cox, with a ridge penalty where events are few"),
    "none": lazy_("no selection"),
}
SLOPE_LOW, SLOPE_HIGH = 0.5, 2.0
"""Calibration slopes outside these limits are said loudly."""


def interval(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """Return ``0.78 (0.71-0.84)``."""
    if value != value:
        return "–"
    return f"{value:.2f} ({low:.2f}–{high:.2f})" if low == low else f"{value:.2f}"


def method_label(name: str, *registries: Registry[Any]) -> str:
    """Return what the screen says for a selector or model."""
    if name in SPECIAL:
        return str(SPECIAL[name])
    row = next((registry[name] for registry in registries if name in registry), None)
    return str(row.label) if row else name


def row_label(record: Record) -> str:
    """Return a row's inputs and pipeline in words."""
    parts = [
        method_label(str(record["selector"]), SELECTORS),
        method_label(str(record["model"]), CLASSIFIERS, SURVIVAL_MODELS),
    ]
    pipeline = ", ".join(dict.fromkeys(part for part in parts if part))
    name = f"{inputs_label(str(record['inputs']))}: {pipeline}" if pipeline else inputs_label(str(record["inputs"]))
    return plain("{name} (headline)", name=name) if record.get("headline") else name


def shuffles_text(times: int) -> Markdown:
    """Return how often the outcome was shuffled, and the smallest p that can give."""
    least = p_text(1 / (times + 1))
    return plural(
        times, "{n} shuffle of the outcome (smallest possible {p})", "{n} shuffles of the outcome (smallest possible {p})",
        p=least,
    )  # fmt: skip


def external_text(external: bool) -> Markdown:
    """Return whether there is an external set."""
    return _("the external set is sealed") if external else _("internal validation only")


def changed_text(changed: int) -> Markdown:
    """Return how many settings were changed after outcomes were shown; empty when none was."""
    if not changed:
        return NOTHING
    return plural(
        changed,
        " **{n} setting was changed after outcomes were shown (exploration, hazard ratios or explanations)**: part of the result may be the choice.",
        " **{n} settings were changed after outcomes were shown (exploration, hazard ratios or explanations)**: part of the result may be the choice.",
    )


def calibration_warning(slope: float) -> Markdown:
    """Return what a slope below 0.5 or above 2 means for the predicted risks; empty between them."""
    if not math.isfinite(slope) or SLOPE_LOW <= slope <= SLOPE_HIGH:
        return NOTHING
    if slope <= 0:
        return _(
            "**Predicted risks are not usable as they are**: higher ones do not mean more events (calibration slope {slope:.2f}; 1 is right).",
            slope=slope,
        )
    if slope < SLOPE_LOW:
        return _(
            "**Predicted risks are not usable as they are**: they are far too extreme (calibration slope {slope:.2f}; 1 is right).",
            slope=slope,
        )
    return _(
        "**Predicted risks are not usable as they are**: they are far too moderate (calibration slope {slope:.2f}; 1 is right).",
        slope=slope,
    )


def sentence(parts: list[Markdown]) -> Markdown:
    """Join parts into one sentence."""
    return Markdown(joined("; ", parts) + ".")


def folds_text(evaluation: Evaluation) -> Markdown:
    """Return ``5 folds x 5 repeats``."""
    repeats = plural(int(evaluation.settings.repeats), "{n} repeat", "{n} repeats")
    return _("{folds} folds x {repeats}", folds=evaluation.meta["n_folds"], repeats=repeats)


def difference(record: Record, evaluation: Evaluation, metric: str) -> Markdown:
    """Return one difference with its verdict."""
    verdict = str(VERDICTS.get(str(record["verdict"]), record["verdict"]))
    words = _(
        "**{name}**: {metric} {difference:+.2f} ({interval}), n = {n}, {events} events: **{verdict}** ({why})",
        name=difference_name(record),
        metric=metric,
        difference=record["difference"],
        interval=interval_text(record),
        n=evaluation.meta["n"],
        events=evaluation.meta["n_events"],
        verdict=verdict,
        why=decided_by(record),
    )
    return Markdown(words + (_(" (primary)") if record.get("primary") else NOTHING))


def differences_note() -> Markdown:
    """Return how the differences are made, and why only one of them can say that something adds."""
    return _(
        "Paired over the same folds, Nadeau-Bengio interval for the size. Only the primary comparison (with clinical data against clinical data alone), fixed in advance, is decided: it *adds* when shuffling the radiomics rows, with clinical data and outcome in place, gives p of at most 0.05, and *performs worse* when its interval lies below 0. The others describe, with p values corrected for several comparisons (Holm)."
    )


def difference_name(record: Record) -> Markdown:
    """Return ``Combined minus Clinical`` for the two rows of a difference."""
    first, second = (inputs_label(str(record[name])) for name in ("inputs", "reference_inputs"))
    return _("{first} minus {second}", first=first, second=second)
