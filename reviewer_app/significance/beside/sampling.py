"""By what a case is resampled and swapped: joint counts, groups, values per example; each computed once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.evaluation.registry import Family
from reviewer_app.significance import count_metrics
from reviewer_app.significance.auc import smallest_class
from reviewer_app.significance.beside.pooled_units import pooled_units
from reviewer_app.significance.case import NO_VARIATION, Case
from reviewer_app.significance.clusters import Dependence, dependence_of, group_codes
from reviewer_app.significance.dependent import MANY_GROUPS, grouped, pseudo_values_of_groups, sums_of_groups
from reviewer_app.significance.independent import TOO_FEW_POSITIVES, mean, stretched_for_rare_classes
from reviewer_app.significance.influence import Influence, has_influence, influence_of_runs, places_differ
from reviewer_app.significance.means import UnitDifferences
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.ranking_bootstrap import ranking_bootstrap, ranking_resamples
from reviewer_app.significance.resampling import Stream, generator
from reviewer_app.significance.units import Units, units_of_labels
from reviewer_app.significance.wald import wald


@dataclass(frozen=True)
class PairedTable:
    """On how many examples each of two teams is right: McNemar's table.

    Attributes
    ----------
    both_right, only_a, only_b, both_wrong
        Numbers of examples.
    """

    both_right: int
    only_a: int
    only_b: int
    both_wrong: int

    @property
    def n(self) -> int:
        """All examples."""
        return self.both_right + self.only_a + self.only_b + self.both_wrong

    @property
    def discordant(self) -> int:
        """Examples that only one team has right."""
        return self.only_a + self.only_b

    @property
    def weights(self) -> FloatArray:
        """Examples that only A, only B, and both or neither has right, with the two pseudo-examples."""
        return np.asarray([self.only_a + 1.0, self.only_b + 1.0, float(self.n - self.discordant)])

    @property
    def draw_order(self) -> tuple[int, int, int]:
        """Order in which `weights` are drawn from, the same whichever team is called A: the better one's first."""
        return (0, 1, 2) if self.only_a >= self.only_b else (1, 0, 2)


