"""What a search over slices says, and what one slice alone says, with the filters that select the examples."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.comparison.formatting import example_noun, format_difference, format_p
from reviewer_app.disagreements.slices import SliceFilter
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.slice_tests import SliceNumbers
from reviewer_app.significance.slices import Slice, SliceSearch, SliceStatus

STATUS_WORDS = {
    SliceStatus.CONFIRMED: "confirmed",
    SliceStatus.FOUND: "not confirmed",
    SliceStatus.NOT_FOUND: "not found",
    SliceStatus.NOT_TESTED: "not tested",
}
"""What a table says of a slice."""

_NAMED = 3
_ORDER = (SliceStatus.CONFIRMED, SliceStatus.FOUND, SliceStatus.NOT_FOUND, SliceStatus.NOT_TESTED)


@dataclass(frozen=True)
class SliceReport:
    """A search over the slices of one comparison.

    Attributes
    ----------
    dataset, task, team_a, team_b, metric
        What is compared, by the metric's id; differences are A - B.
    filters
        Every slice that was tried; `Slice.positions` point here.
    search
        What was found.
    n_runs
        Runs of each team: the slices are those of the first.
    """

    dataset: str
    task: str
    team_a: str
    team_b: str
    metric: str
    filters: tuple[SliceFilter, ...]
    search: SliceSearch
    n_runs: int = 1

    @property
    def ordered(self) -> tuple[Slice, ...]:
        """The slices: confirmed, found, not found, not tested; each by its last p, then by size."""
        return tuple(sorted(self.search.slices, key=_place))

    def name(self, one: Slice) -> str:
        """Return a slice's condition as it is typed."""
        return str(self.filters[one.positions[0]])

    def same(self, one: Slice) -> tuple[str, ...]:
        """Return other conditions that select the same examples."""
        return tuple(str(self.filters[position]) for position in one.positions[1:])

    @property
    def sentence(self) -> str:
        """What was found, in one or two plain sentences."""
        return _search_sentence(self)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the table must know, a sentence each."""
        return _search_notes(self)


@dataclass(frozen=True)
class SliceAlone:
    """One slice that somebody named, tested on all of its examples.

    Attributes
    ----------
    dataset, task, team_a, team_b, metric
        As in `SliceReport`.
    filter
        What is selected.
    numbers
        Inside the slice.
    contrast
        How much larger the difference is inside than outside (`SliceSample.contrast`).
    """

    dataset: str
    task: str
    team_a: str
    team_b: str
    metric: str
    filter: SliceFilter
    numbers: SliceNumbers
    contrast: PairedDifference

    @property
    def sentence(self) -> str:
        """What it says, and that it is exploratory."""
        return _alone_sentence(self)


def winner(metric: Metric, difference: float | None, team_a: str, team_b: str) -> str | None:
    """Return the team that a difference favours; None where neither or unknown."""
    if not difference:
        return None
    return team_a if (difference > 0.0) == metric.higher_is_better else team_b


def _place(one: Slice) -> tuple[int, float, int]:
    last = one.p_finding if one.p_confirming is None else one.p_confirming
    return _ORDER.index(one.status), 1.0 if last is None else last, -one.n_examples


def _search_sentence(report: SliceReport) -> str:
    search, noun = report.search, example_noun(report.task)
    if search.not_defined is not None:
        return f"No slice of {report.dataset} could be tested: {search.not_defined}."
    tried = counted(len(search.slices), "slice")
    if search.n_tested == 0:
        return (
            f"Of {tried} of {report.dataset}, in none do the teams differ on enough {noun}s of the half that is "
            "searched to be tested."
        )
    carried = search.of(SliceStatus.CONFIRMED, SliceStatus.FOUND)
    confirmed = [one for one in report.ordered if one.status is SliceStatus.CONFIRMED]
    start = f"Of {tried} tried on one half of the {noun}s, {_number(len(carried))} found"
    if not carried:
        return f"{start}: in no single slice of {report.dataset} is it shown that one team is better."
    if not confirmed:
        return f"{start}, and none is confirmed on the other half: take them as guesses."
    named = "; ".join(_confirmed(report, one) for one in confirmed[:_NAMED])
    rest = len(confirmed) - _NAMED
    more = f"; and {rest} more" if rest > 0 else ""
    is_confirmed = "1 is confirmed" if len(confirmed) == 1 else f"{len(confirmed)} are confirmed"
    return f"{start} and {is_confirmed} on the other: {named}{more}."


def _number(number: int) -> str:
    return {0: "none was", 1: "1 was"}.get(number, f"{number} were")


def _confirmed(report: SliceReport, one: Slice) -> str:
    assert one.confirming is not None
    metric = metric_of(report.metric)
    numbers = one.confirming.numbers
    who = winner(metric, numbers.difference, report.team_a, report.team_b)
    size = format_difference(metric, numbers.difference, unit=True)
    unlike = ", unlike the rest" if is_unlike_the_rest(one, report.search.alpha) else ""
    return f"{who} is better where {report.name(one)} ({size}{unlike})"


def is_unlike_the_rest(one: Slice, alpha: float) -> bool:
    """Return whether a slice's difference was shown to be another than that of the rest, on the confirming half."""
    return one.p_contrast is not None and one.p_contrast < alpha


