"""The map of a whole region, to take away: computed when asked for, with time left, then offered as a file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from pages.common import downloads, maps, messages, state, viewer
from pages.common.fragments import fragment
from pages.common.maps import MapRequest
from pages.common.words import _
from radiomics_core.cohort.model import Case, MaskRef
from radiomics_core.imaging.volume import Volume
from radiomics_core.study import Study

if TYPE_CHECKING:
    from radiomics_core.extraction.feature_maps import FeatureMap


@fragment()
def take_away(study: Study, case: Case, mask: MaskRef, request: MapRequest) -> None:
    """Compute the whole map when asked, then offer it as a file."""
    volumes = viewer.region_of(study, case, mask)
    if volumes is None:
        return
    wanted = request.key(volumes[0])
    if st.button(
        _("Compute the whole map"), key="map_whole", icon=":material/view_in_ar:",
        help=_("Every slice of the region, to take away as NIfTI; the picture above needs its own slice only."),
    ):  # fmt: skip
        with messages.errors_shown():
            state.put("map_whole_kept", (wanted, _whole(request, *volumes)))
    kept: tuple[object, FeatureMap] | None = state.get("map_whole_kept")
    if kept is not None and kept[0] == wanted:
        found = kept[1]
        low, high, n = f"{found.minimum:.4g}", f"{found.maximum:.4g}", f"{int(found.computed.sum()):,}"
        st.caption(_("{n} voxels, {low} to {high} {unit}", n=n, low=low, high=high, unit=found.unit))
        st.download_button(
            _("Map (NIfTI)"),
            data=lambda: maps.as_file(found),
            file_name=downloads.file_name(f"{case.case_id}_{mask.image}_{mask.roi}_{found.feature_name}", "nii.gz"),
            mime="application/gzip",
            key="map_file",
            icon=":material/download:",
            on_click="ignore",
            help=_("Opens over the image in any viewer; on the voxel size the feature was computed with."),
        )


def _whole(request: MapRequest, digests: tuple[str, ...], image: Volume, region: Volume) -> FeatureMap:
    bar = st.progress(0.0, text=_("Computing the map of the whole region"))

    started = time.monotonic()

    def report(done: int, n: int) -> None:
        left = (time.monotonic() - started) * (n - done) / done
        words = _("{done} of {n} voxels, {left} s left", done=f"{done:,}", n=f"{n:,}", left=f"{left:.0f}")
        bar.progress(done / n, text=words)

    found = maps.whole(request, digests, image, region, report)
    bar.empty()
    return found
