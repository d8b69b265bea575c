"""Pictures of slices: windowed, in radiological convention, square pixels, masks as thin contours. No screen code."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ImageError
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.colour_map import Layer, lay_over
from radiomics_core.imaging.orientation import PLANES, Letters, Plane, orientation_letters, pixel_spacing_mm, view_of
from radiomics_core.imaging.quality import largest_slices
from radiomics_core.imaging.volume import Volume, same_grid
from radiomics_core.imaging.windows import WINDOWS, Window, window_of, windows_for

__all__ = [
    "OKABE_ITO", "PLANES", "WINDOWS", "Letters", "Plane", "Window", "contact_tile", "largest_slice", "mask_contour",
    "orientation_letters", "png_bytes", "slice_image", "slice_png", "slice_with_contours", "window_of", "windows_for",
]  # fmt: skip

Colour = tuple[int, int, int]
Picture = NDArray[np.uint8]

OKABE_ITO: tuple[Colour, ...] = (
    (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167),
)  # fmt: skip
"""Okabe & Ito 2008, colours that stay apart in every kind of colour vision; black is left out on dark images."""

MARGIN_FRACTION, MARGIN_MM = 0.25, 8.0


def slice_image(
    volume: Volume, plane: Plane, index: int, window: Window | None = None, *, size_px: int | None = None
) -> Picture:
    """Return one slice as an RGB picture in radiological convention with square pixels.

    Parameters
    ----------
    index : int
        Along the grid axis of the plane, from 0; an index outside is an ImageError.
    window : Window, optional
        By default from the 1st to the 99th percentile.
    size_px : int, optional
        Length of the longer side; by default one pixel is the smaller of the two spacings.
    """
    window = window or window_of(volume)
    grey = window.apply(_cut(volume, plane, index))
    return _as_rgb(_resize(grey, _shape_px(volume, plane, size_px), smooth=True))


def mask_contour(mask: Volume, plane: Plane, index: int, *, size_px: int | None = None, width_px: int = 1) -> Any:
    """Return a bool picture of the mask's outline, ``width_px`` thick and inside the mask, sized as its slice."""
    inside = _cut(mask, plane, index).astype(np.uint8) * 255
    return _outline(_resize(inside, _shape_px(mask, plane, size_px), smooth=False) > 0, width_px)


def slice_with_contours(
    volume: Volume,
    masks: Sequence[Volume],
    plane: Plane,
    index: int,
    window: Window | None = None,
    *,
    size_px: int | None = None,
    width_px: int = 1,
    colours: Sequence[Colour] = OKABE_ITO,
    layer: Layer | None = None,
) -> Picture:
    """Return a slice with the contour of each mask in its own colour, and a layer of values between the two.

    Raises
    ------
    ImageError
        When a mask lies on another grid.
    """
    picture = slice_image(volume, plane, index, window, size_px=size_px)
    if layer is not None:
        picture = lay_over(picture, layer)
    for number, mask in enumerate(masks):
        if not same_grid(volume, mask).matches:
            raise ImageError(
                lazy_("the mask lies on another grid than the image"),
                remedy=lazy_("Resample the mask onto the image first"),
            )
        picture[mask_contour(mask, plane, index, size_px=size_px, width_px=width_px)] = colours[number % len(colours)]
    return picture


def slice_png(
    volume: Volume,
    masks: Sequence[Volume] = (),
    plane: Plane = "axial",
    index: int = 0,
    window: Window | None = None,
    *,
    size_px: int | None = 512,
    width_px: int = 2,
    layer: Layer | None = None,
) -> bytes:
    """Return a slice with contours, and a layer of values if there is one, as PNG."""
    return png_bytes(
        slice_with_contours(volume, masks, plane, index, window, size_px=size_px, width_px=width_px, layer=layer)
    )


def png_bytes(picture: Picture) -> bytes:
    """Return a picture as PNG (fast compression)."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def largest_slice(mask: Volume, plane: Plane = "axial") -> int:
    """Return the index of the plane's slice with most mask voxels, -1 for an empty mask."""
    return largest_slices(mask)[view_of(mask.direction, plane).through]


