"""Numbers as papers print them: "75.6%", "0.756", "2.3 points"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from reviewer_app.comparison.formatting import in_points
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.claims import StatedValue

_NUMBER = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3}))?\s*(%|points?)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+\s*%?")


@dataclass(frozen=True)
class _Printed:
    """A number as a fraction, the unit of its last digit, and whether it says that it is in per cent."""

    number: float
    unit: float
    is_whole: bool
    is_percent: bool


def stated_value(text: str, metric: Metric) -> StatedValue:
    """Return the value of a metric that a paper prints so, as a fraction, with what its digits leave open.

    A whole number without "%" is exact where the metric lies in [-1, 1]: 1 and 0 are its ends.

    Raises
    ------
    ReviewError
        ``not_a_number``; ``percent_or_fraction`` for "75.6" of a metric between 0 and 1, and for "75.6%" of one that is
        no share; ``claim_out_of_range``.
    """
    printed = _printed(text, "claimed value", metric)
    value = printed.number
    low, high = metric.range
    if printed.is_percent and not in_points(metric):
        raise ReviewError.of("percent_or_fraction", f"{metric.name} is not in per cent: write {text.rstrip('% ')}.")
    if not low <= value <= high:
        if in_points(metric) and not printed.is_percent and abs(value) <= 100.0:
            raise ReviewError.of(
                "percent_or_fraction",
                f"{metric.name} lies between {low:g} and {high:g}, and the claimed value is {text.strip()}. If that is "
                f"in per cent, write {text.strip()}%.",
            )
        raise ReviewError.of(
            "claim_out_of_range",
            f"{metric.name} cannot be {text.strip()}: it lies between {low:g} and {high:g}. Look at the paper again.",
        )
    is_exact = printed.is_whole and in_points(metric) and not printed.is_percent
    return StatedValue(value, 0.0 if is_exact else printed.unit / 2.0)


def stated_difference(text: str, metric: Metric) -> float:
    """Return a claimed difference, a fraction: from "2.3 points", "2.3%" or "0.023"; "0" is 0 in every unit.

    Raises
    ------
    ReviewError
        As `stated_value`; a whole number without a unit, of a metric that is shown in points, is
        ``percent_or_fraction`` too.
    """
    printed = _printed(text, "claimed difference", metric)
    low, high = metric.range
    difference = printed.number
    bare = in_points(metric) and not printed.is_percent
    if (printed.is_percent and not in_points(metric)) or (bare and difference and (printed.is_whole or difference > 1)):
        how = f'"{text.strip()} points" or "0.02"' if bare else text.rstrip("% points")
        raise ReviewError.of("percent_or_fraction", f"In which unit is the difference {text.strip()}? Write {how}.")
    if not abs(difference) <= high - low:
        raise ReviewError.of(
            "claim_out_of_range",
            f"{metric.name} of two teams cannot differ by {text.strip()}: it lies between {low:g} and {high:g}.",
        )
    return difference


def stated_spread(text: str, metric: Metric, value: str) -> float:
    """Return a stated standard error or deviation, a fraction; it has the unit of the value that it stands beside.

    Raises
    ------
    ReviewError
        ``not_a_number``; ``percent_or_fraction`` where the value is in per cent and this is not, or the other way
        round; ``claim_out_of_range`` if it is negative or as wide as the metric's range.
    """
    printed = _printed(text, "spread", metric)
    if printed.is_percent != _printed(value, "claimed value", metric).is_percent:
        raise ReviewError.of(
            "percent_or_fraction",
            f"The value is {value.strip()} and its spread {text.strip()}: write both in per cent, or neither.",
        )
    spread = printed.number
    low, high = metric.range
    if not 0.0 <= spread < high - low:
        raise ReviewError.of("claim_out_of_range", f"A spread of {text.strip()} cannot be of {metric.name}.")
    return spread


def _printed(text: str, what: str, metric: Metric) -> _Printed:
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    found = _NUMBER.fullmatch(plain)
    if found is None:
        example = "75.6% or 0.756" if in_points(metric) else "0.432"
        comma = " with a point, not a comma" if _DECIMAL_COMMA.fullmatch(plain) else ""
        raise ReviewError.of(
            "not_a_number",
            f'The {what} is "{text.strip()}", which is no number: write it{comma} as the paper prints it, for example '
            f"{example}.",
        )
    sign, digits, exponent, unit = found.groups()
    # Digits and power of ten together: 75.6 / 100 is not 0.756.
    power = int(exponent or 0) - (0 if unit is None else 2)
    number = float(f"{sign}{digits}e{power}")
    if not math.isfinite(number):
        raise ReviewError.of("claim_out_of_range", f"The {what} {text.strip()} is too large for any metric.")
    places = len(digits.partition(".")[2]) - power
    return _Printed(number, float(f"1e{-places}"), "." not in digits and not exponent, unit is not None)
