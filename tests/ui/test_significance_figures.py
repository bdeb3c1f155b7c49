"""The figures of the Significance page: what they say, whatever the data, at any width, without a warning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import fake_significance
import pytest
from fake_review import CATALOG, VARIANT, FakeReview, comparison
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from reviewer_app.comparison.across import Across
from reviewer_app.comparison.result import Comparison, MetricComparison, Verdict
from reviewer_app.review.queries import Significance
from reviewer_app.significance.beside.distributions import Distribution
from reviewer_app.significance.beside.posterior import PosteriorShares
from reviewer_app.significance.beside.power_curve import accuracy_power_curve, power_curve
from reviewer_app.significance.beside.sampling import PairedTable
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.distribution_drawings import bootstrap_drawing, permutation_drawing
from reviewer_app.ui.models.forest import Forest, forest_by_both, forest_by_dataset, forest_by_metric
from reviewer_app.ui.models.mcnemar_drawing import mcnemar_drawing
from reviewer_app.ui.models.posterior_drawing import posterior_drawing
from reviewer_app.ui.models.power_drawing import power_drawing
from reviewer_app.ui.theme import DARK, LIGHT, Palette
from reviewer_app.ui.views.critical_difference_figure import (
    critical_difference_height,
    draw_critical_difference,
    why_no_diagram,
)
from reviewer_app.ui.views.distribution_figure import DISTRIBUTION_HEIGHT, draw_bootstrap, draw_permutation
from reviewer_app.ui.views.forest_figure import draw_forest, forest_height
from reviewer_app.ui.views.mcnemar_figure import MCNEMAR_HEIGHT, draw_mcnemar
from reviewer_app.ui.views.posterior_figure import POSTERIOR_HEIGHT, draw_posterior
from reviewer_app.ui.views.power_figure import POWER_HEIGHT, draw_power

HOSTILE = "Team $\\alpha_1$ with a\nvery, very long name of many words {%s} that goes on and on and on"


def numbers(metric: str, difference: float | None, half: float | None, **changes: object) -> MetricComparison:
    """Return a metric's numbers with an interval of `half` to each side."""
    has_interval = difference is not None and half is not None
    value = MetricComparison(
        metric=metric,
        a=None if difference is None else 0.7 + difference,
        b=None if difference is None else 0.7,
        difference=difference,
        ci_low=difference - half if has_interval else None,
        ci_high=difference + half if has_interval else None,
        p_value=0.03,
    )
    return replace(value, **changes)  # type: ignore[arg-type]


AMAZON, ABT = FakeReview().comparisons
RICH = replace(
    AMAZON,
    metrics={
        "precision": numbers("precision", 0.02, 0.03, margin=0.01),
        "f1": replace(AMAZON.primary, whisker_low=0.014, whisker_high=0.074),
        "log_loss": numbers("log_loss", -0.0213, 0.01),
        "recall_at_precision_90": numbers("recall_at_precision_90", None, None, not_defined="90 % is never reached"),
    },
)
SHOWN = fake_significance.significance(AMAZON, "f1")


def drawn(draw: Callable[..., None], data: object, height: int, width: int = 1000, palette: Palette = LIGHT) -> Figure:
    """Return a figure after it was painted."""
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    FigureCanvasAgg(figure)
    draw(figure, data, palette)
    figure.canvas.draw()
    return figure


def forest_figure(forest: Forest, width: int = 1000, palette: Palette = LIGHT) -> Figure:
    """Return a forest plot after it was painted."""
    return drawn(draw_forest, forest, forest_height(forest), width, palette)


def texts(figure: Figure) -> list[str]:
    """Return every text that is seen."""
    found: list[Text] = figure.findobj(Text)
    return [text.get_text() for text in found if text.get_text() and text.get_visible()]


def with_detail(shown: Significance, **changes: object) -> Significance:
    """Return other things beside the numbers."""
    return replace(shown, detail=replace(shown.detail, **changes))  # type: ignore[arg-type]


def test_a_row_per_dataset_has_its_numbers_and_the_axis_says_whom_each_side_favours() -> None:
    said = texts(forest_figure(forest_by_dataset((AMAZON, ABT), Correction.HOLM)))

    assert {"amazon-google", "+4.4", "+1.9 to +6.9", "0.00060"} <= set(said)
    assert {"abt-buy", "−3.1", "−5.6 to −0.7", "0.011"} <= set(said)
    assert {f"← {VARIANT} better", f"{CATALOG} better →", "p adjusted"} <= set(said)
    assert "decides the verdict, p after Holm" in said


