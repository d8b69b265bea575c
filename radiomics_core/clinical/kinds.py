"""Kinds of findings about clinical and feature tables, roles and endpoints (RX2xx)."""

from __future__ import annotations

from radiomics_core.findings import declare
from radiomics_core.i18n import lazy_

DUPLICATE_COLUMN = declare(
    "RX201",
    "caution",
    lazy_("Two columns have the same name"),
    lazy_("The column name '{column}' occurs {n} times; the later ones are now called {renamed}."),
    lazy_("Check which one you need, and rename them in the file if that matters."),
)
RAGGED_ROWS = declare(
    "RX202",
    "caution",
    lazy_("Some rows have more cells than there are column names"),
    lazy_("{n} rows have more cells than the header, first in line {line}; the extra cells are kept as {renamed}."),
    lazy_("Check the separator and the header row, or look at these lines in the file."),
)
ENCODING_DOUBT = declare(
    "RX203",
    "caution",
    lazy_("Character set guessed"),
    lazy_("The file is not UTF-8; it is read as {encoding}. Other readings: {others}."),
    lazy_("If letters look wrong, choose another character set."),
)
ID_CHANGED = declare(
    "RX204",
    "caution",
    lazy_("Ids match only after changing them"),
    lazy_("{n} ids match only after {what}, for example '{table_id}' with '{case_id}'."),
    lazy_("Confirm that these are the same patients."),
)
ID_UNMATCHED_TABLE = declare(
    "RX205",
    "caution",
    lazy_("Rows without a case"),
    lazy_("{n} rows of the table match no case: {examples}."),
    lazy_("They are not used. Check their ids if the cases should exist."),
)
ID_UNMATCHED_CASE = declare(
    "RX206",
    "caution",
    lazy_("Cases without a row"),
    lazy_("{n} cases have no row in the table: {examples}."),
    lazy_("They have no clinical values and no endpoint. Check their ids, or add the rows."),
)
ID_DUPLICATE = declare(
    "RX207",
    "stop",
    lazy_("An id occurs more than once"),
    lazy_("These ids occur more than once in {where}: {examples}. None of them is matched."),
    lazy_("Keep one row per id, or name the columns that tell the rows apart."),
)
OUTCOME_NAME = declare(
    "RX210",
    "caution",
    lazy_("A predictor is named like an outcome"),
    lazy_("The name of column '{column}' speaks of '{word}', which is known only after the imaging date."),
    lazy_("Set its role to outcome, or to 'not a predictor'."),
)
OUTCOME_FILLED = declare(
    "RX211",
    "caution",
    lazy_("A column is filled only in patients with the event"),
    lazy_("Column '{column}' is filled in {in_events} of {events} events and {in_others} of {others} other cases."),
    lazy_("It was probably recorded because of the event. Do not use it as a predictor."),
)
OUTCOME_ALONE = declare(
    "RX212",
    "stop",
    lazy_("One column alone tells the outcome"),
    lazy_("Column '{column}' alone separates the endpoint '{endpoint}' with AUC {auc:.2f} on the same cases."),
    lazy_("Such a column is usually the outcome under another name. Do not use it as a predictor."),
)
AFTER_IMAGING = declare(
    "RX213",
    "caution",
    lazy_("A predictor was recorded after the imaging date"),
    lazy_("Column '{column}' lies after the imaging date '{imaging}' in {n} of {filled} cases."),
    lazy_("Only what was known on the imaging date may predict. Do not use it as a predictor."),
)
RECORDED_UNSAID = declare(
    "RX217",
    "caution",
    lazy_("Nobody has said when a predictor was recorded"),
    lazy_("Column '{column}' is a predictor, and nobody has said whether it was known when the image was made."),
    lazy_("Say so where columns get their roles. What was learned later must not predict."),
)
STRONG_UNSAID = declare(
    "RX218",
    "stop",
    lazy_("A predictor goes strongly with the outcome, and nobody has said when it was recorded"),
    lazy_("Column '{column}' alone separates the endpoint '{endpoint}' with AUC {auc:.2f} on the same cases."),
    lazy_("Say where columns get their roles when it was recorded; if that was later than the image, do not use it."),
)
STRONG_SAID = declare(
    "RX219",
    "note",
    lazy_("A predictor goes strongly with the outcome"),
    lazy_(
        "Column '{column}' alone separates the endpoint '{endpoint}' with AUC {auc:.2f} on the same cases; it was "
        "declared to be known when the image was made."
    ),
    lazy_("Make sure of that: a reader will ask."),
)
NUMBER_UNREADABLE = declare(
    "RX214",
    "caution",
    lazy_("Text in a column of numbers"),
    lazy_("Column '{column}' holds {n} cells that are no numbers: {examples}. They count as missing."),
    lazy_("Correct the cells, add the code to the missing codes, or make the column a category."),
)
ORDER_UNKNOWN = declare(
    "RX215",
    "caution",
    lazy_("A value outside the declared order"),
    lazy_("Column '{column}' holds {values}, not part of its order {order}. These {n} cells count as missing."),
    lazy_("Add the value to the order at its place."),
)
MISSING_IN_DISGUISE = declare(
    "RX216",
    "note",
    lazy_("A number that may mean missing"),
    lazy_("In column '{column}' the value {code} ({n} times) lies far from all others; it is read as missing."),
    lazy_("Take the code off the column's missing codes if it is a real value."),
)
DATE_AMBIGUOUS = declare(
    "RX220",
    "caution",
    lazy_("Day and month cannot be told apart"),
    lazy_("All {n} dates in '{column}' can be read both ways; '{example}' is read as {read}."),
    lazy_("Say whether the day comes first, or write dates as 2015-03-31."),
)
DATE_MIXED = declare(
    "RX221",
    "caution",
    lazy_("Dates are written in different ways"),
    lazy_("Column '{column}' mixes {styles}. Spreadsheets swap day and month of part of the dates when both fit."),
    lazy_("Compare some dates with the source, and write all as 2015-03-31."),
)
DATE_UNREADABLE = declare(
    "RX222",
    "caution",
    lazy_("Cells that are no dates"),
    lazy_("Column '{column}' holds {n} cells that are no dates: {examples}. They count as missing."),
    lazy_("Correct these cells, or add them to the missing codes."),
)
DATE_CENTURY = declare(
    "RX223",
    "caution",
    lazy_("Years with two digits"),
    lazy_("Column '{column}' writes years with two digits; '{example}' is read as {read}."),
    lazy_("Write years with four digits if the century is wrong."),
)
ENDPOINT_MISSING = declare(
    "RX230",
    "note",
    lazy_("Cases without the endpoint"),
    lazy_("{n} of {total} cases have no value for '{endpoint}': {examples}. They are left out of its analyses."),
    lazy_("Fill in the values if they are known."),
)
ENDPOINT_CONSTANT = declare(
    "RX231",
    "stop",
    lazy_("Every case has the same outcome"),
    lazy_("All {n} cases have the value '{value}' for '{endpoint}': there is nothing to predict."),
    lazy_("Choose another column or another event value."),
)
FEW_EVENTS = declare(
    "RX232",
    "caution",
    lazy_("Fewer than 10 events"),
    lazy_("'{endpoint}': {events} of {n} cases have the event, {others} do not; the smaller group needs at least 10."),
    lazy_("Treat every result as a pilot, or choose an endpoint with more events."),
)
OTHERS_ARE_NEGATIVE = declare(
    "RX233",
    "caution",
    lazy_("Several values are counted as no event"),
    lazy_("Column '{column}' has more than two values; every one but '{positive}' counts as no event: {values}."),
    lazy_("If some of these values are neither, leave those cases out or clear the cells in the table."),
)
NEITHER_VALUE = declare(
    "RX234",
    "caution",
    lazy_("Values that are neither event nor no event"),
    lazy_("{n} cases hold {values} in '{column}', which is neither; they are left out."),
    lazy_("Add these values to the endpoint, or leave them out on purpose."),
)
TIME_NEGATIVE = declare(
    "RX240",
    "stop",
    lazy_("Negative times"),
    lazy_("{n} cases have a negative time for '{endpoint}': {examples}. They are left out."),
    lazy_("Check the dates or the duration of these cases; the two dates may be swapped."),
)
TIME_ZERO = declare(
    "RX241",
    "caution",
    lazy_("Times of zero"),
    lazy_("{n} cases have time zero for '{endpoint}': {examples}. Such a case is never at risk."),
    lazy_("Check them; a death on the day of diagnosis is usually written as half a day."),
)
TIME_MIXED_UNITS = declare(
    "RX242",
    "caution",
    lazy_("Times look like two units mixed"),
    lazy_("Times of '{endpoint}' form two groups about {factor:.0f} times apart ({low}; {high}): months among days?"),
    lazy_("Write all times in one unit."),
)
TIME_UNIT_DOUBT = declare(
    "RX243",
    "caution",
    lazy_("The unit of time looks wrong"),
    lazy_("With unit {unit}, the longest time of '{endpoint}' is {longest:g} {unit}, about {years:.1f} years."),
    lazy_("Check whether the times are in {better}."),
)
CODING_INVERTED = declare(
    "RX244",
    "caution",
    lazy_("The event code may be the wrong way round"),
    lazy_(
        "With {codes} as the event, {events} of {n} cases have it, and their times are longer ({share:.0%} of pairs)."
    ),
    lazy_("Check whether the code means alive or censored."),
)
CODING_MEANS_ALIVE = declare(
    "RX245",
    "caution",
    lazy_("The event value reads like 'no event'"),
    lazy_("The event is {codes} in column '{column}', which reads like a patient without the event."),
    lazy_("Check which value is the event."),
)
LAST_CONTACT_MISSING = declare(
    "RX246",
    "caution",
    lazy_("Missing last contact"),
    lazy_("{n} cases have an event code for '{endpoint}' but no time: {events} with the event, {censored} without."),
    lazy_("Add the date of last contact; leaving out only one kind of case biases survival."),
)
ENTRY_AFTER_END = declare(
    "RX247",
    "stop",
    lazy_("Entry after the end"),
    lazy_("{n} cases enter observation at or after their end for '{endpoint}': {examples}. They are left out."),
    lazy_("Check the entry column of these cases."),
)
DELAYED_ENTRY = declare(
    "RX248",
    "caution",
    lazy_("Delayed entry is not used yet"),
    lazy_("'{endpoint}' has an entry column ('{column}'), but survival analysis counts every case from time zero."),
    lazy_("Survival analysis refuses this endpoint; define it without an entry column if all enter at time zero."),
)
SPLIT_UNKNOWN = declare(
    "RX250",
    "caution",
    lazy_("Cases the split rule cannot place"),
    lazy_("{n} cases have no value for the rule '{rule}': {examples}. They stay in development."),
    lazy_("Fill in the values, or exclude the cases with a reason."),
)
FEATURES_TEXT = declare(
    "RX260",
    "caution",
    lazy_("Feature cells that are no numbers"),
    lazy_("{n} cells in {columns} are no numbers and count as missing, first '{value}' in row '{row}'."),
    lazy_("Correct the cells in the file if the values are known."),
)
FEATURES_CONSTANT = declare(
    "RX261",
    "note",
    lazy_("Features with one value only"),
    lazy_("{n} features have the same value in every case: {examples}."),
    lazy_("Nothing to do: they carry no information and screening removes them."),
)
FEATURES_EMPTY = declare(
    "RX262",
    "caution",
    lazy_("Features without any value"),
    lazy_("{n} features are missing in every case: {examples}."),
    lazy_("Nothing to do if this is expected: screening removes them."),
)
FEATURES_DIAGNOSTICS = declare(
    "RX263",
    "note",
    lazy_("Diagnostics left out"),
    lazy_("{n} columns that start with 'diagnostics_' describe the extraction and are left out."),
    lazy_("Nothing to do."),
)
FEATURES_GUESSED = declare(
    "RX264",
    "note",
    lazy_("Features with names that are not from pyradiomics"),
    lazy_("{n} columns of numbers are read as features though their names are not known: {examples}."),
    lazy_("Name those that are clinical, so that they are not used as image features."),
)
NUMBERS_AS_CLINICAL = declare(
    "RX265",
    "note",
    lazy_("Columns of numbers read as clinical"),
    lazy_("{n} columns of numbers are read as clinical, not as features: {examples}."),
    lazy_("Name those that are features, if there are any."),
)
NO_VOLUME = declare(
    "RX266",
    "note",
    lazy_("No volume among the features"),
    lazy_("No column is named MeshVolume or VoxelVolume, so the volume-only comparison cannot be made."),
    lazy_("Choose the column that holds the volume, if there is one."),
)
FEATURES_INFINITE = declare(
    "RX267",
    "caution",
    lazy_("Infinite feature values"),
    lazy_("{n} cells in {columns} are infinite and count as missing."),
    lazy_("Check how these features were computed."),
)
QUOTE_OPEN = declare(
    "RX270",
    "caution",
    lazy_("A quote may have swallowed rows"),
    lazy_("{n} rows hold line breaks and separators inside quotes, first in line {line} ({lines} lines as one row)."),
    lazy_("Look at these lines in the file: a quote that is not closed hides the rows behind it."),
)
PERSONAL = declare(
    "RX271",
    "caution",
    lazy_("A column seems to identify persons"),
    lazy_("Column '{column}' looks like {what}."),
    lazy_("Leave it out when you import the table; it is not needed, and exports and reports would carry it."),
)
