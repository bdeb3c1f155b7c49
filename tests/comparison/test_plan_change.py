from __future__ import annotations

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.plan_change import plan_change
from reviewer_app.significance.multiplicity import Correction


def test_a_plan_that_was_never_changed_after_results_has_no_sentence():
    assert plan_change(None, AnalysisPlan(alpha=0.2)) == ""


def test_every_change_is_named_with_what_it_was():
    before = AnalysisPlan()
    after = AnalysisPlan(
        metric="f1",
        margin=0.02,
        alpha=0.1,
        comparisons=(("A", "B"),),
        n_resamples=1000,
        seed=3,
        correction=Correction.NONE,
    )
    assert plan_change(before, after) == (
        "The plan was changed after results were seen: metric (each dataset's own) became f1; margin (default) became "
        "0.02; alpha 0.05 became 0.1; correction Holm became no correction; comparisons (every pair of teams) became "
        "A against B; resamples 10,000 became 1,000; seed (from the inputs) became 3."
    )


def test_a_plan_that_is_back_to_what_it_was_still_says_that_it_was_changed():
    assert plan_change(AnalysisPlan(), AnalysisPlan()) == (
        "The plan was changed after results were seen, and is now again what it was then."
    )
