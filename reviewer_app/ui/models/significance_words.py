"""What stands under the plots of the Significance page: what is seen, in plain sentences, with the core's numbers."""

from __future__ import annotations

from reviewer_app.comparison.across import Across
from reviewer_app.comparison.formatting import example_noun, format_difference, format_margin, format_p, format_value
from reviewer_app.comparison.result import Comparison, MetricComparison
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.significance.beside.detail import SignificanceDetail
from reviewer_app.significance.beside.power_curve import PowerCurve
from reviewer_app.ui.models.forest import Forest

OTHER_CHOICES = (
    "missing predictions counted as wrong, or dropped for both teams",
    "test examples equal to a training or validation row left out",
    "repeated test examples left out",
    "groups or shared records ignored",
    "the first seed of each team alone",
)
"""The choices that a robustness table looks at, wherever they apply."""
NO_OTHER_CHOICE = (
    "No other choice applies here, so there is nothing that the verdict could hang on. Looked at would have been: "
    f"{'; '.join(OTHER_CHOICES)}."
)
ROBUSTNESS_MEANS = (
    "Each choice is switched alone, wherever it applies in the plan's family; a verdict that changes hangs on it."
)


def difference_sentence(comparison: Comparison, numbers: MetricComparison) -> str:
    """Return who is ahead by how much in one metric, and how sure that is, in one sentence."""
    metric = metric_of(numbers.metric)
    if numbers.difference is None:
        return f"{metric.name} cannot be compared: {numbers.not_defined}."
    values = f"{format_value(metric, numbers.a)} against {format_value(metric, numbers.b)}"
    size = format_difference(metric, numbers.difference, unit=True)
    parts = [f"{metric.name} {values}, A minus B {size}"]
    if numbers.ci_low is not None and numbers.ci_high is not None:
        low, high = format_difference(metric, numbers.ci_low), format_difference(metric, numbers.ci_high)
        parts.append(f"{100 * numbers.ci_level:.0f} % interval {low} to {high}")
    parts.append("no test" if numbers.p_value is None else format_p(numbers.p_value))
    return f"{', '.join(parts)} (A = {comparison.team_a}, B = {comparison.team_b})."


def forest_words(forest: Forest) -> str:
    """Return what a forest plot's lines and shade mean."""
    words = ["Dot: A minus B.", "Thick line: its 95 % interval, for this row alone."]
    if any(row.numbers.whisker_low is not None for row in forest.rows):
        words.append(
            "Thin whisker: the interval at level 1 − alpha / D, for all D comparisons of the plan at once."
            if forest.correction
            else "Thin whisker: the interval at level 1 − alpha, for this row alone."
        )
    if any(row.numbers.margin is not None for row in forest.rows):
        words.append("Shaded: the margin within which a difference does not matter.")
    return " ".join(words)


def datasets_sentence(forest: Forest) -> str:
    """Return on how many datasets each team is better, by the verdicts."""
    a, b, neither = _sides(forest)
    datasets = counted(len(forest.rows), "dataset")
    better = [f"{team} on {n}" for team, n in ((forest.team_a, a), (forest.team_b, b)) if n]
    if not better:
        return f"Neither team was shown to be better on any of {datasets}."
    rest = f"; on {neither} neither was shown to be" if neither else ""
    return f"Of {datasets}, better are {' and '.join(better)}{rest}."


def metrics_sentence(forest: Forest, dataset: str) -> str:
    """Return how many metrics favour whom on one dataset, by their intervals."""
    a, b, neither = _sides(forest)
    favours = [f"{team} in {n}" for team, n in ((forest.team_a, a), (forest.team_b, b)) if n]
    told = f"the whole interval favours {' and '.join(favours)}" if favours else "no interval favours a team"
    rest = f"; {neither} do not tell" if favours and neither else ""
    metrics = counted(len(forest.rows), "metric")
    return f"Of {metrics} on {dataset}, {told}{rest}. The verdict reads the primary one alone."


def label_words(detail: SignificanceDetail) -> str:
    """Return whether both teams predict each class equally often; "" for a metric that is not computed from labels."""
    if detail.stuart_maxwell is None or detail.bowker is None:
        return ""
    equal, symmetric = format_p(detail.stuart_maxwell.p_value), format_p(detail.bowker.p_value)
    return (
        f"Labels predicted: that both teams predict each class equally often, {equal} (Stuart-Maxwell); that their "
        f"disagreements are symmetric, {symmetric} (Bowker). Both take examples to be independent of each other."
    )


def margin_words(comparison: Comparison, numbers: MetricComparison, curve: PowerCurve) -> str:
    """Return how large a test set would show a difference as large as the margin.

    Never how many examples would show the difference that was observed: that says p once more (DESIGN 8).
    """
    metric, noun = metric_of(numbers.metric), f"test {example_noun(comparison.task)}"
    if curve.margin is None or curve.power_at_margin is None:
        return f"{metric.name} has no margin, so there is no difference that would be the least to matter."
    size = f"A difference as large as the margin ({format_margin(metric, curve.margin)})"
    if all(power is None for power in curve.power_at_margin):
        return f"{size} is more than the teams can differ by where they disagree so seldom."
    if numbers.examples_for_margin is None:
        return f"How many examples would show {size[0].lower()}{size[1:]} is not known."
    return f"{size} would be shown by about {counted(numbers.examples_for_margin, noun)}, with 80 % power."


def across_words(across: Across) -> tuple[str, ...]:
    """Return how many datasets count, why there are no tests, and what hangs on a single dataset."""
    words = [f"{counted(len(across.datasets), 'dataset')} that every team ran: {', '.join(across.datasets)}."]
    words += [f"Left out is {name}: {why}." for name, why in across.left_out]
    if across.not_defined is not None:
        words.append(f"No tests over datasets: {across.not_defined}.")
    if across.first_shares is None and len(across.teams) > 2:
        words.append("How often each team comes first is not known: a dataset has no resamples.")
    if across.friedman_p is not None:
        words.append(f"Friedman's test that all teams rank alike: {format_p(across.friedman_p)}.")
    if across.bars:
        words.append("Teams under one bar are not told apart by the signed-rank tests of their pairs, after Holm.")
    words += [
        f"{one} and {two} are not told apart either, though no bar joins them."
        for one, two in across.not_apart_without_bar
    ]
    if across.nemenyi_difference is not None:
        words.append(
            f"Nemenyi's critical difference of mean ranks would be {across.nemenyi_difference:.2f}; it depends on who "
            "else took part."
        )
    return (*words, *across.fragile)


def reasons(*reasons_given: str | None) -> str:
    """Return reasons that differ, each once, as sentences."""
    return " ".join(f"{why[:1].upper()}{why[1:]}." for why in dict.fromkeys(filter(None, reasons_given)))


def _sides(forest: Forest) -> tuple[int, int, int]:
    ahead = [sum(row.better == side for row in forest.rows) for side in ("team_a", "team_b")]
    return ahead[0], ahead[1], len(forest.rows) - sum(ahead)