def _search_notes(report: SliceReport) -> tuple[str, ...]:
    search, noun = report.search, example_noun(report.task)
    if search.not_defined is not None:
        return ()
    notes = []
    if search.n_tested:
        notes.append(
            f"Searched on {counted(search.n_finding, noun)} (Benjamini-Hochberg over "
            f"{counted(search.n_tested, 'slice')}), confirmed on {search.n_confirming:,} others (Holm over what was "
            f"found), each at {search.alpha:g}. Other halves could show others: what is not found is not shown to be "
            "equal."
        )
    if search.n_left_out:
        notes.append(
            f"{counted(search.n_left_out, noun)} that join records of both halves are in neither: no record stands in "
            "both."
        )
    untested = len(search.of(SliceStatus.NOT_TESTED))
    if untested:
        notes.append(f"{counted(untested, 'slice')} could not be tested: too few {noun}s differ in the half searched.")
    notes.append("A and B are over the whole slice, where what was found looks larger than it is.")
    if search.of(SliceStatus.CONFIRMED, SliceStatus.FOUND):
        notes.append(
            "Intervals are for the slice alone, on the other half. Elsewhere: A minus B outside the slice, on that "
            "half; unlike the rest: the difference inside is another (after Holm). A team that is better everywhere is "
            "better in every slice."
        )
    if report.n_runs > 1:
        notes.append("Of the first run of each team; the other seeds are not looked at.")
    return tuple(notes)


def _alone_sentence(alone: SliceAlone) -> str:
    metric, numbers = metric_of(alone.metric), alone.numbers.numbers
    noun = example_noun(alone.task)
    where = f"Where {alone.filter} ({counted(alone.numbers.n_examples, noun)} of {alone.dataset})"
    if numbers.difference is None:
        return f"{where}: {metric.name} cannot be compared, because {numbers.not_defined}."
    parts = [f"A minus B {format_difference(metric, numbers.difference, unit=True)}"]
    if numbers.ci_low is not None and numbers.ci_high is not None:
        low, high = format_difference(metric, numbers.ci_low), format_difference(metric, numbers.ci_high)
        parts.append(f"{100 * numbers.ci_level:.0f} % interval {low} to {high}")
    parts.append(str(numbers.not_defined) if numbers.p_value is None else format_p(numbers.p_value))
    contrast = alone.contrast
    if contrast.b is not None:
        elsewhere = f"elsewhere {format_difference(metric, contrast.b)}"
        apart = "" if contrast.p_value is None else f" ({format_p(contrast.p_value)} that both are the same)"
        parts.append(f"{elsewhere}{apart}")
    return (
        f"{where}: {', '.join(parts)} (A = {alone.team_a}, B = {alone.team_b}). Exploratory: of one slice, as if no "
        "other had been looked at."
    )
