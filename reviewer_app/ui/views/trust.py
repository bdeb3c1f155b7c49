"""What a reader must know before trusting the results: ticks, warnings, and the page that each leads to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reviewer_app.comparison.formatting import example_noun
from reviewer_app.comparison.result import Comparison
from reviewer_app.errors import Finding, Severity
from reviewer_app.review.queries import CellState, Results, RunInfo

DATASETS_AND_TEAMS = "Datasets & teams"
RUNS = "Runs"
METRICS = "Metrics"
_ABOUT_RESULTS = frozenset({"baseline_ahead"})
"""Findings that no input gave rise to."""
MOST_CHARACTERS = 180
"""Of a finding; its page has the rest."""


@dataclass(frozen=True)
class TrustItem:
    """A check.

    Attributes
    ----------
    passed
        A tick; else a warning.
    words
        One sentence.
    page
        Name of the page that says more; "" for none.
    dataset
        The dataset to choose there; None for any.
    """

    passed: bool
    words: str
    page: str = ""
    dataset: str | None = None


def trust_items(results: Results, shown: Sequence[Comparison]) -> tuple[TrustItem, ...]:
    """Return warnings first, then what is in order; each sentence once.

    Parameters
    ----------
    results
        Of the review, with everything that was found in its datasets and predictions.
    shown
        The comparisons on the page.
    """
    items = [
        *_run_items(results.runs),
        *_finding_items(results.findings),
        *_warning_items(shown),
        *_prediction_items(shown),
        *_unit_items(shown),
    ]
    unique = tuple(dict.fromkeys(items))
    return tuple(sorted(unique, key=lambda item: item.passed))


def _run_items(runs: Sequence[RunInfo]) -> list[TrustItem]:
    states = Counter(run.state for run in runs if run.current)
    n_cells = sum(count for state, count in states.items() if state is not CellState.NOT_APPLICABLE)
    words = {
        CellState.FAILED: "failed",
        CellState.TIMED_OUT: "ran out of time",
        CellState.CANCELLED: "were cancelled",
        CellState.MISSING: "are not done yet",
        CellState.STALE: "are out of date",
    }
    items = [
        TrustItem(False, f"{states[state]} of {n_cells} runs {word}", RUNS)
        for state, word in words.items()
        if states[state]
    ]
    ran = [run for run in runs if run.current and run.state is CellState.DONE and run.sandbox is not None]
    unboxed = sum(run.sandbox == "none" for run in ran)
    if unboxed:
        items.append(TrustItem(False, f"{unboxed} of {n_cells} runs had no sandbox", RUNS))
    elif ran:
        items.append(TrustItem(True, "every run was boxed", RUNS))
    return items


def _prediction_items(shown: Sequence[Comparison]) -> list[TrustItem]:
    if not shown or any(comparison.n_missing_a or comparison.n_missing_b for comparison in shown):
        return []  # the comparison's own warning says which
    nouns = {example_noun(comparison.task) for comparison in shown}
    noun = nouns.pop() if len(nouns) == 1 else "example"
    return [TrustItem(True, f"every test {noun} has both predictions")]


def _warning_items(shown: Sequence[Comparison]) -> list[TrustItem]:
    """Return the comparisons' warnings; one that differs in nothing but the dataset stands once, for all of them."""
    datasets: dict[str, list[str]] = {}
    for comparison in shown:
        for warning in comparison.warnings:
            datasets.setdefault(warning.removeprefix(f"{comparison.dataset}: "), []).append(comparison.dataset)
    return [
        TrustItem(False, _of_datasets(words, names), METRICS, names[0] if len(names) == 1 else None)
        for words, names in datasets.items()
    ]


def _of_datasets(words: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return words if names[0] in words else f"{names[0]}: {words}"
    return f"{' and '.join(names) if len(names) < 3 else f'{len(names)} datasets'}: {words}"


def _unit_items(shown: Sequence[Comparison]) -> list[TrustItem]:
    names = {"group": "whole groups", "record": "shared records", "component": "shared records"}
    return [
        TrustItem(True, f"{comparison.dataset}: interval and test allow for {names[comparison.unit]}")
        for comparison in shown
        if comparison.unit in names
    ]


def _finding_items(findings: Sequence[Finding]) -> list[TrustItem]:
    """Return the warnings, those about results before those about inputs."""
    warnings = [finding for finding in findings if finding.severity is Severity.WARNING]
    warnings.sort(key=lambda finding: finding.code not in _ABOUT_RESULTS)
    return [
        TrustItem(False, _cut(one.message), METRICS if one.code in _ABOUT_RESULTS else DATASETS_AND_TEAMS)
        for one in warnings
    ]


def _cut(words: str) -> str:
    return words if len(words) <= MOST_CHARACTERS else f"{words[:MOST_CHARACTERS].rstrip()}…"
