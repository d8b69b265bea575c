"""The patient-flow picture shows every count once."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import pytest

from radiomics_core.cohort.flow import Flow, FlowNode
from radiomics_core.i18n import lazy_
from radiomics_core.plots.flow import FlowStep, flow_steps, flow_svg
from radiomics_core.plots.theme import BACKGROUND, DARK_OF

SVG = "{http://www.w3.org/2000/svg}"
STEPS = [
    FlowStep("Cases found", 85, [('Region <empty> & "odd"', 1), ("Missing voxel values", 4)]),
    FlowStep("Analysed", 80, details=[("Events", 38)]),
]


@pytest.mark.parametrize("dark", [False, True])
def test_flow_is_a_picture_with_all_counts(dark):
    root = ET.fromstring(flow_svg(STEPS, dark, "Patient flow"))
    texts = [t.text for t in root.iter(f"{SVG}text")]
    assert texts[0] == "Cases found: 85"
    assert "Analysed: 80" in texts
    assert "Events: 38" in texts
    assert 'Region <empty> & "odd": 1' in texts
    fills = {r.get("fill") for r in root.iter(f"{SVG}rect")}
    assert fills == {DARK_OF[BACKGROUND] if dark else BACKGROUND}


def test_boxes_lie_inside_the_picture_and_do_not_overlap():
    root = ET.fromstring(flow_svg([*STEPS, FlowStep("Development", 78)], title="Patient flow"))
    width, height = (float(root.get(k)) for k in ("width", "height"))
    boxes = [[float(r.get(k)) for k in ("x", "y", "width", "height")] for r in root.iter(f"{SVG}rect")]
    assert all(x + w <= width and y + h <= height for x, y, w, h in boxes)
    column = sorted((y, h) for x, y, w, h in boxes if x == 8)
    assert all(y + h < following for (y, h), (following, _h) in itertools.pairwise(column))


def test_counted_flow_becomes_boxes_with_reasons_aside():
    flow = Flow((
        FlowNode("found", "", lazy_("Cases found"), 85),
        FlowNode("excluded", "found", lazy_("Excluded"), 5, "excluded", (("empty", 3), ("grid", 2))),
        FlowNode("included", "found", lazy_("Included"), 80),
        FlowNode("no_outcome", "included", lazy_("Endpoint not known"), 0, "excluded"),
        FlowNode("development", "included", lazy_("Development"), 60),
        FlowNode("external", "included", lazy_("External (sealed)"), 20),
    ))  # fmt: skip
    first, last = flow_steps(flow)
    assert (first.label, first.n, list(first.leaving)) == ("Cases found", 85, [("empty", 3), ("grid", 2)])
    assert (last.n, list(last.leaving)) == (80, [])
    assert list(last.details) == [("Development", 60), ("External (sealed)", 20)]
    assert flow_svg(flow) == flow_svg(flow_steps(flow))
