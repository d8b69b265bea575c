"""The headline of a comparison in words, and what must stand beside it."""

from __future__ import annotations

import pandas as pd

from pages.common.words import NOTHING, Markdown, _, plural
from pages.modelling.panels import centre_card
from pages.modelling.panels.row_words import centre_above_chance, estimate_text, not_applicable_text, row_inputs
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
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.plots.parts import p_text


def headline(evaluation: Evaluation) -> Markdown:
    """Return the headline of a comparison; where the centre alone predicts, the pooled figure stands second."""
    head = evaluation.headline
    size = _("n = {n}, {events} events", n=int(head["n"]), events=int(head["events"]))
    looked = plural(int(evaluation.meta["n_pipelines"]), "{n} pipeline looked at", "{n} pipelines looked at")
    name, pooled = inputs_label(str(head["inputs"])), interval(head["value"], head["low"], head["high"])
    shuffled = NOTHING
    if int(head["n_permutations"]):
        shuffled = _("; shuffled-outcome check {p}", p=p_text(float(head["p"])))
    if centre_card.leads(evaluation):
        return _(
            "In second place, {name} pooled over centres: AUC {pooled} ({within} within centres), {size}, {looked}",
            name=name,
            pooled=pooled,
            within=interval(head["within_centre"]),
            size=size,
            looked=looked,
        )
    if centre_above_chance(evaluation.rows):
        return _(
            "{name}: AUC {within} within centres ({size}, {looked}); in second place, pooled over centres: {pooled}",
            name=name,
            within=interval(head["within_centre"]),
            size=size,
            looked=looked,
            pooled=pooled,
        )
    words = _(
        "{name}: AUC {value} expected in cases never seen, {size}, {looked}",
        name=name,
        value=pooled,
        size=size,
        looked=looked,
    )
    chance = _(": the interval includes chance (0.5)") if head["low"] <= 0.5 else NOTHING
    return Markdown(words + chance + shuffled)


def comparison_caption(evaluation: Evaluation, *, external: bool, changed: int) -> Markdown:
    """Return what stands under the headline chart; ``changed`` counts settings changed after exploration opened."""
    head = evaluation.headline
    parts = [folds_text(evaluation)]
    if evaluation.settings.mode == "quick":
        parts.append(_("**quick look, exploratory**"))
    if head["selector"] == CHOSEN_INSIDE:
        parts.append(_("the pipeline is chosen inside each training fold"))
    if int(head["n_permutations"]):
        parts.append(shuffles_text(int(head["n_permutations"])))
    parts += estimate_text(head, _("AUC"), int(evaluation.meta["n_folds"]))
    parts.append(external_text(external))
    return Markdown(sentence(parts) + changed_text(changed) + not_applicable_text(evaluation.rows))


def labelled_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the forest: the headline, the controls and the chosen-inside row of each input."""
    left_out = frame["interval"].eq(LEAVE_ONE_CENTRE_OUT)
    chosen = frame[frame["headline"] | frame["inputs"].isin(["permuted"]) | _leading(frame) | left_out]
    return chosen.assign(label=[row_inputs(record) for record in chosen.to_dict("records")])


def _leading(frame: pd.DataFrame) -> pd.Series[bool]:
    """One row per input: the pipeline chosen inside where there is one, else the only one."""
    inside = frame["selector"].eq(CHOSEN_INSIDE)
    with_inside = set(frame.loc[inside, "inputs"])
    return inside | (~frame["inputs"].isin(with_inside) & ~frame["inputs"].duplicated())


def comparison_code(evaluation: Evaluation) -> str:
    """Return the few lines of Python that make the same numbers."""
    return f"""from radiomics_core.study import Study
from radiomics_core.study.actions import comparison
from radiomics_core.analysis.settings import ComparisonSettings

study = Study.open("FOLDER")
settings = ComparisonSettings.from_dict({evaluation.settings.to_dict()!r})
comparison.start(study, {evaluation.endpoint.name!r}, settings).wait()
comparison.latest(study, {evaluation.endpoint.name!r}).frame()"""