def test_where_less_is_better_the_sides_change() -> None:
    loss = replace(AMAZON, primary_metric="log_loss", metrics={"log_loss": numbers("log_loss", -0.02, 0.01)})

    said = texts(forest_figure(forest_by_dataset((loss,), Correction.HOLM)))

    assert {f"← {CATALOG} better", f"{VARIANT} better →"} <= set(said)


def test_the_primary_metric_comes_first_and_each_unit_has_an_axis_of_its_own() -> None:
    forest = forest_by_metric(RICH, Correction.HOLM)

    assert [row.name for row in forest.rows] == ["F1", "precision", "recall at precision 0.9", "log loss"]
    assert [panel.unit for panel in forest.panels] == ["points", "log loss"]
    assert [panel.higher_is_better for panel in forest.panels] == [True, False]


def test_only_the_planned_primary_metric_decides_and_others_are_coloured_by_their_interval() -> None:
    rows = {row.name: row for row in forest_by_metric(RICH, Correction.HOLM).rows}

    assert {name: row.decides for name, row in rows.items() if row.decides} == {"F1": True}
    assert rows["F1"].better == "team_a"
    assert rows["precision"].better == "muted"
    assert rows["log loss"].better == "team_a"
    unplanned = replace(AMAZON, planned=False, verdict=Verdict.UNDECIDED)
    assert not forest_by_dataset((unplanned,), Correction.HOLM).rows[0].decides


def test_the_verdict_colours_its_row_even_where_the_interval_says_less() -> None:
    undecided = replace(AMAZON, verdict=Verdict.UNDECIDED, reason="multiplicity")

    (row,) = forest_by_dataset((undecided,), Correction.HOLM).rows

    assert row.better == "muted"


def test_a_row_without_an_interval_says_why_and_is_never_a_zero() -> None:
    said = texts(forest_figure(forest_by_metric(RICH, Correction.HOLM)))

    assert "90 % is never reached" in said
    assert "–" in said


def test_datasets_are_headings_and_a_panel_of_one_metric_calls_its_rows_by_them() -> None:
    forest = forest_by_both((RICH, replace(RICH, dataset="abt-buy")), Correction.HOLM)

    points, loss = forest.panels
    assert [block.heading for block in points.blocks] == ["amazon-google", "abt-buy"]
    assert [(row.name, row.detail) for row in loss.rows] == [("amazon-google", "log loss"), ("abt-buy", "log loss")]
    assert "amazon-google" in texts(forest_figure(forest))


def test_datasets_of_different_metrics_say_which() -> None:
    other = replace(ABT, primary_metric="precision", metrics={"precision": numbers("precision", 0.02, 0.03)})

    rows = forest_by_dataset((AMAZON, other), Correction.HOLM).rows

    assert [row.detail for row in rows] == ["F1", "precision"]


def test_the_key_explains_what_is_drawn_and_nothing_else() -> None:
    plain = texts(forest_figure(forest_by_dataset((ABT,), Correction.NONE)))
    rich = texts(forest_figure(forest_by_metric(RICH, Correction.HOLM)))

    assert {"decides the verdict", "interval of one alone", "margin"} <= set(plain)
    assert "exploratory, p not adjusted" not in plain
    assert {"exploratory, p not adjusted", "at α / number of planned comparisons"} <= set(rich)


def test_interval_and_whisker_are_drawn_at_their_ends_in_points() -> None:
    figure = forest_figure(forest_by_metric(RICH, Correction.HOLM))

    lines = [tuple(line.get_xdata()) for axes in figure.axes[1:2] for line in axes.get_lines()]

    assert any(line == pytest.approx((1.9, 6.9)) for line in lines if len(line) == 2)
    assert any(line == pytest.approx((1.4, 7.4)) for line in lines if len(line) == 2)


def test_an_interval_far_longer_than_the_others_is_cut_with_an_arrow() -> None:
    wide = comparison("wide", 20, 0.5, 0.5, -0.95, 0.95, 1.0, Verdict.UNDECIDED)
    forest = forest_by_dataset((AMAZON, ABT, wide), Correction.HOLM)

    figure = forest_figure(forest)

    plot = figure.axes[1]
    assert plot.get_xlim()[1] < 50.0
    assert {line.get_marker() for line in plot.get_lines()} >= {"<", ">"}
    assert "−95.0 to +95.0" in texts(figure)


