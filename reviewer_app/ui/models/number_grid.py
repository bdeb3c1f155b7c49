"""A table of numbers as data, and the one way it is written as text, Markdown, LaTeX or csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewer_app.comparison.tables import escape_latex, escape_markdown


class Side(StrEnum):
    """Whose colour a cell wears."""

    A = "a"
    B = "b"
    NEITHER = ""


class TextFormat(StrEnum):
    """How a table is copied."""

    PLAIN = "text"
    MARKDOWN = "Markdown"
    LATEX = "LaTeX"
    CSV = "csv"


@dataclass(frozen=True)
class GridColumn:
    """A column of a table of numbers.

    Attributes
    ----------
    title
        What the header says.
    fields
        Names of its values in csv: one, or two for an interval.
    side
        Whose column it is.
    numeric
        Whether it is aligned to the right.
    explanation
        The header's tooltip.
    """

    title: str
    fields: tuple[str, ...]
    side: Side = Side.NEITHER
    numeric: bool = True
    explanation: str = ""


@dataclass(frozen=True)
class GridCell:
    """A cell: what people read, and the unrounded values behind it.

    Attributes
    ----------
    text
        As shown and as in text, Markdown and LaTeX.
    values
        As in csv, one for each of the column's fields; None: missing.
    tooltip
        Says more, for example why there is no value.
    side
        Whose colour it wears.
    strong, muted
        Set in bold; stepping back.
    """

    text: str
    values: tuple[str | float | None, ...]
    tooltip: str = ""
    side: Side = Side.NEITHER
    strong: bool = False
    muted: bool = False


@dataclass(frozen=True)
class NumberGrid:
    """A table of numbers with its title and the notes that must stand beside it."""

    title: str
    subtitle: str
    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[GridCell, ...], ...]
    notes: tuple[str, ...] = ()


def grids_as_text(grids: Sequence[NumberGrid], form: TextFormat) -> str:
    """Return the tables, one after the other, in a format that other programs paste."""
    if form is TextFormat.CSV:
        return _csv(grids)
    write = {TextFormat.PLAIN: _plain, TextFormat.MARKDOWN: _markdown, TextFormat.LATEX: _latex}[form]
    return "\n".join(write(grid) for grid in grids)


def _plain(grid: NumberGrid) -> str:
    """Write columns of equal width, apart by two blanks, as they are read in a font of one width."""
    table = [[" ".join(column.title.split()) for column in grid.columns]]
    table += [[" ".join(cell.text.split()) for cell in row] for row in grid.rows]
    widths = [max(len(row[number]) for row in table) for number in range(len(grid.columns))]
    aligned = [
        "  ".join(
            text.rjust(width) if column.numeric else text.ljust(width)
            for text, width, column in zip(row, widths, grid.columns, strict=True)
        ).rstrip()
        for row in table
    ]
    lines = [grid.title, ""] if grid.title else []
    lines += aligned
    lines += ["", *grid.notes] if grid.notes else []
    return "\n".join(lines) + "\n"


def _markdown(grid: NumberGrid) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cells) + " |"

    lines = [f"**{escape_markdown(grid.title)}**", ""] if grid.title else []
    lines.append(line([escape_markdown(column.title) for column in grid.columns]))
    lines.append(line(["---:" if column.numeric else "---" for column in grid.columns]))
    lines += [line([escape_markdown(cell.text) for cell in row]) for row in grid.rows]
    lines += ["", *(f"{escape_markdown(note)}  " for note in grid.notes)] if grid.notes else []
    return "\n".join(lines) + "\n"


def _latex(grid: NumberGrid) -> str:
    """Write a ``table`` in the commands of the booktabs package."""

    def line(cells: Sequence[str]) -> str:
        return "    " + " & ".join(cells) + r" \\"

    alignment = "".join("r" if column.numeric else "l" for column in grid.columns)
    notes = " ".join(grid.notes)
    return "\n".join(
        [
            r"\begin{table}",
            r"  \centering",
            rf"  \caption{{{_latex_text(' '.join(part for part in (grid.title, notes) if part))}}}",
            rf"  \begin{{tabular}}{{{alignment}}}",
            r"    \toprule",
            line([_latex_text(column.title) for column in grid.columns]),
            r"    \midrule",
            *(line([_latex_text(cell.text) for cell in row]) for row in grid.rows),
            r"    \bottomrule",
            r"  \end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _csv(grids: Sequence[NumberGrid]) -> str:
    """Write one table with the sections' titles in the first column; a new header where the columns change."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    header: list[str] = []
    for grid in grids:
        fields = ["table", *(field for column in grid.columns for field in column.fields)]
        if fields != header:
            header = fields
            writer.writerow(header)
        for row in grid.rows:
            writer.writerow([grid.title, *("" if value is None else value for cell in row for value in cell.values)])
    return target.getvalue()


_LATEX_SIGNS = str.maketrans(
    {
        "\N{MINUS SIGN}": "$-$",
        "\N{EN DASH}": "--",
        "↑": r"$\uparrow$",
        "↓": r"$\downarrow$",
        "·": r"$\cdot$",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
    }
)


def _latex_text(text: str) -> str:
    return escape_latex(" ".join(text.split())).translate(_LATEX_SIGNS)
