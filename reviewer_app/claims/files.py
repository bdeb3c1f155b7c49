"""Claims of a paper in a csv or json file: a row, or an object of a list, each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reviewer_app.claims.claim import Claim, DifferenceClaim, RankClaim, ValueClaim
from reviewer_app.errors import Finding, ReviewError
from reviewer_app.significance.claims import Basis

FIELDS = ("dataset", "team", "metric", "value", "basis", "n", "spread", "runs", "over", "at_least", "wins")
"""Columns of a csv file and keys of an object; each row has `value`, or `over`."""

_OF_VALUES = ("value", "basis", "n", "spread", "runs")
_OF_DIFFERENCES = ("over", "at_least", "wins")
Fields = Mapping[str, str | Sequence[str]]
_MOST_CLAIMS = 1_000
_MOST_BYTES = 10_000_000


def read_claims(path: Path) -> tuple[Claim, ...]:
    """Return the claims of a file, in its order.

    A file whose name ends in ``.json`` holds a list of objects, any other is csv with a header (encoding and separator
    are detected). Numbers are kept as they are written, so that 0.850 is not 0.85. Fields are those of `FIELDS`; empty,
    null and absent are one thing.

    Raises
    ------
    ReviewError
        What is wrong with the file (those of `read_table`, ``not_csv``, ``not_json``, ``too_many_claims``) or with
        claims, all of them at once, each with its line or number: ``bad_claim``.
    """
    rows = _json_rows(path) if path.suffix.casefold() == ".json" else _csv_rows(path)
    claims, findings = [], list[Finding]()
    for place, row in rows:
        try:
            claims.append(claim_of(row))
        except ReviewError as error:
            findings += [
                Finding(found.code, found.severity, f"{path.name}, {place}: {found.message}", file=path.name)
                for found in error.findings
            ]
    if findings:
        raise ReviewError(findings)
    return tuple(claims)


def claim_of(fields: Fields) -> Claim:
    """Return the claim that fields mean, each as it is typed; absent or empty: not said.

    `dataset` and `over` may be several: the claim is then about every dataset with every other team.

    Raises
    ------
    ReviewError
        ``bad_claim``: an unknown or a missing field, fields that do not belong together, no whole number.
    """
    lists = {name.strip().casefold().replace("-", "_"): _listed(text) for name, text in fields.items() if _listed(text)}
    given = {name: texts[0] for name, texts in lists.items()}
    unknown = [name for name in given if name not in FIELDS]
    if unknown:
        raise _bad(f"there is no field {unknown[0]!r}. Fields: {', '.join(FIELDS)}.")
    for name in ("dataset", "team"):
        if name not in given:
            raise _bad(f"the claim has no {name}.")
    is_difference = "over" in given
    if ("value" in given) is is_difference:
        raise _bad("a claim has either a value, or a team that it is over: write one of value and over.")
    stray = [name for name in (_OF_VALUES if is_difference else _OF_DIFFERENCES) if name in given]
    if stray:
        what = "a difference" if is_difference else "a value"
        raise _bad(f"of {what} there is no {', no '.join(stray)}: leave it out.")
    many = [name for name, texts in lists.items() if len(texts) > 1]
    if "wins" in given or many:
        return _rank(lists, many)
    if is_difference:
        return DifferenceClaim(**given)
    basis = given.pop("basis", None)
    if basis is not None and basis not in set(Basis):
        raise _bad(f"the basis is {basis!r}; it is one of {', '.join(Basis)}.")
    numbers = {name: _whole(name, given.pop(name)) for name in ("n", "runs") if name in given}
    return ValueClaim(basis=None if basis is None else Basis(basis), **given, **numbers)  # type: ignore[arg-type]


def _rank(lists: Mapping[str, tuple[str, ...]], many: Sequence[str]) -> RankClaim:
    for name in many:
        if name not in ("dataset", "over") or "over" not in lists:
            raise _bad(f"a claim has one {name}.")
        if len(set(lists[name])) < len(lists[name]):
            raise _bad(f"the same {name} stands twice.")
    if "at_least" in lists:
        raise _bad("by how much a team is better cannot be said of several comparisons at once: leave at_least out.")
    wins = _whole("wins", lists["wins"][0]) if "wins" in lists else None
    claim = RankClaim(
        lists["dataset"], lists["team"][0], lists["over"], wins, lists["metric"][0] if "metric" in lists else None
    )
    if not 1 <= claim.n_wins <= claim.n_comparisons:
        raise _bad(f"there are {claim.n_comparisons} comparisons, so there cannot be {claim.n_wins} wins.")
    return claim


def _listed(text: str | Sequence[str]) -> tuple[str, ...]:
    texts = [text] if isinstance(text, str) else text
    return tuple(one.strip() for one in texts if one.strip())


def _whole(name: str, text: str) -> int:
    digits = text.replace(",", "")
    if not (digits.isascii() and digits.isdigit() and int(digits[:19]) > 0 and len(digits) < 16):
        raise _bad(f"the field {name} is {text!r}, which is no number of 1, 2, 3, ...")
    return int(digits)


def _bad(what: str) -> ReviewError:
    return ReviewError.of("bad_claim", f"{what[0].upper()}{what[1:]}")


def _csv_rows(path: Path) -> Iterable[tuple[str, Fields]]:
    from reviewer_app.datasets.table_files import read_table, refuse_guessed_text

    file = read_table(path, max_rows=_MOST_CLAIMS)
    if file.format != "csv":
        # Other formats do not keep numbers as they were written.
        raise ReviewError.of(
            "not_csv", f"{path.name} is {file.format}: claims are read from csv or json.", file=path.name
        )
    refuse_guessed_text(file, file.column_names)
    rows = file.table.to_pylist()
    places = file.places(range(len(rows)))
    return [
        (place, {name: "" if text is None else str(text) for name, text in row.items()})
        for place, row in zip(places, rows, strict=True)
    ]


def _json_rows(path: Path) -> Iterable[tuple[str, Fields]]:
    try:
        if path.is_dir():
            raise ReviewError.of("is_folder", f"{path.name} is a folder, not a list of claims.", file=path.name)
        if path.stat().st_size > _MOST_BYTES:
            raise ReviewError.of("too_many_claims", f"{path.name} is too large to be a list of claims.")
        document = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str, parse_int=str)
    except FileNotFoundError:
        raise ReviewError.of(
            "not_found", f"There is no file {path.name}. Check the name and the folder.", file=path.name
        ) from None
    except (ValueError, RecursionError) as error:
        raise ReviewError.of("not_json", f"{path.name} is no JSON: {error}.", file=path.name) from None
    claims = document.get("claims") if isinstance(document, dict) else document
    if not isinstance(claims, list) or not claims or not all(isinstance(claim, dict) for claim in claims):
        raise ReviewError.of(
            "not_json",
            f'{path.name} holds no claims: write a list of objects, for example [{{"dataset": "D", "team": "T", '
            '"value": "75.6%"}].',
            file=path.name,
        )
    if len(claims) > _MOST_CLAIMS:
        raise ReviewError.of("too_many_claims", f"{path.name} holds {len(claims):,} claims; at most {_MOST_CLAIMS:,}.")
    return [(f"claim {number}", _texts(claim)) for number, claim in enumerate(claims, start=1)]


def _texts(claim: dict[str, Any]) -> Fields:
    return {
        name: [str(one) for one in value] if isinstance(value, list) else "" if value is None else str(value)
        for name, value in claim.items()
    }