def test_a_team_that_wins_by_forty_points_is_on_the_axis() -> None:
    won = comparison("won", 500, 0.9, 0.5, 0.38, 0.42, 1e-9, Verdict.A_BETTER)

    figure = forest_figure(forest_by_dataset((AMAZON, won), Correction.HOLM))

    assert figure.axes[1].get_xlim()[1] > 42.0
    assert "< 0.0001" in texts(figure)


def test_neighbours_with_the_same_margin_share_one_shade_and_those_without_have_none() -> None:
    rows = (AMAZON, ABT, replace(ABT, metrics={"f1": replace(ABT.primary, margin=None)}))

    figure = forest_figure(forest_by_dataset(rows, Correction.HOLM))

    shades = [patch for patch in figure.axes[1].patches if isinstance(patch, Rectangle)]
    assert [(shade.get_x(), shade.get_width(), shade.get_height()) for shade in shades] == [(-1.0, 2.0, 2)]


def test_a_narrow_forest_leaves_out_the_column_of_intervals() -> None:
    said = texts(forest_figure(forest_by_metric(RICH, Correction.HOLM), width=420))

    assert "+4.4" in said
    assert "+1.9 to +6.9" not in said


def test_sixty_rows_are_as_high_as_sixty_rows() -> None:
    many = tuple(replace(AMAZON, dataset=f"dataset {number}") for number in range(60))
    forest = forest_by_dataset(many, Correction.HOLM)

    said = texts(forest_figure(forest))

    assert forest_height(forest) - forest_height(forest_by_dataset(many[:59], Correction.HOLM)) == 26
    assert {f"dataset {number}" for number in range(60)} <= set(said)


def test_numbers_of_a_column_end_at_the_same_place_whatever_their_figures() -> None:
    ones = comparison("ones", 500, 0.711, 0.6, 0.1, 0.12, 0.1, Verdict.A_BETTER)
    fours = comparison("fours", 500, 0.744, 0.5, 0.2, 0.28, 0.1, Verdict.A_BETTER)

    figure = forest_figure(forest_by_dataset((ones, fours), Correction.HOLM))

    found: dict[str, Text] = {text.get_text(): text for text in figure.findobj(Text)}
    assert found["+11.1"].get_position()[0] == found["+24.4"].get_position()[0]
    assert found["+11.1"].get_fontfeatures() == ("tnum",)


def test_the_bootstrap_shows_the_interval_the_margin_and_the_observed_difference() -> None:
    drawing = bootstrap_drawing(SHOWN)
    assert drawing is not None

    figure = drawn(draw_bootstrap, drawing, DISTRIBUTION_HEIGHT)

    assert drawing.words.endswith("THE 95 % interval, +1.9 to +6.9 points, is read from them.")
    assert "dot: observed · bar: THE 95 % interval · shaded: margin" in texts(figure)
    lines = [list(line.get_xdata()) for line in figure.axes[1].get_lines()]
    assert [pytest.approx([1.9, 6.9]), pytest.approx([4.4])] == lines[:2]


def test_a_bootstrap_that_stands_beside_says_whose_the_interval_is() -> None:
    assert SHOWN.detail.bootstrap is not None
    beside = with_detail(SHOWN, bootstrap=replace(SHOWN.detail.bootstrap, is_headline=False))
    beside = replace(beside, numbers=replace(beside.numbers, interval_method="Tango score interval"))

    drawing = bootstrap_drawing(beside)

    assert drawing is not None
    assert "is that of another method (Tango score interval)" in drawing.words
    assert any("by another method" in text for text in texts(drawn(draw_bootstrap, drawing, DISTRIBUTION_HEIGHT)))


def test_no_distribution_is_no_drawing() -> None:
    nothing = with_detail(SHOWN, bootstrap=None, permutation=None, table=None, posterior=None, power=None)

    assert bootstrap_drawing(nothing) is None
    assert permutation_drawing(nothing) is None
    assert mcnemar_drawing(nothing) is None
    assert posterior_drawing(nothing) is None
    assert power_drawing(nothing) is None


