"""The choices that matter: image, region, preset; the draft of the settings is kept per image."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.common import forms, state
from pages.common.words import _
from radiomics_core.cohort.model import Cohort
from radiomics_core.extraction import PRESETS, ExtractionSettings, preset_for
from radiomics_core.study import Study


@dataclass(frozen=True)
class ExtractionChoice:
    """What is extracted from: image, region (empty for every region) and the preset to begin with."""

    image: str
    roi: str
    modality: str
    preset: str

    @property
    def draft_key(self) -> str:
        """Where the draft of the settings is kept in the session and the study."""
        return f"extraction_draft_{self.image}"


def choose(study: Study, cohort: Cohort) -> ExtractionChoice:
    """Menus of image, region and preset."""
    names = cohort.image_names()
    with st.container(border=True):
        one, two, three = st.columns(3)
        with one:
            state.recall("extraction_image", names[0], options=names)
            image = str(
                st.selectbox(
                    _("Image"),
                    names,
                    key="extraction_image",
                    persist_state="session",
                    on_change=state.remember,
                    args=("extraction_image",),
                    help=_(
                        "Each image is extracted with its own settings; features of several images go into one table."
                    ),
                )
            )
        with two:
            rois = ["", *cohort.rois(image)] if len(cohort.rois(image)) > 1 else cohort.rois(image) or [""]
            state.recall("extraction_roi", rois[0], options=rois)
            roi = str(
                st.selectbox(
                    _("Region"),
                    rois,
                    format_func=lambda r: r or _("every region"),
                    key="extraction_roi",
                    persist_state="session",
                    on_change=state.remember,
                    args=("extraction_roi",),
                    help=_("The marked region that is measured."),
                )
            )
        modality = modality_of(cohort, image)
        with three:
            preset = forms.choose(PRESETS, _("Preset"), key=f"extraction_preset_{image}", default=preset_for(modality))
    return ExtractionChoice(image, roi, modality, preset)


def every_image(study: Study) -> dict[str, ExtractionSettings]:
    """Return the settings in force for each image: its draft, else the preset for its kind."""
    in_force = {}
    for name in study.cohort.image_names():
        modality = modality_of(study.cohort, name)
        key = f"extraction_preset_{name}"
        preset = str(state.get(key) or study.view.get(f"choice:{key}") or preset_for(modality))
        in_force[name] = draft(ExtractionChoice(name, "", modality, preset))
    return in_force


def modality_of(cohort: Cohort, image: str) -> str:
    """Return the modality of an image by its name, empty when unknown."""
    return next((i.modality for c in cohort.cases for i in c.images if i.name == image), "")


def draft(choice: ExtractionChoice) -> ExtractionSettings:
    """Return the draft of the settings for the chosen image.

    Without a draft: the settings that made the features in the table, while the preset is that for the image's kind;
    else those of the preset.
    """
    study = state.current_study()
    stored = state.get(choice.draft_key) or (study.view.get(choice.draft_key) if study else None)
    if stored and stored.get("preset") == choice.preset:
        return ExtractionSettings.from_yaml(stored["yaml"])
    made = made_with(study, choice.image)
    if made is not None and not stored and choice.preset == preset_for(choice.modality):
        return made
    return PRESETS.build(choice.preset).settings


def made_with(study: Study | None, image: str) -> ExtractionSettings | None:
    """Return the settings that made the features of an image, None when there are none."""
    parameters = study.feature_table().settings.get(image) if study and study.has_features() else None
    return ExtractionSettings.from_parameters(parameters) if parameters else None


def keep(choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    """Keep a changed draft in the session and in the study."""
    stored = {"preset": choice.preset, "yaml": settings.to_yaml()}
    state.put(choice.draft_key, stored)
    study = state.current_study()
    if study is not None and not study.read_only:
        study.view.put(choice.draft_key, stored)


def forget(choice: ExtractionChoice) -> None:
    """Go back to the preset."""
    keep(choice, PRESETS.build(choice.preset).settings)
