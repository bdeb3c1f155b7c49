"""Critical-difference diagram: mean ranks of several teams, and bars over those that are not told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviewer_app.comparison.across import Across
from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.figure_style import SMALL, elided, page_axes, plain, size_of, styled, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RULER = 40
"""The ruler and its words."""
AXIS = 36
"""Names of the ranks, above the line."""
BAR = 12
LINE = 24
BOTTOM = 8
EDGE, GAP = 2, 8
NAMES_SHARE = 0.3
LEAST_NAMES = 64
BAR_WIDTH = 5.0


def why_no_diagram(across: Across) -> str | None:
    """Return why there is no diagram; None: there is one."""
    if len(across.teams) < 3:
        return "a critical-difference diagram needs three teams"
    if across.nemenyi_difference is None:
        return across.not_defined or "a critical-difference diagram needs six datasets of one metric"
    return None


def draw_critical_difference(
    figure: Figure,
    across: Across,
    palette: Palette,
    *,
    compared: tuple[str, str] | None = None,
    with_nemenyi: bool = False,
) -> None:
    """Draw the teams on an axis of mean ranks, best at the left, and a bar over each group that is not told apart.

    Parameters
    ----------
    figure
        As high as `critical_difference_height` says.
    across
        At least three teams.
    palette
        The window's colours.
    compared
        A and B, in their colours.
    with_nemenyi
        Whether Nemenyi's critical difference is drawn as a ruler.
    """
    with styled(figure, palette, layout="none"):
        diagram = _Diagram(page_axes(figure), across, size_of(figure)[0], palette, compared or ("", ""))
        top = 0.0
        if with_nemenyi and across.nemenyi_difference is not None:
            diagram.draw_ruler(across.nemenyi_difference)
            top = RULER
        diagram.draw(top + AXIS)


def critical_difference_height(across: Across, *, with_nemenyi: bool = False) -> int:
    """Return how many pixels a diagram needs from top to bottom."""
    levels = max((bar.level + 1 for bar in _bars(across)), default=0)
    lines = (len(across.teams) + 1) // 2
    return (RULER if with_nemenyi else 0) + AXIS + BAR * (levels + 1) + LINE * lines + BOTTOM


@dataclass(frozen=True)
class _Bar:
    """Over ranks from `low` to `high`, as deep below the axis as its `level`."""

    low: float
    high: float
    level: int


def _bars(across: Across) -> list[_Bar]:
    """Return the bars, each at the first level where it does not touch another."""
    ranks = dict(zip(across.teams, across.mean_ranks, strict=True))
    # Bars are drawn a little beyond their teams; as far apart they do not run into each other.
    apart = 0.1 + 0.02 * len(across.teams)
    ends: list[float] = []
    bars = []
    for group in sorted(across.bars, key=lambda teams: min(ranks[team] for team in teams)):
        low, high = min(ranks[team] for team in group), max(ranks[team] for team in group)
        level = next((number for number, end in enumerate(ends) if end + apart < low), len(ends))
        ends[level : level + 1] = [high]
        bars.append(_Bar(low, high, level))
    return bars


class _Diagram:
    """The diagram on its page; teams are named at the left and, for the worse half, at the right."""

    def __init__(self, page: Axes, across: Across, width: float, palette: Palette, compared: tuple[str, str]) -> None:
        self._page = page
        self._across = across
        self._palette = palette
        self._colours = dict(zip(compared, (palette.team_a, palette.team_b), strict=True))
        names = max(text_width(_name(team, rank)) for team, rank in self._ranked())
        self._names = max(min(names, NAMES_SHARE * width), LEAST_NAMES)
        self._width = width
        self._left = EDGE + self._names + 2 * GAP
        self._right = width - self._left

    def _ranked(self) -> list[tuple[str, float]]:
        return list(zip(self._across.teams, self._across.mean_ranks, strict=True))

    def _x(self, rank: float) -> float:
        return self._left + (self._right - self._left) * (rank - 1.0) / (len(self._across.teams) - 1.0)

    def draw_ruler(self, difference: float) -> None:
        """Draw Nemenyi's critical difference to the scale of the axis."""
        left, right = self._x(1.0), min(self._x(1.0 + difference), self._right)
        colour, height = self._palette.muted, 8
        self._page.plot([left, right], [height, height], color=colour, linewidth=1.2)
        self._page.vlines([left, right], height - 4, height + 4, color=colour, linewidth=1.2)
        words = f"Nemenyi's critical difference {difference:.2f}, which depends on who else took part"
        text = elided(words, self._width - EDGE - left, fontsize=SMALL)
        self._page.text(left, height + 16, text, va="center", color=colour, fontsize=SMALL)

    def draw(self, axis: float) -> None:
        """Draw axis, bars and teams, the axis at this height."""
        self._draw_axis(axis)
        bars = _bars(self._across)
        for bar in bars:
            height = axis + BAR * (bar.level + 1)
            ends = [self._x(bar.low) - 4, self._x(bar.high) + 4]
            self._page.plot(ends, [height] * 2, color=self._palette.accent, linewidth=BAR_WIDTH, solid_capstyle="round")
        first = axis + BAR * (max((bar.level + 1 for bar in bars), default=0) + 1) + LINE / 2
        ranked = self._ranked()
        half = (len(ranked) + 1) // 2
        self._draw_teams(ranked[:half], axis, first, is_left=True)
        self._draw_teams(ranked[: half - 1 : -1], axis, first, is_left=False)

    def _draw_axis(self, axis: float) -> None:
        n_teams = len(self._across.teams)
        self._page.plot([self._left, self._right], [axis, axis], color=self._palette.muted, linewidth=1.2)
        for rank in _ticks(n_teams, self._right - self._left):
            place = self._x(rank)
            self._page.plot([place, place], [axis - 5, axis], color=self._palette.muted, linewidth=1.0)
            self._page.text(place, axis - 13, str(rank), ha="center", va="center", color=self._palette.muted)
        looks: dict[str, Any] = {"va": "center", "color": self._palette.muted, "fontsize": SMALL}
        self._page.text(EDGE, axis, "mean rank", ha="left", **looks)
        self._page.text(self._width - EDGE, axis, "1 is best", ha="right", **looks)

    def _draw_teams(self, ranked: Sequence[tuple[str, float]], axis: float, first: float, *, is_left: bool) -> None:
        """Draw a side's teams from the outermost inwards, so that no elbow crosses another."""
        for number, (team, rank) in enumerate(ranked):
            place, height = self._x(rank), first + LINE * number
            end = self._left - GAP if is_left else self._right + GAP
            colour = self._colours.get(team, self._palette.ink)
            line = self._colours.get(team, self._palette.muted)
            self._page.plot([place, place, end], [axis, height, height], color=line, linewidth=1.0)
            self._page.plot([place], [axis], marker="o", markersize=4, color=line)
            at, align = (end - GAP / 2, "right") if is_left else (end + GAP / 2, "left")
            name = elided(team, self._names - text_width(_name("", rank)))
            weight = "bold" if team in self._colours else "normal"
            self._page.text(at, height, _name(name, rank), ha=align, va="center", color=colour, fontweight=weight)


def _name(team: str, rank: float) -> str:
    return f"{plain(team, 60)}  {rank:.2f}"


def _ticks(n_teams: int, width: float) -> Iterator[int]:
    """Yield the ranks that are named: all of them where they have room, else 1 and round ones."""
    step = next(step for step in (1, 2, 5, 10, n_teams) if width / n_teams * step >= 20 or step == n_teams)
    yield from sorted({1, *range(step, n_teams + 1, step)})
