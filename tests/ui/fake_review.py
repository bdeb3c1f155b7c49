"""A review without a file, for tests of the window: the numbers are invented, the types are the real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import fake_label_noise
import fake_significance
import fake_slices

from reviewer_app.claims.check import CheckedClaim, check_claims
from reviewer_app.claims.claim import Claim, DifferenceClaim
from reviewer_app.claims.evidence import Evidence, TeamDifference, TeamValue
from reviewer_app.comparison.across import Across
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.result import Comparison, McNemarSummary, MetricComparison, Outcome, Verdict
from reviewer_app.disagreements.slice_report import SliceReport
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.progress import Progress
from reviewer_app.review.operations.change import Change, Operation
from reviewer_app.review.operations.imports import AddDataset, AddSubmission, RemoveDataset, RemoveSubmission
from reviewer_app.review.operations.settings import SetCurrent, SetHome, SetPlan, SetTitle
from reviewer_app.review.queries import (
    CellState,
    DatasetInfo,
    DatasetSummary,
    Estimate,
    LabelNoiseReport,
    MetricInfo,
    Overall,
    PlanState,
    Results,
    ReviewSummary,
    RunInfo,
    Significance,
    SplitInfo,
    SubmissionInfo,
    TaskAverage,
    TeamInfo,
)
from reviewer_app.significance.measured_value import MeasuredValue, SamplingError

CATALOG, VARIANT, BASE = "Catalog Matching", "Variant Grouping", "Baselines"


def dataset(name: str, home_of: str | None, n_test: int, *, dataset_id: int = 1, **changes: object) -> DatasetInfo:
    """Return a matching dataset."""
    info = DatasetInfo(
        dataset_id=dataset_id,
        name=name,
        task="matching",
        id_column="example_id",
        target="label",
        columns={
            "left_title": "text",
            "left_price": "numeric",
            "right_title": "text",
            "right_price": "numeric",
        },
        labels=("match", "non_match"),
        positive_label="match",
        primary_metric="f1",
        label_meaning="match = both records describe the same product",
        home_of=home_of,
        splits=(
            SplitInfo("train", 3 * n_test, {"match": 300, "non_match": 3 * n_test - 300}),
            SplitInfo("validation", n_test, {"match": 100, "non_match": n_test - 100}),
            SplitInfo("test", n_test, {"match": 100, "non_match": n_test - 100}),
        ),
        path=f"/data/{name}",
        digest="0" * 64,
        source={"licence": "CC-BY-4.0"},
        findings=(),
    )
    return replace(info, **changes)  # type: ignore[arg-type]


def submission(submission_id: int, team: str, name: str, version: str = "1", **changes: object) -> SubmissionInfo:
    """Return an algorithm."""
    info = SubmissionInfo(
        submission_id=submission_id,
        team=team,
        name=name,
        version=version,
        kind="algorithm",
        description="",
        home=None,
        tasks=("matching",),
        path=f"/submissions/{name}",
        digest="1" * 64,
        datasets=(),
        is_current=True,
        is_baseline=team == BASE,
        findings=(),
    )
    return replace(info, **changes)  # type: ignore[arg-type]


def run(number: int, dataset: str, owner: SubmissionInfo, f1: float | None, **changes: object) -> RunInfo:
    """Return a run that is done."""
    info = RunInfo(
        run_id=number,
        dataset=dataset,
        team=owner.team,
        submission=owner.name,
        version=owner.version,
        submission_id=owner.submission_id,
        kind=owner.kind,
        baseline=owner.is_baseline,
        seed=0,
        state=CellState.DONE,
        sandbox="none",
        fit_seconds=12.5,
        predict_seconds=0.4,
        peak_memory_mb=310.0,
        metrics={"f1": f1, "precision": 0.8, "accuracy": 0.97},
    )
    return replace(info, **changes)  # type: ignore[arg-type]


def comparison(
    dataset: str, n: int, a: float, b: float, low: float, high: float, p: float, verdict: Verdict, **changes: object
) -> Comparison:
    """Return the comparison of the two teams by F1."""
    primary = MetricComparison(
        metric="f1",
        a=a,
        b=b,
        difference=a - b,
        ci_low=low,
        ci_high=high,
        p_value=p,
        p_adjusted=min(1.0, 2 * p),
        margin=0.01,
        margin_is_default=True,
        p_equivalence=0.9,
        p_equivalence_adjusted=1.0,
        n_resamples=10_000,
        interval_method="percentile bootstrap",
        test_method="studentised swap permutation",
        minimum_detectable_difference=0.031,
        examples_for_margin=21_000,
    )
    only_a, only_b = (61, 24) if a > b else (31, 58)
    outcomes = {
        Outcome.BOTH_RIGHT: n - only_a - only_b - 47,
        Outcome.ONLY_A: only_a,
        Outcome.ONLY_B: only_b,
        Outcome.BOTH_WRONG_SAME: 47,
        Outcome.BOTH_WRONG_DIFFERENT: 0,
    }
    value = Comparison(
        dataset=dataset,
        split="test",
        task="matching",
        team_a=CATALOG,
        team_b=VARIANT,
        submission_a="char n-grams",
        submission_b="tokens and numbers",
        version_a="1",
        version_b="1",
        planned=True,
        seeds=1,
        unit="example",
        n_units=n,
        n_examples=n,
        n_missing_a=0,
        n_missing_b=0,
        primary_metric="f1",
        metrics={"f1": primary},
        outcomes=outcomes,
        mcnemar=McNemarSummary(0, only_a, only_b, p, p),
        verdict=verdict,
        sentence=f"Someone is better on {dataset}.",
    )
    return replace(value, **changes)  # type: ignore[arg-type]


CHARS = submission(1, CATALOG, "char n-grams", home="amazon-google")
TOKENS = submission(2, VARIANT, "tokens and numbers", home="abt-buy")
BOOSTING = submission(3, BASE, "histogram boosting")
AMAZON = dataset("amazon-google", CATALOG, 2293, dataset_id=1)
ABT = dataset("abt-buy", VARIANT, 1916, dataset_id=2)
METRICS = (
    MetricInfo("f1", "F1", True, "Harmonic mean of precision and recall.", ("matching",), True),
    MetricInfo("precision", "Precision", True, "Share of predicted matches that are matches.", ("matching",), True),
    MetricInfo("accuracy", "Accuracy", True, "Share of right labels.", ("classification", "matching"), True),
)


@dataclass
class FakeReview:
    """What the window calls of a `Review`, answered from memory.

    ``operations`` keeps what was done; ``refuse`` is raised by the next `do`, ``findings`` come back with its change.
    """

    path: Path = Path("/data/catalog.review")
    title: str = "Catalog Matching against Variant Grouping"
    read_only: bool = False
    dataset_infos: tuple[DatasetInfo, ...] = (AMAZON, ABT)
    submissions: tuple[SubmissionInfo, ...] = (CHARS, TOKENS, BOOSTING)
    run_infos: tuple[RunInfo, ...] = (
        run(1, "amazon-google", CHARS, 0.756),
        run(2, "abt-buy", CHARS, 0.802),
        run(3, "amazon-google", TOKENS, 0.712),
        run(4, "abt-buy", TOKENS, 0.833),
        run(5, "amazon-google", BOOSTING, 0.669),
        run(6, "abt-buy", BOOSTING, 0.740),
    )
    comparisons: tuple[Comparison, ...] = (
        comparison("amazon-google", 2293, 0.756, 0.712, 0.019, 0.069, 0.0003, Verdict.A_BETTER),
        comparison("abt-buy", 1916, 0.802, 0.833, -0.056, -0.007, 0.0055, Verdict.B_BETTER),
    )
    overall: tuple[Overall, ...] = (
        Overall(
            CATALOG,
            VARIANT,
            Estimate(0.0065, -0.01, 0.023),
            Estimate(0.038, 0.019, 0.056),
            {"matching": TaskAverage(0.779, 0.7725, 0.0065, -0.01, 0.023, 2)},
            "Each team is better on its own data.",
            "Each team is better on its own data. Catalog Matching is better on amazon-google (+4.4 points F1), "
            "Variant Grouping on abt-buy (+3.1 points). Home advantage 3.8 points (95 % interval 1.9 to 5.6).",
        ),
    )
    findings: tuple[Finding, ...] = ()
    plan: AnalysisPlan = field(default_factory=AnalysisPlan)
    plan_state: PlanState = PlanState.LOCKED_BEFORE_RESULTS
    plan_change: str = ""
    across: Across | None = None
    operations: list[Operation] = field(default_factory=list)
    refuse: ReviewError | None = None
    is_closed: bool = False
    copies: list[Path] = field(default_factory=list)

    def do(self, operation: Operation, progress: Progress | None = None) -> Change:
        """Apply an operation as far as the window can tell."""
        if self.refuse is not None:
            error, self.refuse = self.refuse, None
            raise error
        self.operations.append(operation)
        stale = self._apply(operation)
        created = ()
        if isinstance(operation, AddSubmission):
            created = (f"{self.submissions[-1].name} {self.submissions[-1].version}",)
        return Change(operation, stale, self.findings, created=created)

    def _apply(self, operation: Operation) -> frozenset[str]:
        match operation:
            case AddDataset(path=path, name=name, home_of=home):
                number = len(self.dataset_infos) + 1
                self.dataset_infos += (dataset(name or path.stem, home, 189, dataset_id=number),)
                return frozenset({"datasets", "runs", "results"})
            case AddSubmission(path=path, team=team, builtin=builtin):
                name = builtin or (path.stem if path else "")
                added = submission(len(self.submissions) + 1, team, name, findings=self.findings)
                self.submissions += (added,)
                return frozenset({"teams", "runs", "results"})
            case RemoveDataset(name=name):
                self.dataset_infos = tuple(info for info in self.dataset_infos if info.name != name)
                return frozenset({"datasets", "runs", "results"})
            case RemoveSubmission(submission_id=number):
                self.submissions = tuple(info for info in self.submissions if info.submission_id != number)
                return frozenset({"teams", "runs", "results"})
            case SetHome(dataset=name, team=team):
                self.dataset_infos = tuple(
                    replace(info, home_of=team) if info.name == name else info for info in self.dataset_infos
                )
                return frozenset({"datasets", "results"})
            case SetCurrent(submission_id=number):
                team = next(info.team for info in self.submissions if info.submission_id == number)
                self.submissions = tuple(
                    replace(info, is_current=info.submission_id == number) if info.team == team else info
                    for info in self.submissions
                )
                return frozenset({"teams", "runs", "results"})
            case SetPlan(plan=plan):
                if plan != self.plan:
                    self.plan, self.plan_change = plan, "The plan was changed after results were seen."
                    if self.plan_state is not PlanState.OPEN:
                        self.plan_state = PlanState.LOCKED_AFTER
                return frozenset({"plan", "runs", "results", "disagreements"})
            case SetTitle(title=title):
                self.title = title
                return frozenset({"title"})
        raise AssertionError(f"unknown operation {operation}")

    def undo(self) -> Change | None:
        """Return that there is nothing to undo."""
        return None

    def save_copy(self, path: Path) -> None:
        """Remember where a copy was wanted."""
        self.copies.append(path)

    def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True

    def summary(self) -> ReviewSummary:
        """Return title, counts and file."""
        states = [info.state for info in self.run_infos]
        return ReviewSummary(
            title=self.title,
            path=str(self.path),
            read_only=self.read_only,
            n_datasets=len(self.dataset_infos),
            n_teams=len(self.teams()),
            n_cells=len(states),
            n_cells_done=states.count(CellState.DONE),
            n_disagreements=512 if self.comparisons else None,
            plan_state=self.plan_state,
            file_bytes=14_000_000,
        )

    def datasets(self) -> tuple[DatasetInfo, ...]:
        """Return the datasets."""
        return self.dataset_infos

    def teams(self) -> tuple[TeamInfo, ...]:
        """Return the teams in the order of their first submission."""
        names = dict.fromkeys(info.team for info in self.submissions)
        homes = {info.home_of: info.name for info in self.dataset_infos}
        return tuple(
            TeamInfo(name, homes.get(name), tuple(s for s in self.submissions if s.team == name), name == BASE)
            for name in names
        )

    def runs(self) -> tuple[RunInfo, ...]:
        """Return the cells."""
        return self.run_infos

    def run(
        self,
        *,
        progress: Progress | None = None,
        on_cell: Callable[[RunInfo, float | None, str], None] | None = None,
        **_: object,
    ) -> tuple[RunInfo, ...]:
        """Finish every missing cell."""
        done = []
        for info in self.run_infos:
            if info.state is not CellState.DONE:
                if progress is not None:
                    progress.check()
                if on_cell is not None:
                    on_cell(replace(info, state=CellState.RUNNING), 0.5, "fit")
                info = replace(info, state=CellState.DONE, metrics={"f1": 0.7})
                if on_cell is not None:
                    on_cell(info, 1.0, "")
            done.append(info)
        self.run_infos = tuple(done)
        return self.run_infos

    def log(self, run_id: int) -> str:
        """Return a run's log."""
        return f"log of run {run_id}"

    def results(self, a: str | None = None, b: str | None = None, progress: Progress | None = None) -> Results:
        """Return the results of the one pair."""
        return Results(
            title=self.title,
            schema_version=1,
            app_version="0.1.0",
            plan=self.plan,
            plan_state=self.plan_state,
            datasets=tuple(
                DatasetSummary(info.name, info.task, info.home_of, info.n_test, info.primary_metric, 0.01)
                for info in self.dataset_infos
            ),
            runs=self.run_infos,
            comparisons=self.comparisons,
            overall=self.overall,
            findings=tuple(finding for info in self.dataset_infos for finding in info.findings),
            plan_change=self.plan_change,
            across=self.across,
        )

    def comparison(self, dataset: str, a: str, b: str, progress: Progress | None = None) -> Comparison:
        """Return the comparison on a dataset."""
        for value in self.comparisons:
            if value.dataset == dataset:
                return value
        raise ReviewError([Finding("no_run", Severity.ERROR, f"{a} and {b} have not both run on {dataset}.")])

    def significance(
        self, dataset: str, a: str, b: str, metric: str | None = None, progress: Progress | None = None
    ) -> Significance:
        """Return one metric of a comparison in full."""
        value = self.comparison(dataset, a, b)
        return fake_significance.significance(value, metric or value.primary_metric)

    def slices(
        self, dataset: str, a: str, b: str, metric: str | None = None, progress: Progress | None = None
    ) -> SliceReport:
        """Return a search over slices."""
        return fake_slices.report(dataset, a, b)

    def check_claims(self, claims: Sequence[Claim], progress: Progress | None = None) -> tuple[CheckedClaim, ...]:
        """Return what the core finds of claims, held against the invented numbers."""
        if progress is not None:
            progress.check()
        return check_claims(claims, [self._evidence(claim) for claim in claims], self.plan.alpha)

    def _evidence(self, claim: Claim) -> Evidence:
        compared = self.comparison(claim.dataset, claim.team, "")
        metric, numbers = metric_of(claim.metric or compared.primary_metric), compared.primary
        if isinstance(claim, DifferenceClaim):
            return TeamDifference(metric, claim.dataset, claim.team, claim.over, "matching", numbers, 1, False)
        value = numbers.a if claim.team == compared.team_a else numbers.b
        home = next(info.home_of for info in self.dataset_infos if info.name == claim.dataset)
        n = compared.n_examples
        assert value is not None
        measured = MeasuredValue(value, n, (value,), sampling_error=SamplingError(1e-4, 0.0, n))
        return TeamValue(
            metric, claim.dataset, claim.team, "matching", measured, n, 0, "predictions", home == claim.team
        )

    def label_noise(
        self, dataset: str, a: str, b: str, judged: Sequence[Path] = (), planned: int | None = None
    ) -> LabelNoiseReport:
        """Return what 40 judgements say that confirm the gold labels; without files none is judged."""
        if any(not path.exists() for path in judged):
            raise ReviewError.of("not_found", "There is no such file.")
        return fake_label_noise.report(self.comparison(dataset, a, b), 40 if judged else 0, planned)

    def write_judging_queue(self, dataset: str, a: str, b: str, number: int, path: Path) -> int:
        """Write as many lines as are asked for; a file that exists is refused."""
        if path.exists():
            raise ReviewError.of("file_exists", f"{path} exists.")
        path.write_text("a line\n" * number, encoding="utf-8")
        return number

    def metrics(self) -> tuple[MetricInfo, ...]:
        """Return what is known of the metrics."""
        return METRICS
