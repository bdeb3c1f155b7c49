"""Whether stated probabilities are probabilities, and what to do where they are percentages, sums off 1, or logits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from reviewer_app.errors import Finding, Remedy, Severity
from reviewer_app.evaluation.inputs import BoolArray, FloatArray
from reviewer_app.evaluation.needs import counted
from reviewer_app.submissions.origin import Origin

SUM_TOLERANCE = 0.001
"""How far a row's sum may lie from 1, and a value outside [0, 1] by rounding."""
PERCENT_MEDIAN = 1.5
"""Single values from 0 to 100 are percentages where their median lies above this."""

_PERCENT_TOLERANCE = 1.5
_ALIKE = 1.5
_SLACK = 1e-9  # 1.001 itself is allowed, whatever its binary form


class Scale(StrEnum):
    """What a table of values per class holds."""

    PROBABILITIES = "probabilities"
    """Rows sum to 1."""
    PERCENT = "percent"
    """Values in [0, 100], most rows sum to 100."""
    NOT_NORMALISED = "not_normalised"
    """Values in [0, 1], some rows do not sum to 1; or positive values whose sums are much alike."""
    LOGITS = "logits"
    """Values outside [0, 1], and rows that sum to this and that."""


_PERCENT_ALONE = (Remedy("Divide by 100", "probabilities", "percent"),)
_BY_SUM = Remedy("Divide by the sum", "probabilities", "normalise")
_SOFTMAX = Remedy("Take the softmax", "probabilities", "softmax")
_WAYS_OUT = {
    Scale.PERCENT: (*_PERCENT_ALONE, _BY_SUM),
    Scale.NOT_NORMALISED: (_BY_SUM, _SOFTMAX),
    Scale.LOGITS: (_SOFTMAX, _BY_SUM),
}
_DONE = {"percent": "divided by 100", "normalise": "divided by their sum", "softmax": "put through softmax"}


@dataclass(frozen=True, eq=False)
class CheckedProbabilities:
    """What a table of values per class comes to.

    Attributes
    ----------
    values
        Probabilities, shape (n, k), NaN where missing; None where they are not usable as they are.
    findings
        Errors among them mean that the input is refused.
    """

    values: FloatArray | None
    findings: tuple[Finding, ...]


def check_probabilities(values: FloatArray, origin: Origin, option: str | None = None) -> CheckedProbabilities:
    """Return the probabilities of each example, or why they are none.

    Rows must sum to 1 within `SUM_TOLERANCE`. What an option says is done only where the values need it, so that one
    option can be given for two files of which one is in order.

    Parameters
    ----------
    values
        Values per class as stated, shape (n, k), NaN where missing; no infinite values.
    origin
        Where they stand.
    option
        "percent": divided by 100; "normalise": divided by their sum; "softmax"; None: taken as they are.

    Returns
    -------
    CheckedProbabilities
        Findings: error ``probability_out_of_range`` (rows sum to 1 and yet a value is outside [0, 1]); warnings
        ``probabilities_percent``, ``probabilities_not_normalised``, ``probabilities_logits`` (infos where the option
        mends them) and ``probabilities_missing`` (a row lacks a value).
    """
    findings = list(_missing(values, origin))
    complete: BoolArray = np.asarray(~np.isnan(values).any(axis=1))
    if not complete.any():
        return CheckedProbabilities(None, tuple(findings))
    scale, outside = _scale(values if complete.all() else values[complete])
    if scale is Scale.PROBABILITIES:
        if outside.any():
            where = np.zeros(len(values), dtype=bool)
            where[complete] = outside
            findings.append(_out_of_range(values, where, origin))
            return CheckedProbabilities(None, tuple(findings))
        return CheckedProbabilities(_clipped(values), tuple(findings))
    mended = _mended(values, scale, option)
    findings.append(_scale_finding(values, complete, scale, origin, _WAYS_OUT[scale], option, mended is not None))
    return CheckedProbabilities(mended, tuple(findings))


