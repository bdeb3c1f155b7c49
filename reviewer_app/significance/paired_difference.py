"""What every procedure for a paired difference gives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reviewer_app.progress import Progress


@dataclass(frozen=True)
class PairedDifference:
    """The difference A - B of one metric with its interval, test and equivalence test.

    Attributes
    ----------
    a, b, difference
        Values; None where not defined.
    standard_error
        Of the difference; None where there is none.
    ci_low, ci_high, ci_level
        THE interval.
    whisker_low, whisker_high
        The same at the level 1 - alpha that a member of a family is held against; None where that is `ci_level`.
    degrees_of_freedom
        Of the standard error; None where it is taken as known (normal).
    p_value
        THE p, two-sided.
    p_equivalence
        The larger one-sided p at plus and minus the margin, by the method of THE interval; None without a margin or
        where equivalence must not be claimed (fewer than 10 examples that differ).
    n_resamples
        B; None for closed forms.
    monte_carlo_error
        Standard error of `p_value` through finite B; None for closed forms and exact enumerations.
    interval_method, test_method
        Names for people.
    minimum_detectable_difference
        Difference that would be shown with 80 % power at `alpha`; None: none would, or not defined.
    not_defined
        Why something above is missing; None where nothing is.
    marks
        What shaped the numbers, in words.
    """

    a: float | None
    b: float | None
    difference: float | None
    standard_error: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float = 0.95
    whisker_low: float | None = None
    whisker_high: float | None = None
    degrees_of_freedom: float | None = None
    p_value: float | None = None
    p_equivalence: float | None = None
    n_resamples: int | None = None
    monte_carlo_error: float | None = None
    interval_method: str | None = None
    test_method: str | None = None
    minimum_detectable_difference: float | None = None
    not_defined: str | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """How a difference is tested.

    Attributes
    ----------
    alpha
        Error rate at which p is held against, after multiplicity (alpha / D for the detectable difference).
    ci_level
        Level of THE interval.
    n_resamples
        B.
    seed
        Seed of the random numbers, derived from the digest of the inputs by the caller.
    progress
        Told after each block of resamples; cancelling it ends the work.
    """

    alpha: float = 0.05
    ci_level: float = 0.95
    n_resamples: int = 10_000
    seed: int = 0
    progress: Progress = field(default_factory=Progress, compare=False)

    def part(self, start: float, stop: float) -> Settings:
        """Return the settings of a step that is so much of the work."""
        return replace(self, progress=self.progress.part(start, stop))
