"""Kinds of findings about what is taken into a study: RX140-RX149."""

from __future__ import annotations

from radiomics_core.findings import declare
from radiomics_core.i18n import lazy_

LEFT_OUT = declare(
    "RX140", "note", lazy_("Files left out"),
    lazy_("Not taken in of the dropped files: {what} ({n})."),
    lazy_("Nothing to do unless an image is among them: only images and masks that can be read are stored."),
)  # fmt: skip
NAMES_IDENTIFY = declare(
    "RX141", "caution", lazy_("Names that look like persons"),
    lazy_("Case names or folders look like {reasons} ({n} of {total}); they stand in the study as they are."),
    lazy_("Import again with neutral case names: the study then holds C001, C002 ... and the key stays with you."),
)  # fmt: skip
NOT_IN_KEY = declare(
    "RX142", "note", lazy_("Rows outside the key table"),
    lazy_("{n} rows of the clinical table have ids that are not in the key table; they were left out."),
    lazy_("Import the images of these cases with the same key table first, if they belong to the study."),
)  # fmt: skip
COLUMN_REPEATS_IDS = declare(
    "RX143", "caution", lazy_("Columns with the original ids left out"),
    lazy_("{n} columns of the clinical table repeat original ids of the key table; they were left out."),
    lazy_("Nothing to do: the cases have neutral names, and the key table tells whose they are."),
)  # fmt: skip
