"""The one viewer: an image with its regions, slice by slice, whatever draws it inside.

Slices are drawn on the server from memory-mapped volumes; nothing but a small picture travels to the browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import streamlit as st

from pages.common import state
from pages.common.fragments import fragment
from pages.common.words import Html, _, markup, md, plain, show_html
from radiomics_core.cohort.model import Case, FileRef, ImageRef, MaskRef
from radiomics_core.errors import RadiomicsError
from radiomics_core.i18n import lazy_
from radiomics_core.images.regions import CachedFiles, labelled_region
from radiomics_core.imaging.orientation import (
    PLANES,
    orientation_letters,
    position_text,
    slice_position_mm,
    view_of,
)
from radiomics_core.imaging.render import OKABE_ITO, contact_tile, largest_slice, png_bytes, slice_png
from radiomics_core.imaging.volume import same_grid
from radiomics_core.imaging.volume_cache import content_digest
from radiomics_core.imaging.windows import WINDOWS, Window, window_of, windows_for

if TYPE_CHECKING:
    from radiomics_core.imaging.colour_map import Layer
    from radiomics_core.imaging.orientation import Plane
    from radiomics_core.imaging.volume import Volume
    from radiomics_core.study import Study

PLANE_WORDS = {"axial": lazy_("Axial"), "coronal": lazy_("Coronal"), "sagittal": lazy_("Sagittal")}
SIZE_PX = 640


@st.cache_resource(max_entries=12, show_spinner=False)
def image_volume(cache_folder: str, digest: str, _files: tuple[FileRef, ...]) -> Volume:
    """Return a memory-mapped volume; the key is the digest of the files' content, never the volume."""
    return CachedFiles(cache_folder).get(_files)


@st.cache_resource(max_entries=24, show_spinner=False)
def mask_volume(cache_folder: str, digest: str, label: int | None, _files: tuple[FileRef, ...]) -> Volume:
    """Return one region as a volume of true and false."""
    return labelled_region(image_volume(cache_folder, digest, _files), label)


