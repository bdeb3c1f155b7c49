"""McNemar's table as it is drawn, and the sentence below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.comparison.formatting import example_noun, format_p
from reviewer_app.evaluation.needs import counted
from reviewer_app.ui.models.example_columns import one_line

if TYPE_CHECKING:
    from reviewer_app.review.queries import Significance
    from reviewer_app.significance.beside.sampling import PairedTable


@dataclass(frozen=True)
class McNemarDrawing:
    """On how many examples each team is right.

    Attributes
    ----------
    team_a, team_b
        The compared teams.
    table
        The four counts.
    noun
        What an example is called, "pair" or "example".
    words
        What it shows, in one or two sentences.
    """

    team_a: str
    team_b: str
    table: PairedTable
    noun: str
    words: str


def mcnemar_drawing(shown: Significance) -> McNemarDrawing | None:
    """Return McNemar's table; None where the teams give scores alone."""
    table, comparison = shown.detail.table, shown.comparison
    if table is None:
        return None
    noun = example_noun(comparison.task)
    if table.discordant == 0:
        words = f"No {noun} is right for one team alone: the table cannot tell the teams apart."
    else:
        team_a, team_b = one_line(comparison.team_a), one_line(comparison.team_b)
        words = (
            f"Only the {counted(table.discordant, noun)} that one team alone has right can tell the teams apart: "
            f"{table.only_a:,} for {team_a} against {table.only_b:,} for {team_b}."
        )
        if comparison.mcnemar is not None:
            words += f" McNemar's mid-p test of accuracy: {format_p(comparison.mcnemar.p_mid)}."
    if comparison.unit in _IGNORED:
        words += f" It ignores {_IGNORED[comparison.unit]}."
    if comparison.seeds > 1:
        words += " The table is that of the first run of each team."
    return McNemarDrawing(comparison.team_a, comparison.team_b, table, noun, words)


_IGNORED = {
    "group": "that examples come in groups",
    "record": "that pairs share records",
    "component": "that pairs share records",
}
