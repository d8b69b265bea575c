"""Images: does every mask lie on its lesion?"""

from pages.common import frame, require, sections
from pages.data.panels import contact_sheet, feature_map, single_case
from radiomics_core.i18n import lazy_

frame.title("images")

study, cohort = require.require_images()
section = sections.choose(
    {"sheet": lazy_("All cases"), "single": lazy_("One case"), "map": lazy_("Feature map")}, key="images_section"
)
if section == "sheet":
    contact_sheet.show(study, cohort)
elif section == "single":
    single_case.show(study, cohort)
else:
    feature_map.show(study, cohort)
frame.next_step("images")
