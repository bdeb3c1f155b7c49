"""Words below an axis of differences: which team each side of 0 is in favour of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.figure_style import elided, plain, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPACE = 8
"""Between 0 and the words, in pixels."""


def write_favours(
    page: Axes,
    zero: float,
    middle: float,
    teams: tuple[str, str],
    palette: Palette,
    *,
    above_favours_a: bool,
    ends: tuple[float, float],
) -> None:
    """Write "← B better" and "A better →" on both sides of 0, in the teams' colours.

    Parameters
    ----------
    page
        `page_axes` of the figure.
    zero, middle
        Where 0 is, and the height to write at.
    teams
        A and B.
    palette
        The window's colours.
    above_favours_a
        Whether what is right of 0 is in favour of A; where less is better it is not.
    ends
        Between what the words must stay; names for which half of that is too little are cut.
    """
    sides = [(teams[1], palette.team_b), (teams[0], palette.team_a)]
    (left, left_colour), (right, right_colour) = sides if above_favours_a else reversed(sides)
    around = text_width("\N{LEFTWARDS ARROW}  better") + SPACE
    half = (ends[1] - ends[0]) / 2
    left_needs, right_needs = (min(around + text_width(plain(team, 60)), half) for team in (left, right))
    # Where 0 is close to an end, whole names matter more than standing right below it: the arrows still point well.
    between = min(max(zero, ends[0] + left_needs), ends[1] - right_needs)
    left = f"\N{LEFTWARDS ARROW} {elided(left, between - around - ends[0])} better"
    right = f"{elided(right, ends[1] - between - around)} better \N{RIGHTWARDS ARROW}"
    page.text(between - SPACE, middle, left, ha="right", va="center", color=left_colour)
    page.text(between + SPACE, middle, right, ha="left", va="center", color=right_colour)