def test_the_tails_of_the_permutations_are_coloured_by_whom_they_favour() -> None:
    flat = Distribution("d / SE", (-4.0, -2.0, 0.0, 2.0, 4.0), (0.1, 0.4, 0.4, 0.1), 3.0, 99, 9, 0.1)

    drawing = permutation_drawing(with_detail(SHOWN, permutation=flat))
    figure = drawn(draw_permutation, drawing, DISTRIBUTION_HEIGHT)

    bars = [(bar.get_x(), bar.get_width(), to_hex(bar.get_facecolor())) for bar in figure.axes[1].patches]
    assert [(left, width) for left, width, colour in bars if colour == LIGHT.team_b] == [(-4.0, 1.0)]
    assert [(left, width) for left, width, colour in bars if colour == LIGHT.team_a] == [(3.0, 1.0)]
    assert {"coloured: p = 0.10, at least as far out as observed", "observed +3.00"} <= set(texts(figure))
    assert drawing is not None
    assert "9 of 99 random swaps" in drawing.words


def test_another_p_than_that_of_the_drawn_swaps_is_said_with_its_method() -> None:
    near = replace(SHOWN, numbers=replace(SHOWN.numbers, p_value=0.0487))
    assert near.detail.permutation is not None
    same = replace(near, numbers=replace(near.numbers, p_value=near.detail.permutation.p_beyond))

    precise, plain = permutation_drawing(near), permutation_drawing(same)

    assert precise is not None
    assert plain is not None
    assert precise.words.endswith(f" THE p is 0.049: {SHOWN.numbers.test_method}.")
    assert "THE p is" not in plain.words


def test_where_less_is_better_a_positive_statistic_favours_b() -> None:
    loss = replace(AMAZON, metrics={"f1": AMAZON.primary, "log_loss": numbers("log_loss", 0.02, 0.01)})

    drawing = permutation_drawing(fake_significance.significance(loss, "log_loss"))

    assert drawing is not None
    assert not drawing.above_favours_a


@pytest.mark.parametrize(
    ("only_a", "coloured"),
    [(1, {0, 1, 3, 4}), (2, {0, 1, 2, 3, 4}), (4, {0, 4})],
)
def test_of_mcnemars_distribution_whole_bars_are_coloured(only_a: int, coloured: set[int]) -> None:
    sixteenths = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
    binomial = Distribution("only A right", (-0.5, 0.5, 1.5, 2.5, 3.5, 4.5), sixteenths, only_a, None, p_beyond=0.5)
    shown = with_detail(SHOWN, permutation=binomial, table=PairedTable(90, only_a, 4 - only_a, 5))

    figure = drawn(draw_permutation, permutation_drawing(shown), DISTRIBUTION_HEIGHT)

    teams = (LIGHT.team_a, LIGHT.team_b)
    bars = [bar for bar in figure.axes[1].patches if to_hex(bar.get_facecolor()) in teams]
    assert {round(bar.get_x() + bar.get_width() / 2 + 1e-6) for bar in bars} == coloured
    assert f"observed {only_a}" in texts(figure)


@pytest.mark.parametrize("observed", [400.0, float("-inf"), float("inf")])
def test_an_observed_statistic_far_outside_is_pointed_at(observed: float) -> None:
    assert SHOWN.detail.permutation is not None
    shown = with_detail(SHOWN, permutation=replace(SHOWN.detail.permutation, observed=observed))

    figure = drawn(draw_permutation, permutation_drawing(shown), DISTRIBUTION_HEIGHT)

    assert figure.axes[1].get_xlim()[1] < 10.0
    assert {line.get_marker() for line in figure.axes[1].get_lines()} & {"<", ">"}


def test_mcnemars_table_has_its_four_counts_and_the_bar_is_split_by_the_discordant_two() -> None:
    drawing = mcnemar_drawing(with_detail(SHOWN, table=PairedTable(1234567, 61, 24, 47)))

    figure = drawn(draw_mcnemar, drawing, MCNEMAR_HEIGHT)

    said = texts(figure)
    assert {"1,234,567", "61", "24", "47", "< 0.1 %", "1 : 1"} <= set(said)
    assert {f"61 only {CATALOG} right", f"24 only {VARIANT} right"} <= set(said)
    of_teams = [patch for patch in figure.axes[0].patches if to_hex(patch.get_facecolor()) != LIGHT.chip][-2:]
    widths = [patch.get_width() for patch in of_teams]
    assert widths[0] / sum(widths) == pytest.approx(61 / 85)


def test_mcnemars_words_say_what_the_table_ignores() -> None:
    by_records = mcnemar_drawing(replace(SHOWN, comparison=replace(AMAZON, unit="record", seeds=3)))
    none = mcnemar_drawing(with_detail(SHOWN, table=PairedTable(10, 0, 0, 0)))

    assert by_records is not None
    assert none is not None
    assert "It ignores that pairs share records." in by_records.words
    assert "that of the first run of each team" in by_records.words
    assert none.words == "No pair is right for one team alone: the table cannot tell the teams apart."


