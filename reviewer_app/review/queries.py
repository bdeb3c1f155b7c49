"""What the faces read of a review, as frozen dataclasses; numbers are those of the core, never recomputed by a face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from reviewer_app.comparison.across import Across
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.result import Comparison, MetricComparison
from reviewer_app.comparison.result import Estimate as Estimate
from reviewer_app.comparison.result import Overall as Overall
from reviewer_app.comparison.result import TaskAverage as TaskAverage
from reviewer_app.errors import Finding

if TYPE_CHECKING:
    from reviewer_app.significance.beside.detail import SignificanceDetail
    from reviewer_app.significance.label_noise import LabelNoise

BASELINES = "Baselines"
"""Name of the team that our own baselines belong to: in every table, never a home."""


class CellState(StrEnum):
    """State of a cell of the cross matrix."""

    MISSING = "missing"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    NOT_APPLICABLE = "not_applicable"
    STALE = "stale"


class PlanState(StrEnum):
    """Whether the plan was locked, and when."""

    OPEN = "open"
    LOCKED_BEFORE_RESULTS = "locked_before_results"
    LOCKED_AFTER = "locked_after"


@dataclass(frozen=True)
class SplitInfo:
    """A split of a dataset, in numbers."""

    name: str
    n_examples: int
    class_counts: Mapping[str, int]


@dataclass(frozen=True)
class DatasetInfo:
    """A dataset of the review."""

    dataset_id: int
    name: str
    task: str
    id_column: str
    target: str
    columns: Mapping[str, str]
    labels: tuple[str, ...]
    positive_label: str | None
    primary_metric: str
    label_meaning: str
    home_of: str | None
    splits: tuple[SplitInfo, ...]
    path: str
    digest: str
    source: Mapping[str, object]
    findings: tuple[Finding, ...]
    prospect: str = ""
    """What its test split could show under the plan, whoever is compared: a sentence."""

    @property
    def n_test(self) -> int:
        """Number of test examples."""
        return next(split.n_examples for split in self.splits if split.name == "test")


@dataclass(frozen=True)
class SubmissionInfo:
    """A submission of a team."""

    submission_id: int
    team: str
    name: str
    version: str
    kind: str
    description: str
    home: str | None
    tasks: tuple[str, ...]
    path: str
    digest: str
    datasets: tuple[str, ...]
    """Datasets it holds predictions for (kind predictions); else empty."""
    is_current: bool
    is_baseline: bool
    findings: tuple[Finding, ...]
    """What reading it, joining its predictions and its runs had to say."""
    may_run: bool = True
    """Whether its code may run here: it is ours, it has none, or the user consented."""
    builtin: str | None = None
    """Name of the baseline that it is; None for a team's own work."""


@dataclass(frozen=True)
class TeamInfo:
    """A team and what it handed in."""

    name: str
    home: str | None
    submissions: tuple[SubmissionInfo, ...]
    is_baselines: bool = False


@dataclass(frozen=True)
class RunInfo:
    """A run, done or not: one submission on one dataset with one seed."""

    run_id: int | None
    dataset: str
    team: str
    submission: str
    version: str
    submission_id: int
    kind: str
    baseline: bool
    seed: int
    state: CellState
    reason: str | None = None
    sandbox: str | None = None
    fit_seconds: float | None = None
    predict_seconds: float | None = None
    peak_memory_mb: float | None = None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    not_defined: Mapping[str, str] = field(default_factory=dict)
    """Metric id to the reason why it has no value."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Metric id to what must stand beside its value."""
    n_missing: int = 0
    current: bool = True
    """Whether its submission stands for its team on this dataset."""


@dataclass(frozen=True)
class DatasetSummary:
    """A dataset as it stands in results."""

    name: str
    task: str
    home_of: str | None
    n_test: int
    primary_metric: str
    margin: float | None


@dataclass(frozen=True)
class Results:
    """Everything that ``results`` prints and the Overview shows."""

    title: str
    schema_version: int
    app_version: str
    plan: AnalysisPlan
    plan_state: PlanState
    datasets: tuple[DatasetSummary, ...]
    runs: tuple[RunInfo, ...]
    comparisons: tuple[Comparison, ...]
    overall: tuple[Overall, ...]
    findings: tuple[Finding, ...]
    plan_change: str = ""
    """What of the plan was changed after results were seen, a sentence; "" where nothing was."""
    across: Across | None = None
    """Teams over datasets; None below two teams or two datasets that all of them ran."""


@dataclass(frozen=True)
class Significance:
    """One metric of one comparison in full, as the Significance page shows it.

    Attributes
    ----------
    comparison
        The comparison, decided in its family.
    numbers
        The metric's headline: THE p and THE interval.
    detail
        What stands beside it: distributions, other methods, posterior shares, power, assumptions.
    """

    comparison: Comparison
    numbers: MetricComparison
    detail: SignificanceDetail


@dataclass(frozen=True)
class ClassReport:
    """Precision, recall, F1 and support of one class of one run; None where not defined."""

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    predicted: int


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """Rows: gold labels of the spec; columns: predicted labels, those outside the spec and "no prediction" last."""

    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Curve:
    """A curve of one run: ROC, precision-recall, reliability or threshold sweep."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    x_label: str
    y_label: str
    weights: tuple[float, ...] = ()
    """Examples per point (reliability), else empty."""


@dataclass(frozen=True)
class ReviewSummary:
    """What the window's frame shows: title, counts, file."""

    title: str
    path: str
    read_only: bool
    n_datasets: int
    n_teams: int
    n_cells: int
    n_cells_done: int
    n_disagreements: int | None
    plan_state: PlanState
    file_bytes: int


@dataclass(frozen=True)
class MetricInfo:
    """What the registry says of a metric, for tables and tooltips."""

    id: str
    name: str
    higher_is_better: bool
    definition: str
    tasks: tuple[str, ...]
    in_unit_interval: bool
    """Whether it lies in [0, 1], so that faces show it in points (x 100)."""


@dataclass(frozen=True)
class TextPart:
    """A piece of a text; `differs` where the other side's text does not have it."""

    text: str
    differs: bool


@dataclass(frozen=True)
class ExampleDetail:
    """One test example of a comparison, whole."""

    example_no: int
    example_id: str
    gold: str
    a_label: str | None
    b_label: str | None
    a_confidence: float | None
    b_confidence: float | None
    outcome: str
    columns: tuple[tuple[str, str, str | None], ...]
    """(name, kind, value as text; None: missing) in the spec's order."""
    images: Mapping[str, bytes]
    """Image column to the file's bytes, where it is kept."""
    pair: tuple[tuple[str, tuple[TextPart, ...] | None, tuple[TextPart, ...] | None], ...]
    """Matching: (column without prefix, left parts, right parts), None: missing. Empty in classification."""


@dataclass(frozen=True)
class LabelNoiseReport:
    """What judged disagreements say of a difference in accuracy.

    Attributes
    ----------
    dataset, task, team_a, team_b
        What is compared.
    is_primary
        Whether accuracy is the dataset's primary metric.
    noise
        The numbers.
    sentence
        They in words.
    findings
        What was left out of the judgements, and why.
    """

    dataset: str
    task: str
    team_a: str
    team_b: str
    is_primary: bool
    noise: LabelNoise
    sentence: str
    findings: tuple[Finding, ...]
