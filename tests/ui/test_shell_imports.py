"""Adding things: guesses, questions, refusals with their remedies, and the page that shows it all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fake_review import ABT, AMAZON, BASE, BOOSTING, CATALOG, CHARS, TOKENS, VARIANT, FakeReview, submission
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import Finding, Remedy, ReviewError, Severity
from reviewer_app.review.operations.imports import AddDataset, AddSubmission, RemoveDataset, RemoveSubmission
from reviewer_app.review.operations.settings import SetCurrent, SetHome
from reviewer_app.ui.imports import Refusal, with_remedy
from reviewer_app.ui.input_guesses import InputGuess, InputKind, guess_input, suggested_home, suggested_teams
from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.pages.datasets_and_teams import DatasetsAndTeamsPage
from reviewer_app.ui.views.correction_dialog import CorrectionDialog
from reviewer_app.ui.views.dataset_card import DatasetCard
from reviewer_app.ui.views.dialogs import ConfirmDialog
from reviewer_app.ui.views.findings_view import CheckRow
from reviewer_app.ui.views.import_dialog import ImportDialog
from reviewer_app.ui.views.refusal_card import RefusalCard
from reviewer_app.ui.views.spans import SpanLabel
from reviewer_app.ui.views.team_card import TeamCard

OpenReview = Callable[[FakeReview], FakeReview]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("example_id,y_pred", InputKind.SUBMISSION),
        ("example_id,Prediction,confidence", InputKind.SUBMISSION),
        ("id,prob_match,prob_non_match", InputKind.SUBMISSION),
        ("id,top1_label,top1_prob", InputKind.SUBMISSION),
        ("id,score", InputKind.SUBMISSION),
        ("example_id,label,left_title,right_title", InputKind.DATASET),
        ("example_id,label", InputKind.DATASET),
        ("example_id,title,price", InputKind.DATASET),
    ],
)
def test_a_table_is_told_by_its_header(tmp_path: Path, header: str, kind: InputKind) -> None:
    guess = guess_input(write(tmp_path / "table.csv", f"{header}\n{','.join('1' for _ in header.split(','))}\n"))
    assert guess.kind is kind
    assert not guess.runs_code


def test_a_folder_is_told_by_the_file_that_describes_it(tmp_path: Path) -> None:
    write(tmp_path / "data" / "dataset.json", "{}")
    manifest = write(
        tmp_path / "matcher" / "submission.toml",
        'team = "Catalog Matching"\nname = "x"\nversion = "1"\nkind = "algorithm"\nhome = "data"\n',
    )
    dataset, matcher = guess_input(tmp_path / "data"), guess_input(manifest)
    assert dataset.kind is InputKind.DATASET
    assert (matcher.path, matcher.kind, matcher.team, matcher.home, matcher.runs_code) == (
        tmp_path / "matcher",
        InputKind.SUBMISSION,
        "Catalog Matching",
        "data",
        True,
    )
    assert suggested_home(dataset, [dataset, matcher]) == "Catalog Matching"


def test_a_folder_of_splits_is_a_dataset(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "test.csv", "id,label\n1,a\n")
    assert guess_input(tmp_path / "raw").kind is InputKind.DATASET


def test_a_file_of_a_described_folder_means_the_folder_once(
    show: Show, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    show(FakeReview(**EMPTY))
    spec = write(tmp_path / "data" / "dataset.json", "{}")
    window.take([spec, write(tmp_path / "data" / "test.csv", "id,label\n1,a\n"), tmp_path / "data"])
    settled(window, qtbot)
    dialog = window.findChild(ImportDialog)
    assert [card.confirmed.guess.path for card in dialog.cards] == [tmp_path / "data"]
    dialog.reject()


def test_a_pickled_model_is_never_opened(tmp_path: Path) -> None:
    guess = guess_input(write(tmp_path / "model.pkl", "this is no pickle"))
    assert (guess.kind, guess.runs_code) == (InputKind.SUBMISSION, True)


def test_what_cannot_be_read_is_still_offered(tmp_path: Path) -> None:
    assert guess_input(write(tmp_path / "empty.csv", "")).kind is InputKind.SUBMISSION
    broken = write(tmp_path / "broken" / "submission.toml", "team = ").parent
    assert (guess_input(broken).kind, guess_input(broken).team) == (InputKind.SUBMISSION, "")


def test_every_malformed_file_gets_a_guess_without_a_crash(test_data: Path) -> None:
    for path in sorted((test_data / "malformed").iterdir()):
        assert guess_input(path).reason


def test_two_teams_are_always_offered() -> None:
    dropped = [InputGuess(Path("a"), InputKind.SUBMISSION, "", "New")]
    assert suggested_teams(dropped, [CATALOG]) == (CATALOG, "New")
    assert suggested_teams([], [CATALOG]) == (CATALOG, "Team B")
    assert suggested_teams([], []) == ("Team A", "Team B")


@pytest.mark.parametrize(
    ("remedy", "options"),
    [
        (Remedy("", "labels", "trim"), ImportOptions(labels="trim")),
        (Remedy("", "missing", "drop"), ImportOptions(missing="drop")),
        (Remedy("", "threshold", "0.5"), ImportOptions(threshold=0.5)),
        (Remedy("", "columns", "score=probability"), ImportOptions(columns={"score": "probability"})),
    ],
)
def test_a_remedy_becomes_an_option(remedy: Remedy, options: ImportOptions) -> None:
    assert with_remedy(ImportOptions(), remedy) == options


def test_a_remedy_keeps_what_was_said_before() -> None:
    said = ImportOptions(labels="trim", columns={"id": "key"})
    assert with_remedy(said, Remedy("", "columns", "score=p")) == ImportOptions(
        labels="trim", columns={"id": "key", "score": "p"}
    )


@pytest.fixture
def show(window: MainWindow, open_review: OpenReview) -> Callable[[FakeReview], DatasetsAndTeamsPage]:
    def show_it(review: FakeReview) -> DatasetsAndTeamsPage:
        open_review(review)
        window.go_to("Datasets & teams")
        QApplication.processEvents()
        page = window.page
        assert isinstance(page, DatasetsAndTeamsPage)
        return page

    return show_it


Show = Callable[[FakeReview], DatasetsAndTeamsPage]

EMPTY = {"dataset_infos": (), "submissions": (), "run_infos": (), "comparisons": (), "overall": ()}


def settled(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.session.jobs.running)
    QApplication.processEvents()


def dataset_cards(page: DatasetsAndTeamsPage) -> Sequence[DatasetCard]:
    return page.datasets.cards  # type: ignore[return-value]


def team_cards(page: DatasetsAndTeamsPage) -> Sequence[TeamCard]:
    return page.teams.cards  # type: ignore[return-value]


def words(page: DatasetsAndTeamsPage) -> list[str]:
    return [found.text for found in page.findChildren(SpanLabel) if found.isVisible()]


def test_dropped_things_are_asked_about_and_added_datasets_first(
    show: Show, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    review = FakeReview(**EMPTY)
    show(review)
    predictions = write(tmp_path / "ours.csv", "example_id,y_pred\n1,match\n")
    gold = write(tmp_path / "gold.csv", "example_id,label\n1,match\n")
    window.take([predictions, gold])
    settled(window, qtbot)
    dialog = window.findChild(ImportDialog)
    submission_card, dataset_card = dialog.cards
    assert submission_card.team.currentText() == "Team A"
    submission_card.team.setCurrentText("Catalog Matching")
    dataset_card.team.setCurrentText("Catalog Matching")
    QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    settled(window, qtbot)
    assert review.operations == [
        AddDataset(gold, home_of="Catalog Matching"),
        AddSubmission(predictions, team="Catalog Matching"),
    ]


def test_a_submission_needs_a_team(show: Show, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    show(FakeReview(**EMPTY))
    window.take([write(tmp_path / "ours.csv", "example_id,y_pred\n1,match\n")])
    settled(window, qtbot)
    dialog = window.findChild(ImportDialog)
    dialog.cards[0].team.setCurrentText("  ")
    assert not dialog.add.isEnabled()
    dialog.cards[0].team.setCurrentText("Somebody")
    assert dialog.add.isEnabled()
    dialog.reject()


def test_code_runs_only_where_the_user_says_so(show: Show, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    review = FakeReview(**EMPTY)
    show(review)
    folder = tmp_path / "matcher"
    write(folder / "submission.toml", 'team = "T"\nname = "n"\nversion = "1"\nkind = "algorithm"\nentry = "m:M"\n')
    write(folder / "m.py", "class M:\n    def fit(self, train, spec): ...\n    def predict(self, data): ...\n")
    window.take([folder])
    settled(window, qtbot)
    dialog = window.findChild(ImportDialog)
    assert dialog.cards[0].trusted.isVisible()
    assert not dialog.cards[0].trusted.isChecked()
    dialog.cards[0].trusted.setChecked(True)
    dialog.add.click()
    settled(window, qtbot)
    (operation,) = review.operations
    assert isinstance(operation, AddSubmission)
    assert operation.team == "T"
    assert operation.consent is not None
    assert len(operation.consent) == 64


def test_a_refusal_is_shown_with_its_remedies_and_a_remedy_imports_again(
    show: Show, window: MainWindow, qtbot: QtBot
) -> None:
    error = ReviewError(
        [
            Finding(
                "labels_match_after_trim",
                Severity.ERROR,
                "ours.csv: labels are known only without blanks at their ends.",
                57,
                "ours.csv",
                ('line 5: "Good Characters "',),
                (Remedy("Trim the labels", "labels", "trim"),),
            )
        ]
    )
    review = FakeReview(refuse=error)
    page = show(review)
    window.imports.do(AddSubmission(Path("ours.csv"), team=CATALOG))
    settled(window, qtbot)
    card = page.findChild(RefusalCard)
    assert card is not None
    assert "ours.csv: labels are known only without blanks at their ends." in words(page)
    assert 'line 5: "Good Characters "\nand 56 more' in words(page)
    QTest.mouseClick(card.findings[0].remedy_buttons[0], Qt.MouseButton.LeftButton)
    settled(window, qtbot)
    assert review.operations == [AddSubmission(Path("ours.csv"), CATALOG, options=ImportOptions(labels="trim"))]
    assert window.imports.refusals == []
    assert page.findChild(RefusalCard) is None or not page.findChild(RefusalCard).isVisible()


def test_a_refusal_leads_to_the_page_and_can_be_dismissed(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    page = show(FakeReview(refuse=ReviewError.of("empty_file", "ours.csv is empty.")))
    window.go_to("Overview")
    window.imports.do(AddSubmission(Path("ours.csv"), team=CATALOG))
    settled(window, qtbot)
    assert window.page is page
    page.findChild(RefusalCard).dismiss.click()
    assert window.imports.refusals == []


def test_what_was_mended_is_tried_again(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    review = FakeReview(refuse=ReviewError.of("empty_file", "ours.csv is empty."))
    page = show(review)
    operation = AddSubmission(Path("ours.csv"), team=CATALOG)
    window.imports.do(operation)
    settled(window, qtbot)
    page.findChild(RefusalCard).retry.click()
    settled(window, qtbot)
    assert review.operations == [operation]


@pytest.mark.parametrize(
    ("operation", "code", "answered"),
    [
        (AddDataset(Path("d")), "dataset_exists", AddDataset(Path("d"), name="other")),
        (AddSubmission(Path("s"), CATALOG), "version_exists", AddSubmission(Path("s"), CATALOG, version="other")),
    ],
)
def test_what_has_a_taken_name_can_be_given_another(
    show: Show,
    window: MainWindow,
    qtbot: QtBot,
    operation: AddDataset | AddSubmission,
    code: str,
    answered: AddDataset | AddSubmission,
) -> None:
    review = FakeReview(refuse=ReviewError.of(code, "That one is there already."))
    page = show(review)
    window.imports.do(operation)
    settled(window, qtbot)
    card = page.findChild(RefusalCard)
    assert not card.add.isEnabled()
    QTest.keyClicks(card.name, "other")
    QTest.keyClick(card.name, Qt.Key.Key_Return)
    settled(window, qtbot)
    assert review.operations == [answered]


def test_what_was_refused_is_forgotten_with_its_review(show: Show, window: MainWindow, open_review: OpenReview) -> None:
    show(FakeReview())
    window.imports.refusals.append(Refusal(AddSubmission(Path("x"), "T"), ReviewError.of("x", "No.")))
    open_review(FakeReview())
    assert window.imports.refusals == []


def test_a_dataset_shows_what_was_understood_and_checked(show: Show) -> None:
    leak = Finding("test_rows_in_train", Severity.WARNING, "amazon-google: 37 test rows are in training.")
    page = show(FakeReview(dataset_infos=(replace(AMAZON, findings=(leak,)), ABT)))
    said = words(page)
    assert "text left_title, right_title; numeric left_price, right_price" in said
    assert "37 test rows are in training." in said
    assert "no column gives the label away" in said


def test_the_home_of_a_dataset_can_be_chosen(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    review = FakeReview()
    page = show(review)
    card = dataset_cards(page)[0]
    assert [card.home.itemText(row) for row in range(card.home.count())] == ["nobody", CATALOG, VARIANT]
    assert card.home.currentText() == CATALOG
    card.home.textActivated.emit("nobody")
    settled(window, qtbot)
    assert review.operations == [SetHome("amazon-google", None)]
    assert dataset_cards(page)[0].home.currentText() == "nobody"


def test_a_dataset_is_removed_after_asking(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    review = FakeReview()
    page = show(review)
    dataset_cards(page)[0].remove.click()
    dialog = page.findChild(ConfirmDialog)
    assert review.operations == []
    dialog.confirm.click()
    settled(window, qtbot)
    assert review.operations == [RemoveDataset("amazon-google")]
    assert [card.dataset.name for card in dataset_cards(page)] == ["abt-buy"]


def test_teams_show_their_submissions_and_which_stands_for_them(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    old = replace(submission(7, CATALOG, "char n-grams", "0"), is_current=False)
    review = FakeReview(submissions=(CHARS, old, TOKENS, BOOSTING))
    page = show(review)
    assert [card.team.name for card in team_cards(page)] == [CATALOG, VARIANT, BASE]
    assert set(team_cards(page)[0].current) == {7}
    team_cards(page)[0].current[7].click()
    settled(window, qtbot)
    assert review.operations == [SetCurrent(7)]
    assert set(team_cards(page)[0].current) == {1}


def test_a_submission_is_removed_after_asking(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    review = FakeReview()
    page = show(review)
    team_cards(page)[1].remove[2].click()
    page.findChild(ConfirmDialog).confirm.click()
    settled(window, qtbot)
    assert review.operations == [RemoveSubmission(2)]


def test_code_that_waits_for_a_consent_can_be_allowed(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    review = FakeReview(submissions=(replace(CHARS, may_run=False), TOKENS))
    page = show(review)
    card = team_cards(page)[0]
    assert set(card.allow) == {CHARS.submission_id}
    assert not team_cards(page)[1].allow
    card.allow[CHARS.submission_id].click()
    page.findChild(ConfirmDialog).confirm.click()
    settled(window, qtbot)
    assert review.operations == [AddSubmission(Path(CHARS.path), CATALOG, consent=CHARS.digest)]


def test_what_joining_found_is_shown_with_its_remedies(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    percent = Finding(
        "probabilities_percent",
        Severity.WARNING,
        "ours.csv: the probabilities look like percents.",
        remedies=(Remedy("They are percents", "probabilities", "percent"),),
    )
    review = FakeReview(findings=(percent,))
    page = show(review)
    operation = AddSubmission(Path("ours.csv"), team="New")
    window.imports.do(operation)
    settled(window, qtbot)
    card = team_cards(page)[-1]
    assert "ours.csv: the probabilities look like percents." in words(page)
    remedy = next(button for button in card.findChildren(QPushButton) if button.text() == "They are percents")
    remedy.click()
    settled(window, qtbot)
    again = replace(operation, options=ImportOptions(probabilities="percent"))
    assert review.operations == [operation, RemoveSubmission(4), again]


def test_a_tick_stands_for_a_submission_without_warnings(show: Show) -> None:
    warned = replace(CHARS, findings=(Finding("extra_ids", Severity.WARNING, "4 ids are not in the dataset."),))
    page = show(FakeReview(submissions=(warned, TOKENS)))
    ticks = [[row.words for row in card.findChildren(CheckRow)] for card in team_cards(page)]
    assert ticks == [["4 ids are not in the dataset."], ["read without a warning"]]


def test_a_baseline_is_added_from_the_menu(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    review = FakeReview()
    page = show(review)
    actions = page.add_baseline.menu().actions()
    assert {"majority", "tfidf-linear"} <= {action.text() for action in actions}
    actions[0].trigger()
    settled(window, qtbot)
    assert review.operations == [AddSubmission(None, BASE, builtin=actions[0].text())]


@pytest.fixture
def bare_dataset(tmp_path: Path) -> Path:
    rows = "\n".join(f"{number},{'yes' if number % 2 else 'no'},text {number}" for number in range(20))
    return write(tmp_path / "survey.csv", f"id,target,words\n{rows}\n")


def test_what_was_inferred_wrongly_is_corrected_by_reading_again(
    show: Show, window: MainWindow, qtbot: QtBot, bare_dataset: Path
) -> None:
    info = replace(
        AMAZON,
        name="survey",
        task="classification",
        id_column="id",
        target="target",
        columns={"words": "text"},
        labels=("no", "yes"),
        positive_label=None,
        primary_metric="accuracy",
        path=str(bare_dataset),
    )
    review = FakeReview(dataset_infos=(info,))
    page = show(review)
    dataset_cards(page)[0].correct.click()
    dialog = page.findChild(CorrectionDialog)
    assert not dialog.positive.isEnabled()
    dialog.target.setCurrentText("words")
    dialog.primary_metric.setCurrentIndex(dialog.primary_metric.findData("macro_f1"))
    dialog.read.click()
    settled(window, qtbot)
    options = ImportOptions(task="classification", metric="macro_f1", columns={"id": "id", "label": "words"})
    assert review.operations == [RemoveDataset("survey"), AddDataset(bare_dataset, "survey", CATALOG, options)]


def test_the_kind_of_a_column_is_corrected_and_stays_so(
    show: Show, window: MainWindow, qtbot: QtBot, bare_dataset: Path
) -> None:
    info = replace(
        AMAZON,
        name="survey",
        task="classification",
        id_column="id",
        target="target",
        columns={"words": "text", "age": "numeric"},
        labels=("no", "yes"),
        primary_metric="accuracy",
        path=str(bare_dataset),
    )
    page = show(FakeReview(dataset_infos=(info,)))
    dataset_cards(page)[0].correct.click()
    dialog = page.findChild(CorrectionDialog)
    dialog.kinds["words"].setCurrentText("categorical")
    assert dialog.options.kinds == {"words": "categorical", "age": "numeric"}
    dialog.target.setCurrentText("age")
    assert dialog.options.kinds == {"words": "categorical"}
    dialog.reject()


def test_a_correction_that_cannot_be_read_removes_nothing(
    show: Show, window: MainWindow, qtbot: QtBot, bare_dataset: Path
) -> None:
    info = replace(
        AMAZON, id_column="id", target="target", columns={"words": "text"}, path=str(bare_dataset), task="matching"
    )
    review = FakeReview(dataset_infos=(info,))
    page = show(review)
    dataset_cards(page)[0].correct.click()
    dialog = page.findChild(CorrectionDialog)
    dialog.target.setCurrentText("words")  # 20 different labels make no matching dataset
    dialog.read.click()
    settled(window, qtbot)
    assert review.operations == []
    assert dialog.isVisible()
    assert dialog.read.isEnabled()
    dialog.reject()


def test_a_spec_that_says_it_itself_leaves_metric_and_positive_label_to_choose(show: Show, tmp_path: Path) -> None:
    write(tmp_path / "data" / "dataset.json", "{}")
    page = show(FakeReview(dataset_infos=(replace(AMAZON, path=str(tmp_path / "data")),)))
    dataset_cards(page)[0].correct.click()
    dialog = page.findChild(CorrectionDialog)
    enabled = [
        box.isEnabled() for box in (dialog.task, dialog.id, dialog.target, dialog.positive, dialog.primary_metric)
    ]
    assert enabled == [False, False, False, True, True]
    assert dialog.options == ImportOptions(positive="match", metric="f1")
    dialog.reject()


def test_the_focus_stays_where_it_was_when_cards_are_renewed(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    page = show(FakeReview())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    dataset_cards(page)[0].home.setFocus()
    dataset_cards(page)[0].home.textActivated.emit(VARIANT)
    settled(window, qtbot)
    assert dataset_cards(page)[0].home.hasFocus()


def test_a_change_makes_anew_only_the_card_that_it_concerns(show: Show, window: MainWindow, qtbot: QtBot) -> None:
    page = show(FakeReview())
    amazon, abt = dataset_cards(page)
    teams = team_cards(page)
    abt.home.textActivated.emit("nobody")
    settled(window, qtbot)
    assert dataset_cards(page)[0] is amazon
    assert dataset_cards(page)[1] is not abt
    assert team_cards(page)[0] is teams[0]
    assert team_cards(page)[1] is not teams[1]  # its home is another one now


def test_every_button_says_what_it_is_about(show: Show) -> None:
    page = show(FakeReview())
    names = [button.accessibleName() for button in page.findChildren(QPushButton) if button.text() == "Remove"]
    assert len(set(names)) == len(names) == 5
