"""Posterior shares drawn: three bars, each from 0, because being within the margin overlaps with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer_app.ui.models.posterior_drawing import PosteriorDrawing
from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.figure_style import SMALL, elided, page_axes, size_of, styled, text_width, write_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER, ROW, AXIS = 24, 30, 26
POSTERIOR_HEIGHT = HEADER + 3 * ROW + AXIS
BAR = 14
EDGE, GAP = 2, 20
NAMES_SHARE = 0.4
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def draw_posterior(figure: Figure, drawing: PosteriorDrawing, palette: Palette) -> None:
    """Draw the three shares below each other with their numbers; a share that is not defined has its reason."""
    from matplotlib.patches import Rectangle

    with styled(figure, palette, layout="none"):
        page, width = page_axes(figure), size_of(figure)[0]
        header = "share ± Monte Carlo error"
        names = min(max(text_width(bar.name) for bar in drawing.bars), NAMES_SHARE * width)
        numbers = max(text_width(bar.text) for bar in drawing.bars if bar.share is not None)
        left, right = EDGE + names + GAP, width - EDGE - numbers - GAP
        bottom = HEADER + 3 * ROW
        page.text(width - EDGE, HEADER / 2, header, ha="right", va="center", color=palette.muted)
        ticks = [left + tick * (right - left) for tick in TICKS]
        page.vlines(ticks, HEADER, bottom, color=palette.line, linewidth=0.6, zorder=0)
        for tick, place in zip(TICKS, ticks, strict=True):
            text = f"{100 * tick:.0f} %" if tick in (0.0, 0.5, 1.0) else ""
            page.text(place, bottom + 11, text, ha="center", va="center", color=palette.muted, fontsize=SMALL)
        for number, bar in enumerate(drawing.bars):
            middle = HEADER + ROW * (number + 0.5)
            page.text(EDGE, middle, elided(bar.name, names), va="center")
            if bar.share is None:
                page.text(left + 6, middle, elided(bar.text, right - left), va="center", color=palette.muted)
                continue
            length = bar.share * (right - left)
            colour = getattr(palette, bar.colour)
            page.add_patch(Rectangle((left, middle - BAR / 2), length, BAR, facecolor=colour, linewidth=0))
            write_number(page, width - EDGE, middle, bar.text)
