"""Rows of a result as a table in words: interval, how the best of many is corrected, why something is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pages.common.words import NOTHING, Markdown, _, joined, plain
from pages.modelling.panels.wording import Record, interval, method_label
from radiomics_core.analysis.centre_table import LEAVE_ONE_CENTRE_OUT
from radiomics_core.i18n import lazy_
from radiomics_core.models import CLASSIFIERS, SURVIVAL_MODELS
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.selection import SELECTORS

REASONS = {
    "no radiomics features": lazy_("there are no radiomics features"),
    "no clinical column has the role predictor": lazy_("no clinical column is marked as a predictor"),
    "no column holds the volume": lazy_("no column holds the volume"),
    "needs radiomics features and clinical predictors": lazy_("needs radiomics features and clinical predictors"),
    "cases come from one centre": lazy_("all cases come from one centre"),
    "no centre is known": lazy_("no column holds the centre"),
    "fewer than two centres can be held out": lazy_("fewer than two centres have enough cases of both groups"),
    "the headline knows only the centre": lazy_("the headline knows only the centre"),
    "not every centre is done": lazy_("not every centre is done"),
    "cases without a centre": lazy_("these cases have no centre"),
    "no case with the event": lazy_("no case with the event"),
    "no case without the event": lazy_("no case without the event"),
    "fewer than 5 events": lazy_("fewer than 5 events"),
    "fewer than 10 comparable pairs": lazy_("fewer than 10 comparable pairs"),
    "the other centres have too few events to train on": lazy_("the other centres have too few events to train on"),
}
METRICS = {"auc": lazy_("AUC"), "c_index": lazy_("C-index")}


def centre_above_chance(rows: pd.DataFrame) -> bool:
    """Return whether a model that knows only the centre is above chance, which demotes every pooled figure."""
    low = next(name for name in ("low", "auc_low", "c_low") if name in rows)
    return bool((rows.loc[rows["inputs"] == "centre", low] > 0.5).any())


def row_inputs(record: Any) -> str:
    """Return the words for a row's inputs, and that centres were left out where they were."""
    name = inputs_label(str(record["inputs"]))
    left_out = record["interval"] == LEAVE_ONE_CENTRE_OUT or LEAVE_ONE_CENTRE_OUT in str(record["note"])
    if left_out and str(record["inputs"]) != LEAVE_ONE_CENTRE_OUT:
        return plain("{name}, one centre left out", name=name)
    return name


def readable_rows(frame: pd.DataFrame, value: str = "auc") -> pd.DataFrame:
    """Return the rows as the page shows them."""
    stem, within = ("auc", "within_centre") if value == "auc" else ("c", "c_within_centre")
    models = frame["classifier" if "classifier" in frame else "model"]
    shown = {
        _("Inputs"): [row_inputs(record) for record in frame.to_dict("records")],
        _("Selection"): [method_label(str(name), SELECTORS) for name in frame["selector"]],
        _("Model"): [method_label(str(name), CLASSIFIERS, SURVIVAL_MODELS) for name in models],
        _("AUC (95 % interval)") if value == "auc" else _("C-index (95 % interval)"): [
            interval(*values) for values in zip(frame[value], frame[f"{stem}_low"], frame[f"{stem}_high"], strict=True)
        ],
        _("Note"): [note(record) for record in frame.to_dict("records")],
    }
    if "fold_mean" in frame:
        shown[_("Mean over folds")] = [interval(one) for one in frame["fold_mean"]]
    if frame[within].notna().any():
        shown[_("Within centres")] = [interval(one) for one in frame[within]]
    return pd.DataFrame(shown)


def estimate_text(head: Any, metric: Markdown, n_folds: int) -> list[Markdown]:
    """Return what the figure of a headline stands for, and the mean over folds; empty for results that kept neither."""
    if "fold_mean" not in head:
        return []
    share = round(100 * (n_folds - 1) / n_folds)
    if head["estimate"] == "all cases":
        return [
            _(
                "the {metric} and its interval are what training with all cases is expected to give; mean over held-out folds, trained with {share} %: {mean:.2f}",
                metric=metric,
                share=share,
                mean=head["fold_mean"],
            )
        ]
    return [
        _(
            "the {metric} is the mean over held-out folds, trained with {share} % of the cases; its interval is approximate",
            metric=metric,
            share=share,
        )
    ]


def note(record: Record) -> str:
    """Return what a reader must know about one row."""
    kind, parts = str(record["interval"]), []
    if kind == "not applicable":
        return plain("not applicable: {why}", why=reason(str(record["note"])))
    if record["headline"]:
        parts.append(_("headline"))
    if kind == "band":
        parts.append(_("middle and band of the shuffled outcomes"))
    if kind == LEAVE_ONE_CENTRE_OUT:
        parts.append(_("mean over centres, each judged by models of the others; every centre has its own interval"))
    if record.get("best_of_k"):
        corrected = f"{record['bias_corrected']:.2f}"
        parts.append(_("best of {k}, optimistic; corrected {value}", k=int(record["n_pipelines"]), value=corrected))
    if record.get("separates") is False and kind != "band":
        parts.append(_("no separation"))
    if kind in ("all_cases", "nadeau_bengio", "wilson"):
        parts.append(_("approximate interval"))
    return "; ".join(parts)


def not_applicable_text(rows: pd.DataFrame) -> Markdown:
    """Return which controls could not be made, and why."""
    empty = rows[rows["interval"] == "not applicable"]
    words = [
        _("{name}: not applicable ({why}).", name=row_inputs(record), why=reason(str(record["note"])))
        for record in empty.to_dict("records")
    ]
    return Markdown(" " + joined(" ", words)) if words else NOTHING


def no_centre_left_out_text(why: str) -> Markdown:
    """Return why no centre could be left out; empty when one was."""
    if not why:
        return NOTHING
    return _(" {name}: not applicable ({why}).", name=inputs_label(LEAVE_ONE_CENTRE_OUT), why=reason(why))


def reason(note: str) -> str:
    """Return why inputs are not applicable, in words."""
    code = note.removeprefix("not applicable: ").removeprefix(f"{LEAVE_ONE_CENTRE_OUT}: ")
    return str(REASONS.get(code, code))
