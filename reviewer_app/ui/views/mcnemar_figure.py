"""McNemar's table drawn: squares as large as its counts, and below the two that tell the teams apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reviewer_app.ui.models.mcnemar_drawing import McNemarDrawing
from reviewer_app.ui.models.number_cells import share_text
from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.figure_style import FONT_SIZE, SMALL, elided, page_axes, plain, size_of, styled, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MCNEMAR_HEIGHT = 240
HEADER, CELL = 26, 56
BAR_TOP, BAR = HEADER + 2 * CELL + 38, 16
WIDEST = 620
NAMES_SHARE = 0.3
EDGE = 2
SQUARE = 40
"""Side of the square of the largest count."""
LEAST_SQUARE = 2
COUNT_SIZE = 12


def draw_mcnemar(figure: Figure, drawing: McNemarDrawing, palette: Palette) -> None:
    """Draw the four counts, and as one bar the examples that A alone and that B alone has right, against 1 : 1."""
    with styled(figure, palette, layout="none"):
        page = page_axes(figure)
        width = min(size_of(figure)[0], WIDEST)
        names = min(text_width(plain(f"{drawing.team_a} wrong", 60)) + 16, NAMES_SHARE * width)
        _draw_table(page, drawing, names, width, palette)
        _draw_bar(page, drawing, names, width, palette)


def _draw_table(page: Axes, drawing: McNemarDrawing, names: float, width: float, palette: Palette) -> None:
    table = drawing.table
    cells = (
        (0, 0, table.both_right, palette.muted, palette.ink),
        (0, 1, table.only_a, palette.team_a, palette.team_a),
        (1, 0, table.only_b, palette.team_b, palette.team_b),
        (1, 1, table.both_wrong, palette.muted, palette.ink),
    )
    cell_width = (width - names - EDGE) / 2
    largest = max(table.both_right, table.only_a, table.only_b, table.both_wrong, 1)
    for side, how in enumerate(("right", "wrong")):
        left, middle = names + side * cell_width, HEADER + (side + 0.5) * CELL
        of_b = _with_ending(drawing.team_b, how, cell_width - 12)
        page.text(left + 12, HEADER / 2, of_b, va="center", color=palette.muted)
        of_a = _with_ending(drawing.team_a, how, names - 16)
        page.text(EDGE, middle, of_a, va="center", color=palette.muted)
    for row, column, count, colour, ink in cells:
        left, top = names + column * cell_width, HEADER + row * CELL
        _draw_cell(page, (left, top, cell_width), count, table.n, count / largest, colour, ink)
    right, bottom = names + 2 * cell_width, HEADER + 2 * CELL
    page.hlines([HEADER, HEADER + CELL, bottom], EDGE, right, color=palette.line, linewidth=0.8)
    page.vlines([names, names + cell_width, right], HEADER, bottom, color=palette.line, linewidth=0.8)


def _draw_cell(
    page: Axes, place: tuple[float, float, float], count: int, n: int, of_largest: float, colour: str, ink: str
) -> None:
    from matplotlib.patches import Rectangle

    left, top, width = place
    # What is there at all can be seen.
    middle, side = top + CELL / 2, max(SQUARE * math.sqrt(of_largest), LEAST_SQUARE if count else 0.0)
    center = left + 12 + SQUARE / 2
    is_discordant = colour == ink
    page.add_patch(
        Rectangle(
            (center - side / 2, middle - side / 2),
            side,
            side,
            facecolor=colour,
            alpha=0.9 if is_discordant else 0.3,
            linewidth=0,
        )
    )
    words = left + 12 + SQUARE + 12
    text = f"{count:,}"
    page.text(words, middle, text, va="center", color=ink, fontsize=COUNT_SIZE, fontweight="bold")
    of_all = share_text(count / n)
    after = words + text_width(text, fontsize=COUNT_SIZE, fontweight="bold") + 8
    if after + text_width(of_all) < left + width:
        page.text(after, middle + 1, of_all, va="center", color=ink, alpha=0.7, fontsize=SMALL)


def _draw_bar(page: Axes, drawing: McNemarDrawing, left: float, width: float, palette: Palette) -> None:
    from matplotlib.patches import Rectangle

    table, length = drawing.table, width - left - EDGE
    middle, bottom = BAR_TOP + BAR / 2, BAR_TOP + BAR
    page.text(EDGE, middle, elided("one alone right", left - EDGE - 8), va="center", color=palette.muted)
    page.add_patch(Rectangle((left, BAR_TOP), length, BAR, facecolor=palette.chip, linewidth=0))
    if table.discordant > 0:
        of_a = length * table.only_a / table.discordant
        page.add_patch(Rectangle((left, BAR_TOP), of_a, BAR, facecolor=palette.team_a, linewidth=0))
        page.add_patch(Rectangle((left + of_a, BAR_TOP), length - of_a, BAR, facecolor=palette.team_b, linewidth=0))
    half = left + length / 2
    page.plot([half, half], [BAR_TOP - 6, bottom + 6], color=palette.ink, linewidth=1.2, linestyle=(0, (2, 2)))
    page.text(half, BAR_TOP - 14, "1 : 1", ha="center", va="center", color=palette.muted, fontsize=SMALL)
    room = length / 2 - 16
    words_a = _with_ending(f"{table.only_a:,} only {drawing.team_a}", "right", room)
    words_b = _with_ending(f"{table.only_b:,} only {drawing.team_b}", "right", room)
    page.text(left, bottom + 16, words_a, va="center", color=palette.team_a)
    page.text(left + length, bottom + 16, words_b, ha="right", va="center", color=palette.team_b)


def _with_ending(text: str, ending: str, width: float) -> str:
    """Return a text cut so that its last word stays."""
    return f"{elided(text, width - text_width(f' {ending}', fontsize=FONT_SIZE))} {ending}"
