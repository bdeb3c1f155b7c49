"""Cards: a surface with a hairline, and the card of a dataset's verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from reviewer_app.comparison.formatting import example_noun, format_value, in_points
from reviewer_app.comparison.result import Comparison
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.review.queries import DatasetSummary
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.plain_tooltip import plain_tooltip
from reviewer_app.ui.pages.page import GAP, label
from reviewer_app.ui.views.elided_label import ElidedLabel
from reviewer_app.ui.views.interval_view import IntervalDrawing, IntervalView
from reviewer_app.ui.views.spans import Span, SpanLabel
from reviewer_app.ui.views.verdict_words import (
    evidence_line,
    headline,
    interval_caption,
    interval_words,
    needs_sentence,
    verdict_colour,
)

MIN_CARD_WIDTH = 430

Item = TypeVar("Item")


class Card(QFrame):
    """A surface with a hairline and a vertical layout, `body`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.setSpacing(8)


class CardGrid(QWidget):
    """Cards of one width in as many columns as fit, row by row; a change makes anew only the cards that it concerns.

    Parameters
    ----------
    most_columns
        Columns at most.
    """

    def __init__(self, most_columns: int = 100) -> None:
        super().__init__()
        self._most_columns = most_columns
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self._items: tuple[object, ...] = ()
        self._cards: tuple[QWidget, ...] = ()
        self._n_columns = 0
        self.hide()

    @property
    def cards(self) -> tuple[QWidget, ...]:
        """The cards, in order."""
        return self._cards

    def show_items(self, items: Sequence[Item], make: Callable[[Item], QWidget]) -> None:
        """Show a card per item: those of equal items stay, others are made; what had the focus keeps it."""
        focused = self._name_of_focused()
        kept = list(zip(self._items, self._cards, strict=True))
        cards = []
        for item in items:
            position = next((number for number, (old, _) in enumerate(kept) if old == item), None)
            cards.append(make(item) if position is None else kept.pop(position)[1])
        for _, card in kept:
            self._layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._items, self._cards = tuple(items), tuple(cards)
        self._n_columns = 0
        self._arrange()
        self.setVisible(bool(cards))
        if focused:
            alike = (widget for widget in self.findChildren(QWidget) if widget.accessibleName() == focused)
            for widget in alike:
                widget.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Choose the number of columns."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the width of one column: with that of all columns a narrower window could not have fewer of them."""
        widths = [card.minimumSizeHint().width() for card in self._cards]
        return QSize(max(widths, default=0), super().minimumSizeHint().height())

    def _name_of_focused(self) -> str:
        widget = QApplication.focusWidget()
        return widget.accessibleName() if widget is not None and self.isAncestorOf(widget) else ""

    def _arrange(self) -> None:
        fitting = max(1, (self.width() + GAP) // (MIN_CARD_WIDTH + GAP))
        n_columns = min(fitting, self._most_columns, max(1, len(self._cards)))
        if n_columns == self._n_columns:
            return
        for column in range(max(n_columns, self._layout.columnCount())):
            self._layout.setColumnStretch(column, 1 if column < n_columns else 0)
        self._n_columns = n_columns
        for position, card in enumerate(self._cards):
            self._layout.addWidget(card, *divmod(position, n_columns))


class VerdictCard(Card):
    """A dataset's verdict: the words, both values, and the difference with its interval drawn.

    Parameters
    ----------
    comparison
        What is shown.
    dataset
        Whose home it is, and how many examples it has.
    limit
        Half the width of the axis in the unit shown; the same for all cards of a metric, so that they can be compared.
    correction
        The plan's, which p went through.

    Signals
    -------
    significance_clicked
        The user asks how sure that is.
    """

    significance_clicked = Signal()

    def __init__(self, comparison: Comparison, dataset: DatasetSummary, limit: float, correction: Correction) -> None:
        super().__init__()
        self.setToolTip(plain_tooltip(comparison.sentence))
        self.setAccessibleName(f"Verdict on {comparison.dataset}")
        self.setAccessibleDescription(comparison.sentence)
        self.body.addWidget(card_head(dataset, comparison.primary_metric, comparison.n_examples))
        self.body.addWidget(SpanLabel(headline(comparison, correction), 17))
        self.body.addLayout(self._evidence(comparison, correction))
        if needs_sentence(comparison):
            self.body.addWidget(SpanLabel((Span(comparison.sentence, "muted"),)))
        if comparison.robustness_sentence:
            self.body.addWidget(SpanLabel((Span(comparison.robustness_sentence, "muted"),)))
        self.body.addStretch(1)
        self.body.addLayout(self._numbers(comparison, limit))

    def _evidence(self, comparison: Comparison, correction: Correction) -> QHBoxLayout:
        self.link = QPushButton("Significance")
        self.link.setProperty("role", "link")
        self.link.setAccessibleName(f"Significance on {comparison.dataset}")
        self.link.clicked.connect(self.significance_clicked)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(evidence_line(comparison, correction), "muted", wrap=True), 1)
        row.addWidget(self.link, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _numbers(self, comparison: Comparison, limit: float) -> QHBoxLayout:
        metric = metric_of(comparison.primary_metric)
        values = QVBoxLayout()
        values.setSpacing(2)
        primary = comparison.primary
        for name, role, value in (
            (comparison.team_a, "team_a", primary.a),
            (comparison.team_b, "team_b", primary.b),
        ):
            if role == "team_b":
                values.addSpacing(4)
            values.addWidget(ElidedLabel(name, role, 160))
            number = label(format_value(metric, value), "value")
            number.setAccessibleName(f"{metric.name} of {name}: {number.text()}")
            values.addWidget(number)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(values)
        if primary.difference is None:
            why = SpanLabel((Span(f"There is no difference: {primary.not_defined}.", "muted"),))
            row.addWidget(why, 1, Qt.AlignmentFlag.AlignVCenter)
            return row
        factor = 100.0 if in_points(metric) else 1.0
        drawing = IntervalDrawing(
            difference=factor * primary.difference,
            low=None if primary.ci_low is None else factor * primary.ci_low,
            high=None if primary.ci_high is None else factor * primary.ci_high,
            margin=None if primary.margin is None else factor * primary.margin,
            limit=limit,
            colour=verdict_colour(comparison),
        )
        view = IntervalView(drawing, interval_words(comparison), interval_caption(comparison))
        row.addWidget(view, 1, Qt.AlignmentFlag.AlignVCenter)
        return row


class MissingCard(Card):
    """A dataset that the two teams cannot be compared on, and why."""

    def __init__(self, dataset: DatasetSummary, why: str) -> None:
        super().__init__()
        self.setAccessibleName(f"No verdict on {dataset.name}")
        self.setAccessibleDescription(why)
        self.body.addWidget(card_head(dataset, dataset.primary_metric, dataset.n_test))
        self.body.addWidget(SpanLabel((Span("No verdict yet", bold=True),), 17))
        self.body.addWidget(SpanLabel((Span(why, "muted"),)))
        self.body.addStretch(1)


def card_head(dataset: DatasetSummary, metric: str, n_examples: int) -> QWidget:
    """Return a card's first line: the dataset's name, facts in grey, and whose home it is."""
    head = QWidget()
    row = QHBoxLayout(head)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(ElidedLabel(dataset.name, "heading", 220, 180))
    facts = f"{metric_of(metric).name} · {counted(n_examples, f'test {example_noun(dataset.task)}')}"
    row.addWidget(ElidedLabel(f"{dataset.task} · {facts}", "muted", short=facts))
    row.addStretch(1)
    if dataset.home_of is not None:
        row.addWidget(ElidedLabel(f"home of {dataset.home_of}", "pill", 190, 190))
    return head
