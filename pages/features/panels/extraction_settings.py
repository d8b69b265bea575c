"""Every setting within reach: the preset's values with their reasons, a form for all others, parameter files in and out."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.common import downloads, messages, state
from pages.common.words import Markdown, _, cells, md
from pages.features.panels import parameter_file
from pages.features.panels.extraction_choices import ExtractionChoice, draft, forget, keep, made_with
from pages.features.panels.settings_answers import applied
from radiomics_core.extraction import PRESETS, ExtractionSettings
from radiomics_core.extraction.catalogue import FEATURE_CLASSES
from radiomics_core.extraction.fields import GROUPS, fields_of, general_fields
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.setting_field import SettingField


def edit(choice: ExtractionChoice) -> ExtractionSettings:
    """Show the settings in force and let the user change them; returns them."""
    settings = draft(choice)
    changed = settings.digest() != PRESETS.build(choice.preset).settings.digest()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_in_force(choice, settings, changed))
        if changed and st.button(
            _("Back to the preset"), key="settings_reset", type="tertiary", icon=":material/undo:"
        ):
            forget(choice)
            st.rerun()
    with st.expander(_("Why these values"), icon=":material/menu_book:"):
        _reasons(choice)
    with st.expander(_("More settings"), icon=":material/tune:"):
        _form(choice, settings)
    with st.expander(_("Parameter file (pyradiomics YAML)"), icon=":material/description:"):
        parameter_file.show(choice, settings)
    return draft(choice)


def _in_force(choice: ExtractionChoice, settings: ExtractionSettings, changed: bool) -> Markdown:
    preset = str(PRESETS[choice.preset].label)
    if not changed:
        return _("Settings: preset {preset}", preset=preset)
    made = made_with(state.current_study(), choice.image)
    if made is not None and made.digest() == settings.digest():
        return _("Settings: those that made the feature table, other than preset {preset}", preset=preset)
    return _("Settings: preset {preset}, changed", preset=preset)


def _reasons(choice: ExtractionChoice) -> None:
    rows = [
        {
            _("Setting"): r["key"],
            _("Value"): _("on") if r["value"] is True else str(r["value"]),
            _("Why"): str(r["why"]),
            _("Source"): r["source"],
        }
        for r in PRESETS.build(choice.preset).rows()
    ]
    reasons = pd.DataFrame(rows)
    st.table(cells(reasons.set_index(_("Setting"))))  # wraps its words, which a grid cuts off
    downloads.table(reasons, f"preset_{choice.preset}", key="preset_reasons")


def _form(choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    stamp = f"{choice.image}_{settings.digest()}"
    with st.form(f"settings_{stamp}", border=False):
        left, right = st.columns(2)
        types = left.multiselect(
            _("Image filters"),
            FILTERS.names(),
            default=list(settings.image_types()),
            key=f"types_{stamp}",
            help="\n".join(f"- **{md(n)}**: {md(h)}" for n, h in FILTERS.helps().items()),
        )
        classes = right.multiselect(
            _("Feature families"),
            list(FEATURE_CLASSES),
            default=list(settings.feature_classes()),
            key=f"classes_{stamp}",
            help="\n".join(f"- **{md(n)}**: {md(h)}" for n, h in FEATURE_CLASSES.items()),
        )
        answers: dict[tuple[str, str | None], str] = {}
        for group, heading in GROUPS.items():
            _group(group, str(heading), settings, stamp, answers)
        submitted = st.form_submit_button(
            _("Use these settings"), key=f"settings_submit_{choice.image}", type="primary"
        )

    def adopt() -> None:
        keep(choice, applied(settings, types, classes, answers))
        st.rerun()

    messages.when_sent(f"settings_refused_{choice.image}", submitted, adopt, about=stamp)


def _group(
    group: str, heading: str, settings: ExtractionSettings, stamp: str, answers: dict[tuple[str, str | None], str]
) -> None:
    wanted: list[tuple[SettingField, str | None]] = [(f, None) for f in general_fields() if f.group == group]
    wanted += [(f, t) for t in settings.image_types() for f in fields_of(t) if f.group == group]
    if not wanted:
        return
    st.markdown(f"**{md(heading)}**")
    columns = st.columns(3)
    for position, (field, image_type) in enumerate(wanted):
        label = field.name if image_type is None else f"{image_type}: {field.name}"
        label += f" [{field.unit}]" if field.unit else ""
        with columns[position % 3]:
            answers[field.name, image_type] = _widget(
                field, md(label), settings.value(field.name, image_type), f"{stamp}_{image_type}_{field.name}"
            )


def _widget(field: SettingField, label: Markdown, value: Any, key: str) -> Any:
    default = _("pyradiomics default: {value}", value=_text(field.default) or _("off"))
    words = f"{md(field.help)}\n\n{default}"
    if field.type == "bool":
        return st.checkbox(label, bool(value), key=key, help=words)
    if field.type == "choice":
        options = list(dict.fromkeys([*([""] if field.default is None else []), *field.choices]))
        chosen = "" if value is None else str(value)
        return st.selectbox(
            label, options, index=options.index(chosen) if chosen in options else 0, key=key, help=words
        )
    return st.text_input(label, _text(value), key=key, help=words)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
