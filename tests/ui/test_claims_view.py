"""The Claims view of the Significance page: what is written down, what is found, and how long it lasts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from fake_review import CATALOG, VARIANT, FakeReview
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from significance_steps import opened, reviewed, rows, settle, words

from reviewer_app.comparison.result import Comparison
from reviewer_app.progress import Progress
from reviewer_app.ui.models.number_grid import TextFormat
from reviewer_app.ui.models.significance_views import View
from reviewer_app.ui.pages.significance import STOPPED, SignificancePage
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.claim_form import DIFFERENCE, ClaimForm
from reviewer_app.ui.views.claims_panel import ClaimsPanel

Open = Callable[[FakeReview], FakeReview]
SAME, RETRAINED, OTHER = 1, 2, 3


@pytest.fixture
def shown(qtbot: QtBot, session: Session, open_review: Open) -> SignificancePage:
    """Return the page on the claims of a review with two datasets and two teams."""
    return opened(qtbot, session, open_review, View.CLAIMS)


def panel(page: SignificancePage) -> ClaimsPanel:
    (found,) = page.findChildren(ClaimsPanel)
    return found


def form(page: SignificancePage) -> ClaimForm:
    return panel(page).form


def claim_value(qtbot: QtBot, page: SignificancePage, value: str, *, basis: int = 0, n: str = "") -> None:
    """Write a value down and let it be checked."""
    form(page).basis.setCurrentIndex(basis)
    form(page).value.setText(value)
    form(page).n.setText(n)
    QTest.mouseClick(form(page).check, Qt.MouseButton.LeftButton)
    settle(qtbot, page)


def claim_difference(qtbot: QtBot, page: SignificancePage, at_least: str = "") -> None:
    """Write a difference down and let it be checked."""
    form(page).kind.setCurrentText(DIFFERENCE)
    form(page).at_least.setText(at_least)
    QTest.mouseClick(form(page).check, Qt.MouseButton.LeftButton)
    settle(qtbot, page)


def verdicts(page: SignificancePage) -> list[str]:
    return [row[0] for row in rows(page)[1:]]


def turned(compared: Comparison) -> Comparison:
    """Return the comparison of B and A."""
    primary = compared.primary
    swapped = replace(primary, a=primary.b, b=primary.a, difference=-(primary.difference or 0.0))
    return replace(compared, team_a=compared.team_b, team_b=compared.team_a, metrics={primary.metric: swapped})


def test_a_value_is_checked_and_the_form_is_ready_for_the_next(qtbot: QtBot, shown: SignificancePage) -> None:
    # 75.6 was measured of Catalog Matching, on its own dataset.
    claim_value(qtbot, shown, "75.6%")
    assert rows(shown) == [
        ["verdict", "p", "p, Holm", "in words"],
        [
            "Reproduced",
            "–",
            "–",
            f"{CATALOG} claims F1 75.6 on amazon-google, and the same predictions give 75.60, which is the same at the "
            f"digits of the claim. Taken as the same predictions, because {CATALOG} handed in predictions, and "
            "amazon-google is its own dataset.",
        ],
    ]
    assert "not kept in the review" in words(shown)
    assert form(shown).value.text() == ""


def test_a_difference_is_of_the_two_sides(qtbot: QtBot, shown: SignificancePage) -> None:
    claim_difference(qtbot, shown)
    assert form(shown).over.text() == f"than {VARIANT}"
    claim_difference(qtbot, shown, "10 points")
    assert verdicts(shown) == ["Reproduced", "Contradicted"]
    form(shown).team.setCurrentIndex(1)
    assert form(shown).over.text() == f"than {CATALOG}"


def test_all_claims_of_the_list_are_corrected_together_also_when_one_is_removed(
    qtbot: QtBot, shown: SignificancePage
) -> None:
    claim_value(qtbot, shown, "72.00%", basis=OTHER, n="2293")
    assert rows(shown)[1][1:3] == ["0.011", "0.011"]
    claim_value(qtbot, shown, "75.5%", basis=OTHER, n="2293")
    claim_value(qtbot, shown, "75.6%", basis=SAME)
    assert rows(shown)[1][1:3] == ["0.011", "0.022"]
    buttons = panel(shown).findChildren(QPushButton)
    second = next(button for button in buttons if "75.5%" in button.accessibleName())
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    settle(qtbot, shown)
    assert verdicts(shown) == ["Contradicted", "Reproduced"]
    assert rows(shown)[1][1:3] == ["0.011", "0.011"]


@pytest.mark.parametrize(
    ("value", "basis", "n", "why"),
    [
        ("75.6", 0, "", "write 75.6%"),
        ("", 0, "", "has either a value"),
        ("75.6%", 0, "many", "no number of 1, 2, 3"),
        ("75.6%", SAME, "17", "another sample"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    qtbot: QtBot, shown: SignificancePage, value: str, basis: int, n: str, why: str
) -> None:
    claim_value(qtbot, shown, "75.6%")
    claim_value(qtbot, shown, value, basis=basis, n=n)
    said = form(shown).message
    assert said.isVisible()
    assert why in said.text()
    assert not said.text().startswith("Claim 2")
    assert said.textFormat() is Qt.TextFormat.PlainText
    assert (form(shown).value.text(), form(shown).n.text()) == (value, n)
    assert verdicts(shown) == ["Reproduced"]
    QTest.keyClick(form(shown).value, Qt.Key.Key_Home)
    QTest.keyClick(form(shown).value, Qt.Key.Key_1)
    assert not said.isVisible()


def test_where_the_review_does_not_say_how_it_was_measured_it_is_asked(qtbot: QtBot, shown: SignificancePage) -> None:
    form(shown).team.setCurrentIndex(1)
    claim_value(qtbot, shown, "71.2%")
    assert "Say whether it is of the same predictions" in form(shown).message.text()
    claim_value(qtbot, shown, "71.2%", basis=SAME)
    assert verdicts(shown) == ["Reproduced"]


def test_a_claim_that_cannot_be_contradicted_shows_no_p(qtbot: QtBot, shown: SignificancePage) -> None:
    form(shown).runs.setText("3")
    claim_value(qtbot, shown, "50%", basis=OTHER, n="2293")
    assert rows(shown)[1][:3] == ["Untestable", "–", "–"]
    muted = next(
        found for found in panel(shown).findChildren(QLabel) if found.text() == "–" and "3 seeds" in found.toolTip()
    )
    assert muted.isVisible()


def test_enter_checks_the_claim(qtbot: QtBot, shown: SignificancePage) -> None:
    form(shown).value.setText("75.6%")
    QTest.keyClick(form(shown).value, Qt.Key.Key_Return)
    settle(qtbot, shown)
    assert verdicts(shown) == ["Reproduced"]


def test_claims_of_several_datasets_stand_in_one_list(qtbot: QtBot, shown: SignificancePage) -> None:
    claim_value(qtbot, shown, "75.6%")
    shown.session.select(dataset="abt-buy")
    settle(qtbot, shown)
    form(shown).team.setCurrentIndex(1)
    claim_value(qtbot, shown, "83.3%")
    assert verdicts(shown) == ["Reproduced", "Reproduced"]
    assert "on abt-buy" in rows(shown)[2][3]


def test_claims_last_while_another_pair_is_looked_at_and_end_with_the_review(
    qtbot: QtBot, shown: SignificancePage, open_review: Open
) -> None:
    claim_value(qtbot, shown, "75.6%")
    shown.session.review.comparisons = tuple(turned(one) for one in shown.session.review.comparisons)
    shown.session.select(a=VARIANT, b=CATALOG)
    settle(qtbot, shown)
    assert verdicts(shown) == ["Reproduced"]
    open_review(reviewed())
    settle(qtbot, shown)
    assert not panel(shown).list_card.isVisible()
    assert shown.shown_grids() == ()


def test_new_results_are_held_against_the_claims_again(qtbot: QtBot, shown: SignificancePage) -> None:
    claim_value(qtbot, shown, "75.6%")
    review = shown.session.review
    first = review.comparisons[0]
    changed = replace(first, metrics={"f1": replace(first.primary, a=0.7)})
    review.comparisons = (changed, review.comparisons[1])
    shown.mark_stale(frozenset({"results"}))
    settle(qtbot, shown)
    assert verdicts(shown) == ["Contradicted"]


def test_a_check_that_is_stopped_says_so_and_can_be_asked_for_again(
    qtbot: QtBot, shown: SignificancePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = shown.session.review
    honest = review.check_claims

    def cancelled(claims: object, progress: Progress) -> object:
        progress.cancel()
        progress.check()

    monkeypatch.setattr(review, "check_claims", cancelled)
    claim_value(qtbot, shown, "75.6%")
    assert form(shown).message.text() == STOPPED
    assert form(shown).check.isEnabled()
    monkeypatch.setattr(review, "check_claims", honest)
    claim_value(qtbot, shown, "75.6%")
    assert verdicts(shown) == ["Reproduced"]


def test_the_list_is_copied_with_unrounded_numbers(qtbot: QtBot, shown: SignificancePage) -> None:
    claim_value(qtbot, shown, "75.60%", basis=OTHER, n="1000")
    claim_difference(qtbot, shown, "2%")
    shown.copy_as(TextFormat.CSV)
    first, second = csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()))
    assert (first["team"], first["dataset"], first["metric"]) == (CATALOG, "amazon-google", "f1")
    assert (float(first["claimed"]), float(first["measured"]), first["verdict"]) == (0.756, 0.756, "reproduced")
    assert first["sentence"].startswith("Reproduced: ")
    assert float(second["p_value"]) == 1.0
    shown.copy_as(TextFormat.LATEX)
    copied = QGuiApplication.clipboard().text()
    assert rf"{CATALOG} on amazon-google: F1 75.60\% & Reproduced &" in copied
    shown.copy_as(TextFormat.PLAIN)
    assert "not kept in the review" in QGuiApplication.clipboard().text()


def test_every_field_can_be_reached_and_is_named(shown: SignificancePage) -> None:
    fields = [*form(shown).findChildren(QLineEdit), *form(shown).findChildren(QComboBox)]
    assert len(fields) == 9
    for field in fields:
        assert field.accessibleName()
        assert field.focusPolicy() is not Qt.FocusPolicy.NoFocus
