"""Rows of a result as a table in words: interval, how the best of many is corrected, why something is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pages.common.words import NOTHING, Markdown, _, joined, plain
from pages.modelling.panels.screen import Screen
from pages.modelling.panels.wording import Record, interval, method_label
from radiomics_core.analysis.notes import worded
from radiomics_core.analysis.rows import NOT_APPLICABLE
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.selection import SELECTORS


def centre_above_chance(rows: pd.DataFrame) -> bool:
    """Return whether a model that knows only the centre is above chance, which demotes every pooled figure."""
    return bool((rows.loc[rows["inputs"] == "centre", "low"] > 0.5).any())


def row_inputs(record: Any) -> str:
    """Return the words for a row's inputs."""
    return inputs_label(str(record["inputs"]))


def readable_rows(rows: pd.DataFrame, screen: Screen) -> pd.DataFrame:
    """Return the rows as the page shows them."""
    records, figures = rows.to_dict("records"), zip(rows["value"], rows["low"], rows["high"], strict=True)
    shown = {
        _("Inputs"): [row_inputs(record) for record in records],
        _("Selection"): [method_label(str(name), SELECTORS) for name in rows["selector"]],
        _("Model"): [method_label(str(name), screen.task.models) for name in rows["model"]],
        plain("{metric} (95 % interval)", metric=screen.metric): [interval(*values) for values in figures],
        _("Note"): [note(record) for record in records],
        _("Mean over folds"): [interval(one) for one in rows["fold_mean"]],
    }
    if rows["within_centre"].notna().any():
        shown[_("Within centres")] = [interval(one) for one in rows["within_centre"]]
    return pd.DataFrame(shown)


def estimate_text(head: Any, metric: str, n_folds: int) -> list[Markdown]:
    """Return what the figure of a headline stands for, and the mean over folds."""
    share = round(100 * (n_folds - 1) / n_folds)
    if head["estimate"] == "all_cases":
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
    words = worded(str(record["note"]))
    return "; ".join(part for part in (_("headline") if record["headline"] else "", words) if part)


def not_applicable_text(rows: pd.DataFrame) -> Markdown:
    """Return which controls could not be made, and why."""
    empty = rows[rows["interval"] == NOT_APPLICABLE]
    words = [
        _("{name}: {why}.", name=row_inputs(record), why=worded(str(record["note"])))
        for record in empty.to_dict("records")
    ]
    return Markdown(" " + joined(" ", words)) if words else NOTHING
