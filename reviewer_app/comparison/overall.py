"""Two teams over all datasets: neutral difference, home advantage, averages, and one sentence; exploratory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from reviewer_app.comparison.formatting import format_difference
from reviewer_app.comparison.result import Comparison, Estimate, Overall, TaskAverage, Verdict
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.across.many_datasets import (
    CombinedDifference,
    home_advantage,
    mean_difference,
    neutral_difference,
)

NEAR_CEILING = 0.95
"""Above this value on either set a home advantage may be an artefact of the ceiling."""


def overall(
    comparisons: Sequence[Comparison],
    home_of: Mapping[str, str | None],
    sharing_examples: frozenset[frozenset[str]] = frozenset(),
) -> Overall:
    """Return two teams over all the datasets that they are compared on.

    Parameters
    ----------
    comparisons
        All of the same two teams in the same order, one per dataset; at least one.
    home_of
        Dataset to the team whose home it is.
    sharing_examples
        Pairs of datasets whose test sets share examples: nothing is computed across these.
    """
    first = comparisons[0]
    neutral, home = _home_and_away(comparisons, home_of, sharing_examples)
    lead = _lead(comparisons, home_of)
    return Overall(
        team_a=first.team_a,
        team_b=first.team_b,
        neutral_difference=neutral,
        home_advantage=home,
        average=_averages(comparisons, sharing_examples),
        lead=lead,
        sentence=" ".join([lead, *_details(comparisons, home, home_of)]),
    )


def _home_and_away(
    comparisons: Sequence[Comparison],
    home_of: Mapping[str, str | None],
    sharing_examples: frozenset[frozenset[str]],
) -> tuple[Estimate, Estimate]:
    first = comparisons[0]
    homes_a = [one for one in comparisons if home_of.get(one.dataset) == first.team_a]
    homes_b = [one for one in comparisons if home_of.get(one.dataset) == first.team_b]
    why = _why_no_home_advantage(homes_a, homes_b, first, sharing_examples)
    if why is not None:
        return Estimate(None, not_defined=why), Estimate(None, not_defined=why)
    metric = metric_of(homes_a[0].primary_metric)
    on_data_of_a, on_data_of_b = [one.primary for one in homes_a], [one.primary for one in homes_b]
    best = [value for one in homes_a + homes_b for value in (one.primary.a, one.primary.b) if value is not None]
    near = metric.range == (0.0, 1.0) and metric.higher_is_better and max(best) > NEAR_CEILING
    warning = "near the ceiling: may be an artefact" if near else ""
    return (
        _estimate(neutral_difference(on_data_of_a, on_data_of_b)),
        _estimate(home_advantage(on_data_of_a, on_data_of_b), warning),
    )


def _why_no_home_advantage(
    homes_a: Sequence[Comparison],
    homes_b: Sequence[Comparison],
    first: Comparison,
    sharing_examples: frozenset[frozenset[str]],
) -> str | None:
    for team, homes in ((first.team_a, homes_a), (first.team_b, homes_b)):
        if not homes:
            return f"no dataset is named as the home of {team}"
    homes = [*homes_a, *homes_b]
    if len({one.primary_metric for one in homes}) > 1:
        return "the teams' own datasets have different primary metrics"
    for one in homes:
        if one.primary.difference is None:
            return f"there is no difference on {one.dataset}: {one.primary.not_defined}"
    if any(pair <= {one.dataset for one in homes} for pair in sharing_examples):
        return "the teams' own test sets share examples"
    return None


def _averages(
    comparisons: Sequence[Comparison], sharing_examples: frozenset[frozenset[str]]
) -> Mapping[str, TaskAverage]:
    averages = {}
    for task in dict.fromkeys(one.task for one in comparisons):
        chosen = [one for one in comparisons if one.task == task and one.primary.difference is not None]
        names = {one.dataset for one in chosen}
        if not chosen or len({one.primary_metric for one in chosen}) > 1:
            continue
        mean = mean_difference([one.primary for one in chosen])
        independent = not any(pair <= names for pair in sharing_examples)
        averages[task] = TaskAverage(
            a=math.fsum(one.primary.a or 0.0 for one in chosen) / len(chosen),
            b=math.fsum(one.primary.b or 0.0 for one in chosen) / len(chosen),
            difference=math.fsum(one.primary.difference or 0.0 for one in chosen) / len(chosen),
            ci_low=mean.ci_low if independent else None,
            ci_high=mean.ci_high if independent else None,
            n_datasets=len(chosen),
        )
    return averages


def _estimate(combined: CombinedDifference, warning: str = "") -> Estimate:
    return Estimate(combined.difference, combined.ci_low, combined.ci_high, combined.not_defined, warning)


def _lead(comparisons: Sequence[Comparison], home_of: Mapping[str, str | None]) -> str:
    a, b = comparisons[0].team_a, comparisons[0].team_b
    better = {
        team: [one.dataset for one in comparisons if one.verdict is verdict]
        for team, verdict in ((a, Verdict.A_BETTER), (b, Verdict.B_BETTER))
    }
    n = len(comparisons)
    for team, other in ((a, b), (b, a)):
        if better[team] and not better[other]:
            return _one_team_leads(team, better[team], n)
    if better[a] and better[b]:
        at_home = all(home_of.get(name) == team for team in (a, b) for name in better[team])
        away = all(home_of.get(name) == other for team, other in ((a, b), (b, a)) for name in better[team])
        if at_home:
            return "Each team is better on its own data."
        if away:
            return "Each team is better on the other's data."
        return "Each team is better somewhere."
    if all(one.verdict is Verdict.EQUIVALENT for one in comparisons):
        return "The teams are equivalent." if n == 1 else f"The teams are equivalent on all {n} datasets."
    if any(one.verdict is Verdict.EQUIVALENT for one in comparisons):
        return "Neither team was shown to be better anywhere."
    return "It is undecided who is better."


def _one_team_leads(team: str, won: Sequence[str], n: int) -> str:
    if n == 1:
        return f"{team} is better."
    if len(won) == n:
        return f"{team} is better on {'both' if n == 2 else f'all {n}'} datasets."
    return f"{team} is better on {' and '.join(won) if len(won) < 3 else f'{len(won)} of {n} datasets'}."


def _details(comparisons: Sequence[Comparison], home: Estimate, home_of: Mapping[str, str | None]) -> list[str]:
    parts = []
    for one in comparisons:
        metric = metric_of(one.primary_metric)
        size = format_difference(metric, one.primary.difference, unit=True)
        match one.verdict:
            case Verdict.A_BETTER:
                parts.append(f"{one.team_a} on {one.dataset} ({metric.name} {size})")
            case Verdict.B_BETTER:
                parts.append(f"{one.team_b} on {one.dataset} ({metric.name} {size})")
            case Verdict.EQUIVALENT:
                parts.append(f"equivalent on {one.dataset} ({metric.name} {size})")
            case _:
                parts.append(f"undecided on {one.dataset} ({metric.name} {size})")
    a, b = comparisons[0].team_a, comparisons[0].team_b
    sentences = [f"{a} minus {b}: {'; '.join(parts)}."]
    if home.difference is not None:
        at_home = next(one for one in comparisons if home_of.get(one.dataset) == a)
        sentences.append(_home_sentence(home, metric_of(at_home.primary_metric)))
    return sentences


def _home_sentence(home: Estimate, metric: Metric) -> str:
    interval = ""
    if home.ci_low is not None and home.ci_high is not None:
        interval = f" [{format_difference(metric, home.ci_low)}, {format_difference(metric, home.ci_high)}]"
    size = format_difference(metric, home.difference, unit=True)
    warning = f" ({home.warning})" if home.warning else ""
    if not metric.higher_is_better:
        warning += " (negative is a gain: less is better)"
    return f"Home advantage {size}{interval}{warning}."
