"""The headline of an analysis in words, and what must stand beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pages.common.words import NOTHING, Markdown, _, plural
from pages.modelling.panels import centre_card
from pages.modelling.panels.row_words import centre_above_chance, estimate_text, not_applicable_text, row_inputs
from pages.modelling.panels.screen import Screen
from pages.modelling.panels.wording import (
    changed_text,
    external_text,
    folds_text,
    interval,
    sentence,
    shuffles_text,
)
from radiomics_core.analysis.centre_table import LEAVE_ONE_CENTRE_OUT
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.recipe import CHOSEN_INSIDE
from radiomics_core.analysis.row_key import RowKey, keys_in, row_per_inputs
from radiomics_core.analysis.rows import PERMUTED
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.plots.parts import p_text


def headline(evaluation: Evaluation, screen: Screen) -> Markdown:
    """Return the headline of an analysis; where the centre alone predicts, the pooled figure stands second."""
    head = evaluation.headline
    texts = {
        "name": inputs_label(str(head["inputs"])),
        "metric": screen.metric,
        "pooled": interval(head["value"], head["low"], head["high"]),
        "within": interval(head["within_centre"]),
        "size": _("n = {n}, {events} events", n=int(head["n"]), events=int(head["events"])),
        "looked": plural(int(evaluation.meta["n_pipelines"]), "{n} pipeline looked at", "{n} pipelines looked at"),
    }
    if centre_card.leads(evaluation):
        return _(
            "In second place, {name} pooled over centres: {metric} {pooled} ({within} within centres), {size}, {looked}",
            **texts,
        )
    if centre_above_chance(evaluation.rows):
        return _(
            "{name}: {metric} {within} within centres ({size}, {looked}); in second place, pooled over centres: {pooled}",
            **texts,
        )
    words = _("{name}: {metric} {pooled} expected in cases never seen, {size}, {looked}", **texts)
    chance = _(": the interval includes chance (0.5)") if head["low"] <= 0.5 else NOTHING
    return Markdown(words + chance + _shuffled(evaluation))


def _shuffled(evaluation: Evaluation) -> Markdown:
    """Return the p of the headline's value; where groups are tested, their p stands with their curves."""
    head = evaluation.headline
    if evaluation.task.p_of_rows or not int(head["n_permutations"]):
        return NOTHING
    return _("; shuffled-outcome check {p}", p=p_text(float(head["permutation_p"])))


def beside_headline(evaluation: Evaluation, screen: Screen, *, external: bool, changed: int) -> Markdown:
    """Return what stands under the headline chart; ``changed`` counts settings changed after exploration opened."""
    head = evaluation.headline
    parts = [folds_text(evaluation)]
    if evaluation.settings.mode == "quick":
        parts.append(_("**quick look, exploratory**"))
    if head["selector"] == CHOSEN_INSIDE:
        parts.append(_("the pipeline is chosen inside each training fold"))
    if int(evaluation.meta["n_shuffles"]):
        parts.append(shuffles_text(int(evaluation.meta["n_shuffles"])))
    parts.append(_("0.5 is chance, 1 is perfect order"))
    parts += estimate_text(head, screen.metric, int(evaluation.meta["n_folds"]))
    parts.append(external_text(external))
    return Markdown(sentence(parts) + changed_text(changed) + not_applicable_text(evaluation.rows))


def labelled_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the forest: the headline, the controls and the row that stands for each input."""
    standing = set(row_per_inputs(keys_in(rows)).values())
    leading = np.array([RowKey.of(record) in standing for record in rows.to_dict("records")])
    chosen = rows[rows["headline"] | rows["inputs"].isin([PERMUTED, LEAVE_ONE_CENTRE_OUT]) | leading]
    return chosen.assign(label=[row_inputs(record) for record in chosen.to_dict("records")])


def code(evaluation: Evaluation) -> str:
    """Return the few lines of Python that make the same numbers."""
    return f"""from radiomics_core.study import Study
from radiomics_core.study.actions import analysis
from radiomics_core.analysis.settings import AnalysisSettings

study = Study.open("FOLDER")
settings = AnalysisSettings.from_dict({evaluation.settings.to_dict()!r})
analysis.start(study, {evaluation.endpoint.name!r}, settings).wait()
analysis.latest(study, {evaluation.endpoint.name!r}).frame()"""
