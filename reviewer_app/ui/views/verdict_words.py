"""The few words of a card: whose the verdict is, and the evidence in one line.

The full sentence is the core's (`Comparison.sentence`); here its parts are only set apart.
"""

from __future__ import annotations

from reviewer_app.comparison.formatting import (
    example_noun,
    format_difference,
    format_margin,
    format_p,
    in_points,
)
from reviewer_app.comparison.result import Comparison, MetricComparison, Outcome, RobustnessRow, Verdict
from reviewer_app.comparison.robustness import verdict_words
from reviewer_app.comparison.sentences import CORRECTION_NAMES
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.views.spans import Span

_REASONS = {
    "too_few_differences": "too few differences",
    "too_few_examples": "too few examples",
    "missing": "depends on missing predictions",
    "seed_noise": "the seeds differ too much",
}


def verdict_colour(comparison: Comparison) -> str:
    """Return the colour's name of the better team; muted where there is none."""
    return {Verdict.A_BETTER: "team_a", Verdict.B_BETTER: "team_b"}.get(comparison.verdict, "muted")


def is_barely(comparison: Comparison) -> bool:
    """Return whether a team is better although THE interval touches 0."""
    low, high = comparison.primary.ci_low, comparison.primary.ci_high
    better = comparison.verdict in (Verdict.A_BETTER, Verdict.B_BETTER)
    return better and low is not None and high is not None and low <= 0.0 <= high


def headline(comparison: Comparison, correction: Correction) -> tuple[Span, ...]:
    """Return the verdict in a few words, the better team in its colour; `correction` is the plan's."""
    primary = comparison.primary
    metric = metric_of(comparison.primary_metric)
    if primary.difference is None:
        return (Span("No verdict: ", bold=True), Span(f"{metric.name} cannot be compared", bold=True))
    if comparison.verdict in (Verdict.A_BETTER, Verdict.B_BETTER):
        winner = comparison.team_a if comparison.verdict is Verdict.A_BETTER else comparison.team_b
        how = "barely better" if is_barely(comparison) else "better"
        size = format_margin(metric, abs(primary.difference)) + ("" if in_points(metric) else f" {metric.name}")
        less = ", less than matters" if comparison.within_margin else ""
        return (Span(winner, verdict_colour(comparison), True), Span(f" is {how} by {size}{less}", bold=True))
    if comparison.verdict is Verdict.EQUIVALENT:
        margin = "" if primary.margin is None else f" within {format_margin(metric, primary.margin)}"
        return (Span(f"Equivalent{margin}", bold=True),)
    reason = _reason_words(comparison.reason, correction)
    return (Span(f"Undecided: {reason}" if reason else "Undecided", bold=True),)


def short_verdict(decided: Comparison | RobustnessRow, team_a: str, team_b: str, correction: Correction) -> str:
    """Return a verdict in a few words: "A better", "undecided: too few examples"."""
    words = verdict_words(decided.verdict, team_a, team_b)
    if decided.within_margin:
        return f"{words}, less than matters"
    reason = _reason_words(decided.reason, correction)
    return f"{words}: {reason}" if reason and decided.verdict is Verdict.UNDECIDED else words


def after_correction(correction: Correction) -> str:
    """Return "after Holm", "after Benjamini-Hochberg" or, without correction, ""."""
    return "" if correction is Correction.NONE else f"after {CORRECTION_NAMES[correction]}"


def evidence_line(comparison: Comparison, correction: Correction) -> str:
    """Return p and the disagreements in one line: "p = 0.0006 after Holm · 61 pairs only A right, 24 only B right"."""
    only_a, only_b = comparison.outcomes[Outcome.ONLY_A], comparison.outcomes[Outcome.ONLY_B]
    right = f"{counted(only_a, example_noun(comparison.task))} only A right, {only_b:,} only B right"
    return f"{_p_words(comparison, correction)} · {right}"


def needs_sentence(comparison: Comparison) -> bool:
    """Return whether the headline leaves out what a reader must know, so that the core's sentence stands below it."""
    plain = comparison.verdict in (Verdict.A_BETTER, Verdict.B_BETTER)
    return not plain or comparison.within_margin or is_barely(comparison)


def interval_words(comparison: Comparison) -> str:
    """Return the difference, its interval and the margin in words."""
    primary = comparison.primary
    metric = metric_of(comparison.primary_metric)
    parts = [f"A minus B: {format_difference(metric, primary.difference, unit=True)}"]
    if primary.ci_low is not None and primary.ci_high is not None:
        low, high = format_difference(metric, primary.ci_low), format_difference(metric, primary.ci_high)
        parts.append(f"{_level(primary)} interval {low} to {high}, for this dataset alone ({primary.interval_method})")
    if primary.margin is not None:
        chosen = " (default, nobody chose it)" if primary.margin_is_default else ""
        parts.append(f"margin of practical equivalence ± {format_margin(metric, primary.margin)}{chosen}")
    return "; ".join(parts)


def interval_caption(comparison: Comparison) -> str:
    """Return what stands under a drawn interval."""
    primary = comparison.primary
    metric = metric_of(comparison.primary_metric)
    unit = "points" if in_points(metric) else metric.name
    interval = "no interval" if primary.ci_low is None else f"{_level(primary)} interval"
    shaded = "" if primary.margin is None else "; shaded: margin"
    return f"A \N{MINUS SIGN} B in {unit}, {interval}{shaded}"


def _level(primary: MetricComparison) -> str:
    return f"{100 * primary.ci_level:.0f} %"


def _reason_words(reason: str | None, correction: Correction) -> str:
    if reason == "multiplicity":
        after = after_correction(correction)
        return f"not {after}" if after else ""
    return _REASONS.get(reason or "", "")


def _p_words(comparison: Comparison, correction: Correction) -> str:
    primary = comparison.primary
    after = after_correction(correction)
    if comparison.verdict is Verdict.EQUIVALENT and primary.p_equivalence is not None:
        p_value = primary.p_equivalence_adjusted
        if p_value is not None:
            return f"{format_p(p_value)} for equivalence{f', {after}' if after else ''}"
        return f"{format_p(primary.p_equivalence)} for equivalence (exploratory)"
    if primary.p_adjusted is not None:
        return f"{format_p(primary.p_adjusted)} {after}".rstrip()
    return "no test" if primary.p_value is None else f"{format_p(primary.p_value)} (exploratory)"
