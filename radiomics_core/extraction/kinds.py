"""Findings of extraction: RX3xx."""

from __future__ import annotations

from radiomics_core.findings import declare
from radiomics_core.i18n import lazy_

EXTRACTION_FAILED = declare(
    "RX301",
    "stop",
    lazy_("Features could not be computed"),
    lazy_("Case {case_id}, {image}, {roi}: {cause}."),
    lazy_("{remedy}"),
)
NOT_A_NUMBER = declare(
    "RX302",
    "caution",
    lazy_("Some features have no value"),
    lazy_("Case {case_id}, {image}, {roi}: {n} features are undefined for this region, for example {example}."),
    lazy_("They stay empty. Look at the region: very small or flat regions leave texture features undefined."),
)
FILTER_LEFT_OUT = declare(
    "RX303",
    "caution",
    lazy_("An image filter was left out"),
    lazy_("Case {case_id}, {image}, {roi}: {filter} was not computed ({cause})."),
    lazy_("Its features stay empty for this case. Leave the filter out for all cases, or exclude the case."),
)
GREY_LEVELS_OUTSIDE = declare(
    "RX304",
    "caution",
    lazy_("Unusual number of grey levels"),
    lazy_("Case {case_id}, {image}, {roi}: {levels} grey levels inside the region; 16 to 128 are usual."),
    lazy_("Change the bin width or the number of bins: see the bin-count preview."),
)
FEW_VOXELS = declare(
    "RX305",
    "caution",
    lazy_("Small region"),
    lazy_(
        "Case {case_id}, {image}, {roi}: {voxels} voxels after resampling; texture of so few voxels is mostly noise."
    ),
    lazy_("Look at the case before trusting its texture features; consider excluding regions below a stated size."),
)
CONSTANT_COLUMNS = declare(
    "RX306",
    "note",
    lazy_("Features with one value only"),
    lazy_("{n} features have the same value in every case, for example {example}."),
    lazy_("They carry no information and are dropped by outcome-free filtering."),
)
MISSING_COLUMNS = declare(
    "RX307",
    "caution",
    lazy_("Features with missing values"),
    lazy_("{n} features are missing in at least one case, for example {example} (missing in {worst} cases)."),
    lazy_("They are imputed inside each fold; leave a filter out when it fails in many cases."),
)
MASK_MOVED_TO_GRID = declare(
    "RX308",
    "note",
    lazy_("Mask resampled onto the image"),
    lazy_("Case {case_id}, {image}, {roi}: the mask was on another grid and was resampled (nearest neighbour)."),
    lazy_("Look at the contour on the image to see that it lies where it should."),
)
ENGINE_CHANGED = declare(
    "RX310",
    "caution",
    lazy_("Features of another engine left the table"),
    lazy_(
        "Features of {regions} were made by {before} and those now extracted by {now}. Numbers of two engines are "
        "never mixed: the earlier ones left the feature table."
    ),
    lazy_("Extract every image and region again with one engine and version."),
)
