"""What the view of wrong labels reads, from judgements of an invented queue."""

from __future__ import annotations

import numpy as np

from reviewer_app.comparison.label_noise import label_noise_sentence
from reviewer_app.comparison.result import Comparison, Outcome
from reviewer_app.errors import Finding, Severity
from reviewer_app.review.queries import LabelNoiseReport
from reviewer_app.significance.label_noise import STRATA, label_noise

FINDING = Finding("skipped_in_queue", Severity.WARNING, "1 example left empty before the last judgement.")


def report(comparison: Comparison, n_judged: int, planned: int | None) -> LabelNoiseReport:
    """Return the report of so many judgements, each of which confirms the gold label."""
    sizes = [comparison.outcomes[Outcome(name)] for name in STRATA]
    strata = np.random.default_rng(1).permutation(np.repeat(np.arange(3), sizes))[:n_judged]
    noise = label_noise(sizes, comparison.n_examples, strata, np.asarray([1, -1, 0])[strata], planned=planned)
    return LabelNoiseReport(
        dataset=comparison.dataset,
        task=comparison.task,
        team_a=comparison.team_a,
        team_b=comparison.team_b,
        is_primary=comparison.primary_metric == "accuracy",
        noise=noise,
        sentence=label_noise_sentence(noise, comparison.team_a, comparison.team_b),
        findings=(FINDING,) if n_judged else (),
    )
