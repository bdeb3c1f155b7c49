"""Verdicts in words with numbers: one generator for window, command line and report."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.comparison.formatting import (
    example_noun,
    format_difference,
    format_margin,
    format_p,
    format_value,
)
from reviewer_app.comparison.result import MetricComparison, Verdict
from reviewer_app.evaluation.needs import counted
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.beside.fragility import Fragility
from reviewer_app.significance.multiplicity import Correction

CORRECTION_NAMES = {
    Correction.HOLM: "Holm",
    Correction.BENJAMINI_HOCHBERG: "Benjamini-Hochberg",
    Correction.NONE: "no correction",
}
"""Corrections in words."""


@dataclass(frozen=True)
class SentenceInput:
    """What a sentence is made from.

    Attributes
    ----------
    metric, numbers
        The primary metric and its comparison.
    team_a, team_b, dataset, task
        Names.
    verdict, reason, within_margin
        The decision.
    n_examples, n_different, n_missing
        Test examples; those that only one team has right; missing predictions of both teams together.
    n_family, correction
        Comparisons in the plan's family, 1 outside a plan; how p is adjusted over it.
    otherwise
        The verdict under the other treatment of missing predictions, where it was computed.
    trained_once
        Whether a side was trained, with one seed each.
    """

    metric: Metric
    numbers: MetricComparison
    team_a: str
    team_b: str
    dataset: str
    task: str
    verdict: Verdict
    reason: str | None
    within_margin: bool
    n_examples: int
    n_different: int
    n_missing: int
    n_family: int
    correction: Correction
    otherwise: Verdict | None
    trained_once: bool


def verdict_sentence(given: SentenceInput) -> str:
    """Return the verdict of one comparison as one or two sentences, ending in a full stop."""
    if given.numbers.difference is None:
        why = given.numbers.not_defined or "there is no number"
        return f"Undecided on {given.dataset}: {given.metric.name} cannot be compared, because {why}."
    match given.verdict:
        case Verdict.A_BETTER | Verdict.B_BETTER:
            text = _better(given)
        case Verdict.EQUIVALENT:
            text = _equivalent(given)
        case _:
            text = _undecided(given)
    if given.trained_once:
        text += " This is one trained model of each team against the other (one seed), not the algorithms themselves."
    return text


def _better(given: SentenceInput) -> str:
    a_wins = given.verdict is Verdict.A_BETTER
    winner = given.team_a if a_wins else given.team_b
    low, high = given.numbers.ci_low, given.numbers.ci_high
    barely = low is not None and high is not None and low <= 0.0 <= high
    how = "barely better" if barely else "better"
    less = ""
    if given.within_margin and given.numbers.margin is not None:
        less = f", by less than matters (margin {format_margin(given.metric, given.numbers.margin)})"
    return f"{winner} is {how} on {given.dataset}{less}: {_values(given, a_first=a_wins)}{_p_phrase(given)}."


def _equivalent(given: SentenceInput) -> str:
    numbers = given.numbers
    margin = (
        "" if numbers.margin is None else f" lies within the margin of {format_margin(given.metric, numbers.margin)}"
    )
    chosen = " (default, nobody chose it)" if numbers.margin_is_default else ""
    p_value = numbers.p_equivalence if numbers.p_equivalence_adjusted is None else numbers.p_equivalence_adjusted
    shown = "" if p_value is None else f", {format_p(p_value)} for equivalence{_after_correction(given)}"
    return f"Equivalent on {given.dataset}: {_values(given, a_first=True)}{margin}{chosen}{shown}."


def _undecided(given: SentenceInput) -> str:
    return f"Undecided on {given.dataset}: {_values(given, a_first=True)}{_p_phrase(given)}; {_why(given)}."


def _values(given: SentenceInput, *, a_first: bool) -> str:
    numbers, metric = given.numbers, given.metric
    first, second = (numbers.a, numbers.b) if a_first else (numbers.b, numbers.a)
    difference = format_difference(metric, numbers.difference, unit=True)
    of = "difference" if a_first else f"difference {given.team_a} minus {given.team_b}"
    if numbers.ci_low is None or numbers.ci_high is None:
        interval = " (no interval)"
    else:
        low, high = format_difference(metric, numbers.ci_low), format_difference(metric, numbers.ci_high)
        interval = f" ({100 * numbers.ci_level:.0f} % interval {low} to {high})"
    values = f"{metric.name} {format_value(metric, first)} against {format_value(metric, second)}"
    return f"{values}, {of} {difference}{interval}"


def _after_correction(given: SentenceInput) -> str:
    is_corrected = given.n_family > 1 and given.correction is not Correction.NONE
    return f" after {CORRECTION_NAMES[given.correction]} over {given.n_family}" if is_corrected else ""


def _p_phrase(given: SentenceInput) -> str:
    if given.numbers.p_adjusted is not None:
        return f", {format_p(given.numbers.p_adjusted)}{_after_correction(given)}"
    if given.numbers.p_value is not None:
        return f", {format_p(given.numbers.p_value)} (exploratory)"
    return ""


def _why(given: SentenceInput) -> str:
    examples = counted(given.n_examples, example_noun(given.task))
    if given.numbers.p_value is None:
        return given.numbers.not_defined or "there is no test of it"
    if given.reason == "multiplicity" and given.numbers.p_value is not None:
        return f"significant alone ({format_p(given.numbers.p_value)}), not{_after_correction(given)}"
    if given.reason == "missing" and given.otherwise is not None:
        count = "counts" if given.n_missing == 1 else "count"
        return (
            f"the verdict depends on how the {counted(given.n_missing, 'missing prediction')} {count} "
            f"(wrong, or dropped for both teams)"
        )
    if given.reason == "seed_noise":
        return "the seeds of one team differ by more than the teams do"
    if given.reason == "too_few_differences":
        return (
            f"one team alone is right on {f'only {given.n_different}' if given.n_different else 'none'} of {examples}"
        )
    return f"with {examples} {_detectable(given)}"


def _detectable(given: SentenceInput) -> str:
    smallest = given.numbers.minimum_detectable_difference
    if smallest is None:
        seen = "no difference could have been seen"
    else:
        seen = f"only a difference of {format_margin(given.metric, smallest)} or more could have been seen"
    if given.numbers.examples_for_margin is None or given.numbers.margin is None:
        return seen
    needed = counted(given.numbers.examples_for_margin, example_noun(given.task))
    margin = format_margin(given.metric, given.numbers.margin)
    return f"{seen}; about {needed} would show one as large as the margin ({margin})"


def fragility_sentence(fragility: Fragility) -> str:
    """Return how many wrong gold labels would take McNemar's verdict away."""
    other, neither = f"{fragility.moves_to_other:,}", f"{fragility.moves_to_neither:,}"
    return (
        f"Fragility: p would no longer be below alpha if {other} of the gold labels were wrong and the other team "
        f"right, or if {neither} were and neither team were right."
    )
