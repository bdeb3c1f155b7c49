"""The table of the study, in Markdown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.calibration.settings import SETTINGS
from benchmarks.calibration.study import ALPHA

_INSIDE = 0.9
"""A setting is inside the limits where at least this share of its comparisons is."""


def markdown(rows: Sequence[Mapping[str, Any]], machine: str) -> str:
    """Return the whole document, rows in the order of the registry."""
    order = {name: place for place, name in enumerate(SETTINGS)}
    rows = sorted((row for row in rows if row["name"] in order), key=lambda row: order[row["name"]])
    lines, n_met, n_all = [], 0, 0
    for row in rows:
        inside = row["inside"] >= _INSIDE
        limits = (
            "inside"
            if inside
            else ", ".join(
                f"fewer than {limit} ({100 * share:.0f} %)" for limit, share in row["crossed"].items() if share > 0.05
            )
        )
        for metric, found in row["metrics"].items():
            misses = missed(found, row["simulations"], inside=inside)
            n_all += 1
            n_met += not misses
            lines.append(_line(row, metric, found, limits, misses))
            limits = "as above"
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
            machine,
            "",
            f"Goals met: {n_met} of {n_all} rows.",
            "",
            "| setting | limits | metric | true A - B | coverage % | rejected % | MC | false better % (1, 2, 6) "
            "| false equivalent % (1, 2, 6) | none % | width | comparisons | goal |",
            "|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|",
            *lines,
            "",
        ]
    )


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


def _line(row: Mapping[str, Any], metric: str, found: Mapping[str, Any], limits: str, misses: Sequence[str]) -> str:
    cells = (
        row["name"],
        limits,
        metric,
        f"{found['true_difference']:+.4f}",
        _percent(found["coverage"]),
        _percent(found["rejected"]),
        f"{100 * math.sqrt(ALPHA * (1 - ALPHA) / row['simulations']):.1f}",
        ", ".join(_percent(share) for share in found["false_better"].values()),
        "" if found["false_equivalent"] is None else ", ".join(map(_percent, found["false_equivalent"].values())),
        _percent(found["no_interval"]),
        "" if found["width"] is None else f"{found['width']:.4f}",
        f"{row['simulations']:,}",
        "; ".join(misses) or "met",
    )
    return f"| {' | '.join(cells)} |"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"