def check_label_probability(
    values: FloatArray, origin: Origin, option: str | None, column: str
) -> CheckedProbabilities:
    """Return the probability of the predicted label of each example, or why it is none.

    Parameters
    ----------
    values
        As stated, shape (n,), NaN where missing.
    origin, option
        As in `check_probabilities`; of the options "percent" alone applies.
    column
        Name of the column.
    """
    stated: BoolArray = ~np.isnan(values)
    missing = origin.given & ~stated
    findings: list[Finding] = []
    if missing.any():
        message = f'{counted(int(missing.sum()), "row")} without a value in the column "{column}".'
        findings.append(origin.finding("probabilities_missing", Severity.WARNING, message, missing, _shown(values)))
    outside = stated & ((values < -SUM_TOLERANCE) | (values > 1 + SUM_TOLERANCE))
    if not outside.any():
        return CheckedProbabilities(_clipped(values), tuple(findings))
    in_percent = (
        values[stated].min() >= 0 and values[stated].max() <= 100 and np.median(values[stated]) > PERCENT_MEDIAN
    )
    if not in_percent:
        findings.append(_out_of_range(values, outside, origin))
        return CheckedProbabilities(None, tuple(findings))
    usable = option == "percent"
    findings.append(_scale_finding(values, stated, Scale.PERCENT, origin, _PERCENT_ALONE, option, usable))
    return CheckedProbabilities(values / values.dtype.type(100) if usable else None, tuple(findings))


def check_top_probabilities(values: FloatArray, origin: Origin, option: str | None = None) -> CheckedProbabilities:
    """Return the probabilities of a top-k list, or why they are none; only a sum above 1.001 is a finding.

    Parameters
    ----------
    values
        Shape (n, m), NaN where missing.
    origin, option
        As in `check_probabilities`; of the options "percent" alone applies.
    """
    stated = ~np.isnan(values)
    if not stated.any():
        return CheckedProbabilities(None, ())
    filled = np.where(stated, values, values.dtype.type(0))
    sums = filled.sum(axis=1, dtype=np.float64)
    outside = ((filled < -SUM_TOLERANCE) | (filled > 1 + SUM_TOLERANCE)).any(axis=1)
    wrong = outside | (sums > 1 + SUM_TOLERANCE + _SLACK)
    if not wrong.any():
        return CheckedProbabilities(_clipped(values), ())
    if (
        filled.min() >= 0
        and sums.max() <= 100 + _PERCENT_TOLERANCE
        and np.median(sums[stated.any(axis=1)]) > PERCENT_MEDIAN
    ):
        usable = option == "percent"
        some = np.asarray(stated.any(axis=1))
        finding = _scale_finding(values, some, Scale.PERCENT, origin, _PERCENT_ALONE, option, usable)
        return CheckedProbabilities(values / values.dtype.type(100) if usable else None, (finding,))
    have = "1 top-k list has" if wrong.sum() == 1 else f"{int(wrong.sum()):,} top-k lists have"
    message = f"{have} probabilities outside 0 to 1, or a sum above 1. Metrics of probabilities are not defined."
    code = "probabilities_logits" if outside.any() else "probabilities_not_normalised"
    return CheckedProbabilities(None, (origin.finding(code, Severity.WARNING, message, wrong, _shown(values)),))


def _scale(values: FloatArray) -> tuple[Scale, BoolArray]:
    """Return what complete rows hold, and which of them have a value outside [0, 1]."""
    sums = values.sum(axis=1, dtype=np.float64)
    outside = (values.min(axis=1) < -SUM_TOLERANCE) | (values.max(axis=1) > 1 + SUM_TOLERANCE)
    near_one = np.abs(sums - 1) <= SUM_TOLERANCE + _SLACK
    if not outside.any():
        return (Scale.PROBABILITIES if near_one.all() else Scale.NOT_NORMALISED), outside
    # logits may sum to 1 by chance, so most rows decide
    if near_one.mean() > 0.5:
        return Scale.PROBABILITIES, outside
    near_hundred = np.abs(sums - 100) <= _PERCENT_TOLERANCE
    if near_hundred.mean() > 0.5 and values.min() >= 0 and values.max() <= 100 + _PERCENT_TOLERANCE:
        return Scale.PERCENT, outside
    # sums that are much alike are probabilities times a factor; logits are negative, or add up to anything
    low, high = np.quantile(sums, (0.1, 0.9))
    much_alike = values.min() >= 0 and high <= _ALIKE * low
    return (Scale.NOT_NORMALISED if much_alike else Scale.LOGITS), outside


