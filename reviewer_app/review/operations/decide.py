"""Preparing what a reviewer decides: title, homes, which submission stands for a team, the analysis plan."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from reviewer_app.comparison.plan import MOST_SEED, AnalysisPlan
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.registry import Family
from reviewer_app.review.contents import Contents
from reviewer_app.review.operations.change import Change
from reviewer_app.review.operations.prepared import Prepared
from reviewer_app.review.operations.settings import OrderSubmissions, SetCurrent, SetHome, SetPlan, SetTitle
from reviewer_app.review.queries import BASELINES
from reviewer_app.store.datasets import set_home
from reviewer_app.store.plans import LOCKED_AFTER, LOCKED_BEFORE_RESULTS, OPEN, PlanRecord, write_plan, write_title
from reviewer_app.store.submissions import order_submissions
from reviewer_app.store.teams import delete_idle_teams

_FEWEST_RESAMPLES = 100
"""Fewer say nothing of a tail."""


def set_title(operation: SetTitle, contents: Contents) -> Prepared:
    """Prepare another title."""
    change = Change(operation, frozenset({"title"}), inverse=SetTitle(contents.title))
    return Prepared(change, lambda connection: write_title(connection, operation.title))


def set_dataset_home(operation: SetHome, contents: Contents) -> Prepared:
    """Prepare whose home a dataset is.

    Raises
    ------
    ReviewError
        ``unknown_dataset``; ``baselines_have_no_home``.
    """
    dataset = contents.dataset(operation.dataset)
    team = checked_home(operation.team)
    inverse = SetHome(dataset.name, dataset.home_of, decided=dataset.home_decided)
    change = Change(operation, frozenset({"datasets", "teams", "runs", "results"}), inverse=inverse)

    def write(connection: sqlite3.Connection) -> None:
        set_home(connection, dataset.dataset_id, team, decided=operation.decided)
        delete_idle_teams(connection)

    return Prepared(change, write)


def checked_home(team: str | None) -> str | None:
    """Return a team's name without blanks around it, or None.

    Raises
    ------
    ReviewError
        ``baselines_have_no_home``; ``no_team`` for an empty name.
    """
    if team is None:
        return None
    team = team.strip()
    if team == BASELINES:
        raise ReviewError.of("baselines_have_no_home", "Baselines are in every table and never at home: name a team.")
    if not team:
        raise ReviewError.of("no_team", "The team's name is empty. Say whose home the dataset is with --home-of TEAM.")
    return team


def set_current(operation: SetCurrent, contents: Contents) -> Prepared:
    """Prepare that a submission stands for its team.

    Raises
    ------
    ReviewError
        ``unknown_submission``.
    """
    own = contents.submissions_of(contents.submission(operation.submission_id).submission.team)
    before = tuple(record.submission_id for record in own)
    after = (*(key for key in before if key != operation.submission_id), operation.submission_id)
    return _order(operation, before, after)


def order(operation: OrderSubmissions, contents: Contents) -> Prepared:
    """Prepare the order in which submissions stand for their team; those added since then stay last."""
    own = contents.submissions_of(contents.submission(operation.submission_ids[-1]).submission.team)
    before = tuple(record.submission_id for record in own)
    added = (key for key in before if key not in operation.submission_ids)
    return _order(operation, before, (*operation.submission_ids, *added))


def _order(operation: SetCurrent | OrderSubmissions, before: tuple[int, ...], after: tuple[int, ...]) -> Prepared:
    change = Change(
        operation, frozenset({"teams", "runs", "results", "disagreements"}), inverse=OrderSubmissions(before)
    )
    return Prepared(change, lambda connection: order_submissions(connection, after))


def set_plan(operation: SetPlan, contents: Contents, *, results_seen: bool) -> Prepared:
    """Prepare another plan, or its lock.

    A lock cannot be taken back, and a locked plan that changes is one that was locked after results for good. An open
    one that changes after results keeps what it was when they were first seen.

    Raises
    ------
    ReviewError
        ``unknown_metric``, ``bad_plan``.
    """
    _check_plan(operation.plan)
    before = contents.plan
    state = before.state
    findings: tuple[Finding, ...] = ()
    if before.state == OPEN and operation.lock:
        state = LOCKED_AFTER if results_seen else LOCKED_BEFORE_RESULTS
    elif before.state != OPEN and operation.plan != before.plan:
        state = LOCKED_AFTER
        findings = (
            Finding(
                "locked_plan_changed",
                Severity.WARNING,
                "The plan was locked and has changed: this review says from now on that it was locked after results.",
            ),
        )
    named = dict.fromkeys(side for pair in operation.plan.comparisons or () for side in pair)
    unknown = [side for side in named if not _is_known(side, contents)]
    if unknown:
        findings = (*findings, _nothing_handed_in(unknown, contents))
    undoable = before.state == OPEN and not operation.lock
    change = Change(
        operation,
        frozenset({"plan", "runs", "results", "disagreements"}),
        findings,
        inverse=SetPlan(before.plan) if undoable else None,
    )
    at_results = before.at_results
    if at_results is None and results_seen and operation.plan != before.plan:
        at_results = before.plan
    record = PlanRecord(operation.plan, state, at_results)
    return Prepared(change, lambda connection: write_plan(connection, record))


def _is_known(side: str, contents: Contents) -> bool:
    try:
        contents.named(side)
    except ReviewError:  # unknown_team, unknown_version
        return False
    return True


def _nothing_handed_in(sides: Sequence[str], contents: Contents) -> Finding:
    known = ", ".join(team for team in contents.teams if contents.submissions_of(team)) or "none yet"
    message = (
        f"The plan names {' and '.join(sides)}, and nothing was handed in under that name. Until it is, these "
        f"comparisons count in the family with p = 1. Teams that have handed something in: {known}."
    )
    return Finding("plan_names_unknown_team", Severity.WARNING, message, len(sides), first=tuple(sides))


def _check_plan(plan: AnalysisPlan) -> None:
    if plan.metric is not None and metric_of(plan.metric).family is Family.CALIBRATION:
        raise ReviewError.of(
            "bad_plan",
            f"{metric_of(plan.metric).name} has no test and cannot be the primary metric. Choose another with "
            "--metric.",
        )
    problems = []
    if not 0.0 < plan.alpha < 1.0:
        problems.append(f"alpha is {plan.alpha}, and must lie between 0 and 1 (--alpha 0.05)")
    if plan.margin is not None and not 0.0 < plan.margin < float("inf"):
        problems.append(f"the margin is {plan.margin}, and must be above 0 (--margin 0.01)")
    if plan.n_resamples < _FEWEST_RESAMPLES:
        problems.append(
            f"the number of resamples is {plan.n_resamples}, and must be at least {_FEWEST_RESAMPLES} "
            "(--resamples 10000)"
        )
    if plan.seed is not None and not 0 <= plan.seed <= MOST_SEED:
        problems.append(f"the seed is {plan.seed}, and must lie between 0 and {MOST_SEED} (--seed 0)")
    seen: set[frozenset[str]] = set()
    for a, b in plan.comparisons or ():
        if a == b:
            problems.append(f"{a} is to be compared with itself")
        elif frozenset((a, b)) in seen:  # it would count twice in the family, and p with it
            problems.append(f"{a} against {b} stands there twice")
        seen.add(frozenset((a, b)))
    if problems:
        raise ReviewError.of("bad_plan", f"The plan cannot be: {'; '.join(problems)}.")
