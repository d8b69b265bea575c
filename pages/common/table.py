"""The one table of pages: where each stands, what it asks, what it needs, what comes next, where the guide tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from radiomics_core.i18n import LazyText, lazy_

SECTIONS: dict[str, LazyText] = {
    "data": lazy_("Data"),
    "features": lazy_("Features"),
    "modelling": lazy_("Modelling"),
}
NOTHING_COMES = lazy_("")
Needs = Literal["nothing", "study", "cohort", "images", "features"]


@dataclass(frozen=True, kw_only=True)
class PageRow:
    """One page.

    Attributes
    ----------
    name : str
        Also its address and its file, ``pages/<section>/<name>.py``.
    section : str
        A key of ``SECTIONS``.
    title, question : LazyText
        What stands in the navigation and at its top.
    icon : str
        A Material icon.
    needs : {"nothing", "study", "cohort", "images", "features"}
        Without it the page says so and stops: ``require.require_<needs>()`` in its file.
    next_page : str
        Name of the page that the button at its end opens, ``""`` for none.
    next_label : LazyText
        What that button says.
    guide : str
        Its heading in ``docs/user-guide.md``.
    """

    name: str
    section: str
    title: LazyText
    question: LazyText
    icon: str
    needs: Needs
    next_page: str = ""
    next_label: LazyText = NOTHING_COMES
    guide: str

    @property
    def file(self) -> str:
        """Where the page is, from the folder of ``app.py``."""
        return f"pages/{self.section}/{self.name}.py"


ROWS = (
    PageRow(
        name="study",
        section="data",
        title=lazy_("Study"),
        question=lazy_(
            "One folder on this computer holds one question: its cohort, its results, its report. What is done, what is next?"
        ),
        icon="folder_open",
        needs="nothing",
        guide="1. Study",
    ),
    PageRow(
        name="cohort",
        section="data",
        title=lazy_("Cohort"),
        question=lazy_("Who is in the analysis, what is known of them, and what is predicted?"),
        icon="groups",
        needs="study",
        next_page="images",
        next_label=lazy_("Next: look at the images"),
        guide="2. Cohort",
    ),
    PageRow(
        name="images",
        section="data",
        title=lazy_("Images"),
        question=lazy_(
            "Does every mask lie on its lesion? A wrong mask is seen in seconds here and never again later."
        ),
        icon="radiology",
        needs="images",
        next_page="extraction",
        next_label=lazy_("Next: extract features"),
        guide="3. Images",
    ),
    PageRow(
        name="extraction",
        section="features",
        title=lazy_("Extraction"),
        question=lazy_("Which numbers describe each lesion, and how are they made?"),
        icon="grain",
        needs="images",
        next_page="exploration",
        next_label=lazy_("Next: explore the features"),
        guide="4. Extraction",
    ),
    PageRow(
        name="exploration",
        section="features",
        title=lazy_("Exploration"),
        question=lazy_("What do the features look like, and which say the same thing?"),
        icon="scatter_plot",
        needs="features",
        next_page="comparison",
        next_label=lazy_("Next: compare analysis pipelines"),
        guide="5. Exploration",
    ),
    PageRow(
        name="comparison",
        section="modelling",
        title=lazy_("Comparison"),
        question=lazy_("Which analysis pipeline predicts the endpoint in cases it never saw?"),
        icon="leaderboard",
        needs="cohort",
        next_page="explanations",
        next_label=lazy_("Next: explain the pipeline"),
        guide="6. Comparison",
    ),
    PageRow(
        name="explanations",
        section="modelling",
        title=lazy_("Explanations"),
        question=lazy_("What does the pipeline look at, and why did it score this case so?"),
        icon="lightbulb",
        needs="cohort",
        next_page="survival",
        next_label=lazy_("Next: survival"),
        guide="7. Explanations",
    ),
    PageRow(
        name="survival",
        section="modelling",
        title=lazy_("Survival"),
        question=lazy_("Do held-out scores tell patients with a long time to the event from those with a short one?"),
        icon="show_chart",
        needs="cohort",
        guide="8. Survival",
    ),
)
PAGES = {row.name: row for row in ROWS}
