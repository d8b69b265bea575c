"""The patient-flow diagram as SVG: who is in the analysis, who is not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from radiomics_core.cohort.flow import Flow
from radiomics_core.plots import theme

MAIN_WIDTH, SIDE_WIDTH, GAP_X, GAP_Y = 250, 370, 46, 30
LINE_PX, PADDING = 17, 12


@dataclass(frozen=True)
class FlowStep:
    """One box of the main line, and what leaves after it.

    Attributes
    ----------
    label : str
        In the session's language.
    n : int
        Cases in the box.
    leaving : sequence of (reason, n)
        Cases that leave between this box and the next.
    details : sequence of (label, n)
        Lines inside the box, for example events.
    """

    label: str
    n: int
    leaving: Sequence[tuple[str, int]] = ()
    details: Sequence[tuple[str, int]] = ()


def flow_steps(flow: Flow) -> list[FlowStep]:
    """Turn the counted flow into boxes; empty exclusions go, the two roles are lines of the last box."""
    roles = [node for node in flow.nodes if node.name in ("development", "external")]
    line = [node for node in flow.nodes if node.kind == "step" and node not in roles]
    steps = []
    for node in line:
        leaving: list[tuple[str, int]] = []
        for aside in flow.nodes:
            if aside.kind == "excluded" and aside.parent == node.name and aside.n:
                leaving += aside.reasons or [(str(aside.label), aside.n)]
        details = [(str(role.label), role.n) for role in roles] if node is line[-1] else []
        steps.append(FlowStep(str(node.label), node.n, leaving, details))
    return steps


def flow_svg(flow: Flow | Sequence[FlowStep], dark: bool = False, title: str = "") -> str:
    """Return the diagram; boxes grow with their text, and the picture has a text alternative.

    Parameters
    ----------
    flow : Flow, or sequence of FlowStep
        From all cases to those analysed.
    title : str
        Name of the picture for screen readers.
    """
    steps = flow_steps(flow) if isinstance(flow, Flow) else flow
    y, parts, previous_end = 8.0, [], 0.0
    for position, step in enumerate(steps):
        lines = [f"{step.label}: {step.n}", *(f"{label}: {n}" for label, n in step.details)]
        height = _height(lines)
        if position:
            parts.append(_arrow(_middle(), previous_end, _middle(), y, dark))
        parts.append(_box(8, y, MAIN_WIDTH, lines, dark, strong=position == len(steps) - 1))
        previous_end = y + height
        y = previous_end + GAP_Y
        if step.leaving:
            aside = [line for reason, n in step.leaving for line in _wrapped(f"{reason}: {n}")]
            side_height = _height(aside)
            centre = y + side_height / 2
            parts.append(_arrow(_middle(), centre, 8 + MAIN_WIDTH + GAP_X, centre, dark))
            parts.append(_box(8 + MAIN_WIDTH + GAP_X, y, SIDE_WIDTH, aside, dark, bold=False))
            y += side_height + GAP_Y
    width = 16 + MAIN_WIDTH + GAP_X + SIDE_WIDTH
    height = max(previous_end + 8, y - GAP_Y + 8 if steps and steps[-1].leaving else 0)
    spoken = escape("; ".join(f"{s.label}: {s.n}" for s in steps))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" '
        f'height="{height:.0f}" role="img" font-family="{escape(theme.EXPORT_FONT)}" font-size="13">'
        f"<title>{escape(title)}</title><desc>{spoken}</desc>{''.join(parts)}</svg>"
    )


def _middle() -> float:
    return 8 + MAIN_WIDTH / 2


def _height(lines: Sequence[str]) -> float:
    return len(lines) * LINE_PX + 2 * PADDING - 4


def _wrapped(text: str, limit: int = 54) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > limit:
            lines.append("  ")
        lines[-1] = f"{lines[-1]} {word}".strip() if lines[-1].strip() else f"{lines[-1]}{word}"
    return lines


def _box(
    x: float, y: float, width: float, lines: Sequence[str], dark: bool, *, strong: bool = False, bold: bool = True
) -> str:
    edge = theme.colour(theme.ACCENT if strong else theme.NEUTRAL, dark)
    fill, ink = theme.colour(theme.BACKGROUND, dark), theme.colour(theme.TEXT, dark)
    texts = "".join(
        f'<text x="{x + PADDING}" y="{y + PADDING + 10 + i * LINE_PX:.0f}" fill="{ink}" '
        f'font-weight="{600 if bold and i == 0 else 400}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    return (
        f'<rect x="{x}" y="{y:.0f}" width="{width}" height="{_height(lines):.0f}" rx="6" fill="{fill}" '
        f'stroke="{edge}" stroke-width="{2 if strong else 1.2}"/>{texts}'
    )


def _line(x1: float, y1: float, x2: float, y2: float, dark: bool) -> str:
    ink = theme.colour(theme.NEUTRAL, dark)
    return f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="{ink}" stroke-width="1.4"/>'


def _arrow(x1: float, y1: float, x2: float, y2: float, dark: bool) -> str:
    ink = theme.colour(theme.NEUTRAL, dark)
    down = x1 == x2
    head = f"{x2 - 4},{y2 - 7} {x2 + 4},{y2 - 7}" if down else f"{x2 - 7},{y2 - 4} {x2 - 7},{y2 + 4}"
    stop = (x2, y2 - 6) if down else (x2 - 6, y2)
    return _line(x1, y1, *stop, dark) + f'<polygon points="{x2},{y2} {head}" fill="{ink}"/>'
