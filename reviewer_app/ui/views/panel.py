"""What every view of the Significance page is."""

from __future__ import annotations

from abc import abstractmethod

from reviewer_app.comparison.result import Comparison
from reviewer_app.ui.models.compared_pair import ReviewPair
from reviewer_app.ui.models.number_grid import NumberGrid
from reviewer_app.ui.pages.page import ScrolledContent
from reviewer_app.ui.pending import Pending
from reviewer_app.ui.views.figure_card import FigureCard


class Panel(ScrolledContent):
    """Shows numbers, plots and sentences that can be copied."""

    @abstractmethod
    def grids(self) -> tuple[NumberGrid, ...]:
        """Return what is shown as tables."""

    @abstractmethod
    def figures(self) -> tuple[FigureCard, ...]:
        """Return the plots that are there."""

    @abstractmethod
    def clear(self) -> None:
        """Show nothing."""


class FurtherPanel(Panel):
    """Shows something of one comparison that no other view needs, computed once it is in sight.

    Parameters
    ----------
    pending
        Starts the page's jobs; each panel uses `key` and no other. `clear` cancels what is under way.

    Attributes
    ----------
    key
        Of the panel's job.
    """

    key: str

    def __init__(self, pending: Pending) -> None:
        super().__init__()
        self.pending = pending

    @abstractmethod
    def show_comparison(self, pair: ReviewPair, comparison: Comparison) -> None:
        """Be about this comparison from now on; nothing of another one may stay in sight."""

    @abstractmethod
    def load(self) -> None:
        """Start what has to be computed, if that was not done yet: the panel came into sight."""

    @abstractmethod
    def say(self, why: str) -> None:
        """Say why there is nothing to show."""