def test_every_posterior_bar_begins_at_zero() -> None:
    shares = PosteriorShares(0.97, 0.03, 0.41, 10_000, 0.0017, 0.0017, 0.0049)
    drawing = posterior_drawing(with_detail(SHOWN, posterior=shares))

    figure = drawn(draw_posterior, drawing, POSTERIOR_HEIGHT)

    bars = [(bar.get_x(), bar.get_width()) for bar in figure.axes[0].patches]
    assert len({left for left, _ in bars}) == 1
    assert [width / bars[0][1] for _, width in bars] == pytest.approx([1.0, 0.41 / 0.97, 0.03 / 0.97])
    assert {"97.0 % ± 0.2", "41.0 % ± 0.5", "3.0 % ± 0.2"} <= set(texts(figure))


def test_a_posterior_share_that_is_not_defined_has_its_reason() -> None:
    shares = PosteriorShares(0.5, 0.5, None, 10_000, 0.005, 0.005, None)

    said = texts(drawn(draw_posterior, posterior_drawing(with_detail(SHOWN, posterior=shares)), POSTERIOR_HEIGHT))

    assert "too little differs to say" in said


def test_the_power_curve_marks_where_we_are() -> None:
    drawing = power_drawing(with_detail(SHOWN, power=power_curve(0.0128, 2293, 0.025, 0.01)))
    assert drawing is not None

    said = texts(drawn(draw_power, drawing, POWER_HEIGHT))

    assert {"here: 7.3 %", "here: 3.9 points", "margin", "Power for 1.0 points"} <= set(said)
    assert drawing.words.startswith("These 2,293 pairs show a difference of 3.9 points with 80 % power")


def test_without_a_margin_there_is_one_plot_of_power_and_nothing_of_a_margin() -> None:
    figure = drawn(draw_power, power_drawing(with_detail(SHOWN, power=power_curve(0.0128, 2293))), POWER_HEIGHT)

    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Detectable difference, points"]
    assert "margin" not in texts(figure)


def test_a_test_set_that_could_show_nothing_says_so() -> None:
    drawing = power_drawing(with_detail(SHOWN, power=accuracy_power_curve(0.005, 60, 0.05, 0.01)))

    said = texts(drawn(draw_power, drawing, POWER_HEIGHT))

    assert "here: no difference" in said
    assert any("fewer examples differ" in text for text in said)


def diagram(across: Across, **choices: object) -> tuple[Callable[..., None], Across, int]:
    """Return how a critical-difference diagram is drawn, of what, and its height."""

    def draw(figure: Figure, data: Across, palette: Palette) -> None:
        draw_critical_difference(figure, data, palette, **choices)  # type: ignore[arg-type]

    return draw, across, critical_difference_height(across, with_nemenyi=bool(choices.get("with_nemenyi")))


SIX = tuple(f"dataset {number}" for number in range(6))


def test_the_diagram_names_every_team_with_its_rank_and_bars_those_not_told_apart() -> None:
    teams = tuple(f"Team {letter}" for letter in "ABCDE")
    across = replace(
        fake_significance.across(teams, SIX, None), mean_ranks=(1.5, 1.9, 3.1, 3.4, 5.0), bars=(teams[:2], teams[1:4])
    )

    figure = drawn(*diagram(across, compared=("Team B", "Team D"), with_nemenyi=True))

    said = texts(figure)
    assert {"Team A  1.50", "Team B  1.90", "Team C  3.10", "Team D  3.40", "Team E  5.00"} <= set(said)
    assert any("depends on who else took part" in text for text in said)
    bars = [line for line in figure.axes[0].get_lines() if to_hex(line.get_color()) == LIGHT.accent]
    assert len({tuple(bar.get_ydata()) for bar in bars}) == 2
    colours = {text.get_text(): to_hex(text.get_color()) for text in figure.findobj(Text)}
    assert colours["Team B  1.90"] == LIGHT.team_a
    assert colours["Team D  3.40"] == LIGHT.team_b


def test_names_of_twenty_teams_do_not_overlap() -> None:
    teams = tuple(f"{number} {HOSTILE}" for number in range(20))
    across = replace(fake_significance.across(teams, SIX, None), mean_ranks=tuple(1.0 + n for n in range(20)))

    figure = drawn(*diagram(across), width=500)

    found = figure.findobj(Text)
    names = [text.get_window_extent() for text in found if "…" in text.get_text()]
    assert len(names) == 20
    overlaps = [one.overlaps(other) for at, one in enumerate(names) for other in names[:at]]
    assert not any(overlaps)


