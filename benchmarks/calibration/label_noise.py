"""Does the difference in accuracy corrected for wrong labels cover, however often the judge looks?"""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from reviewer_app.evaluation.inputs import IntArray
from reviewer_app.significance.clusters import group_variance
from reviewer_app.significance.corrected_difference import UNCLEAR
from reviewer_app.significance.label_noise import design_effect_of, label_noise

ALPHA = 0.05
PARTS = (0.1, 0.25, 0.5, 1.0)
"""Parts of the disagreements that a planned judge judges."""
_LOOKS = 40
_GOLD = np.asarray([1, -1, 0, 0])
_AGREED = 3

Values = tuple[float, float, float]


@dataclass(frozen=True)
class NoiseSetting:
    """A population of test examples whose gold labels may be wrong.

    Attributes
    ----------
    name
        What it is called.
    n
        Test examples.
    strata
        Probabilities that an example is, by its gold label, `only_a`, `only_b` and `both_wrong_different`.
    values
        In each of these, the probabilities that in truth A, B and neither of them alone is right.
    unclear
        Share of the disagreements that the judge cannot tell.
    group_size
        Examples of a group; more than one: each is a copy of its group's first with probability 1/2.
    """

    name: str
    n: int
    strata: Values
    values: tuple[Values, Values, Values]
    unclear: float = 0.0
    group_size: int = 1

    @property
    def difference(self) -> float:
        """The true difference in accuracy."""
        return sum(share * (of[0] - of[1]) for share, of in zip(self.strata, self.values, strict=True))


@dataclass(frozen=True)
class NoiseRow:
    """What came of one setting; shares of the simulated judges.

    Attributes
    ----------
    live_missed
        Whose live interval misses at some look.
    live_false_better
        Who at some look reads of a better team that is not better.
    planned_missed
        Whose planned interval misses, by the part that was planned.
    planned_ever_missed
        Who looks at planned intervals all the way, which they are not for, and meets one that misses.
    live_width, planned_width
        Mean widths, by part.
    """

    name: str
    simulations: int
    seconds: float
    true_difference: float
    live_missed: float
    live_false_better: float
    planned_missed: dict[str, float]
    planned_ever_missed: float
    live_width: dict[str, float]
    planned_width: dict[str, float]

    def as_json(self) -> dict[str, object]:
        """Return what a line of the results holds."""
        return asdict(self)


_MILD = ((0.9, 0.08, 0.02), (0.08, 0.9, 0.02), (0.1, 0.1, 0.8))
_HEAVY = ((0.6, 0.3, 0.1), (0.15, 0.75, 0.1), (0.1, 0.1, 0.8))
_MISLEADING = ((0.7, 0.25, 0.05), (0.05, 0.95, 0.0), (0.0, 0.0, 1.0))
_RIGHT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

NOISE_SETTINGS: Mapping[str, NoiseSetting] = {
    setting.name: setting
    for setting in (
        NoiseSetting("label noise: right labels n=500", 500, (0.1, 0.06, 0.04), _RIGHT),
        NoiseSetting("label noise: mild n=1000", 1000, (0.06, 0.04, 0.0), _MILD),
        NoiseSetting("label noise: heavy n=400", 400, (0.12, 0.08, 0.05), _HEAVY),
        NoiseSetting("label noise: equal teams n=600", 600, (0.1, 0.1, 0.2), (*_MILD[:2], (0.1, 0.1, 0.8))),
        NoiseSetting("label noise: gold misleads n=600", 600, (0.12, 0.06, 0.0), _MISLEADING),
        NoiseSetting("label noise: few examples n=60", 60, (0.2, 0.1, 0.0), _MILD),
        NoiseSetting("label noise: unclear ones n=400", 400, (0.12, 0.08, 0.05), _HEAVY, unclear=0.1),
        NoiseSetting("label noise: groups of 5 n=1000", 1000, (0.06, 0.04, 0.02), _MILD, group_size=5),
    )
}  # fmt: skip


def run_noise(setting: NoiseSetting, simulations: int) -> NoiseRow:
    """Return the row of a setting; random numbers depend on its name alone."""
    started = time.perf_counter()
    rng = np.random.default_rng(zlib.crc32(setting.name.encode()))
    judges = [_judge(setting, rng) for _ in range(simulations)]
    counted = [judge for judge in judges if judge is not None]

    def mean(name: str) -> dict[str, float]:
        return {f"{part:g}": float(np.mean([getattr(one, name)[part] for one in counted])) for part in PARTS}

    return NoiseRow(
        name=setting.name,
        simulations=len(counted),
        seconds=time.perf_counter() - started,
        true_difference=setting.difference,
        live_missed=float(np.mean([one.live_missed for one in counted])),
        live_false_better=float(np.mean([one.live_false_better for one in counted])),
        planned_missed=mean("planned_missed"),
        planned_ever_missed=float(np.mean([one.planned_ever_missed for one in counted])),
        live_width=mean("live_width"),
        planned_width=mean("planned_width"),
    )