def contact_tile(
    image: Volume, mask: Volume, size_px: int = 160, *, plane: Plane = "axial", window: Window | None = None,
    colour: Colour = OKABE_ITO[0],
) -> Picture:  # fmt: skip
    """Return a square picture of the slice with most mask voxels, cropped around the mask with a margin.

    The margin is a quarter of the region's longer side, at least 8 mm. With an empty mask it is the middle slice as a
    whole; with a mask on another grid the whole image without a contour.
    """
    fits = same_grid(image, mask).matches and bool(mask.array.any())
    index = largest_slice(mask, plane) if fits else image.array.shape[view_of(image.direction, plane).through] // 2
    grey = (window or window_of(image)).apply(_cut(image, plane, index))
    inside = _cut(mask, plane, index) if fits else np.zeros(grey.shape, bool)
    rows, columns = _crop(inside, pixel_spacing_mm(image, plane))
    dy, dx = pixel_spacing_mm(image, plane)
    high, wide = (rows.stop - rows.start) * dy, (columns.stop - columns.start) * dx
    shape = max(1, round(size_px * high / max(high, wide))), max(1, round(size_px * wide / max(high, wide)))
    picture = _as_rgb(_resize(grey[rows, columns], shape, smooth=True))
    outline = _resize(inside[rows, columns].astype(np.uint8) * 255, shape, smooth=False) > 0
    picture[_outline(outline, 1)] = colour
    return _on_square(picture, size_px)


# ---- steps -----------------------------------------------------------------------------------------------------


def _cut(volume: Volume, plane: Plane, index: int) -> NDArray[Any]:
    view = view_of(volume.direction, plane)
    n = volume.array.shape[view.through]
    if not 0 <= index < n:
        raise ImageError(
            lazy_("slice {index} is outside the image, which has slices 0 to {last}"),
            remedy=lazy_("Choose a slice within the image"),
            index=index,
            last=n - 1,
        )
    return view.cut(volume.array, index)


def _shape_px(volume: Volume, plane: Plane, size_px: int | None) -> tuple[int, int]:
    """Return rows and columns of a picture with square pixels."""
    view = view_of(volume.direction, plane)
    dy, dx = pixel_spacing_mm(volume, plane)
    high, wide = volume.array.shape[view.down] * dy, volume.array.shape[view.across] * dx
    pixel = max(high, wide) / size_px if size_px else min(dy, dx)
    return max(1, round(high / pixel)), max(1, round(wide / pixel))


def _resize(grey: Picture, shape: tuple[int, int], *, smooth: bool) -> Picture:
    from PIL import Image

    if grey.shape == shape:
        return np.ascontiguousarray(grey)
    how = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
    resized = Image.fromarray(np.ascontiguousarray(grey)).resize((shape[1], shape[0]), how)
    return np.asarray(resized)


def _as_rgb(grey: Picture) -> Picture:
    return np.repeat(grey[:, :, None], 3, axis=2)


def _outline(inside: NDArray[np.bool_], width_px: int) -> NDArray[np.bool_]:
    """Return the pixels of a region that lie within ``width_px`` steps of its edge or of the picture's edge."""
    core = inside
    for _step in range(width_px):
        padded = np.pad(core, 1)
        core = core & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return inside & ~core


def _crop(inside: NDArray[np.bool_], spacing_mm: tuple[float, float]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not rows.size:
        return slice(0, inside.shape[0]), slice(0, inside.shape[1])
    spans = [(hit[-1] - hit[0] + 1) * step for hit, step in zip((rows, columns), spacing_mm, strict=True)]
    side_mm = max(spans) + 2 * max(MARGIN_FRACTION * max(spans), MARGIN_MM)
    crop = [_around(hit, side_mm / step, n)
            for hit, step, n in zip((rows, columns), spacing_mm, inside.shape, strict=True)]  # fmt: skip
    return crop[0], crop[1]


def _around(hit: NDArray[np.intp], length: float, n: int) -> slice:
    centre = (hit[0] + hit[-1] + 1) / 2
    start = max(0, int(np.floor(centre - length / 2)))
    return slice(start, min(n, int(np.ceil(centre + length / 2))))


def _on_square(picture: Picture, size_px: int) -> Picture:
    square = np.zeros((size_px, size_px, 3), np.uint8)
    top, left = (size_px - picture.shape[0]) // 2, (size_px - picture.shape[1]) // 2
    square[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return square
