"""The flow's counts add up."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from radiomics_core.cohort.flow import patient_flow
from radiomics_core.cohort.model import Case, Cohort, Exclusion, FileRef, ImageRef, MaskRef

FILE = FileRef("x")


def _case(number, *, masked=True, external=False):
    masks = (MaskRef("ROI", "CT", FILE),) if masked else ()
    role = "external" if external else "development"
    return Case(f"P{number}", f"P{number}", (ImageRef("CT", (FILE,)),), masks, role=role)


def test_counts_of_a_small_cohort():
    cases = [_case(0, masked=False), *(_case(i) for i in range(1, 6)), _case(6, external=True)]
    out = (
        Exclusion("P1", "motion"),
        Exclusion("P1", "again"),
        Exclusion("P2", "motion"),
        Exclusion("P3", "x", image="CT"),
    )
    flow = patient_flow(Cohort(tuple(cases), out), with_outcome={"P3", "P4", "P6"}, n_unpaired=2)
    counts = {node.name: node.n for node in flow.nodes}
    assert counts == {"found": 9, "unpaired": 3, "paired": 6, "excluded": 2, "included": 4, "no_outcome": 1,
                      "analysed": 3, "development": 2, "external": 1}  # fmt: skip
    reasons = flow.frame().query("kind == 'reason'")
    assert reasons[["node", "reason", "n"]].values.tolist() == [["excluded", "motion", 2]]


def test_a_cohort_of_features_only_needs_no_masks():
    cohort = Cohort(tuple(Case(f"P{i}", f"P{i}") for i in range(4)))
    assert patient_flow(cohort).n("included") == 4


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()), max_size=20), st.integers(0, 3))
def test_every_step_is_the_sum_of_what_leaves_and_what_stays(rows, unpaired):
    cases = tuple(_case(i, masked=m, external=e) for i, (m, e, _x, _o) in enumerate(rows))
    out = tuple(Exclusion(f"P{i}", "r") for i, (_m, _e, x, _o) in enumerate(rows) if x)
    known = {f"P{i}" for i, (_m, _e, _x, o) in enumerate(rows) if o}
    flow = patient_flow(replace(Cohort(cases), exclusions=out), with_outcome=known, n_unpaired=unpaired)
    children = {}
    for node in flow.nodes[1:]:
        children.setdefault(node.parent, []).append(node.n)
    assert all(sum(ns) == flow.n(parent) for parent, ns in children.items())
    for node in flow.nodes:
        assert not node.reasons or sum(n for _r, n in node.reasons) == node.n
