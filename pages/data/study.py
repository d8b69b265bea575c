"""Study: what question is this, what is done, what comes next?"""

from pages.common import frame, state
from pages.data.panels import relink, study_library, study_overview

frame.title("study")

study = state.current_study()
if study is None:
    study_library.welcome()
elif not study_overview.demo_in_the_making(study):
    study_overview.stepper(study)
    relink.show(study)
    study_overview.study_findings(study)
    study_overview.manage(study)
    study_library.other_studies(study)
