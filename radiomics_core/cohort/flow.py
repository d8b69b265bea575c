"""The patient flow: how many cases were found, left out and why, and what is analysed. Counts always add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from radiomics_core.cohort.model import Cohort
from radiomics_core.i18n import LazyText, lazy_

OTHER_REASON = lazy_("no reason given")
FLOW_COLUMNS = ("node", "parent", "label", "n", "kind", "reason")


@dataclass(frozen=True)
class FlowNode:
    """One box of the chart.

    Attributes
    ----------
    name, parent : str
        Codes; the parent of the first box is empty.
    label : LazyText
    n : int
        Cases.
    kind : {"step", "excluded"}
        A step goes on; an exclusion stands to the side of its parent.
    reasons : tuple of (reason, n)
        Of an exclusion, most frequent first; they add up to ``n``.
    """

    name: str
    parent: str
    label: LazyText
    n: int
    kind: str = "step"
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Flow:
    """Boxes in reading order."""

    nodes: tuple[FlowNode, ...]

    def n(self, name: str) -> int:
        """Return the count of a box; raises ``KeyError``."""
        return {node.name: node.n for node in self.nodes}[name]

    def frame(self) -> pd.DataFrame:
        """Return one row per box, and one per reason of an exclusion: node, parent, label, n, kind, reason."""
        rows: list[list[object]] = []
        for node in self.nodes:
            rows.append([node.name, node.parent, str(node.label), node.n, node.kind, ""])
            rows += [[node.name, node.parent, str(node.label), n, "reason", reason] for reason, n in node.reasons]
        return pd.DataFrame(rows, columns=list(FLOW_COLUMNS))


def patient_flow(
    cohort: Cohort,
    *,
    with_outcome: Collection[str] | None = None,
    n_unpaired: int = 0,
) -> Flow:
    """Count cases from found to analysed.

    Parameters
    ----------
    with_outcome : collection of case ids, optional
        Cases whose endpoint is known; None before there is an endpoint (then that step is left out).
    n_unpaired : int
        Cases that were found but never became one of the cohort (image without mask and the like).
    """
    listed = {c.case_id for c in cohort.cases}
    imaged = any(case.images for case in cohort.cases)
    paired = {c.case_id for c in cohort.cases if c.masks or not imaged}
    out = cohort.excluded_ids() & paired
    included = [c for c in cohort.cases if c.case_id in paired - out]
    nodes = [
        FlowNode("found", "", lazy_("Cases found"), len(listed) + n_unpaired),
        FlowNode(
            "unpaired", "found", lazy_("Without image or mask"), len(listed) - len(paired) + n_unpaired, "excluded"
        ),
        FlowNode("paired", "found", lazy_("With image and mask") if imaged else lazy_("With features"), len(paired)),
        FlowNode("excluded", "paired", lazy_("Excluded"), len(out), "excluded", _reasons(cohort, out)),
        FlowNode("included", "paired", lazy_("Included"), len(included)),
    ]
    last = "included"
    if with_outcome is not None:
        known = [c for c in included if c.case_id in with_outcome]
        nodes.append(FlowNode("no_outcome", last, lazy_("Endpoint not known"), len(included) - len(known), "excluded"))
        nodes.append(FlowNode("analysed", last, lazy_("With endpoint"), len(known)))
        included, last = known, "analysed"
    roles = Counter(c.role for c in included)
    nodes.append(FlowNode("development", last, lazy_("Development"), roles["development"]))
    nodes.append(FlowNode("external", last, lazy_("External (sealed)"), roles["external"]))
    return Flow(tuple(nodes))


def _reasons(cohort: Cohort, out: set[str]) -> tuple[tuple[str, int], ...]:
    """Count each excluded case once, under its first reason."""
    first: dict[str, str] = {}
    for exclusion in cohort.exclusions:
        if exclusion.case_id in out and not exclusion.image and not exclusion.roi:
            first.setdefault(exclusion.case_id, exclusion.reason or str(OTHER_REASON))
    return tuple(Counter(first.values()).most_common())
