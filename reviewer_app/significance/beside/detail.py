"""All that the Significance page shows beside the headline of one metric of one comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.registry import Family, Metric, Needs
from reviewer_app.significance.beside.assumptions import assumptions_of
from reviewer_app.significance.beside.distributions import (
    Distribution,
    bootstrap_distribution,
    permutation_distribution,
)
from reviewer_app.significance.beside.fragility import Fragility, fragility
from reviewer_app.significance.beside.label_distributions import (
    LabelDistributions,
    LabelTest,
    label_distributions,
)
from reviewer_app.significance.beside.other_methods import OtherMethod, beside
from reviewer_app.significance.beside.posterior import PosteriorShares, posterior_shares
from reviewer_app.significance.beside.power_curve import PowerCurve, accuracy_power_curve, power_curve
from reviewer_app.significance.beside.sampling import PairedTable, Sampling
from reviewer_app.significance.case import Case, case_of
from reviewer_app.significance.clusters import Dependence, dependence_of
from reviewer_app.significance.dependent import grouped, grouped_counts, several_seeds, shared_records
from reviewer_app.significance.paired_difference import PairedDifference, Settings
from reviewer_app.significance.seeds import seed_variance


@dataclass(frozen=True)
class SignificanceDetail:
    """What stands beside THE p and THE interval; whatever is None has its reason in the field that follows it.

    Attributes
    ----------
    metric
        Id of the metric.
    difference
        A - B; None where it is not defined.
    assumptions
        What THE method assumes, in words.
    table
        McNemar's table of the first run of each team; None where they give scores alone.
    bootstrap, no_bootstrap
        Distribution of the bootstrap differences.
    permutation, no_permutation
        Distribution of the permutation test's statistic.
    others
        Other tests and intervals; empty where THE method gives none either.
    posterior, no_posterior
        Posterior shares.
    power, no_power
        What other numbers of examples could show.
    stuart_maxwell, bowker, no_label_tests
        Whether the first runs predict each class equally often, and whether their disagreements are symmetric; of a
        metric that is computed from labels. They take examples to be independent.
    """

    metric: str
    difference: float | None
    assumptions: str
    table: PairedTable | None = None
    bootstrap: Distribution | None = None
    no_bootstrap: str | None = None
    permutation: Distribution | None = None
    no_permutation: str | None = None
    others: tuple[OtherMethod, ...] = ()
    posterior: PosteriorShares | None = None
    no_posterior: str | None = None
    power: PowerCurve | None = None
    no_power: str | None = None
    stuart_maxwell: LabelTest | None = None
    bowker: LabelTest | None = None
    no_label_tests: str | None = None
    fragility: Fragility | None = None
    """Wrong gold labels that would take an accuracy's verdict away; None for other metrics and without a verdict."""


def detail(
    metric: Metric,
    gold: Gold,
    runs_a: Sequence[Predictions],
    runs_b: Sequence[Predictions],
    structure: Structure,
    margin: float | None,
    settings: Settings,
) -> SignificanceDetail:
    """Return what stands beside the headline of one metric.

    Parameters
    ----------
    metric
        One metric.
    gold, runs_a, runs_b, structure
        As for `headline.headline` (one run each) or `headline.headline_seeds`.
    margin
        Margin of equivalence, if any.
    settings
        The same as the headline's: then the distributions are those it was read from.
    """
    case = case_of(metric, gold, runs_a, runs_b, structure, margin, settings)
    if isinstance(case, PairedDifference):
        assumed = assumptions_of(metric.family, dependence_of(structure), several=len(runs_a) + len(runs_b) > 2)
        why = case.not_defined
        return SignificanceDetail(
            metric.id,
            None,
            assumed,
            no_bootstrap=why,
            no_permutation=why,
            no_posterior=why,
            no_power=why,
            no_label_tests=why,
        )
    sampling = Sampling(case)
    bootstrap = bootstrap_distribution(sampling)
    permutation = permutation_distribution(sampling)
    posterior = posterior_shares(sampling)
    power = _power(sampling)
    labels = _labels(case)
    return SignificanceDetail(
        metric=metric.id,
        difference=case.difference,
        assumptions=assumptions_of(metric.family, sampling.dependence, several=sampling.several),
        table=sampling.table,
        bootstrap=bootstrap if isinstance(bootstrap, Distribution) else None,
        no_bootstrap=bootstrap if isinstance(bootstrap, str) else None,
        permutation=permutation if isinstance(permutation, Distribution) else None,
        no_permutation=permutation if isinstance(permutation, str) else None,
        others=beside(sampling),
        posterior=posterior if isinstance(posterior, PosteriorShares) else None,
        no_posterior=posterior if isinstance(posterior, str) else None,
        power=power if isinstance(power, PowerCurve) else None,
        no_power=power if isinstance(power, str) else None,
        stuart_maxwell=None if isinstance(labels, str) else labels.stuart_maxwell,
        bowker=None if isinstance(labels, str) else labels.bowker,
        no_label_tests=labels if isinstance(labels, str) else None,
        fragility=_fragility(sampling),
    )


def _fragility(sampling: Sampling) -> Fragility | None:
    is_mcnemars = sampling.is_table and not sampling.several and sampling.dependence is Dependence.NONE
    if not is_mcnemars or sampling.table is None:
        return None
    return fragility(sampling.table.only_a, sampling.table.only_b, sampling.case.settings.alpha)


def _labels(case: Case) -> LabelDistributions | str:
    a, b = case.runs_a[0].y_pred, case.runs_b[0].y_pred
    if case.metric.needs is not Needs.LABELS or a is None or b is None:
        return "the metric is not computed from labels"
    return label_distributions(a, b, case.gold.n_classes, case.settings)


def _power(sampling: Sampling) -> PowerCurve | str:
    case = sampling.case
    n, alpha = case.gold.n_examples, case.settings.alpha
    if sampling.untested is not None:
        return sampling.untested
    if sampling.is_table and not sampling.several and sampling.dependence is Dependence.NONE:
        assert sampling.table is not None
        if sampling.table.discordant == 0:
            return "no example is right for one team alone: there is no rate of discordance to go by"
        return accuracy_power_curve(sampling.table.discordant / n, n, alpha, case.margin)
    fixed = 0.0
    if sampling.several:
        answer = several_seeds(case, sampling.dependence)
        standard_error, why = answer.standard_error, answer.not_defined
        fixed = seed_variance(case.values_a, case.values_b, 0.0, 1.0).of_seeds
    elif sampling.dependence is Dependence.RECORDS:
        answer = shared_records(case)
        standard_error, why = answer.standard_error, answer.not_defined
    elif sampling.groups is not None and not sampling.bootstrap_is_headline:
        # The headline leaves out one group at a time for it.
        answer = grouped_counts([case])[0] if case.metric.family is Family.COUNT else grouped(case)
        standard_error, why = answer.standard_error, answer.not_defined
    else:
        standard_error, why = sampling.standard_error, sampling.why_none
    if not standard_error:
        return why or "the difference has no standard error"
    return power_curve(standard_error, n, alpha, case.margin, fixed_variance=fixed, basis=_basis(case, fixed))


def _basis(case: Case, fixed: float) -> str:
    shrinks = "the standard error observed here, shrinking with the square root of the number of examples"
    if fixed > 0.0:
        return f"{shrinks}; the part of the {len(case.runs_a)} and {len(case.runs_b)} seeds stays"
    return shrinks
