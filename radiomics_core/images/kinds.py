"""Kinds of findings about images and masks: RX101-RX149. ``stop`` means that features cannot be extracted."""

from __future__ import annotations

from radiomics_core.findings import declare
from radiomics_core.i18n import lazy_

EMPTY_MASK = declare(
    "RX101", "stop", lazy_("Empty mask"),
    lazy_("Case {case_id}: the mask of region {roi} on {image} has no voxel."),
    lazy_("Draw or export the region again, or exclude the case with a reason."),
)  # fmt: skip
GRID_MISMATCH = declare(
    "RX102", "stop", lazy_("Image and mask on different grids"),
    lazy_("Case {case_id}: {image} and the mask of {roi} differ in {reasons} (image {image_grid}, mask {mask_grid})."),
    lazy_("Resample the mask onto the image after looking at the preview, or export it again on the image's grid."),
)  # fmt: skip
NAN_IN_ROI = declare(
    "RX103", "stop", lazy_("Missing values inside the region"),
    lazy_("Case {case_id}: {n} of {voxels} voxels of {roi} on {image} are not a number."),
    lazy_("Export the image again without missing values, or redraw the region."),
)  # fmt: skip
TINY_ROI = declare(
    "RX104", "stop", lazy_("Region too small"),
    lazy_("Case {case_id}: region {roi} on {image} has {voxels} voxels, texture needs at least {limit}."),
    lazy_("Check the mask and its label; exclude the case if the lesion is that small."),
)  # fmt: skip
TOUCHES_BORDER = declare(
    "RX105", "caution", lazy_("Region touches the image border"),
    lazy_("Case {case_id}: region {roi} touches the edge of {image}; it may be cut off, and filters see the edge."),
    lazy_("Look at the case; use an image with a margin around the lesion if there is one."),
)  # fmt: skip
SEVERAL_COMPONENTS = declare(
    "RX106", "note", lazy_("Region in several pieces"),
    lazy_("Case {case_id}: region {roi} on {image} has {components} separate pieces (largest {largest} voxels)."),
    lazy_("Look at the case: satellite lesions are fine, stray voxels should be removed from the mask."),
)  # fmt: skip
CONSTANT_ROI = declare(
    "RX107", "caution", lazy_("Region without contrast"),
    lazy_("Case {case_id}: all voxels of {roi} on {image} have the value {value}; its texture is undefined."),
    lazy_("Check that the mask belongs to this image."),
)  # fmt: skip
DUPLICATE_IMAGE = declare(
    "RX108", "caution", lazy_("Same image in two cases"),
    lazy_("Cases {case_id} and {other} have identical voxels in {image}: probably one patient entered twice."),
    lazy_("Exclude one of them, or give both the same patient id so that they stay together in every fold."),
)  # fmt: skip
UNREADABLE = declare(
    "RX109", "stop", lazy_("Unreadable file"),
    lazy_("Case {case_id}: {problem}"),
    lazy_("Replace the file and import again; the other cases go on without it."),
)  # fmt: skip
MISSING_MASK = declare(
    "RX110", "stop", lazy_("Image without a mask"),
    lazy_("Case {case_id}: no mask was found for {image}."),
    lazy_("Add a mask that the pairing pattern fits, or name it in the pairing template."),
)  # fmt: skip
MISSING_LABEL = declare(
    "RX111", "stop", lazy_("Label missing in a mask"),
    lazy_("Case {case_id}: the mask of {image} has no voxel with label {label} ({roi}); it holds: {labels}."),
    lazy_("Correct the mask, or exclude this region of this case if the structure is truly absent."),
)  # fmt: skip
UNPAIRED_FILE = declare(
    "RX112", "note", lazy_("File not used"),
    lazy_("'{path}' does not fit the pairing pattern."),
    lazy_("Change the pattern or the pairing template if it belongs to a case; ignore it otherwise."),
)  # fmt: skip
IRREGULAR_SPACING = declare(
    "RX113", "caution", lazy_("Irregular slice positions"),
    lazy_("'{path}': slices are {least} to {most} mm apart ({missing} missing); the volume is distorted there."),
    lazy_("Fetch the missing slices from the archive, or exclude the case."),
)  # fmt: skip
FILE_MISSING = declare(
    "RX114", "stop", lazy_("File has gone"),
    lazy_("Case {case_id}: '{path}' is no longer there."),
    lazy_("Reconnect the drive, or point the study to the folder's new place."),
)  # fmt: skip
FILE_CHANGED = declare(
    "RX115", "stop", lazy_("File has changed"),
    lazy_("Case {case_id}: '{path}' changed after it was imported."),
    lazy_("Import the images again so that results are made from the new file, or restore the old one."),
)  # fmt: skip
COMES_LATER = declare(
    "RX116", "note", lazy_("DICOM contours are not read yet"),
    lazy_("'{path}' is a DICOM {object_type} object; this version does not read it."),
    lazy_("Export the region as NIfTI or NRRD (3D Slicer: Segmentations, Export to files) and import again."),
)  # fmt: skip
NAN_OUTSIDE = declare(
    "RX117", "note", lazy_("Missing values in the image"),
    lazy_("Case {case_id}: {n} voxels of {image} outside {roi} are not a number; filters may spread them."),
    lazy_("Use unfiltered features for this case, or export the image again."),
)  # fmt: skip
UNUSABLE_SERIES = declare(
    "RX118", "stop", lazy_("DICOM series cannot be used"),
    lazy_("'{path}': {problem}"),
    lazy_("Convert the series to NIfTI with a tool that knows it (for example dcm2niix) and import that."),
)  # fmt: skip
NO_MASK_ON_GRID = declare(
    "RX119", "caution", lazy_("Mask belongs to another image"),
    lazy_("Case {case_id}: the mask '{path}' lies on the grid of {other}, not on that of {image}."),
    lazy_("Resample the mask onto {image} after looking at the preview, or leave this image without the region."),
)  # fmt: skip
AMBIGUOUS_FILE = declare(
    "RX120", "caution", lazy_("Two files for one place"),
    lazy_("Case {case_id}: '{path}' and '{other}' both fit {image}{roi}; the first in alphabetical order was used."),
    lazy_("Make the pattern more precise, or remove the file that does not belong."),
)  # fmt: skip
MASK_RESAMPLED = declare(
    "RX121", "note", lazy_("Mask was resampled"),
    lazy_("Case {case_id}: the mask of {roi} was resampled onto {image} ({before} to {after} ml)."),
    lazy_("Report it in the methods; compare with a mask drawn on the image if you can."),
)  # fmt: skip
MISSING_IMAGE = declare(
    "RX122", "stop", lazy_("Mask without an image"),
    lazy_("Case {case_id}: mask '{path}' has no image."),
    lazy_("Add the image, or change the pattern."),
)  # fmt: skip
NO_MASKS = declare(
    "RX123", "stop", lazy_("No masks found"),
    lazy_("{n} images were found and no mask."),
    lazy_("Export each region from your contouring program as NIfTI or NRRD, or fill in the pairing template."),
)  # fmt: skip
UNREADABLE_MEMBER = declare(
    "RX124", "stop", lazy_("Unreadable file"),
    lazy_("{problem}"),
    lazy_("Replace the file and import again; the other files go on without it."),
)  # fmt: skip
DUPLICATE_PATIENT = declare(
    "RX125", "note", lazy_("Several cases of one patient"),
    lazy_("Cases {case_id} and {other} belong to patient {patient}; they always stay in the same fold."),
    lazy_("Exclude one of them if it is the same examination entered twice."),
)  # fmt: skip
IMPLAUSIBLE_GRID = declare(
    "RX131", "caution", lazy_("Voxel size unlike a patient's"),
    lazy_("Case {case_id}: voxels of {image} are {spacing} mm, so it measures {extent} mm and {roi} {volume} ml."),
    lazy_("Check the unit in the header (micrometres, metres?) and export again; go on only if these sizes are true."),
)  # fmt: skip
TRANSFORMS_DIFFER = declare(
    "RX132", "caution", lazy_("The header places the image in two ways"),
    lazy_("Case {case_id}: the transforms of {what} lie up to {apart} mm apart; {used} was used."),
    lazy_("Look at the case with its mask; export it again so that sform, qform and voxel size agree."),
)  # fmt: skip
PLACEMENT_MISSING = declare(
    "RX133", "caution", lazy_("The header does not place the image"),
    lazy_("Case {case_id}: the header of {what} does not say {missing}."),
    lazy_("Export it again from its source: sizes, left and right, and slices from head to foot cannot be checked."),
)  # fmt: skip
THICKNESS_UNKNOWN = declare(
    "RX135", "caution", lazy_("Slice thickness unknown"),
    lazy_("Case {case_id}: {what} is a single slice whose thickness its file does not say; 1 mm is assumed."),
    lazy_("Volumes ({roi}: {volume} ml) and 3-D shape depend on it: use 2-D features only, or export with thickness."),
)  # fmt: skip
OTHER_UNIT = declare(
    "RX134", "caution", lazy_("Lengths in another unit"),
    lazy_("Case {case_id}: the header of {what} gives lengths in {unit}: voxels {spacing} mm, {roi} {volume} ml."),
    lazy_("Check that this is the unit that was meant; correct the header otherwise."),
)  # fmt: skip
