"""Outer folds: whole patients, stratified by event, the same for every row of a comparison."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import NotApplicableError
from radiomics_core.i18n import lazy_

if TYPE_CHECKING:
    from radiomics_core.analysis.data import AnalysisData

MIN_FOLDS = 3


def keyed_seed(seed: int, *key: int | str) -> np.random.SeedSequence:
    """Return a seed that depends on the key alone, never on the order or the process of the work."""
    words = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in key]
    return np.random.SeedSequence([seed, *words])


def seed_number(seed: int, *key: int | str) -> int:
    """Return a keyed seed as an integer below 2**31, for libraries that want one."""
    return int(keyed_seed(seed, *key).generate_state(1)[0] >> 1)


def usable_folds(data: AnalysisData, folds: int) -> int:
    """Return how many folds the endpoint allows (at most ``folds``), raising when not even three are possible."""
    patients = _patient_events(data)
    n_events = sum(patients.values())
    n_rest = len(patients) - n_events
    each = data.task.events_per_fold
    if each:
        allowed = min(folds, n_events // each)
        if allowed < MIN_FOLDS:
            raise _too_few_events(n_events, allowed, each)
        return allowed
    if min(n_events, n_rest) < folds:
        raise _too_few_of_one_kind(n_events, n_rest, folds)
    return folds


def _too_few_events(n_events: int, allowed: int, each: int) -> NotApplicableError:
    return NotApplicableError(
        lazy_(
            "patients with the event: {n_events}; folds of at least {each} events: {allowed}; "
            "cross-validation needs {least} folds"
        ),
        remedy=lazy_("At least {needed} patients with the event are needed; collect more cases, or follow them longer"),
        n_events=n_events,
        allowed=allowed,
        each=each,
        least=MIN_FOLDS,
        needed=MIN_FOLDS * each,
    )


def _too_few_of_one_kind(n_events: int, n_rest: int, folds: int) -> NotApplicableError:
    most = min(n_events, n_rest)
    fewer = lazy_("Use at most {most} folds, or collect more cases")
    return NotApplicableError(
        lazy_(
            "patients with the event: {n_events}, without: {n_rest}; that cannot fill {folds} folds, "
            "because every fold needs one of each"
        ),
        remedy=fewer if most >= MIN_FOLDS else lazy_("Collect more cases: at least {least} of each are needed"),
        n_events=n_events,
        n_rest=n_rest,
        folds=folds,
        most=most,
        least=MIN_FOLDS,
    )


def assign_folds(data: AnalysisData, folds: int, seed: int, repeat: int) -> NDArray[np.intp]:
    """Return the fold of each case, shape (n,).

    Patients are dealt in an order drawn from the seed, the repeat and the *sorted* patient ids, so the order of
    the cases does not matter. Each patient goes to the fold with fewest cases of its stratum, then fewest cases; for
    a time to an event patients with the event are counted instead, so that every fold holds its share of them.
    """
    generator = np.random.default_rng(keyed_seed(seed, "folds", repeat))
    patients = _patient_events(data)
    sizes = dict.fromkeys(patients, 0)
    for patient in data.patient_ids:
        sizes[patient] += 1
    fold_of: dict[str, int] = {}
    total = np.zeros(folds)
    count_patients = data.task.one_case_per_patient
    for stratum in (True, False):
        members = [p for p in sorted(patients) if patients[p] is stratum]
        dealt = [members[i] for i in generator.permutation(len(members))]
        dealt.sort(key=lambda p: -sizes[p])
        here, tie_break = np.zeros(folds), generator.permutation(folds)
        for patient in dealt:
            fold = int(np.lexsort((tie_break, total, here))[0])
            fold_of[patient] = fold
            here[fold] += 1 if count_patients and stratum else sizes[patient]
            total[fold] += sizes[patient]
    return np.array([fold_of[p] for p in data.patient_ids], dtype=np.intp)


def _patient_events(data: AnalysisData) -> dict[str, bool]:
    has_event: dict[str, bool] = {}
    for patient, event in zip(data.patient_ids, data.events, strict=True):
        has_event[patient] = has_event.get(patient, False) or bool(event)
    return has_event


def shuffle_positions(data: AnalysisData, seed: int, shuffle: int, *, across_centres: bool = False) -> NDArray[np.intp]:
    """Return which case's inputs each case receives in a shuffle: whole patients, within centre.

    ``across_centres`` is for inputs that know the centre only: within a centre nothing would change.

    Patients swap with patients of the same centre and the same number of cases, so that patients stay whole.
    Moving inputs between cases is the same as shuffling the outcome, and leaves the folds as they are.
    """
    generator = np.random.default_rng(keyed_seed(seed, "shuffle", shuffle))
    rows, strata = _exchangeable(replace(data, centres=None) if across_centres else data)
    source = np.arange(data.n)
    for key in sorted(strata):
        members = strata[key]
        for receiver, giver in zip(members, generator.permutation(len(members)), strict=True):
            source[rows[receiver]] = rows[members[giver]]
    return source


def cases_never_shuffled(data: AnalysisData) -> int:
    """Return how many cases keep their inputs in every shuffle: no other patient has their centre and size."""
    rows, strata = _exchangeable(data)
    return sum(len(rows[members[0]]) for members in strata.values() if len(members) == 1)


def _exchangeable(data: AnalysisData) -> tuple[dict[str, list[int]], dict[tuple[str, int], list[str]]]:
    """Return the cases of each patient, and the patients that may swap: of one centre, with equally many cases."""
    rows: dict[str, list[int]] = {}
    for position, patient in enumerate(data.patient_ids):
        rows.setdefault(patient, []).append(position)
    strata: dict[tuple[str, int], list[str]] = {}
    for patient in sorted(rows):
        centre = data.centres[rows[patient][0]] if data.centres else ""
        strata.setdefault((centre, len(rows[patient])), []).append(patient)
    return rows, strata
