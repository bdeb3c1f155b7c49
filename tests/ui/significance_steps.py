"""Steps that tests of the Significance page share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import fake_significance
from fake_review import FakeReview
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from reviewer_app.ui.models.significance_views import View
from reviewer_app.ui.pages.significance import SignificancePage
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.grid_view import GridView
from reviewer_app.ui.views.spans import SpanLabel
from reviewer_app.ui.views.words_table import WordsTable


def seen(qtbot: QtBot, page: SignificancePage) -> SignificancePage:
    """Return the page, seen, told of changes as the window would tell it."""
    qtbot.addWidget(page)
    page.resize(1092, 742)
    page.session.changed.connect(page.mark_stale)
    page.session.selection_changed.connect(lambda: page.mark_stale(frozenset({"selection"})))
    page.show()
    return page


def reviewed(**changes: object) -> FakeReview:
    """Return a review whose first verdict was looked at under four choices."""
    review = FakeReview()
    first = replace(
        review.comparisons[0],
        robustness=fake_significance.robustness(),
        robustness_sentence=fake_significance.ROBUSTNESS_SENTENCE,
    )
    review.comparisons = (first, review.comparisons[1])
    for name, value in changes.items():
        setattr(review, name, value)
    return review


def settle(qtbot: QtBot, page: SignificancePage) -> None:
    """Wait until nothing is under way on the page."""
    page.mark_stale(frozenset())
    qtbot.waitUntil(
        lambda: not page.session.jobs.running and not any(timer.isActive() for timer in page.findChildren(QTimer))
    )
    QApplication.processEvents()  # what was added to a visible page is shown by an event


def opened(
    qtbot: QtBot, session: Session, open_review: Callable[[FakeReview], FakeReview], view: View
) -> SignificancePage:
    """Return the page on a view of a review with two datasets and two teams."""
    page = seen(qtbot, SignificancePage(session))
    open_review(reviewed())
    settle(qtbot, page)
    show(qtbot, page, view)
    return page


def show(qtbot: QtBot, page: SignificancePage, view: View) -> None:
    """Show a view, with all that belongs to it."""
    page.show_view(view)
    settle(qtbot, page)


def words(page: QWidget) -> str:
    """Return all that is said in sight."""
    said = [found.text() for found in page.findChildren(QLabel) if found.isVisible()]
    said += [found.text for found in page.findChildren(SpanLabel) if found.isVisible()]
    return "\n".join(said)


def rows(page: SignificancePage, table: int = 0) -> list[list[str]]:
    """Return what a table in sight says, with its header."""
    grids = [found.grid for found in page.findChildren(WordsTable) if found.isVisible()]
    grids += [found.model().grid for found in page.findChildren(GridView) if found.isVisible()]  # type: ignore[attr-defined]
    grid = grids[table]
    return [[column.title for column in grid.columns], *([cell.text for cell in row] for row in grid.rows)]


def with_first(review: FakeReview, **changes: object) -> FakeReview:
    """Return the review with the primary metric of its first comparison changed."""
    first = review.comparisons[0]
    primary = replace(first.primary, **changes)  # type: ignore[arg-type]
    review.comparisons = (replace(first, metrics={**first.metrics, "f1": primary}), review.comparisons[1])
    return review
