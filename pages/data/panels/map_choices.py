"""Which feature is mapped: image filter, family, feature and neighbourhood, each in plain words."""

from __future__ import annotations

import re

import streamlit as st

from pages.common import state
from pages.common.maps import MapRequest
from pages.common.words import Markdown, _, md, plain
from pages.features.panels.extraction_choices import every_image, modality_of
from radiomics_core.cohort.model import Cohort
from radiomics_core.extraction.catalogue import FEATURE_CLASSES, FEATURE_NAMES
from radiomics_core.extraction.derived_names import derived_image_names
from radiomics_core.extraction.feature_maps import MAP_FAMILIES
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.glossary import GLOSSARY
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.study import Study

LARGEST_RADIUS = 5

FAMILY_WORDS: dict[str, LazyText] = {
    "firstorder": lazy_("Intensity statistics"),
    "glcm": lazy_("Co-occurrence (GLCM)"),
    "glrlm": lazy_("Run lengths (GLRLM)"),
    "glszm": lazy_("Zone sizes (GLSZM)"),
    "gldm": lazy_("Dependence (GLDM)"),
    "ngtdm": lazy_("Neighbourhood difference (NGTDM)"),
}
SHORT_NAMES: dict[str, LazyText] = {
    "10Percentile": lazy_("10th percentile"),
    "90Percentile": lazy_("90th percentile"),
    "Id": lazy_("Inverse difference"),
    "Idm": lazy_("Inverse difference moment"),
    "Idn": lazy_("Inverse difference normalised"),
    "Idmn": lazy_("Inverse difference moment normalised"),
    "Imc1": lazy_("Informational measure of correlation 1"),
    "Imc2": lazy_("Informational measure of correlation 2"),
    "MCC": lazy_("Maximal correlation coefficient"),
}
"""Features whose pyradiomics name is no word."""


def choose(study: Study, cohort: Cohort, image: str) -> MapRequest:
    """Menus of filter, family, feature and neighbourhood; the other settings are those of the Extraction page."""
    modality = modality_of(cohort, image)
    offered = _offered(every_image(study)[image])
    filters = {name: _filter_words(name, image_type) for name, (image_type, _own) in offered.items()}
    name = _menu(_("Image filter"), "map_filter", filters, _explained(FILTERS.helps()))
    if name != "original":
        st.caption(md(FILTERS.build(offered[name][0]).meaning))
    families = {family: str(FAMILY_WORDS[family]) for family in MAP_FAMILIES}
    family = _menu(_("Family"), "map_family", families, _explained({f: FEATURE_CLASSES[f] for f in MAP_FAMILIES}))
    features = {f: feature_words(f) for f in FEATURE_NAMES[family]}
    start = "Mean" if family == "firstorder" else "JointEntropy" if family == "glcm" else next(iter(features))
    feature = _menu(_("Feature"), f"map_feature_{family}", features, _("Type to search."), start)
    st.caption(md(GLOSSARY[family, feature].meaning))
    return MapRequest(_with_neighbourhood(offered[name][1]), name, family, feature, modality)


def _explained(words: dict[str, LazyText]) -> Markdown:
    return Markdown("\n".join(f"- **{md(name)}**: {md(meaning)}" for name, meaning in words.items()))


def feature_words(feature: str) -> str:
    """Return a feature's name in plain words: ``Joint entropy``, ``Inverse difference``."""
    if feature in SHORT_NAMES:
        return str(SHORT_NAMES[feature])
    words = " ".join(re.findall(r"[A-Z][a-z]+", feature)).lower().replace("gray", "grey").replace("non u", "non-u")
    return plain("{feature}", feature=words[:1].upper() + words[1:])


def _offered(settings: ExtractionSettings) -> dict[str, tuple[str, ExtractionSettings]]:
    """Return every derived image with its type and settings: the original, those extracted, then all others."""
    types = dict.fromkeys(["Original", *settings.image_types(), *FILTERS.names()])
    offered: dict[str, tuple[str, ExtractionSettings]] = {}
    for image_type in types:
        alone = settings.with_image_types([image_type])
        for name, usual in FILTERS.build(image_type).usual.items():
            if not alone.value(name, image_type):
                alone = alone.with_value(name, usual, image_type)
        offered |= dict.fromkeys(derived_image_names(alone), (image_type, alone))
    return offered


def _filter_words(name: str, image_type: str) -> str:
    image_filter = FILTERS.build(image_type)
    return image_filter.menu.format(detail=image_filter.detail(name))


def _menu(label: Markdown, key: str, words: dict[str, str], help_text: Markdown, start: str = "") -> str:
    names = list(words)
    state.recall(key, start or names[0], options=names)
    return str(
        st.selectbox(
            label,
            names,
            format_func=lambda name: words[name],
            key=key,
            persist_state="session",
            on_change=state.remember,
            args=(key,),
            help=help_text,
        )
    )


def _with_neighbourhood(settings: ExtractionSettings) -> ExtractionSettings:
    with st.popover(_("More settings"), icon=":material/tune:", width="stretch"):
        state.recall("map_radius", int(settings.value("kernelRadius")))
        radius = st.number_input(
            _("Neighbourhood radius [voxels]"),
            1,
            LARGEST_RADIUS,
            key="map_radius",
            persist_state="session",
            help=_("How far around each voxel the feature looks: 1 is a cube of 27 voxels, 2 of 125."),
        )
        state.recall("map_masked", bool(settings.value("maskedKernel")))
        masked = st.toggle(
            _("Only voxels of the region count"),
            key="map_masked",
            persist_state="session",
            help=_("Off: neighbours outside the region count as well, so that its edge does not stand out."),
        )
        st.caption(_("Voxel size, normalisation and grey levels are those of the Extraction page."))
    return settings.with_value("kernelRadius", int(radius)).with_value("maskedKernel", bool(masked))
