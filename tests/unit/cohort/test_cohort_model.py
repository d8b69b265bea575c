"""Cases, regions and exclusions are looked up by both of their names, and a stored cohort is the same again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from radiomics_core.cohort.endpoints import BinaryEndpoint, ContinuousEndpoint, EndpointValues, MulticlassEndpoint
from radiomics_core.cohort.flow import patient_flow
from radiomics_core.cohort.model import Case, ClinicalTableFormat, Cohort, Exclusion, FileRef, ImageRef, MaskRef
from radiomics_core.cohort.outcome_digest import outcome_digest

CT, PET = (ImageRef(name, (FileRef(f"{name}-1"), FileRef(f"{name}-2"))) for name in ("CT", "PET"))
MASKS = (
    MaskRef("node", "PET", FileRef("a")),
    MaskRef("GTV", "CT", FileRef("b"), 1),
    MaskRef("GTV", "PET", FileRef("c")),
)
COHORT = Cohort(
    (
        Case("P1", "P1", (CT, PET), MASKS),
        Case("P2", "P2", (PET,), (MaskRef("edema", "CT", FileRef("d")),), role="external", centre="B"),
        Case("P3", "P3", (), (), role="external"),
    ),
    (Exclusion("P3", "motion"), Exclusion("P1", "small", image="CT"), Exclusion("P2", "small", roi="edema")),
)


def test_images_and_masks_are_found_by_both_names():
    case = COHORT.case("P1")
    assert case.image("PET") is PET
    assert PET.path == "PET-1"
    assert case.image("MR") is None
    assert [case.mask("PET", "GTV"), case.mask("CT", "GTV"), case.mask("PET", "node")] == [MASKS[2], MASKS[1], MASKS[0]]
    assert case.mask("CT", "node") is None
    with pytest.raises(KeyError):
        COHORT.case("P4")


def test_names_come_in_order_of_appearance_of_one_image_or_of_all():
    assert COHORT.image_names() == ["CT", "PET"]
    assert COHORT.rois() == ["node", "GTV", "edema"]
    assert COHORT.rois("CT") == ["GTV", "edema"]
    assert COHORT.rois("PET") == ["node", "GTV"]
    assert len(COHORT) == 3


def test_only_a_case_excluded_as_a_whole_is_left_out_of_its_role():
    assert COHORT.excluded_ids() == {"P3"}
    assert [[case.case_id for case in COHORT.included(role)] for role in (None, "development", "external")] == [
        ["P1", "P2"], ["P1"], ["P2"],
    ]  # fmt: skip


def test_a_stored_cohort_and_a_stored_format_are_the_same_again():
    assert Cohort.from_dict(json.loads(json.dumps(COHORT.to_dict()))) == COHORT
    form = ClinicalTableFormat(separator=";", missing_codes=("99",), column_missing_codes=(("age", "999"),))
    stored = json.loads(json.dumps(vars(form)))
    assert ClinicalTableFormat.from_dict(stored) == form
    assert ClinicalTableFormat.from_dict({"separator": "\t"}) == ClinicalTableFormat(separator="\t")
    assert (FileRef("x").size, FileRef("x").mtime, ClinicalTableFormat().header_row) == (0, 0.0, 0)


def test_a_cohort_with_images_in_some_cases_counts_those_without_a_mask():
    flow = patient_flow(COHORT, n_unpaired=0)
    assert [flow.n(name) for name in ("found", "unpaired", "paired", "excluded", "included")] == [3, 1, 2, 0, 2]
    labels = dict(zip(flow.frame()["node"], flow.frame()["label"], strict=True))
    assert labels["paired"] == "With image and mask"
    assert str(patient_flow(Cohort((Case("A", "A"),))).nodes[2].label) == "With features"
    assert patient_flow(Cohort((Case("A", "A"),))).n("found") == 1


def digest(endpoint, ids, event, **more):
    return outcome_digest(EndpointValues(endpoint, tuple(ids), np.asarray(event, float), **more))


def test_an_outcome_is_the_same_under_other_codes_names_and_orders_and_another_one_is_not():
    yes, no = BinaryEndpoint(name="a", column="x", positive="1"), BinaryEndpoint(name="b", column="y", positive="2")
    ids, event = ["P1", "P2", "P3", "P10"], [1, 0, 0, 1]
    same = digest(yes, ids, event)
    assert same == digest(no, ids, [0, 1, 1, 0]) == digest(yes, ids[::-1], event[::-1])
    assert same == digest(yes, ids, event, time=np.arange(4.0))
    assert len({same, digest(yes, ids, [1, 0, 1, 0]), digest(yes, ids[:3], event[:3]), digest(yes, ids, [1] * 4)}) == 4


def test_classes_count_by_who_shares_them_and_numbers_by_their_ranks():
    classes = MulticlassEndpoint(name="k", column="k", classes=("a", "b", "c"))
    number = ContinuousEndpoint(name="n", column="n")
    ids = ["A", "B", "C", "D"]
    assert digest(classes, ids, [0, 1, 2, 1]) == digest(classes, ids, [2, 0, 1, 0])
    assert digest(classes, ids, [0, 1, 2, 1]) != digest(classes, ids, [0, 1, 1, 2])
    assert digest(number, ids, [1, 5, 2, 5]) == digest(number, ids, [10, 51, 20, 51])
    assert digest(number, ids, [1, 5, 2, 5]) != digest(number, ids, [5, 1, 2, 1])
