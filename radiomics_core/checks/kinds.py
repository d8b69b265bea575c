"""Kinds of findings about a whole analysis (RX550 to RX569)."""

from __future__ import annotations

from radiomics_core.findings import declare
from radiomics_core.i18n import lazy_

FEW_EVENTS_PER_PARAMETER = declare(
    "RX550",
    "caution",
    lazy_("Few events for each parameter"),
    lazy_(
        "The model has {parameters} parameters and {events} cases in its smaller group: {per:.1f} for each, below 10."
    ),
    lazy_("Use fewer predictors or a penalised model."),
)
TOO_FEW_EVENTS = declare(
    "RX551",
    "caution",
    lazy_("Fewer than 10 events"),
    lazy_("'{endpoint}' has {smaller} cases in its smaller group of {n}: no model can be judged with so few."),
    lazy_("Treat the result as a pilot."),
)
IMBALANCE = declare(
    "RX552",
    "note",
    lazy_("The groups differ much in size"),
    lazy_("Only {share:.0%} of the cases are in the smaller group of '{endpoint}' ({smaller} of {n})."),
    lazy_("Judge with AUC and calibration; accuracy says little here."),
)
MANY_FEATURES = declare(
    "RX553",
    "note",
    lazy_("Many more features than cases"),
    lazy_("{features} features in {cases} cases: chance alone makes some of them look predictive."),
    lazy_("Select inside the folds only, and read the shuffled-outcome check."),
)
CENTRE_OUTCOME = declare(
    "RX554",
    "caution",
    lazy_("The outcome differs between centres"),
    lazy_("The endpoint '{endpoint}' differs between {centres} centres ({test}, p = {p:.2g}): {rates}."),
    lazy_("A model may learn the scanner instead of the tumour. Read the centre-only row and leave one centre out."),
)
CENTRE_WITHOUT_EVENTS = declare(
    "RX555",
    "caution",
    lazy_("A centre has one kind of outcome only"),
    lazy_("Centre '{centre}': {events} of {n} cases have the event of '{endpoint}'."),
    lazy_("Its cases tell nothing about the outcome within the centre; consider leaving it out."),
)
DUPLICATE_PATIENTS = declare(
    "RX556",
    "stop",
    lazy_("Two patients with nearly the same features"),
    lazy_(
        "Pairs of cases with different patient ids whose features are nearly the same ({n}): {examples}. They lie at "
        "most {share} of their neighbours' distance apart."
    ),
    lazy_("They are probably one patient entered twice. Give them one patient id, or leave one out."),
)
VOLUME_IN_DISGUISE = declare(
    "RX557",
    "caution",
    lazy_("A chosen feature follows the volume"),
    lazy_("'{column}' correlates with the volume (Spearman {rho:.2f})."),
    lazy_("Compare with the volume-only row before calling it texture."),
)
VOLUME_EVERYWHERE = declare(
    "RX558",
    "note",
    lazy_("Many features follow the volume"),
    lazy_("{n} of {features} features correlate with the volume above {limit}."),
    lazy_("Compare every result with the volume-only row."),
)
PATIENT_IN_BOTH_ROLES = declare(
    "RX559",
    "stop",
    lazy_("Patients in development and in the external set"),
    lazy_("{n} patients have cases in both: {examples}."),
    lazy_("Change the split rule so that a patient stays on one side."),
)
DUPLICATE_IMAGES = declare(
    "RX560",
    "stop",
    lazy_("Two patients with nearly the same images"),
    lazy_(
        "Pairs of cases with different patient ids whose images and regions are nearly the same ({n}): {examples}: "
        "size, mean, spread and range of the region agree."
    ),
    lazy_("They are probably one patient entered twice. Give them one patient id, or leave one out."),
)
DUPLICATE_ROWS = declare(
    "RX561",
    "caution",
    lazy_("Two patients with the same clinical row"),
    lazy_(
        "Pairs of cases with different patient ids and the same clinical row ({n}): {examples}. "
        "Chance would make {expected} such pairs."
    ),
    lazy_("If they are one patient entered twice, give them one patient id, or leave one out."),
)
SUSPECTED_PATIENTS = declare(
    "RX562",
    "caution",
    lazy_("Two patients with strikingly similar features"),
    lazy_(
        "Pairs of cases with different patient ids whose features lie far closer than those of other patients here "
        "({n}): {examples}. They lie at most {share} of their neighbours' distance apart; chance would bring 0.01 "
        "pairs of a whole cohort so close."
    ),
    lazy_(
        "They may be one patient scanned or outlined twice, or copies behind noise. Look at their images; if they are "
        "one patient, give them one patient id, or leave one out."
    ),
)