@pytest.mark.parametrize(
    ("teams", "why", "words"),
    [
        (("A", "B"), None, "needs three teams"),
        (("A", "B", "C"), "needs at least 6 datasets, there are 2", "needs at least 6 datasets"),
        (("A", "B", "C"), None, None),
    ],
)
def test_two_teams_or_few_datasets_have_no_diagram(teams: tuple[str, ...], why: str | None, words: str | None) -> None:
    said = why_no_diagram(fake_significance.across(teams, SIX, why))

    assert said is None if words is None else words in str(said)


def hostile_comparison() -> Comparison:
    """Return a comparison whose every name is hostile, and whose numbers are as odd as they can be."""
    return replace(
        AMAZON,
        dataset=HOSTILE,
        team_a=HOSTILE,
        team_b=f"B {HOSTILE}",
        metrics={
            "f1": numbers("f1", 0.0, 0.0, p_value=1.0, margin=None),
            "precision": numbers("precision", None, None, p_value=None, not_defined=HOSTILE),
            "log_loss": numbers("log_loss", 1e-6, 5e-7, p_value=1e-12, p_adjusted=1e-12),
            "calibration_error": numbers("calibration_error", 0.2, None, p_value=None),
            "mcc": numbers("mcc", -1.2, 0.7, margin=0.01, whisker_low=-2.0, whisker_high=0.0),
        },
    )


def hostile_figures() -> Iterator[tuple[str, Callable[..., None], object, int]]:
    """Yield every figure with hostile data."""
    against = hostile_comparison()
    shown = fake_significance.significance(against, "f1")
    zero = Distribution("difference", (-1e-6, 1e-6), (1.0,), 0.0, 100)
    shown = with_detail(shown, bootstrap=zero, table=PairedTable(10**9, 0, 1, 0))
    forest = forest_by_both((against,), Correction.BENJAMINI_HOCHBERG)
    yield "forest", draw_forest, forest, forest_height(forest)
    yield "empty forest", draw_forest, forest_by_dataset((), Correction.NONE), 100
    yield "bootstrap", draw_bootstrap, bootstrap_drawing(shown), DISTRIBUTION_HEIGHT
    yield "permutation", draw_permutation, permutation_drawing(shown), DISTRIBUTION_HEIGHT
    yield "mcnemar", draw_mcnemar, mcnemar_drawing(shown), MCNEMAR_HEIGHT
    yield "posterior", draw_posterior, posterior_drawing(shown), POSTERIOR_HEIGHT
    yield "power", draw_power, power_drawing(shown), POWER_HEIGHT
    teams = tuple(f"{number} {HOSTILE}" for number in range(20))
    across = replace(fake_significance.across(teams, SIX, None), mean_ranks=(10.5,) * 20, bars=(teams,))
    yield "critical difference", *diagram(across, with_nemenyi=True)


HOSTILE_FIGURES = {name: given for name, *given in hostile_figures()}


@pytest.mark.parametrize(("width", "palette"), [(1000, LIGHT), (480, DARK), (90, LIGHT)])
@pytest.mark.parametrize("name", HOSTILE_FIGURES)
def test_hostile_data_is_drawn_without_a_warning(
    name: str, width: int, palette: Palette, caplog: pytest.LogCaptureFixture
) -> None:
    draw, data, height = HOSTILE_FIGURES[name]

    figure = drawn(draw, data, height, width, palette)

    assert to_hex(figure.get_facecolor()) == palette.panel
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]
    assert not [text for text in texts(figure) if "a\nvery" in text]


@pytest.mark.parametrize("name", HOSTILE_FIGURES)
def test_a_dollar_sign_is_no_mathematics(name: str) -> None:
    draw, data, height = HOSTILE_FIGURES[name]

    figure = drawn(draw, data, height)

    assert not [text for text in figure.findobj(Text) if "$" in text.get_text() and text.get_parse_math()]


@pytest.mark.parametrize("name", HOSTILE_FIGURES)
def test_the_same_data_gives_the_same_picture(name: str) -> None:
    draw, data, height = HOSTILE_FIGURES[name]

    first, second = (drawn(draw, data, height).canvas.buffer_rgba() for _ in range(2))

    assert bytes(first) == bytes(second)
