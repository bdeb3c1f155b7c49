"""The table of the study, in Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.calibration.label_noise import noise_section
from benchmarks.calibration.settings import SETTINGS
from benchmarks.calibration.study import ALPHA

_INSIDE = 0.9
"""A setting is inside the limits where at least this share of its comparisons is."""


@dataclass(frozen=True)
class _Row:
    """One metric of one setting, and which goals it misses."""

    setting: Mapping[str, Any]
    metric: str
    found: Mapping[str, Any]
    misses: tuple[str, ...]

    @property
    def is_inside(self) -> bool:
        """Whether nearly all comparisons of the setting are within the limits."""
        return bool(self.setting["inside"] >= _INSIDE)


def markdown(settings: Sequence[Mapping[str, Any]], machine: str) -> str:
    """Return the whole document, rows in the order of the registry: what was missed, by metric, everything."""
    order = {name: place for place, name in enumerate(SETTINGS)}
    known = sorted((row for row in settings if row["name"] in order), key=lambda row: order[row["name"]])
    rows = [
        _Row(
            setting,
            metric,
            found,
            tuple(missed(found, setting["simulations"], inside=setting["inside"] >= _INSIDE)),
        )
        for setting in known
        for metric, found in setting["metrics"].items()
    ]
    n_met = sum(not row.misses for row in rows)
    usual_b = max(setting["n_resamples"] for setting in known) if known else 0
    return "\n".join(
        [
            "# Calibration",
            "",
            "Written by `python -m benchmarks.calibration`. Each setting is a population of test sets whose difference "
            "A - B is known; from each as many comparisons are simulated as the column says, and answered by "
            "`significance.headline` as in the app (with fewer resamples).",
            "",
            "- *coverage*: share of 95 % intervals that hold the true difference. *rejected*: share of p below 0.05; "
            "where the true difference is 0, the size of the test. *false better*, *false equivalent*: share of "
            "families of 1, 2 and 6 datasets with such a verdict after Holm; equivalence is tested at a margin as "
            "large as the true difference. *none*: share of comparisons without an interval.",
            "- Goal inside the limits (20 disagreements, 20 positives and 20 predicted so, 50 groups, 5 examples a "
            "class, in 90 % of the comparisons): coverage 94 to 97 %, size 3 to 6 %. Outside: coverage at least 94 %, "
            "size at most 6 %. Everywhere: false better and false equivalent of a family at most 6 %. A goal counts "
            "as missed where it is missed by more than two Monte Carlo standard errors (MC, in points, of a share of "
            "5 %).",
            "",
            f"{machine} B = {usual_b:,} within a comparison, unless it stands beside the setting.",
            "",
            f"Goals met: {n_met:,} of {len(rows):,} rows, of {len(known)} settings out of {len(SETTINGS)}.",
            "",
            "## What was missed",
            "",
            *_missed_table([row for row in rows if row.misses]),
            "",
            "## By metric",
            "",
            "Extremes over the settings in which the metric was simulated; size where the true difference is 0.",
            "",
            *_metric_table(rows),
            "",
            "## Every setting",
            "",
            "| setting | limits | metric | true A - B | coverage % | rejected % | MC | false better % (1, 2, 6) "
            "| false equivalent % (1, 2, 6) | none % | width | comparisons | goal |",
            "|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|",
            *_lines(rows, usual_b),
            "",
            *noise_section(settings),
        ]
    )


def _missed_table(rows: Sequence[_Row]) -> list[str]:
    if not rows:
        return ["Nothing."]
    return [
        "| setting | metric | inside the limits | coverage % | rejected % | goal |",
        "|---|---|---|---:|---:|---|",
        *(
            f"| {row.setting['name']} | {row.metric} | {'yes' if row.is_inside else 'no'} "
            f"| {_percent(row.found['coverage'])} | {_percent(row.found['rejected'])} | {'; '.join(row.misses)} |"
            for row in rows
        ),
    ]


def _metric_table(rows: Sequence[_Row]) -> list[str]:
    lines = [
        "| metric | rows | met | coverage % inside the limits | lowest coverage % outside | size % inside "
        "| largest size % outside |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for metric in dict.fromkeys(row.metric for row in rows):
        of_metric = [row for row in rows if row.metric == metric]
        n_met = sum(not row.misses for row in of_metric)
        covered, sizes = (
            {
                inside: [
                    row.found[share]
                    for row in of_metric
                    if row.is_inside is inside and row.found[share] is not None and (is_any or _is_null(row))
                ]
                for inside in (True, False)
            }
            for share, is_any in (("coverage", True), ("rejected", False))
        )
        lines.append(
            f"| {metric} | {len(of_metric)} | {n_met} | {_span(covered[True])} "
            f"| {_percent(min(covered[False], default=None))} | {_span(sizes[True])} "
            f"| {_percent(max(sizes[False], default=None))} |"
        )
    return lines


def _is_null(row: _Row) -> bool:
    return bool(row.found["true_difference"] == 0.0)


def _span(shares: Sequence[float]) -> str:
    return f"{_percent(min(shares))} to {_percent(max(shares))}" if shares else ""


def _lines(rows: Sequence[_Row], usual_b: int) -> Iterator[str]:
    before = None
    for row in rows:
        limits = "as above" if row.setting is before else _limits(row)
        before = row.setting
        n_resamples = row.setting["n_resamples"]
        name = row.setting["name"] if n_resamples == usual_b else f"{row.setting['name']} (B = {n_resamples:,})"
        yield _line(name, row.setting["simulations"], row, limits)


def _limits(row: _Row) -> str:
    if row.is_inside:
        return "inside"
    crossed = ((limit, share) for limit, share in row.setting["crossed"].items() if share > 0.05)
    return ", ".join(f"fewer than {limit} ({100 * share:.0f} %)" for limit, share in crossed)


def missed(found: Mapping[str, Any], simulations: int, *, inside: bool) -> list[str]:
    """Return which goals one metric of one setting misses by more than two Monte Carlo standard errors."""
    misses = []
    usable = simulations * (1.0 - found["no_interval"])
    coverage = found["coverage"]
    if coverage is not None and usable >= simulations / 2:
        slack = 2.0 * math.sqrt(0.95 * 0.05 / usable)
        if coverage < 0.94 - slack:
            misses.append("coverage too low")
        if inside and coverage > 0.97 + slack:
            misses.append("coverage too high")
    size = found["rejected"]
    if found["true_difference"] == 0.0 and size is not None:
        slack = 2.0 * math.sqrt(ALPHA * (1.0 - ALPHA) / (simulations * (1.0 - found["no_test"])))
        if size > 0.06 + slack:
            misses.append("size too large")
        if inside and size < 0.03 - slack:
            misses.append("size too small")
    for name in ("false_better", "false_equivalent"):
        for family, share in (found[name] or {}).items():
            slack = 2.0 * math.sqrt(ALPHA * (1.0 - ALPHA) * int(family) / simulations)
            if share > 0.06 + slack:
                misses.append(f"{name.replace('_', ' ')} too often in families of {family}")
    return misses


def _line(name: str, simulations: int, row: _Row, limits: str) -> str:
    found = row.found
    cells = (
        name,
        limits,
        row.metric,
        f"{found['true_difference']:+.4f}",
        _percent(found["coverage"]),
        _percent(found["rejected"]),
        f"{100 * math.sqrt(ALPHA * (1 - ALPHA) / simulations):.1f}",
        ", ".join(_percent(share) for share in found["false_better"].values()),
        "" if found["false_equivalent"] is None else ", ".join(map(_percent, found["false_equivalent"].values())),
        _percent(found["no_interval"]),
        "" if found["width"] is None else f"{found['width']:.4f}",
        f"{simulations:,}",
        "; ".join(row.misses) or "met",
    )
    return f"| {' | '.join(cells)} |"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"