class Overlay(Protocol):
    """Something laid over a slice, with its legend."""

    def key(self, digests: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the picture depends on beside image, regions and slice."""

    def layer(self, digests: tuple[str, ...], image: Volume, mask: Volume, plane: Plane, index: int) -> Layer | None:
        """Return what to lay over a slice, None for nothing; an error is shown beside the picture."""

    def legend(self) -> None:
        """Draw the legend of the layer, above the picture."""

    def notes(self) -> None:
        """Say what else is to know about the layer, below the picture."""


@st.cache_data(max_entries=400, show_spinner=False)
def _picture(
    digests: tuple[str, ...],
    plane: str,
    index: int,
    window: tuple[float, float],
    layer_key: tuple[str, ...],
    _volumes: list[Volume],
    _layer: Layer | None = None,
) -> bytes:
    shown = Window(*window)
    return slice_png(_volumes[0], _volumes[1:], plane, index, shown, size_px=SIZE_PX, layer=_layer)  # type: ignore[arg-type]


@st.cache_data(max_entries=200, show_spinner=False)
def _window(digest: str, preset: str, modality: str, _volume: Volume) -> tuple[float, float]:
    window = window_of(_volume, modality, preset)
    return window.low, window.high


@st.cache_data(max_entries=200, show_spinner=False)
def _start_slice(digest: str, label: int | None, plane: str, _mask: Volume) -> int:
    return largest_slice(_mask, plane)  # type: ignore[arg-type]


def case_viewer(
    case: Case,
    image_name: str,
    *,
    key: str,
    rois: list[str] | None = None,
    compact: bool = False,
    overlay: Overlay | None = None,
) -> None:
    """Show an image of a case with its regions; a fragment, so that stepping reruns nothing else.

    An overlay is computed from the first of the regions.
    """
    image = case.image(image_name)
    if image is None:
        st.info(_("Case {case} has no image {image}.", case=case.case_id, image=image_name))
        return
    masks = [m for m in case.masks if m.image == image_name and (rois is None or m.roi in rois)]
    _viewer(image, masks, case.case_id, key, compact, overlay)


@fragment()
def _viewer(
    image: ImageRef, masks: list[MaskRef], case_id: str, key: str, compact: bool, overlay: Overlay | None
) -> None:
    study = state.current_study()
    if study is None:
        return
    cache = str(study.folder / "cache")
    digest = content_digest(image.files)
    try:
        volume = image_volume(cache, digest, image.files)
        regions, left_out = _regions(volume, masks, cache)
    except RadiomicsError as error:
        st.error(md(error.message()), icon=":material/broken_image:")
        return
    plane, window = _choices(image, key, compact)
    low, high = _window(digest, window, image.modality, volume)
    index = _slice_slider(volume, plane, regions, f"{case_id}_{key}", digest)
    digests = (digest, *(f"{content_digest([m.file])}:{m.label}" for m, _region in regions))
    volumes = [volume, *(region for _mask, region in regions)]
    layer = _layer(overlay, digests, volumes, plane, index)
    layer_key: tuple[str, ...] = ()
    if overlay is not None and layer is not None:
        layer_key = overlay.key(digests)
        overlay.legend()
    _with_letters(_picture(digests, plane, index, (low, high), layer_key, volumes, layer), volume, plane, case_id)
    _legend(volume, plane, index, [m.roi for m, _region in regions], window, left_out)
    if overlay is not None and layer is not None:
        overlay.notes()


def _layer(
    overlay: Overlay | None, digests: tuple[str, ...], volumes: list[Volume], plane: str, index: int
) -> Layer | None:
    if overlay is None or len(volumes) == 1:
        return None
    try:
        return overlay.layer(digests, volumes[0], volumes[1], plane, index)  # type: ignore[arg-type]
    except RadiomicsError as error:
        st.error(md(error.message()), icon=":material/error:")
        return None


def _regions(volume: Volume, masks: list[MaskRef], cache: str) -> tuple[list[tuple[MaskRef, Volume]], list[str]]:
    shown, left_out = [], []
    for mask in masks:
        region = mask_volume(cache, content_digest([mask.file]), mask.label, (mask.file,))
        if same_grid(volume, region).matches:
            shown.append((mask, region))
        else:
            left_out.append(mask.roi)
    return shown, left_out


def region_of(study: Study, case: Case, mask: MaskRef) -> tuple[tuple[str, ...], Volume, Volume] | None:
    """Return the digests, the image and the region of a mask; None when they cannot be shown on one grid."""
    image = case.image(mask.image)
    if image is None:
        return None
    cache, digest = str(study.folder / "cache"), content_digest(image.files)
    try:
        volume = image_volume(cache, digest, image.files)
        regions, _left_out = _regions(volume, [mask], cache)
    except RadiomicsError:
        return None  # the viewer above says why
    digests = (digest, f"{content_digest([mask.file])}:{mask.label}")
    return (digests, volume, regions[0][1]) if regions else None


def _choices(image: ImageRef, key: str, compact: bool) -> tuple[str, str]:
    presets = windows_for(image.modality)
    plane_key, window_key = f"{key}_plane", f"{key}_window_{image.modality or 'any'}"
    state.recall(plane_key, "axial", options=PLANES)
    state.recall(window_key, presets[0], options=presets)
    left, right = st.columns(2) if not compact else (st.container(), st.container())
    plane = left.segmented_control(
        _("Plane"),
        PLANES,
        format_func=lambda name: md(PLANE_WORDS[name]),
        key=plane_key,
        persist_state="session",
        required=True,
        help=_("The direction of the cut. Shown as on a workstation: the patient's right is on the left."),
    )
    window = right.selectbox(
        _("Window"),
        presets,
        format_func=lambda name: str(WINDOWS[name].label),
        key=window_key,
        persist_state="session",
        help=_("Which values are black and which white. It changes the picture only, never the features."),
    )
    return str(plane), str(window)


def _slice_slider(volume: Volume, plane: str, regions: list[tuple[MaskRef, Volume]], key: str, digest: str) -> int:
    last = volume.array.shape[view_of(volume.direction, plane).through] - 1  # type: ignore[arg-type]
    if last == 0:
        return 0
    start = -1
    if regions:
        mask, region = regions[0]
        start = _start_slice(content_digest([mask.file]), mask.label, plane, region)
    slider = f"slice_{key}_{plane}_{digest[:8]}"
    if not 1 <= int(state.get(slider, 0)) <= last + 1:
        state.put(slider, (start if start >= 0 else last // 2) + 1)
    words = _("Opens at the slice where the region is largest. Arrow keys step.")
    return int(st.slider(_("Slice"), 1, last + 1, key=slider, help=words)) - 1


def _with_letters(png: bytes, volume: Volume, plane: str, case_id: str) -> None:
    import base64

    letters = orientation_letters(volume.direction, plane)  # type: ignore[arg-type]
    picture = base64.b64encode(png).decode()
    words = plain("{plane} slice of case {case}", plane=PLANE_WORDS[plane], case=case_id)
    spot = "position:absolute;color:#fff;font:600 14px system-ui;text-shadow:0 0 3px #000,0 0 3px #000;"
    show_html(
        markup(
            """<div style="position:relative;background:#000;border-radius:6px;text-align:center;line-height:0">
        <img src="data:image/png;base64,{picture}" alt="{words}" style="max-width:100%;max-height:560px;min-height:280px;object-fit:contain">
        <span style="{spot}left:8px;top:50%">{left}</span><span style="{spot}right:8px;top:50%">{right}</span>
        <span style="{spot}top:14px;left:50%">{top}</span><span style="{spot}bottom:14px;left:50%">{bottom}</span>
        </div>""",
            picture=picture,
            words=words,
            spot=spot,
            left=letters.left,
            right=letters.right,
            top=letters.top,
            bottom=letters.bottom,
        )
    )


def _legend(volume: Volume, plane: str, index: int, rois: list[str], window: str, left_out: list[str]) -> None:
    view = view_of(volume.direction, plane)  # type: ignore[arg-type]
    count = volume.array.shape[view.through]
    position = position_text(plane, slice_position_mm(volume, plane, index))  # type: ignore[arg-type]
    colours = [
        markup('<span style="color:rgb{colour}">&#9632;</span> {roi}', colour=OKABE_ITO[i % len(OKABE_ITO)], roi=roi)
        for i, roi in enumerate(rois)
    ]
    words = plain(
        "Slice {index} of {count}, {position}. {window}.",
        index=index + 1,
        count=count,
        position=position,
        window=str(WINDOWS[window].label),
    )
    show_html(
        markup(
            '<div style="font-size:0.85rem;opacity:0.8">{words} {colours}</div>',
            words=words,
            colours=Html("  ".join(colours)),
        )
    )
    if left_out:
        st.warning(
            _(
                "Not shown, because the mask lies on another grid than the image: {rois}. The Cohort page offers to resample it.",
                rois=", ".join(left_out),
            ),
            icon=":material/grid_off:",
        )


def tile(study: Study, case: Case, image_name: str, roi: str, size_px: int) -> bytes | None:
    """Return a small picture of a region at its largest slice as PNG, None when the files cannot be read."""
    image, mask = case.image(image_name), case.mask(image_name, roi)
    if image is None or mask is None:
        return None
    mask_digest = f"{content_digest([mask.file])}:{mask.label}"
    return _tile(str(study.folder / "cache"), content_digest(image.files), mask_digest, size_px, image, mask)


@st.cache_data(max_entries=2000, show_spinner=False)
def _tile(cache: str, digest: str, mask_digest: str, size_px: int, _image: ImageRef, _mask: MaskRef) -> bytes | None:
    try:
        volume = image_volume(cache, digest, _image.files)
        region = mask_volume(cache, mask_digest.split(":", maxsplit=1)[0], _mask.label, (_mask.file,))
    except RadiomicsError:
        return None  # the quality table holds the finding and its words
    return png_bytes(contact_tile(volume, region, size_px, window=window_of(volume, _image.modality)))
