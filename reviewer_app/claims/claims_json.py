"""The document of ``claim --json`` (README, "JSON"); other people's scripts read it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from reviewer_app.claims.check import CheckedClaim
from reviewer_app.claims.claim import DifferenceClaim, RankClaim, ValueClaim

_KINDS = {ValueClaim: "value", DifferenceClaim: "difference", RankClaim: "rank"}


def claims_to_json(checked: Sequence[CheckedClaim], alpha: float) -> dict[str, Any]:
    """Return checked claims as JSON holds them: fractions, unrounded; what is not defined is None."""
    return {"alpha": alpha, "claims": [_claim(one) for one in checked], "findings": []}


def _claim(checked: CheckedClaim) -> dict[str, Any]:
    test, decision = checked.test, checked.decision
    return {
        "kind": _KINDS[type(checked.claim)],
        **asdict(checked.claim),
        "metric": checked.metric or None,
        "basis": checked.basis,
        "basis_reason": checked.basis_reason or None,
        "claimed": test.claimed,
        "measured": test.ours,
        "gap": test.gap,
        "noise": str(test.noise),
        "standard_error_ours": _number(test.standard_error_ours),
        "standard_error_theirs": _number(test.standard_error_theirs),
        "degrees_of_freedom": _number(test.degrees_of_freedom),
        "ci_low": _number(test.ci_low),
        "ci_high": _number(test.ci_high),
        "p_value": _number(test.p_value),
        "p_support": _number(test.p_support),
        "p_adjusted": _number(decision.p_adjusted),
        "n_family": checked.n_family,
        "minimum_detectable_difference": _number(test.detectable),
        "method": test.method,
        "verdict": str(decision.verdict),
        "reason": decision.reason,
        "marks": list(test.marks),
        "sentence": checked.sentence,
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
