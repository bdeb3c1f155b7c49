"""``disagreements``: rows to the screen or to a file."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer_app.cli.options import REVIEW, default_pair, pair_options
from reviewer_app.cli.output import print_table, shown_progress
from reviewer_app.comparison.result import Outcome

_SHOWN_FEATURES = 4
_LONGEST_CELL = 40


@click.command()
@click.argument("review", type=REVIEW)
@pair_options
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    type=click.Choice([*(str(outcome) for outcome in Outcome), "all"]),
    help="Only these outcomes, or all examples; default: where the labels differ. Repeatable.",
)
@click.option("--where", "conditions", multiple=True, metavar="CONDITION", help="For example 'price>100'; repeatable.")
@click.option("--search", default="", metavar="TEXT", help="Only examples that hold this text.")
@click.option("--sort", default="", metavar="COLUMN", help="For example gap; with a - in front: largest first.")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="At most this many rows; on the screen 50 unless said."
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to .csv, .parquet or .json."
)
def disagreements(
    review: Path,
    dataset: str,
    a: str | None,
    b: str | None,
    outcomes: tuple[str, ...],
    conditions: tuple[str, ...],
    search: str,
    sort: str,
    limit: int | None,
    output: Path | None,
) -> None:
    """Print the test examples of REVIEW on which two teams disagree, or write them with every feature to a file.

    \b
    Example:
      reviewer-app disagreements demo.review --dataset emoji-group --outcome only_a --sort -gap -o only_a.csv
    """
    from reviewer_app.disagreements.export import export
    from reviewer_app.disagreements.filters import ExampleFilter, parse_condition
    from reviewer_app.review.review import Review

    if (a is None) != (b is None):
        raise click.UsageError("Name both --a and --b, or neither.")
    with Review.open(review) as opened, shown_progress("reading") as progress:
        if a is None or b is None:
            a, b = default_pair(opened.planned_pairs(), dataset)
        table = opened.disagreements(dataset, a, b)
        chosen = ExampleFilter(
            outcomes=frozenset(Outcome(name) for name in outcomes if name != "all"),
            disagree_only=not outcomes,
            conditions=tuple(parse_condition(text, table.filter_columns) for text in conditions),
            text=search,
        )
        rows = table.rows(chosen, sort.removeprefix("-"), descending=sort.startswith("-"))
        if output is not None:
            export(table, rows[:limit], output, progress)
            click.echo(f"wrote {len(rows[:limit]):,} examples to {output}")
            return
    shown = rows[: limit or 50]
    columns = [*table.column_names[:8], *table.column_names[8 : 8 + _SHOWN_FEATURES]]
    page = table.page(shown, columns)
    headings = [{"a": table.team_a, "b": table.team_b}.get(name, name) for name in columns]
    print_table("", headings, ([_short(row[name]) for name in columns] for row in page), left=len(columns))
    click.echo(f"{len(shown):,} of {len(rows):,} examples; {table.n_examples:,} in the test split")


def _short(value: object) -> str:
    if value is None:
        return "\N{EN DASH}"
    text = f"{value:.3g}" if isinstance(value, float) else " ".join(str(value).split())
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "\N{HORIZONTAL ELLIPSIS}"
