"""A feature over a region: its value in the neighbourhood of every voxel, as colours over the slice."""

from __future__ import annotations

import math

import streamlit as st

from pages.common import engine, maps, state, viewer
from pages.common.maps import MapRequest, MapSlice
from pages.common.words import Html, _, plain, show_html
from pages.data.panels import map_choices, whole_map
from pages.data.panels.single_case import choose_case
from radiomics_core.cohort.model import Case, Cohort, MaskRef
from radiomics_core.imaging.colour_map import Layer
from radiomics_core.imaging.orientation import Plane
from radiomics_core.imaging.volume import Volume
from radiomics_core.study import Study

NARROW = Html("""<style>@media (max-width: 1000px) {
    .st-key-map_layout [data-testid="stColumn"] {min-width: 100%}
    .st-key-map_layout [data-testid="stColumn"]:has(.st-key-map_filter) {order: -1}
}</style>""")
"""On a narrow screen the choices stand above the picture instead of beside it."""


def show(study: Study, cohort: Cohort) -> None:
    """Let the user choose a case, a region and a feature; image with map left, choices right."""
    ids = [case.case_id for case in cohort.cases if case.masks]
    if not ids:
        st.info(_("No case has a mask yet; a map is drawn inside a marked region."))
        return
    if not engine.ready():
        return
    case = cohort.case(choose_case(ids))
    show_html(NARROW)
    with st.container(key="map_layout"):
        left, right = st.columns([3, 1])
    with right:
        mask = _choose_region(case)
        request = map_choices.choose(study, cohort, mask.image)
        state.recall("map_opacity", 70)
        opacity = st.slider(
            _("Opacity [%]"), 0, 100, key="map_opacity", persist_state="session", step=5,
            help=_("How much of the image the colours cover."),
        )  # fmt: skip
    overlay = _MapOverlay(request, opacity / 100)
    with left:
        viewer.case_viewer(case, mask.image, key="map", rois=[mask.roi], overlay=overlay)
        whole_map.take_away(study, case, mask, request)


def _choose_region(case: Case) -> MaskRef:
    masks = {f"{mask.image}, {mask.roi}": mask for mask in case.masks}
    state.recall("map_region", next(iter(masks)), options=list(masks))
    chosen = st.selectbox(
        _("Image and region"),
        list(masks),
        key="map_region",
        persist_state="session",
        help=_("Grey levels are made from this region, as in extraction."),
    )
    return masks[str(chosen)]


class _MapOverlay:
    """The map as a layer of the viewer."""

    def __init__(self, request: MapRequest, opacity: float) -> None:
        self.request, self.opacity = request, opacity
        self.shown: MapSlice | None = None

    def key(self, digests: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the layer depends on."""
        return (*self.request.key(digests), f"{self.opacity:.2f}")

    def layer(self, digests: tuple[str, ...], image: Volume, mask: Volume, plane: Plane, index: int) -> Layer | None:
        """Compute the map on the slice; says so when that takes a while."""
        with st.spinner(_("Computing the map of this slice"), show_time=True):
            self.shown = maps.on_slice(self.request, digests, image, mask, plane, index)
        return Layer(self.shown.values, self.shown.low, self.shown.high, self.opacity)

    def legend(self) -> None:
        """Draw the colours with their values and the unit."""
        if self.shown is None or math.isnan(self.shown.low):
            return
        name, unit = map_choices.feature_words(self.request.feature), self.shown.unit
        title = plain("{name} [{unit}]", name=name, unit=unit) if unit else plain("{name} (no unit)", name=name)
        maps.colour_bar(title, self.shown.low, self.shown.high)

    def notes(self) -> None:
        """Say how the colours run, and where there are none."""
        if self.shown is None or not self.shown.computed:
            st.caption(_("The region is not on this slice."))
        elif math.isnan(self.shown.low):
            st.caption(_("The feature is not defined anywhere in this region."))
        else:
            st.caption(_("Colours run from the 1st to the 99th percentile of the region, the same on every slice."))
        if self.shown is not None and self.shown.resampled_mm:
            size = " x ".join(f"{mm:.3g}" for mm in self.shown.resampled_mm)
            st.caption(_("Computed on voxels of {size} mm: its edge can lie a voxel beside the outline.", size=size))
        if self.shown is not None and self.shown.undefined:
            n, every = self.shown.undefined, self.shown.computed
            st.caption(
                _("Not defined at {n} of {every} voxels of this slice; the image shows there.", n=n, every=every)
            )
