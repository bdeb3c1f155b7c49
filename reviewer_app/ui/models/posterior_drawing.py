"""Posterior shares as they are drawn, and the sentence below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.comparison.formatting import format_margin
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.ui.models.example_columns import one_line
from reviewer_app.ui.models.number_cells import share_text

if TYPE_CHECKING:
    from reviewer_app.review.queries import Significance


@dataclass(frozen=True)
class PosteriorBar:
    """One share.

    Attributes
    ----------
    name
        What it is the share of.
    share
        From 0 to 1; None where there is none.
    text
        Its number and its Monte Carlo error, or why there is none.
    colour
        Name of a colour of `theme.Palette`.
    """

    name: str
    share: float | None
    text: str
    colour: str


@dataclass(frozen=True)
class PosteriorDrawing:
    """Three bars, each from 0, and what they show."""

    bars: tuple[PosteriorBar, PosteriorBar, PosteriorBar]
    words: str


def posterior_drawing(shown: Significance) -> PosteriorDrawing | None:
    """Return the posterior shares; None where `detail.no_posterior` says why there are none."""
    found, comparison = shown.detail.posterior, shown.comparison
    if found is None:
        return None
    margin = shown.numbers.margin
    size = "" if margin is None else f" ({format_margin(metric_of(shown.numbers.metric), margin)})"
    why = "no margin" if margin is None else "too little differs to say"
    within = found.within_margin
    return PosteriorDrawing(
        bars=(
            _bar(f"{one_line(comparison.team_a)} better", found.a_better, found.error_a_better, "team_a"),
            PosteriorBar(f"within the margin{size}", None, why, "muted")
            if within is None
            else _bar(f"within the margin{size}", within, found.error_within_margin, "muted"),
            _bar(f"{one_line(comparison.team_b)} better", found.b_better, found.error_b_better, "team_b"),
        ),
        words=(
            f"Shares of {found.n_draws:,} posterior draws; they stand beside the verdict and decide nothing. Either "
            "team is better, so these two add up to 100 %; being within the margin overlaps with both."
        ),
    )


def _bar(name: str, share: float, error: float | None, colour: str) -> PosteriorBar:
    return PosteriorBar(name, share, share_text(share) + ("" if error is None else f" ± {100 * error:.1f}"), colour)