@dataclass
class _Judge:
    """What one judge met."""

    live_missed: bool
    live_false_better: bool
    planned_ever_missed: bool
    planned_missed: dict[float, bool]
    live_width: dict[float, float]
    planned_width: dict[float, float]


def _judge(setting: NoiseSetting, rng: np.random.Generator) -> _Judge | None:
    """Return what a judge of one test set met; None where the teams agree on all of it."""
    outcomes, true_values, effect = _test_set(setting, rng)
    order = rng.permutation(np.flatnonzero(outcomes != _AGREED))
    n_all = len(order)
    if n_all == 0:
        return None
    strata, values = outcomes[order], true_values[order]
    values[rng.random(n_all) < setting.unclear] = UNCLEAR
    sizes, true = np.bincount(strata, minlength=3).tolist(), setting.difference
    places = {part: max(1, round(part * n_all)) for part in PARTS}
    judge = _Judge(False, False, False, {}, {}, {})
    for n_judged in sorted({*range(0, n_all + 1, max(1, n_all // _LOOKS)), *places.values()}):
        found = label_noise(
            sizes,
            setting.n,
            strata[:n_judged],
            values[:n_judged],
            alpha=ALPHA,
            planned=n_judged or None,
            design_effect=effect,
        )
        live, planned = found.live, found.planned
        judge.live_missed |= not live.ci_low <= true <= live.ci_high
        judge.live_false_better |= _is_false(live.verdict, true)
        if planned is None:
            continue
        misses = not planned.ci_low <= true <= planned.ci_high
        judge.planned_ever_missed |= misses
        for part in (part for part, place in places.items() if place == n_judged):
            judge.planned_missed[part] = misses
            judge.live_width[part] = live.ci_high - live.ci_low
            judge.planned_width[part] = planned.ci_high - planned.ci_low
    return judge


def _is_false(verdict: str, true: float) -> bool:
    return (verdict == "a_better" and true < 1e-12) or (verdict == "b_better" and true > -1e-12)


def _test_set(setting: NoiseSetting, rng: np.random.Generator) -> tuple[IntArray, IntArray, float]:
    """Return stratum and true value of each example, shapes (n,), and the design effect."""
    n = setting.n
    outcomes = rng.choice(4, size=n, p=(*setting.strata, 1.0 - sum(setting.strata)))
    truth = np.stack([rng.choice([1, -1, 0], size=n, p=of) for of in (*setting.values, (0.0, 0.0, 1.0))])
    values = truth[outcomes, np.arange(n)]
    if setting.group_size == 1:
        return outcomes, values, 1.0
    groups = np.arange(n) // setting.group_size
    source = np.where(rng.random(n) < 0.5, groups * setting.group_size, np.arange(n))
    outcomes, values = outcomes[source], values[source]
    gold = _GOLD[outcomes]
    influence = (gold - gold.mean()) / n
    pseudo = float(((1.0 - gold.mean()) ** 2 + (1.0 + gold.mean()) ** 2) / n**2)
    variance, independent = group_variance(influence, groups, pseudo), float(influence @ influence) + pseudo
    return outcomes, values, design_effect_of(variance, independent, n / setting.group_size - 1.0, ALPHA)


def noise_section(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the lines of the document about wrong labels, none where nothing was simulated."""
    known = [row for name in NOISE_SETTINGS for row in rows if row["name"] == name]
    if not known:
        return []
    return [
        "## Wrong labels",
        "",
        "Accuracy corrected by judging disagreements in a random order (`significance.label_noise`), 95 % intervals. "
        f"*live missed*: share of judges whose live interval misses the true difference at any of {_LOOKS} looks from "
        "the first judgement to the last; *false better*: who ever reads of a better team that is not. *planned "
        "missed*: by the part of the disagreements that was planned (10, 25, 50 and 100 %); *looked at*: who looks at "
        "that interval all the way, which it is not for, and meets one that misses. *widths*: live over planned, by "
        "part. Goal: live missed, false better, and planned missed from 25 % on, at most 6 % (or two Monte Carlo "
        "standard errors above).",
        "",
        "| setting | true A - B | live missed % | false better % | planned missed % | looked at % | widths | judges "
        "| goal |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
        *map(_line, known),
        "",
    ]


def _line(row: Mapping[str, Any]) -> str:
    planned, n = list(row["planned_missed"].values()), row["simulations"]
    limit = 0.06 + 2.0 * float(np.sqrt(ALPHA * (1.0 - ALPHA) / n))
    is_met = max(row["live_missed"], row["live_false_better"], *planned[1:]) <= limit
    widths = [row["live_width"][part] / row["planned_width"][part] for part in row["live_width"]]
    cells = (
        row["name"].removeprefix("label noise: "),
        f"{row['true_difference']:+.4f}",
        f"{100 * row['live_missed']:.1f}",
        f"{100 * row['live_false_better']:.1f}",
        ", ".join(f"{100 * share:.1f}" for share in planned),
        f"{100 * row['planned_ever_missed']:.1f}",
        ", ".join(f"{ratio:.2f}" for ratio in widths),
        f"{n:,}",
        "met" if is_met else "missed",
    )
    return f"| {' | '.join(cells)} |"
