"""What a reviewer types of the analysis plan, in the metric's unit, and the plan that it means."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reviewer_app.comparison.formatting import in_points
from reviewer_app.comparison.margins import default_margin
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.multiplicity import Correction


@dataclass(frozen=True)
class PlanForm:
    """The fields as they are typed.

    Attributes
    ----------
    alpha
        Error rate, a fraction.
    margin
        Margin in the metric's unit (points where it is shown in points); "": the default.
    correction, n_resamples
        As chosen.
    """

    alpha: str
    margin: str
    correction: Correction
    n_resamples: int


def form_of(plan: AnalysisPlan, metric: Metric) -> PlanForm:
    """Return the fields that mean a plan."""
    margin = "" if plan.margin is None else f"{_factor(metric) * plan.margin:.10g}"
    return PlanForm(f"{plan.alpha:.10g}", margin, plan.correction, plan.n_resamples)


def plan_of(form: PlanForm, plan: AnalysisPlan, metric: Metric) -> AnalysisPlan:
    """Return the plan with what the fields say; a field that says what the plan says leaves it to the last digit.

    Raises
    ------
    ReviewError
        ``bad_plan`` if a field is no number. Whether a number can be is the core's to say.
    """
    before = form_of(plan, metric)
    alpha, margin = plan.alpha, plan.margin
    if form.alpha.strip() != before.alpha:
        alpha = _number(form.alpha, "Alpha", "0.05")
    if form.margin.strip() != before.margin:
        unit = "1.0, in points of 100" if in_points(metric) else "0.01"
        typed = form.margin.strip()
        margin = (
            _number(typed, "The margin", f"{unit}, or nothing for the default") / _factor(metric) if typed else None
        )
    return replace(plan, alpha=alpha, margin=margin, correction=form.correction, n_resamples=form.n_resamples)


def margin_unit(metric: Metric) -> str:
    """Return the unit that the margin is typed in: "points", or "" for the metric's own."""
    return "points" if in_points(metric) else ""


def default_margin_words(metric: Metric) -> str:
    """Return what stands in an empty margin: "1.0 (default)", or "none"."""
    margin = default_margin(metric)
    return "none" if margin is None else f"{_factor(metric) * margin:.1f} (default)"


def _factor(metric: Metric) -> float:
    return 100.0 if in_points(metric) else 1.0


def _number(text: str, what: str, example: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ReviewError.of("bad_plan", f"{what} is {text.strip()!r}, which is no number: write {example}.") from None
