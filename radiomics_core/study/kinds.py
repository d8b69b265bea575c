"""Kinds of finding about the study folder, its files and its jobs (RX8xx)."""

from __future__ import annotations

from radiomics_core.findings import declare
from radiomics_core.i18n import lazy_

SYNCED_FOLDER = declare(
    "RX801",
    "note",
    lazy_("Study lies in a network or synced folder"),
    lazy_("The study lies in {place}, so a slower, safer way of writing its catalogue is used."),
    lazy_("Nothing to do. For large cohorts, keep the study on a local disk and copy it when it is finished."),
)
FILE_MISSING = declare(
    "RX802",
    "stop",
    lazy_("A file is missing"),
    lazy_("Case {case_id}: {path} is not where it was when it was imported."),
    lazy_("Bring the file back, or say where the folder is now (relink)."),
)
UNIT_FAILED = declare(
    "RX804",
    "caution",
    lazy_("One part of a job failed"),
    lazy_("{what} could not be computed: {reason}"),
    lazy_("The other parts are complete. Correct or exclude the case, then start again."),
)
UNIT_CRASHED = declare(
    "RX805",
    "caution",
    lazy_("One part of a job ended unexpectedly"),
    lazy_("{what} ended unexpectedly ({reason}); the details are in the log of job {job}."),
    lazy_("The other parts are complete. Start again; if it happens again, report it with the log."),
)
WORKER_KILLED = declare(
    "RX806",
    "caution",
    lazy_("A worker process was killed"),
    lazy_("{what} was stopped by the operating system, most often because memory ran out."),
    lazy_("Start again with fewer workers, or exclude the case."),
)
SPLIT_AFTER_LOOKING = declare(
    "RX808",
    "caution",
    lazy_("Cases were set aside after outcomes had been looked at"),
    lazy_(
        "Cases set aside: {external}, in a copy of '{source}', where outcomes had been looked at before (analyses "
        "started: {analyses}). Whoever chose them may have known their outcomes."
    ),
    lazy_("Say so in the report. Cases that nobody has looked at, of another centre or a later time, are stronger."),
)
SPLIT_AFTER_COUNTING = declare(
    "RX809",
    "note",
    lazy_("Outcomes of all cases were counted before some were set aside"),
    lazy_(
        "The form for endpoints showed how many of all cases had the event; {external} were set aside afterwards. "
        "Their number of events is the difference to the counts of now."
    ),
    lazy_("With few cases set aside, say so in the report. Set cases aside before the form for endpoints is opened."),
)
IMPORT_ENDED = declare(
    "RX820",
    "caution",
    lazy_("An import was ended before it was complete"),
    lazy_("Bringing in {what} was ended from outside (a kill, a power cut). What it had stored was taken out again."),
    lazy_("Import it again."),
)
FEATURES_LOST = declare(
    "RX821",
    "stop",
    lazy_("The feature table is not there"),
    lazy_("The files of the feature table are missing or not complete in the folder tables of the study."),
    lazy_("Extract the features again (finished regions are used), import the table again, or bring the files back."),
)
OLDER_RESULTS = declare(
    "RX822",
    "caution",
    lazy_("Analyses of an earlier version are kept, but not shown"),
    lazy_(
        "{n} analyses ({endpoints}) were made by version {versions}, whose results have another form. They are kept "
        "unchanged in {folder}."
    ),
    lazy_("Run the comparison or survival analysis again; the version that made them still shows the old ones."),
)
OPEN_TO_OTHERS = declare(
    "RX830",
    "caution",
    lazy_("Other users of this computer can read the study"),
    lazy_("The folder {folder} and those above it may be entered by other users of this computer."),
    lazy_("Close it with the command chmod -R go-rwx and the folder's name, unless it is shared on purpose."),
)
