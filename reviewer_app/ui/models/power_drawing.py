"""The power curve as it is drawn, and the sentence below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.comparison.formatting import example_noun, format_margin
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.evaluation.registry import Metric
from reviewer_app.ui.models.number_cells import share_text

if TYPE_CHECKING:
    from reviewer_app.review.queries import Significance
    from reviewer_app.significance.beside.power_curve import PowerCurve


@dataclass(frozen=True)
class PowerDrawing:
    """What other numbers of examples could show.

    Attributes
    ----------
    metric
        What is measured.
    curve
        Power for a difference as large as the margin, and detectable difference, against the number of examples.
    noun
        What an example is called, "pair" or "example".
    """

    metric: Metric
    curve: PowerCurve
    noun: str

    @property
    def detectable_here(self) -> float | None:
        """The difference that the examples at hand show with 80 % power."""
        return self.curve.detectable[self.curve.n.index(self.curve.n_here)]

    @property
    def power_here(self) -> float | None:
        """The power of the examples at hand for a difference as large as the margin."""
        powers = self.curve.power_at_margin
        return None if powers is None else powers[self.curve.n.index(self.curve.n_here)]

    @property
    def words(self) -> str:
        """Where we are in words, and what the curve takes for granted."""
        curve, smallest, power = self.curve, self.detectable_here, self.power_here
        shown = "no difference" if smallest is None else f"a difference of {format_margin(self.metric, smallest)}"
        text = f"These {counted(curve.n_here, self.noun)} show {shown} with 80 % power"
        if curve.margin is not None and power is not None:
            size = format_margin(self.metric, curve.margin)
            text += f", and one as large as the margin ({size}) with {share_text(power)}"
        return f"{text}. Taken for granted: {curve.basis}."


def power_drawing(shown: Significance) -> PowerDrawing | None:
    """Return the power curve; None where `detail.no_power` says why there is none."""
    curve = shown.detail.power
    if curve is None:
        return None
    return PowerDrawing(metric_of(shown.numbers.metric), curve, example_noun(shown.comparison.task))
