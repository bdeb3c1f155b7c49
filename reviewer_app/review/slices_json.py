"""The document of ``slices --json`` (README, "JSON"); other people's scripts read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reviewer_app.disagreements.filters import Condition
from reviewer_app.disagreements.slice_report import SliceAlone, SliceReport, is_unlike_the_rest
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.slice_tests import SliceNumbers
from reviewer_app.significance.slices import Slice


def slices_to_json(report: SliceReport) -> dict[str, Any]:
    """Return a search as JSON holds it: fractions, unrounded; what is not defined is None, with its reason."""
    search = report.search
    return {
        **_about(report),
        "sentence": report.sentence,
        "notes": list(report.notes),
        "alpha": search.alpha,
        "n_finding": search.n_finding,
        "n_confirming": search.n_confirming,
        "n_left_out": search.n_left_out,
        "n_slices": len(search.slices),
        "n_tested": search.n_tested,
        "not_defined": search.not_defined,
        "slices": [_slice(report, one) for one in report.ordered],
    }


def slice_alone_to_json(alone: SliceAlone) -> dict[str, Any]:
    """Return one slice as JSON holds it; it is marked exploratory."""
    return {
        **_about(alone),
        "sentence": alone.sentence,
        "exploratory": True,
        "conditions": _conditions(alone.filter.conditions),
        "numbers": _numbers(alone.numbers),
        "contrast": _difference(alone.contrast),
    }


def _about(about: SliceReport | SliceAlone) -> dict[str, Any]:
    return {"dataset": about.dataset, "team_a": about.team_a, "team_b": about.team_b, "metric": about.metric}


def _slice(report: SliceReport, one: Slice) -> dict[str, Any]:
    return {
        "conditions": _conditions(report.filters[one.positions[0]].conditions),
        "same_as": list(report.same(one)),
        "status": str(one.status),
        "n_examples": one.n_examples,
        "a": one.values.a,
        "b": one.values.b,
        "difference": one.values.difference,
        "not_defined": one.values.not_defined,
        "finding": _numbers(one.finding),
        "p_finding_adjusted": one.p_finding,
        "confirming": None if one.confirming is None else _numbers(one.confirming),
        "p_confirming_adjusted": one.p_confirming,
        "contrast": None if one.contrast is None else _difference(one.contrast),
        "p_contrast_adjusted": one.p_contrast,
        "unlike_the_rest": is_unlike_the_rest(one, report.search.alpha),
    }


def _numbers(numbers: SliceNumbers) -> dict[str, Any]:
    return {
        "n_examples": numbers.n_examples,
        "n_different": numbers.n_different,
        **_difference(numbers.numbers),
        "marks": list(numbers.numbers.marks),
    }


def _difference(numbers: PairedDifference) -> dict[str, Any]:
    names = ("a", "b", "difference", "ci_low", "ci_high", "ci_level", "p_value", "test_method", "not_defined")
    return {name: getattr(numbers, name) for name in names}


def _conditions(conditions: Iterable[Condition]) -> list[dict[str, str]]:
    return [{"column": one.column, "op": one.op, "value": one.value} for one in conditions]