class Sampling:
    """A case and what stands for a unit in it; everything is computed when first asked for, and once.

    Attributes
    ----------
    case
        One metric of one comparison.
    dependence
        Of its examples.
    several
        Whether a team has several runs.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.dependence = dependence_of(case.structure)
        self.several = len(case.runs_a) + len(case.runs_b) > 2

    @cached_property
    def untested(self) -> str | None:
        """Why the headline has neither test nor interval whatever the structure; None where it may have them."""
        if self.case.metric.family is Family.CALIBRATION:
            return "a calibration error has no test and no interval"
        if self.is_ranking and has_influence(self.case.metric) and smallest_class(self.case.gold) == 1:
            return "a class has a single example, so the variance is not defined"
        return None

    @cached_property
    def why_none(self) -> str | None:
        """Why nothing is resampled, swapped or drawn for this case; None where something is."""
        if self.untested is not None:
            return self.untested
        if self.several:
            return "with several runs p and interval come from the variance over seeds and examples, not from resamples"
        if self.dependence is Dependence.RECORDS:
            return "pairs share records: p and interval come from the two-way variance, not from resamples"
        if self.dependence is Dependence.GROUPS and self.n_units < 2:
            return "all examples are in one group"
        if self.groups is not None and not has_influence(self.case.metric) and self.n_units < MANY_GROUPS:
            return f"fewer than {MANY_GROUPS} groups: too few to be resampled"
        return None

    @cached_property
    def groups(self) -> IntArray | None:
        """Code of each example's group, shape (n,); None where examples are not grouped."""
        groups = self.case.structure.groups
        return group_codes(groups) if self.dependence is Dependence.GROUPS and groups is not None else None

    @property
    def unit(self) -> str:
        """What is drawn as a whole: "group" or "example"."""
        return "example" if self.groups is None else "group"

    @property
    def n_units(self) -> int:
        """Number of groups, or of examples."""
        return self.case.gold.n_examples if self.groups is None else int(self.groups.max()) + 1

    @cached_property
    def table(self) -> PairedTable | None:
        """McNemar's table of the first run of each team; None where they give scores alone.

        Right is what the metric itself counts as right, for a share of examples; else the right label.
        """
        case = self.case
        a, b = case.runs_a[0], case.runs_b[0]
        if case.metric.family is Family.PROPORTION:
            assert case.metric.per_example is not None
            right_a, right_b = (case.metric.per_example(case.gold, run) > 0.5 for run in (a, b))
        elif a.y_pred is not None and b.y_pred is not None:
            right_a, right_b = (labels == case.gold.y_true for labels in (a.y_pred, b.y_pred))
        else:
            return None
        n_a, n_b, both = (int(np.count_nonzero(right)) for right in (right_a, right_b, right_a & right_b))
        return PairedTable(both, n_a - both, n_b - both, case.gold.n_examples - n_a - n_b + both)

    @property
    def is_table(self) -> bool:
        """Whether the difference depends on McNemar's table alone: a share of independent examples."""
        return self.case.metric.family is Family.PROPORTION and self.groups is None

    @property
    def is_ranking(self) -> bool:
        """Whether the metric depends on the order of scores."""
        return self.case.metric.family in (Family.AUC, Family.RANKING)

    @cached_property
    def counts(self) -> Units:
        """Kinds of units of a metric of counts."""
        return units_of_labels(self.case.gold, *self.case.labels(), self.groups)

    @cached_property
    def influence(self) -> Influence:
        """Influence values of the runs."""
        return influence_of_runs(self.case.metric, self.case.gold, self.case.runs_a, self.case.runs_b)

    @cached_property
    def differences(self) -> UnitDifferences:
        """What each unit adds to a difference of means, of grouped shares or, to first order, of rankings.

        For a ranking these are the pseudo-values d + units x influence, whose mean is d.
        """
        case, n_units = self.case, self.n_units
        if self.groups is not None and self.is_ranking:
            return pseudo_values_of_groups(case, self.influence, self.groups)
        if self.groups is not None:
            return sums_of_groups(case, self.groups)
        correction = n_units / (n_units - 1) if n_units > 1 else 1.0
        if self.is_ranking:
            values = case.difference + n_units * self.influence.values
            return UnitDifferences(values, np.ones(n_units), correction=correction)
        of_a, of_b = case.values_per_example()
        return UnitDifferences(of_a - of_b, np.ones(n_units), correction=correction)

    @cached_property
    def n_different(self) -> int:
        """Number of units on which the two teams' first runs do not agree."""
        family, groups = self.case.metric.family, self.groups
        if self.is_table and self.table is not None:
            return self.table.discordant
        if family is Family.COUNT and groups is not None:
            return count_metrics.n_different_units(self.case.metric, self.counts)
        if family is Family.COUNT:
            a, b = self.case.labels()
            different = np.asarray(a != b)
        elif self.is_ranking:
            different = places_differ(self.case.gold, (*self.case.runs_a, *self.case.runs_b))
        else:
            return int(np.count_nonzero(self.differences.sums))
        return int(np.count_nonzero(different)) if groups is None else len(np.unique(groups[different]))

    @cached_property
    def judged(self) -> PairedDifference:
        """What may be concluded: p values that the headline withholds are None there.

        A mean is the headline's own, because its p says whether the largest losses decide; else a plain d / SE.
        """
        if self.case.metric.family is Family.MEAN:
            return mean(self.case) if self.groups is None else grouped(self.case)
        error = self.standard_error or 0.0
        plain = wald(self.case.difference, error)
        answer = replace(self.case.values, p_value=plain.p_value, p_equivalence=1.0, standard_error=error)
        return self.case.judged(answer, self.n_different, self.unit)

    @property
    def is_linear(self) -> bool:
        """Whether the difference is, at least to first order, a mean over units, as `differences` has it."""
        family = self.case.metric.family
        if family is Family.RANKING:
            return self.groups is not None and has_influence(self.case.metric)
        return family in (Family.MEAN, Family.AUC) or (family is Family.PROPORTION and self.groups is not None)

    @property
    def bootstrap_is_headline(self) -> bool:
        """Whether THE interval is read from `bootstrap`."""
        if self.groups is None:
            return self.case.metric.family in (Family.COUNT, Family.RANKING)
        return self.n_units >= MANY_GROUPS and not self.is_linear

    @cached_property
    def bootstrap(self) -> FloatArray | str:
        """Bootstrap differences, shape (B,), those of THE interval where it is one of percentiles; or why not.

        Stretched where classes are rare. Shares of independent examples: draws of McNemar's table with the two
        pseudo-examples. AUC, and grouped rankings: draws of pseudo-values, which is the bootstrap to first order.
        """
        if self.why_none is not None:
            return self.why_none
        case, settings = self.case, self.case.settings
        if self.is_table:
            values = self._table_bootstrap()
        elif case.metric.family is Family.COUNT:
            drawn = count_metrics.precise_bootstrap([case.metric], self.counts, settings).get(case.metric.id)
            if drawn is None:
                return TOO_FEW_POSITIVES
            values, _ = stretched_for_rare_classes(case, self.counts, drawn)
        elif not self.is_linear:
            of_ranking = ranking_bootstrap(
                case.metric, case.gold, case.runs_a, case.runs_b, settings, units=self.groups
            )
            if of_ranking is None:
                return TOO_FEW_POSITIVES
            values = of_ranking
        else:
            values = pooled_units(self.differences).bootstrap(settings)
        return NO_VARIATION if float(np.ptp(values)) == 0.0 else values

    @cached_property
    def plain_bootstrap(self) -> FloatArray | str:
        """Bootstrap differences of a metric of counts without pseudo-examples, or why there are none.

        Of shape (B,), or fewer where there are very many kinds of groups: nothing in the headline is read from them.
        """
        if self.why_none is not None:
            return self.why_none
        plain = replace(self.counts, pseudo=np.zeros(len(self.counts.pseudo))).occurring()
        metric, settings = self.case.metric, self.case.settings
        fewer = replace(settings, n_resamples=ranking_resamples(len(plain.counts), settings))
        values = count_metrics.bootstrap([metric], plain, fewer).get(metric.id)
        if values is None:
            return TOO_FEW_POSITIVES
        return NO_VARIATION if float(np.ptp(values)) == 0.0 else values

    @cached_property
    def standard_error(self) -> float | None:
        """Standard error of the difference where something is resampled; None where there is none or it is 0.

        That of the headline, save that for few groups the headline leaves out each group instead.
        """
        if self.why_none is not None:
            return None
        case = self.case
        if self.is_table:
            error = self._table_error()
        elif case.metric.family is Family.COUNT:
            units = self.counts
            sums = units.class_counts(units.class_sums((units.counts + units.pseudo)[:, np.newaxis]))
            error = math.sqrt(float(units.variances(case.metric, sums, units.counts[:, np.newaxis])[0]))
        elif self.is_ranking and self.groups is None and has_influence(case.metric):
            error = math.sqrt(self.influence.variance)
        elif not self.is_linear:
            error = 0.0 if isinstance(self.bootstrap, str) else float(self.bootstrap.std(ddof=1))
        else:
            error = self.differences.standard_error
        return error if error > 0.0 else None

    def _table_error(self) -> float:
        """Return the standard error of a difference of shares from the table with its two pseudo-examples."""
        table, difference = self.table, self.case.difference
        assert table is not None
        squares = table.discordant - table.n * difference**2
        return math.sqrt(squares + 2.0 + 2.0 * difference**2) / (table.n + 2)

    def _table_bootstrap(self) -> FloatArray:
        table, settings = self.table, self.case.settings
        assert table is not None
        # The last probability is what is left to 1: it must be that of a part that may take a rounding error.
        order = table.draw_order if table.discordant < table.n else (2, *table.draw_order[:2])
        weights = table.weights
        rng = generator(settings.seed, Stream.BESIDE_BOOTSTRAP, 0)
        drawn = rng.multinomial(table.n + 2, weights[list(order)] / weights.sum(), size=settings.n_resamples)
        only_a, only_b = (drawn[:, order.index(cell)] for cell in (0, 1))
        return np.asarray((only_a - only_b) / (table.n + 2))
