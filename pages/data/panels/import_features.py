"""Start from a table of features a lab already has: CSV or Excel, pyradiomics names recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.common import messages, state
from pages.common.uploads import content, forget
from pages.common.words import _, plural
from pages.data.panels import personal_columns
from radiomics_core.clinical.readers import table_endings
from radiomics_core.features.reading import OnText
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.study import Study
from radiomics_core.study.actions import feature_import

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

MOST_SHOWN = 100
"""Columns of the preview; ten thousand would take the browser a minute."""
ON_TEXT: dict[OnText, LazyText] = {"error": lazy_("stop and list them"), "missing": lazy_("count them as missing")}


def show(study: Study) -> None:
    """Take a file, choose the id column, show what is a feature and what is clinical, import."""
    st.markdown(
        _(
            "One row per case, features in columns. Columns with pyradiomics names are recognised; others are told apart from clinical columns, and you can correct that."
        )
    )
    if study.has_features():
        table = study.feature_table()
        st.success(
            _(
                "The study has {features} features ({engine}) of {cases} cases that are not left out.",
                features=table.values.shape[1],
                cases=len({case.case_id for case in study.cohort.included()} & set(table.values.index)),
                engine=table.engine,
            ),
            icon=":material/check_circle:",
        )
    if study.cohort.image_names():
        st.info(_("This study has images; features are extracted from them. Start another study for a feature table."))
        return
    file = st.file_uploader(
        _("Feature table"),
        type=table_endings(),
        key="features_file",
        help=_("CSV, TSV or Excel, also compressed with gzip."),
    )
    if file is not None:
        with messages.errors_shown():
            with st.spinner(_("Reading the table"), show_time=True):
                look = state.made_once(
                    "features_look", file.file_id, lambda: feature_import.look(content(file), file.name)
                )
            _choose_and_import(study, look, file)


def _choose_and_import(study: Study, look: feature_import.TableLook, file: UploadedFile) -> None:
    columns = list(look.frame.columns)
    left, middle, right = st.columns(3)
    state.recall("features_id", look.id_column or columns[0], options=columns)
    id_column = left.selectbox(_("Case id"), columns, key="features_id", help=_("The column that names the case."))
    nothing = _("none")
    time_column = middle.selectbox(
        _("Time point"),
        [nothing, *columns],
        key="features_time",
        help=_("Only when patients were measured more than once."),
    )
    on_text = right.selectbox(
        _("Cells that are no number"),
        list(ON_TEXT),
        format_func=lambda k: str(ON_TEXT[k]),
        key="features_on_text",
        help=_("In feature columns."),
    )
    keep = "" if time_column == nothing else _kept_timepoint(look, str(time_column))
    split = feature_import.split(look, str(id_column))
    left_out = personal_columns.choose(look.frame, str(id_column), key=f"features_leave_out_{file.file_id}")
    features = st.multiselect(
        _("Clinical columns (everything else that holds numbers is a feature)"),
        columns,
        default=split.clinical,
        key=f"features_clinical_{file.file_id}",
        help=_("Outcomes, age, stage, centre: not features."),
    )
    st.caption(
        plural(len(columns) - len(features) - 1, "{n} feature", "{n} features")
        + ", "
        + plural(len(features), "{n} clinical column", "{n} clinical columns")
    )
    st.dataframe(look.frame.iloc[:20, :MOST_SHOWN], hide_index=True, key="features_preview", height=220)
    if st.button(
        _("Import the feature table"),
        key="features_import",
        help=_("Makes the cohort and its features from this table."),
        type="primary",
    ):
        feature_import.import_table(
            study, b"", str(id_column), name=file.name, looked=look, leave_out=left_out,
            clinical_columns=[column for column in features if column not in left_out],
            timepoint_column="" if time_column == nothing else str(time_column), keep_timepoint=keep, on_text=on_text,
        )  # fmt: skip
        forget([file])
        state.drop("features_look")
        state.put_next("cohort_section", "columns")
        st.rerun()


def _kept_timepoint(look: feature_import.TableLook, column: str) -> str:
    """Return the time point that is analysed: one row per case, never both of a repeated measurement."""
    values = sorted(map(str, look.frame[column].dropna().unique()))
    kept = st.selectbox(
        _("Time point to analyse"),
        values,
        key=f"features_keep_{column}",
        help=_("Only these rows are imported, so that every case counts once."),
    )
    return str(kept)
