"""How every figure looks: the window's colours and font, names as they are; no Qt widgets and no pyplot here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from reviewer_app.resource_files import resource
from reviewer_app.ui.models.example_columns import one_line
from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.interval_view import tick_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.figure import Figure
    from matplotlib.text import Text

NAME_CHARACTERS = 26
FONTS = ("Inter", "DejaVu Sans")
FONT_SIZE = 9
SMALL = 8
TITLE_SIZE = 10.5
PIXELS_PER_INCH = 100
"""Of a figure in the window, at a scale of 1: what is placed by the pixel goes by this."""

_ALL_ZERO = str.maketrans("123456789", "0" * 9)


@contextmanager
def styled(figure: Figure, palette: Palette, layout: Literal["constrained", "none"] = "constrained") -> Iterator[None]:
    """Empty a figure, and draw in the palette's colours within.

    Parameters
    ----------
    figure
        What is drawn into.
    palette
        The window's colours.
    layout
        "none" where the drawing places its axes itself.
    """
    import matplotlib

    figure.clear()
    figure.set_layout_engine(layout)
    figure.set_facecolor(palette.panel)
    with matplotlib.rc_context(_style(palette)):
        yield
        for axes in figure.axes:
            # Matplotlib copies the first tick's looks to those that it makes when the figure is painted.
            for axis in (axes.xaxis, axes.yaxis):
                axis.get_major_ticks(1)


def plain(text: str, characters: int = NAME_CHARACTERS) -> str:
    """Return a name as one line, not too long; `styled` sees to it that "$" is not read as mathematics."""
    return one_line(text, characters)


def set_title(axes: Axes, text: str, palette: Palette) -> None:
    """Write a plot's title as the window's headings are."""
    axes.set_title(
        text, loc="left", fontfamily="Inter", fontweight="semibold", fontsize=TITLE_SIZE, color=palette.ink, pad=8
    )


def write_number(page: Axes, right: float, middle: float, text: str, **looks: Any) -> Text:
    """Write a number with figures of one width, its right edge at `right` of a `page_axes`."""
    # Matplotlib aligns by the widths of the proportional figures; 0 is as wide as every tabular one.
    width = text_width(text.translate(_ALL_ZERO), **looks)
    written = page.text(right - width, middle, text, va="center", **looks)
    written.set_fontfeatures(("tnum",))
    return written


def size_of(figure: Figure) -> tuple[float, float]:
    """Return width and height of a figure in pixels at a scale of 1."""
    width, height = figure.get_size_inches()
    return width * PIXELS_PER_INCH, height * PIXELS_PER_INCH


def page_axes(figure: Figure) -> Axes:
    """Return invisible axes as large as the figure, in pixels from its upper left corner."""
    width, height = size_of(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0.0, width)
    axes.set_ylim(height, 0.0)
    axes.set_zorder(10)
    return axes


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Return axes at a place given in pixels from the figure's upper left corner."""
    across, down = size_of(figure)
    width, height = max(width, 1.0), max(height, 1.0)
    return figure.add_axes((left / across, 1.0 - (top + height) / down, width / across, height / down))


def signed_ticks(axis: Axis) -> None:
    """Put a few round numbers with their signs on an axis of differences; they are drawn small."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10], min_n_ticks=2))
    axis.set_major_formatter(FuncFormatter(lambda value, _: "0" if value == 0.0 else tick_text(value)))


def elided(text: str, width: float, **looks: Any) -> str:
    """Return a name as one line, cut with an ellipsis where it would be wider than `width` pixels."""
    line = one_line(text)
    if text_width(line, **looks) <= width:
        return line
    low, high = 0, len(line)
    while high - low > 1:
        middle = (low + high) // 2
        if text_width(f"{line[:middle].rstrip()}…", **looks) <= width:
            low = middle
        else:
            high = middle
    return f"{line[:low].rstrip()}…"


def text_width(text: str, *, fontsize: float = FONT_SIZE, fontweight: str = "normal", **_: Any) -> float:
    """Return how wide a text of one line is, in pixels at a scale of 1; further looks make no difference."""
    return _text_width(text, fontsize, fontweight)


@lru_cache(maxsize=8192)
def _text_width(text: str, fontsize: float, fontweight: str) -> float:
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family=list(FONTS), size=fontsize, weight=fontweight)
    return float(_renderer().get_text_width_height_descent(text, font, False)[0])


@lru_cache(maxsize=1)
def _renderer() -> RendererAgg:
    from matplotlib.backends.backend_agg import RendererAgg

    _load_font()
    return RendererAgg(1, 1, PIXELS_PER_INCH)


def _style(palette: Palette) -> Any:
    _load_font()
    return {
        "font.family": list(FONTS),
        "font.size": FONT_SIZE,
        "text.color": palette.ink,
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "axes.facecolor": palette.panel,
        "axes.edgecolor": palette.line,
        "axes.labelcolor": palette.muted,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": palette.line,
        "grid.linewidth": 0.6,
        "xtick.color": palette.line,
        "ytick.color": palette.line,
        "xtick.labelcolor": palette.muted,
        "ytick.labelcolor": palette.muted,
        "legend.labelcolor": palette.ink,
    }


def _load_font() -> None:
    from matplotlib import font_manager

    if not any(entry.name == "Inter" for entry in font_manager.fontManager.ttflist):
        for weight in ("Regular", "SemiBold", "Bold"):
            font_manager.fontManager.addfont(resource("fonts", f"Inter-{weight}.otf"))
