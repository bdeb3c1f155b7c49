"""What of the plan was changed after results were seen, in words."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.sentences import CORRECTION_NAMES


def plan_change(at_results: AnalysisPlan | None, plan: AnalysisPlan) -> str:
    """Return a sentence on what changed since results were first seen; "" where the plan was never changed after that.

    Parameters
    ----------
    at_results
        The plan under which results were first seen, where it was changed after that; else None.
    plan
        The plan as it is now.
    """
    if at_results is None:
        return ""
    changes = [f"{name} {before} became {after}" for name, before, after in _differing(at_results, plan)]
    if not changes:
        return "The plan was changed after results were seen, and is now again what it was then."
    return f"The plan was changed after results were seen: {'; '.join(changes)}."


def _differing(before: AnalysisPlan, after: AnalysisPlan) -> Iterator[tuple[str, str, str]]:
    for one, other in zip(_in_words(before), _in_words(after), strict=True):
        if one != other:
            yield one[0], one[1], other[1]


def _in_words(plan: AnalysisPlan) -> Iterator[tuple[str, str]]:
    yield "metric", plan.metric or "(each dataset's own)"
    yield "margin", "(default)" if plan.margin is None else f"{plan.margin:g}"
    yield "alpha", f"{plan.alpha:g}"
    yield "correction", CORRECTION_NAMES[plan.correction]
    pairs = "; ".join(" against ".join(pair) for pair in plan.comparisons or ())
    yield "comparisons", "(every pair of teams)" if plan.comparisons is None else pairs
    yield "resamples", f"{plan.n_resamples:,}"
    yield "seed", "(from the inputs)" if plan.seed is None else str(plan.seed)
