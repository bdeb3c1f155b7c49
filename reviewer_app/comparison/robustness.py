"""The verdict under each defensible choice, switched alone: does it stand?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewer_app.comparison.evidence import Alternative, Choice, Evidence
from reviewer_app.comparison.formatting import example_noun
from reviewer_app.comparison.result import RobustnessRow, Verdict
from reviewer_app.evaluation.needs import counted
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.verdict import Decision

AS_PLANNED = "as_planned"
"""The choice of the row that holds the verdict itself."""

MISSING_CHOICES = frozenset({Choice.MISSING_WRONG, Choice.MISSING_DROP})


def robustness_rows(
    evidence: Evidence, decision: Decision, others: Sequence[tuple[Alternative, Decision]]
) -> tuple[RobustnessRow, ...]:
    """Return the verdict as planned and under each other choice; empty where there is no other choice.

    Parameters
    ----------
    evidence
        What was measured.
    decision
        Of the comparison as planned, before the two treatments of missing predictions were held against each other.
    others
        Each alternative with its decision.
    """
    if not others:
        return ()
    planned = evidence.differences[evidence.request.primary_metric]
    hangs_on_missing = any(other.choice in MISSING_CHOICES for other, _ in others)
    words = "as planned, missing predictions as handed in" if hangs_on_missing else "as planned"
    rows = [_row(AS_PLANNED, words, evidence.n_evaluated, planned, decision)]
    rows.extend(
        _row(str(other.choice), _words(other, evidence), other.n_examples, other.difference, decided)
        for other, decided in others
    )
    # Outside the plan nothing is corrected.
    return tuple(rows if evidence.request.planned else (replace(row, p_adjusted=None) for row in rows))


def robustness_sentence(rows: Sequence[RobustnessRow], team_a: str, team_b: str) -> str:
    """Return one sentence on how often the verdict stands, and what changes it; "" where there is no other choice."""
    if not rows:
        return ""
    first = rows[0]
    words = verdict_words(first.verdict, team_a, team_b)
    changing = [row for row in rows if row.verdict is not first.verdict]
    sentence = f"{words[:1].upper()}{words[1:]} under {len(rows) - len(changing)} of {len(rows)} choices"
    parts = [f"{verdict_words(row.verdict, team_a, team_b)} with {row.description}" for row in changing]
    return "; ".join([sentence, *parts]) + "."


def verdict_words(verdict: Verdict, team_a: str, team_b: str) -> str:
    """Return a verdict in a few words."""
    match verdict:
        case Verdict.A_BETTER:
            return f"{team_a} better"
        case Verdict.B_BETTER:
            return f"{team_b} better"
        case _:
            return str(verdict)


def _row(
    choice: str, description: str, n_examples: int, difference: PairedDifference, decision: Decision
) -> RobustnessRow:
    return RobustnessRow(
        choice=choice,
        description=description,
        n_examples=n_examples,
        difference=difference.difference,
        ci_low=difference.ci_low,
        ci_high=difference.ci_high,
        p_value=difference.p_value,
        p_adjusted=decision.p_adjusted,
        verdict=Verdict(decision.verdict),
        reason=decision.reason,
        within_margin=decision.within_margin,
        not_defined=difference.not_defined,
    )


def _words(alternative: Alternative, evidence: Evidence) -> str:
    noun = example_noun(evidence.request.task)
    left_out = counted(evidence.n_evaluated - alternative.n_examples, f"test {noun}")
    match alternative.choice:
        case Choice.MISSING_WRONG:
            return "missing predictions counted as wrong"
        case Choice.MISSING_DROP:
            return f"{left_out} without a prediction of both teams dropped"
        case Choice.WITHOUT_SEEN_BEFORE:
            return f"{left_out} equal to a training or validation row left out"
        case Choice.WITHOUT_REPEATED:
            return f"{left_out} equal to an earlier one left out"
        case Choice.BY_EXAMPLES:
            what = "shared records" if evidence.unit == "record" else "groups"
            return f"{what} ignored, every {noun} counted as independent"
        case _:
            return "the first seed of each team alone"
