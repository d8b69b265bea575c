"""One pipeline closer: ROC, calibration, decisions, chosen features, and the score of every case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.common import cards, state
from pages.common.words import NOTHING, Markdown, _, joined, md, plural
from pages.modelling.panels import decision_card, results, wording, wrong_cases
from pages.modelling.panels.results import RowDetails
from pages.modelling.panels.wording import Record
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.row_key import RowKey
from radiomics_core.errors import RadiomicsError
from radiomics_core.plots.comparison import selection_frequency
from radiomics_core.plots.predictions import calibration_chart, roc_chart, score_strip
from radiomics_core.study import Study
from radiomics_core.study.storage.results import ResultMeta

CARD_WIDTH_PX = 380


@dataclass(frozen=True, eq=False)
class Row:
    """The row that is shown; ``looked_at`` follows it into every caption unless it is the headline."""

    key: RowKey
    record: Record
    looked_at: Markdown
    digest: str

    def caption(self, words: Markdown) -> Markdown:
        """Return a caption, with how many rows this one was picked from."""
        return joined(" ", [part for part in (words, self.looked_at) if part])


def show(study: Study, evaluation: Evaluation, meta: ResultMeta) -> None:
    """Choose a row and draw what is behind its figure."""
    row = _choose(evaluation, meta)
    shown = results.row_details(study, meta, row.key)
    with st.grid(columns="auto", min_column_width=CARD_WIDTH_PX):
        _roc(row, shown)
        _calibration(row, shown)
        decision_card.decisions(row, shown)
        decision_card.net_benefit(row, shown)
    _frequency(evaluation, row, shown)
    _strip(study, row, shown)
    wrong_cases.show(study, shown.wrong, row.looked_at)


def _choose(evaluation: Evaluation, meta: ResultMeta) -> Row:
    known = {key: str(key) for key in evaluation.keys}
    every = {RowKey.of(record): record for record in evaluation.rows.to_dict("records")}
    records = {name: every[key] for key, name in known.items()}
    state.recall("comparison_row", known[evaluation.headline_key], options=list(records))
    st.subheader(_("One pipeline, closer"))
    name = str(
        st.selectbox(
            _("Show"),
            list(records),
            format_func=lambda name: wording.row_label(records[name]),
            key="comparison_row",
            persist_state="session",
            on_change=state.remember,
            args=("comparison_row",),
            help=_("Every row was judged on the same cases and the same splits."),
        )
    )
    looked_at = NOTHING
    if name != known[evaluation.headline_key]:
        looked_at = plural(
            len(records), "**One of {n} looked at.**", "**One of {n} looked at: the best of many is optimistic.**"
        )
    if looked_at:
        st.caption(looked_at)
    return Row(RowKey.of(records[name]), records[name], looked_at, f"{meta.digest} {name}")


def _roc(row: Row, shown: RowDetails) -> None:
    text = wording.interval(row.record["value"], row.record["low"], row.record["high"])
    n, events = int(row.record["n"]), int(row.record["events"])
    cards.chart_card(
        _("ROC of held-out predictions"),
        lambda: roc_chart(shown.roc, auc_text=text, n=n, events=events),
        key="comparison_roc",
        digest=row.digest,
        frame=shown.roc,
        caption=row.caption(_("Curves of the repeats, averaged for drawing; the AUC is the mean within folds.")),
    )


def _calibration(row: Row, shown: RowDetails) -> None:
    result = shown.calibration
    if isinstance(result, RadiomicsError):
        st.info(md(result.message()))
        return
    warning = wording.calibration_warning(result.slope)
    with st.container():
        if warning:
            st.warning(warning, icon=":material/warning:")
        cards.chart_card(
            _("Calibration of held-out predictions"),
            lambda: calibration_chart(
                result.groups, intercept=result.intercept, slope=result.slope, smooth=result.smooth
            ),
            key="comparison_calibration",
            digest=row.digest,
            frame=result.groups,
            caption=row.caption(
                _("A slope below 1 means predictions are too extreme. Brier score {brier:.2f}.", brier=result.brier)
            ),
        )


def _frequency(evaluation: Evaluation, row: Row, shown: RowDetails) -> None:
    if not len(shown.frequency):
        st.caption(_("This pipeline selects no features: it uses every column of its inputs."))
        return
    folds = len(row.key.rows(evaluation.folds))
    cards.chart_card(
        _("How often each feature was chosen"),
        lambda: selection_frequency(shown.frequency, n_fits=folds),
        key="comparison_frequency",
        digest=row.digest,
        frame=shown.frequency,
        caption=row.caption(_("A feature that few folds chose is no finding.")),
    )


def _strip(study: Study, row: Row, shown: RowDetails) -> None:
    scores = shown.scores.assign(wrong=shown.scores["case_id"].isin(shown.wrong["case_id"]))
    event: Any = cards.chart_card(
        _("Held-out score of each case"),
        lambda: score_strip(scores),
        key="comparison_strip",
        digest=row.digest,
        frame=scores,
        caption=row.caption(
            _(
                "Percentile among the training cases of each fold, averaged over repeats. Click a point to open the case."
            )
        ),
        on_select="rerun",
        selection_mode="case",
    )
    clicked = event.selection.get("case") if event is not None else None
    wrong_cases.open_clicked(study, str(next(iter(clicked[0].values()))) if clicked else "")
