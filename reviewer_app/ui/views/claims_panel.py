"""What papers claim, against what was measured: a form, and the claims of this session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QVBoxLayout

from reviewer_app.claims.files import claim_of
from reviewer_app.comparison.result import Comparison
from reviewer_app.errors import ReviewError
from reviewer_app.ui.models.claims_grid import NOT_KEPT, claims_grid
from reviewer_app.ui.models.compared_pair import ReviewPair
from reviewer_app.ui.models.number_grid import NumberGrid
from reviewer_app.ui.pages.page import GAP, label
from reviewer_app.ui.pending import Pending
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.claim_form import ClaimForm
from reviewer_app.ui.views.emptying import empty
from reviewer_app.ui.views.figure_card import FigureCard
from reviewer_app.ui.views.panel import FurtherPanel
from reviewer_app.ui.views.words_table import WordsTable

if TYPE_CHECKING:
    from reviewer_app.claims.check import CheckedClaim
    from reviewer_app.claims.claim import Claim
    from reviewer_app.review.review import Review

MEANS = (
    "A claim carries error too: it is contradicted only where neither the choice of the test examples nor training "
    "again can explain the gap. Write a value as the paper prints it, 75.6% or 0.756."
)


class ClaimsPanel(FurtherPanel):
    """Shows a form for a claim, and what was found of those entered so far; they last as long as the review is open."""

    key = "significance.claims"

    def __init__(self, pending: Pending) -> None:
        super().__init__(pending)
        self._review: Review | None = None
        self._claims: tuple[Claim, ...] = ()
        self._checked: tuple[CheckedClaim, ...] = ()
        self._is_due = False
        self.form = ClaimForm()
        self.form.submitted.connect(self._add)
        self.form_card = Card()
        self.form_card.setAccessibleName("A claim of a paper")
        self.form_card.body.addWidget(label(MEANS, "muted", wrap=True))
        self.form_card.body.addWidget(self.form)
        self._table = QVBoxLayout()
        self._note = label(NOT_KEPT, "muted", wrap=True)
        self.list_card = Card()
        self.list_card.setAccessibleName("Claims of this session")
        self.list_card.body.addWidget(self._note)
        self.list_card.body.addLayout(self._table)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(GAP)
        body.addWidget(self.form_card)
        body.addWidget(self.list_card)
        body.addStretch(1)
        self._show()

    def show_comparison(self, pair: ReviewPair, comparison: Comparison) -> None:
        """Offer the sides and metrics of a comparison; the claims of the same review stay, and are checked again."""
        if pair.review is not self._review:
            self._review, self._claims, self._checked = pair.review, (), ()
            self.form.empty()
            self._show()
        sides = {pair.a: comparison.team_a, pair.b: comparison.team_b}
        self.form.show_comparison(comparison.dataset, sides, comparison)
        self._is_due = bool(self._claims)

    def load(self) -> None:
        """Check the claims again, where numbers may have changed."""
        if self._is_due:
            self._check(self._claims)

    def say(self, why: str) -> None:
        """Say why claims could not be checked."""
        self.form.say(why)
        self.form.check.setEnabled(True)

    def grids(self) -> tuple[NumberGrid, ...]:
        """Return the claims as a table."""
        return (claims_grid(self._checked),) if self._checked else ()

    def figures(self) -> tuple[FigureCard, ...]:
        """Return that there is no plot."""
        return ()

    def clear(self) -> None:
        """Leave what was being checked; the claims belong to the review, whichever pair is looked at."""
        self.pending.cancel(self.key)
        self._is_due = bool(self._claims)
        self.form.check.setEnabled(True)

    def _add(self) -> None:
        try:
            claim = claim_of(self.form.fields())
        except ReviewError as error:
            self.form.say(str(error))
        else:
            self._check((*self._claims, claim))

    def _remove(self, position: int) -> None:
        self._check(tuple(claim for number, claim in enumerate(self._claims) if number != position))

    def _check(self, claims: tuple[Claim, ...]) -> None:
        """Check claims together; they are the list if nothing is wrong with any of them."""
        review, n_before = self._review, len(self._claims)
        if review is None:
            return
        self._is_due = False
        self.form.check.setEnabled(False)

        def landed(checked: tuple[CheckedClaim, ...]) -> None:
            self._claims, self._checked = claims, checked
            self.form.check.setEnabled(True)
            if len(claims) > n_before:
                self.form.empty()
                self.form.value.setFocus()
            self.form.say("")
            self._show()

        def refused(error: ReviewError) -> None:
            # The claim that is being written needs no number.
            new = f"Claim {len(claims)}: " if len(claims) > n_before else ""
            self.say(" ".join(str(finding.message).removeprefix(new) for finding in error.errors))

        self.pending.start(
            self.key, "Checking claims", lambda progress: review.check_claims(claims, progress), landed, refused
        )

    def _show(self) -> None:
        empty(self._table)
        self.list_card.setVisible(bool(self._checked))
        if not self._checked:
            return
        grid = claims_grid(self._checked)
        shown = replace(grid, columns=grid.columns[1:], rows=tuple(row[1:] for row in grid.rows))
        self._table.addWidget(WordsTable(shown, at_ends=[self._button(number) for number in range(len(grid.rows))]))

    def _button(self, position: int) -> QPushButton:
        button = QPushButton("Remove")
        claim = claims_grid(self._checked[position : position + 1]).rows[0][0].text
        button.setAccessibleName(f"Remove the claim {claim}")
        button.clicked.connect(lambda: self._remove(position))
        return button
