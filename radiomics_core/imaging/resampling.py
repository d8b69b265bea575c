"""Putting a mask onto an image's grid. Only ever done because the user asked for it, and shown before."""

from __future__ import annotations

from radiomics_core.imaging.volume import Volume


def resample_mask_to(mask: Volume, reference: Volume) -> Volume:
    """Return the mask on the reference's grid by nearest neighbour; outside the mask's field of view it is False."""
    import SimpleITK as sitk

    moved = sitk.Resample(mask.to_sitk(), _empty_like(reference), sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    return reference.with_array(sitk.GetArrayFromImage(moved).astype(bool))


def _empty_like(reference: Volume) -> object:
    import SimpleITK as sitk

    grid = sitk.Image(list(reference.size_xyz), sitk.sitkUInt8)
    grid.SetSpacing(reference.spacing_mm)
    grid.SetOrigin(reference.origin_mm)
    grid.SetDirection(reference.direction)
    return grid
