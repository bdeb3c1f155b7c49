"""Wrong gold labels: how many would take a verdict away, and what judged disagreements say of the difference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout

from reviewer_app.comparison.formatting import format_margin
from reviewer_app.comparison.label_noise import ACCURACY, NO_LEVEL, dependence_sentence
from reviewer_app.comparison.result import Comparison
from reviewer_app.comparison.sentences import fragility_sentence
from reviewer_app.evaluation.needs import counted
from reviewer_app.progress import Progress
from reviewer_app.ui.models.compared_pair import ReviewPair
from reviewer_app.ui.models.label_noise_grids import differences_grid, strata_grid
from reviewer_app.ui.models.number_grid import NumberGrid
from reviewer_app.ui.pages.page import GAP, label
from reviewer_app.ui.pending import Pending
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.emptying import empty
from reviewer_app.ui.views.figure_card import FigureCard
from reviewer_app.ui.views.label_noise_figure import (
    LabelNoiseDrawing,
    draw_label_noise,
    label_noise_drawing,
    label_noise_height,
)
from reviewer_app.ui.views.panel import FurtherPanel
from reviewer_app.ui.views.words_table import WordsTable

if TYPE_CHECKING:
    from reviewer_app.errors import ReviewError
    from reviewer_app.review.queries import LabelNoiseReport, Significance

HOW_TO_JUDGE = (
    "Judging some disagreements by hand says what the difference in accuracy would be if the gold labels were right. "
    "Write a queue: disagreements in a random order that nobody chose. Fill in its column judgement from the top, "
    "without choosing (a_right, b_right, both_acceptable, label_wrong, both_wrong or unclear), and read the file here, "
    "as often as you like: the interval allows for looking after every judgement."
)
NO_FRAGILITY = "There is no verdict by McNemar's test here, so none that a number of wrong gold labels would take away."
NOT_PRIMARY = "Accuracy is not the primary metric on this dataset: the verdict is not about it."
FIRST_QUEUE = 50
_MOST = 1_000_000
_FIELD_WIDTH = 96
_JUDGEMENTS = "Judgements (*.csv *.parquet *.jsonl);;All files (*)"


@dataclass(frozen=True)
class _Loaded:
    """What a job has read: the judgements, and the difference in accuracy by the gold labels."""

    report: LabelNoiseReport
    by_gold: Significance


class LabelNoisePanel(FurtherPanel):
    """Shows how fragile a verdict is, writes queues and reads judgements.

    Attributes
    ----------
    judged
        The files of judgements that are read; none until somebody chooses some.
    """

    key = "significance.label_noise"

    def __init__(self, pending: Pending) -> None:
        super().__init__(pending)
        self.judged: tuple[Path, ...] = ()
        self._pair: ReviewPair | None = None
        self._comparison: Comparison | None = None
        self._is_due = False
        self._grids: tuple[NumberGrid, ...] = ()
        self.fragility = label(wrap=True, selectable=True)
        self.number = QSpinBox()
        self.write = QPushButton("Write a random queue to judge…")
        self.read = QPushButton("Read judgements…")
        self.planned = QSpinBox()
        self.written = label(role="muted", wrap=True, selectable=True)
        self.message = label(role="muted", wrap=True, selectable=True)
        self.findings = label(role="warning", wrap=True, selectable=True)
        self.figure = FigureCard("Corrected difference in accuracy")
        self._tables = QVBoxLayout()
        self.tables_card = Card()
        self.tables_card.setAccessibleName("Judgements and corrected differences")
        self._lay_out()
        self.clear()

    def show_comparison(self, pair: ReviewPair, comparison: Comparison) -> None:
        """Be about this comparison; judgements of another one are not about it."""
        before = self._comparison
        if self._pair != pair or before is None or before.dataset != comparison.dataset:
            self.clear()
        self._pair, self._comparison, self._is_due = pair, comparison, True

    def load(self) -> None:
        """Read the judgements, and how fragile the verdict is, if that was not done yet."""
        if self._is_due and self._pair is not None and self._comparison is not None:
            self._is_due = False
            self._start(self._pair, self._comparison)

    def read_from(self, paths: tuple[Path, ...]) -> None:
        """Read judgements from these files."""
        self.judged = paths
        self._is_due = True
        self.load()

    def write_to(self, path: Path) -> None:
        """Write the queue to a new csv file."""
        pair, comparison, number = self._pair, self._comparison, self.number.value()
        if pair is None or comparison is None:
            return
        path = path if path.suffix else path.with_suffix(".csv")

        def landed(n_written: int) -> None:
            self._say_written(
                f"Wrote {counted(n_written, 'disagreement')} to {path}: fill in the column judgement, then read it."
            )

        # A queue that is asked for while the numbers are computed takes their place.
        self._is_due = self._is_due or self.key in self.pending.waiting

        self.pending.start(
            self.key,
            f"Writing {path.name}",
            lambda _: pair.review.write_judging_queue(comparison.dataset, pair.a, pair.b, number, path),
            landed,
            lambda error: self._say_written(str(error)),
        )

    def say(self, why: str) -> None:
        """Say why there is nothing to show."""
        self._show_nothing()
        self._say(why)

    def grids(self) -> tuple[NumberGrid, ...]:
        """Return what was judged, and the differences."""
        return self._grids

    def figures(self) -> tuple[FigureCard, ...]:
        """Return the plot, where there is one."""
        return (self.figure,) if self.figure.has_figure else ()

    def clear(self) -> None:
        """Show nothing, and forget whose judgements were read."""
        self.pending.cancel(self.key)
        self.judged = ()
        self._pair = self._comparison = None
        self._is_due = False
        self.planned.setValue(0)
        self.fragility.setText("")
        self._say("")
        self._say_written("")
        self._show_nothing()

    def _say_written(self, words: str) -> None:
        self.written.setText(words)
        self.written.setVisible(bool(words))
        self.load()

    def _say(self, words: str) -> None:
        self.message.setText(words)
        self.message.setVisible(bool(words))

    def _start(self, pair: ReviewPair, comparison: Comparison) -> None:
        judged, planned, dataset = self.judged, self.planned.value() or None, comparison.dataset

        def work(progress: Progress) -> _Loaded:
            report = pair.review.label_noise(dataset, pair.a, pair.b, judged, planned)
            return _Loaded(report, pair.review.significance(dataset, pair.a, pair.b, ACCURACY.id, progress))

        def landed(found: _Loaded) -> None:
            if self._comparison is comparison:
                self._show(found.report, found.by_gold)

        def refused(error: ReviewError) -> None:
            if self._comparison is comparison:
                self.say(str(error))

        self._say("computing…")
        self.pending.start(self.key, "Correcting for wrong labels", work, landed, refused)

    def _show(self, report: LabelNoiseReport, by_gold: Significance) -> None:
        fragility, accuracy = by_gold.detail.fragility, by_gold.numbers
        self.fragility.setText(NO_FRAGILITY if fragility is None else fragility_sentence(fragility))
        self._say(f"Read from {', '.join(path.name for path in self.judged)}." if self.judged else "")
        notes = [finding.message for finding in report.findings]
        if report.noise.not_defined is not None and self.judged:
            notes.append(f"{report.noise.not_defined[:1].upper()}{report.noise.not_defined[1:]}.")
        self.findings.setText("\n".join(notes))
        self.findings.setVisible(bool(notes))
        said = (dependence_sentence(report.noise), NO_LEVEL, "" if report.is_primary else NOT_PRIMARY)
        assumes = " ".join(part for part in said if part)
        empty(self._tables)
        self._grids = (strata_grid(report), differences_grid(report, accuracy))
        shown = self._grids if report.noise.n_drawn else self._grids[:1]
        for grid in shown:
            self._tables.addWidget(WordsTable(grid))
        self.tables_card.show()
        self.figure.show()
        if not report.noise.n_drawn:
            self.figure.say(f"{report.sentence}\n{assumes}")
            return
        drawing = label_noise_drawing(report, accuracy)
        self.figure.show_figure(
            lambda figure, palette: draw_label_noise(figure, drawing, palette),
            label_noise_height(drawing),
            report.sentence,
            f"{_key(drawing)}{assumes}",
        )

    def _show_nothing(self) -> None:
        self._grids = ()
        self.findings.hide()
        self.figure.clear()
        self.figure.hide()
        empty(self._tables)
        self.tables_card.hide()

    def _ask_where_to_write(self) -> None:
        if self._pair is None or self._comparison is None:
            return
        folder = self._pair.review.path.parent
        suggested = folder / f"{self._comparison.dataset} to judge.csv".replace("/", "-")
        # A file that exists may hold judgements: it is refused, not replaced.
        options = QFileDialog.Option.DontConfirmOverwrite
        name, _ = QFileDialog.getSaveFileName(
            self, "Write a queue to judge", str(suggested), "csv (*.csv)", options=options
        )
        if name:
            self.write_to(Path(name))

    def _ask_what_to_read(self) -> None:
        if self._pair is None:
            return
        names, _ = QFileDialog.getOpenFileNames(
            self, "Read judgements", str(self._pair.review.path.parent), _JUDGEMENTS
        )
        if names:
            self.read_from(tuple(Path(name) for name in names))

    def _change_plan(self) -> None:
        if self.judged:
            self._is_due = True
            self.load()

    def _lay_out(self) -> None:
        for box, least, name in ((self.number, 1, "Disagreements to write"), (self.planned, 0, "Planned judgements")):
            box.setRange(least, _MOST)
            box.setFixedWidth(_FIELD_WIDTH)
            box.lineEdit().setTextMargins(8, 0, 0, 0)
            box.setAccessibleName(name)
        self.number.setValue(FIRST_QUEUE)
        self.planned.setSpecialValueText("none")
        self.planned.setKeyboardTracking(False)
        self.planned.setToolTip("A number that was fixed before the first judgement has a narrower interval")
        self.planned.valueChanged.connect(self._change_plan)
        self.write.clicked.connect(self._ask_where_to_write)
        self.read.clicked.connect(self._ask_what_to_read)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.write)
        row.addWidget(label("of", "muted"))
        row.addWidget(self.number)
        row.addSpacing(GAP)
        row.addWidget(self.read)
        row.addSpacing(GAP)
        row.addWidget(label("planned before the first judgement", "muted"))
        row.addWidget(self.planned)
        row.addStretch(1)
        card = Card()
        card.setAccessibleName("Wrong labels")
        card.body.addWidget(label("Wrong gold labels", "heading"))
        card.body.addWidget(self.fragility)
        card.body.addWidget(label(HOW_TO_JUDGE, "muted", wrap=True))
        card.body.addLayout(row)
        card.body.addWidget(self.written)
        card.body.addWidget(self.message)
        card.body.addWidget(self.findings)
        self.tables_card.body.addLayout(self._tables)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(GAP)
        for shown in (card, self.figure, self.tables_card):
            body.addWidget(shown)
        body.addStretch(1)


def _key(drawing: LabelNoiseDrawing) -> str:
    """Return what the marks of a drawing mean, those that are there."""
    is_range = any(row.lowest != row.highest for row in drawing.rows)
    marks = [
        "Thick: between which numbers the estimate lies." if is_range else "",
        "" if drawing.margin is None else f"Shaded: the margin ({format_margin(ACCURACY, drawing.margin)}).",
    ]
    return "".join(f"{mark} " for mark in marks if mark)
