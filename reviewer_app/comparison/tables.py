"""The metrics of comparisons as a table for a paper: csv, LaTeX or Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from reviewer_app.comparison.result import Comparison, MetricComparison

HEADINGS = (
    "dataset",
    "metric",
    "team_a",
    "team_b",
    "a",
    "b",
    "difference",
    "ci_low",
    "ci_high",
    "p_value",
    "p_adjusted",
    "test_method",
    "interval_method",
    "not_defined",
    "marks",
)
"""Columns of the table, named as in ``results --json``."""

_LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def metric_table(comparisons: Sequence[Comparison], table_format: str) -> str:
    """Return every metric of the comparisons, a row each, ending in a line end.

    Parameters
    ----------
    comparisons
        What is tabulated.
    table_format
        "csv" (unrounded fractions; empty where not defined), "latex" (a booktabs tabular) or "markdown" (both rounded
        to four digits).
    """
    if table_format == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADINGS)
        writer.writerows([_text(cell, exact=True) for cell in row] for row in _rows(comparisons))
        return text.getvalue()
    rows = [[_text(cell, exact=False) for cell in row] for row in _rows(comparisons)]
    return _latex(rows) if table_format == "latex" else _markdown(rows)


def escape_latex(text: str) -> str:
    """Return text so that LaTeX prints it as it is."""
    return "".join(_LATEX_SPECIAL.get(character, character) for character in text)


def escape_markdown(text: str) -> str:
    """Return text so that it stays in one cell of a Markdown table and marks up nothing."""
    escaped = "".join("\\" + character if character in "\\`*_{}[]<>|#" else character for character in text)
    return " ".join(escaped.split())


def _rows(comparisons: Sequence[Comparison]) -> Iterator[tuple[str | float | None, ...]]:
    for one in comparisons:
        for numbers in one.metrics.values():
            yield (one.dataset, numbers.metric, one.team_a, one.team_b, *_numbers(numbers))


def _numbers(numbers: MetricComparison) -> tuple[str | float | None, ...]:
    return (
        numbers.a,
        numbers.b,
        numbers.difference,
        numbers.ci_low,
        numbers.ci_high,
        numbers.p_value,
        numbers.p_adjusted,
        numbers.test_method,
        numbers.interval_method,
        numbers.not_defined,
        "; ".join(numbers.marks),
    )


def _text(cell: str | float | None, *, exact: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return repr(cell) if exact else f"{cell:.4g}"


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + " --- |" * len(HEADINGS)]
    lines.extend("| " + " | ".join(map(escape_markdown, row)) + " |" for row in rows)
    return "\n".join(lines) + "\n"


def _latex(rows: Sequence[Sequence[str]]) -> str:
    lines = [
        r"\begin{tabular}{llllrrrrrrrllll}",
        r"\toprule",
        " & ".join(map(escape_latex, HEADINGS)) + r" \\",
        r"\midrule",
    ]
    lines.extend(" & ".join(map(escape_latex, row)) + r" \\" for row in rows)
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"