def _mended(values: FloatArray, scale: Scale, option: str | None) -> FloatArray | None:
    """Return what the option makes of the values; None where it does not fit or does not lead to probabilities."""
    sums = values.sum(axis=1, keepdims=True, dtype=np.float64)
    if option == "percent" and scale is Scale.PERCENT:
        mended = values / 100.0
    elif option == "normalise" and np.nanmin(values) >= 0 and not (sums == 0).any():
        mended = values / sums
    elif option == "softmax" and scale is not Scale.PERCENT:
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        mended = powers / powers.sum(axis=1, keepdims=True)
    else:
        return None
    complete = ~np.isnan(mended).any(axis=1)
    reached, outside = _scale(mended[complete])
    if reached is not Scale.PROBABILITIES or outside.any():
        return None
    return _clipped(mended.astype(values.dtype, copy=False))


def _clipped(values: FloatArray) -> FloatArray:
    """Return probabilities without what rounding put outside [0, 1]; the array itself where nothing is."""
    if not ((values < 0) | (values > 1)).any():
        return values
    return np.clip(values, 0.0, 1.0)


def _missing(values: FloatArray, origin: Origin) -> list[Finding]:
    missing = origin.given & np.isnan(values).any(axis=1)
    if not missing.any():
        return []
    number = counted(int(missing.sum()), "row")
    message = f"{number} without all probabilities: these examples leave the metrics of probabilities, and only those."
    return [origin.finding("probabilities_missing", Severity.WARNING, message, missing, _shown(values))]


def _out_of_range(values: FloatArray, where: BoolArray, origin: Origin) -> Finding:
    have = "1 row has" if where.sum() == 1 else f"{int(where.sum()):,} rows have"
    message = f"{have} a probability outside 0 to 1. Correct the file."
    return origin.finding("probability_out_of_range", Severity.ERROR, message, where, _shown(values))


def _scale_finding(
    values: FloatArray,
    where: BoolArray,
    scale: Scale,
    origin: Origin,
    remedies: tuple[Remedy, ...],
    option: str | None,
    mended: bool,
) -> Finding:
    """Return the finding about values that are no probabilities, and what the option made of them."""
    sums = np.asarray(values if values.ndim == 1 else np.nansum(values, axis=1, dtype=np.float64))
    if scale is Scale.NOT_NORMALISED:
        where = where & (np.abs(sums - 1) > SUM_TOLERANCE + _SLACK)
    what = {
        Scale.PERCENT: "hold percentages",
        Scale.NOT_NORMALISED: f"have probabilities that do not sum to 1 (typically to {np.median(sums[where]):.4g})",
        Scale.LOGITS: "hold values outside 0 to 1 that do not sum to 1, as logits do",
    }[scale]
    message = f"{int(where.sum()):,} of {int(np.count_nonzero(origin.given)):,} rows {what}."
    code = f"probabilities_{scale}"
    if mended and option is not None:
        message += f" They were {_DONE[option]}, as --probabilities {option} says."
        return origin.finding(code, Severity.INFO, message, where, _shown(values))
    remedies = tuple(remedy for remedy in remedies if remedy.value != option)
    if option is not None:
        message += f" --probabilities {option} does not make probabilities of them."
    message += " Metrics of probabilities are not defined; labels stand as they are."
    if remedies:
        ways = " or ".join(f"--probabilities {remedy.value} ({remedy.label.lower()})" for remedy in remedies)
        message += f" Say what to do: {ways}."
    return origin.finding(code, Severity.WARNING, message, where, _shown(values), remedies)


def _shown(values: FloatArray) -> Callable[[int], str]:
    """Return a row's values in words, the first ones where there are many."""

    def value(example: int) -> str:
        row = np.atleast_1d(values[example])
        shown = ", ".join("missing" if np.isnan(number) else f"{number:g}" for number in row[:5])
        return f"{shown}, ..." if len(row) > 5 else shown

    return value
