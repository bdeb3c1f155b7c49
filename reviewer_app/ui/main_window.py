"""The window: navigation and pages, menus, status bar; it knows which page shows what, and no statistics."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.errors import ReviewError
from reviewer_app.ui.actions import Actions, Needs
from reviewer_app.ui.icons import icon
from reviewer_app.ui.imports import Imports
from reviewer_app.ui.input_guesses import InputKind
from reviewer_app.ui.jobs import Job
from reviewer_app.ui.pages.page import Page, label
from reviewer_app.ui.pages.start import StartPage
from reviewer_app.ui.review_files import DEMO, ReviewFiles
from reviewer_app.ui.session import EVERYTHING, OPENING, Session
from reviewer_app.ui.settings import Settings, log_path
from reviewer_app.ui.theme import Mode, theme
from reviewer_app.ui.views.status_bar import StatusBar

if TYPE_CHECKING:
    from reviewer_app.ui.views.navigation import Navigation

TITLE = "reviewer_app"
_PAGE_ACTIONS = {
    "view.overview": "Overview",
    "view.datasets_and_teams": "Datasets & teams",
    "view.runs": "Runs",
    "view.metrics": "Metrics",
    "view.significance": "Significance",
    "view.disagreements": "Disagreements",
}


class MainWindow(QMainWindow):
    """The window.

    Parameters
    ----------
    session
        What it looks at.
    settings
        What it remembers.
    """

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.session = session
        self.settings = settings
        self._run_all_missing: Callable[[], None] = session.run
        self.imports = Imports(session, self)
        self.files = ReviewFiles(session, settings, self.imports, self)
        self.commands = Actions(self)
        self.pages: dict[str, Page] = {}
        self._navigation: Navigation | None = None
        self._may_cancel_run = False
        self.setWindowTitle(TITLE)
        self.setAcceptDrops(True)
        self.setMinimumSize(880, 560)
        self._build()
        self._connect()
        self._show_look()
        self._review_changed()

    @property
    def page(self) -> Page | None:
        """The page that is shown; None on the start page."""
        current = self._stack.currentWidget()
        return current if self.session.snapshot is not None and isinstance(current, Page) else None

    def go_to(self, name: str) -> None:
        """Show a page."""
        page = self.pages[name]
        self._stack.setCurrentWidget(page)
        if self._navigation is not None:
            self._navigation.show_page(name, uses_dataset=page.uses_dataset)
        self.commands.allow_page(page.commands())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Remember the window's place, stop what is going on, and let go of the file; a run is asked about first."""
        if self.session.run_job is not None and not self._may_cancel_run:
            event.ignore()
            self._ask_to_cancel_run()
            return
        self.settings.save_geometry(self)
        self.hide()
        self.session.close()
        self.session.jobs.close()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Welcome files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._overlay.setGeometry(self._center.rect().adjusted(12, 12, -12, -12))
            self._overlay.show()
            self._overlay.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Take the welcome back."""
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Add files and folders; a review is opened instead."""
        self._overlay.hide()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.take(paths)

    def take(self, paths: list[Path]) -> None:
        """Open a dropped review, or offer to add what was dropped, to a new review where none is open."""
        reviews = [path for path in paths if path.suffix == ".review"]
        if reviews:
            self.files.open_path(reviews[0])
        elif self.session.review is not None:
            self.imports.offer(paths)
        else:
            self.files.new(then=lambda: self.imports.offer(paths))

    def crashed(self, doing: str, traceback: str) -> None:
        """Show a bug of ours with its traceback."""
        from reviewer_app.ui.views.dialogs import CrashDialog

        self._show_dialog(CrashDialog(doing, traceback, log_path(), self))

    def _build(self) -> None:
        menus = self.commands.fill(self.menuBar())
        self._recent_menu = menus["File"].addMenu("Open &recent")
        menus["File"].insertMenu(self.commands["file.demo"], self._recent_menu)
        hint = QPushButton("Ctrl+K  commands", self.menuBar())
        hint.setProperty("role", "quiet")
        hint.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        hint.clicked.connect(self.commands["help.commands"].trigger)
        self.menuBar().setCornerWidget(hint)
        self.status = StatusBar(self)
        self.setStatusBar(self.status)
        self._start = StartPage()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._start)
        self._center = QWidget()
        self._center.setObjectName("center")
        self._row = QHBoxLayout(self._center)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self._stack, 1)
        self.setCentralWidget(self._center)
        self._overlay = QFrame(self._center)
        self._overlay.setProperty("role", "drop")
        self._overlay.setProperty("active", True)
        words = QVBoxLayout(self._overlay)
        words.addWidget(label("Drop to add", "title"), 0, Qt.AlignmentFlag.AlignCenter)
        self._overlay.hide()

    def _connect(self) -> None:
        session = self.session
        session.review_changed.connect(self._review_changed)
        session.changed.connect(self._changed)
        session.selection_changed.connect(self._selection_changed)
        session.jobs.started.connect(self._job_started)
        session.jobs.progressed.connect(lambda _: self._show_work())
        session.jobs.ended.connect(self._job_ended)
        session.jobs.refused.connect(self._refused)
        session.jobs.crashed.connect(self.crashed)
        self.imports.refusals_changed.connect(self._refusals_changed)
        self.status.cancel_clicked.connect(self.commands["run.cancel"].trigger)
        self._start.action_requested.connect(lambda id_: self.commands[id_].trigger())
        self._start.review_chosen.connect(self.files.open_path)
        self.commands.triggered.connect(self._do)
        theme.changed.connect(self._show_look)
        self._handlers: dict[str, Callable[[], None]] = {
            "file.new": self.files.new,
            "file.open": self.files.open,
            "file.demo": self.files.demo,
            "file.save_copy": self.files.save_copy,
            "file.close": session.close,
            "file.quit": self._quit,
            "edit.undo": self._undo,
            "edit.add_dataset": partial(self.files.add, InputKind.DATASET),
            "edit.add_submission": partial(self.files.add, InputKind.SUBMISSION),
            "edit.title": self.files.name_review,
            "edit.swap": lambda: session.select(a=session.b, b=session.a),
            "view.light": lambda: self._choose_look(Mode.LIGHT),
            "view.dark": lambda: self._choose_look(Mode.DARK),
            "view.system": lambda: self._choose_look(Mode.SYSTEM),
            "run.missing": self._run,
            "run.cancel": self._cancel,
            "help.commands": self._show_commands,
            "help.keys": self._show_keys,
            "help.log": self._show_log,
            "help.about": self._show_about,
        }
        for id_, name in _PAGE_ACTIONS.items():
            self._handlers[id_] = partial(self.go_to, name)

    def _build_pages(self) -> None:
        """Make navigation and pages: at the first review, because they load what the first window can do without."""
        from reviewer_app.ui.pages.datasets_and_teams import DatasetsAndTeamsPage
        from reviewer_app.ui.pages.disagreements import DisagreementsPage
        from reviewer_app.ui.pages.metrics import MetricsPage
        from reviewer_app.ui.pages.overview import OverviewPage
        from reviewer_app.ui.pages.runs import RunsPage
        from reviewer_app.ui.pages.significance import SignificancePage
        from reviewer_app.ui.views.navigation import Navigation

        runs = RunsPage(self.session, memory=self.settings)
        significance = SignificancePage(self.session)
        disagreements = DisagreementsPage(self.session, memory=self.settings)
        pages: list[Page] = [
            OverviewPage(self.session),
            DatasetsAndTeamsPage(self.session, self.imports),
            runs,
            MetricsPage(self.session),
            significance,
            disagreements,
        ]
        significance.examples_requested.connect(disagreements.filters.show_only)
        significance.examples_requested.connect(lambda _conditions: self.go_to(disagreements.name))
        self._run_all_missing = runs.run_all_missing
        self._navigation = Navigation(self.session, [page.name for page in pages])
        self._navigation.page_chosen.connect(self.go_to)
        self._row.insertWidget(0, self._navigation)
        for page in pages:
            self.pages[page.name] = page
            self._stack.addWidget(page)
            page.page_requested.connect(self.go_to)
            page.action_requested.connect(lambda id_: self.commands[id_].trigger())
        self._overlay.raise_()

    def _review_changed(self) -> None:
        snapshot = self.session.snapshot
        is_open = snapshot is not None
        self.commands.allow(Needs.REVIEW, allowed=is_open)
        self.commands.allow_page(())
        if snapshot is None:
            self._stack.setCurrentWidget(self._start)
            self.setWindowTitle(TITLE)
        else:
            self.settings.add_recent(Path(snapshot.summary.path))
            if not self.pages:
                self._build_pages()
            self._show_frame()
            for page in self.pages.values():
                page.mark_stale(EVERYTHING)
            self.go_to("Overview" if snapshot.datasets else "Datasets & teams")
        if self._navigation is not None:
            self._navigation.setVisible(is_open)
        self.status.show_review(snapshot)
        self._show_recent()

    def _changed(self, stale: frozenset[str]) -> None:
        self._show_frame()
        for page in self.pages.values():
            page.mark_stale(stale)
        if self.page is not None:
            self.commands.allow_page(self.page.commands())

    def _selection_changed(self) -> None:
        if self.session.snapshot is not None and self._navigation is not None:
            self._navigation.show_selection()
        for page in self.pages.values():
            page.mark_stale(frozenset({"selection"}))

    def _show_frame(self) -> None:
        """Show title, file and counts."""
        snapshot = self.session.snapshot
        if snapshot is None or self._navigation is None:
            return
        summary = snapshot.summary
        self.setWindowTitle(f"{summary.title or Path(summary.path).stem} \N{EN DASH} {TITLE}")
        n_teams = sum(not team.is_baselines for team in snapshot.teams)
        all_done = summary.n_cells > 0 and summary.n_cells_done == summary.n_cells
        runs = f"\N{CHECK MARK} {summary.n_cells}" if all_done else f"{summary.n_cells_done} of {summary.n_cells}"
        self._navigation.set_counts(
            {
                "Datasets & teams": str(summary.n_datasets + n_teams),
                "Runs": runs if summary.n_cells else "",
                "Disagreements": "" if summary.n_disagreements is None else f"{summary.n_disagreements:,}",
            }
        )
        self._navigation.show_selection()
        self.status.show_review(snapshot)

    def _refusals_changed(self) -> None:
        if self.imports.refusals and self.session.snapshot is not None:
            self.go_to("Datasets & teams")

    def _show_work(self) -> None:
        """Show the run, or the job that has lasted longest, and let it be cancelled."""
        running = self.session.jobs.running
        self.status.show_job(self.session.run_job or (running[0] if running else None))
        self.commands.allow(Needs.WORK, allowed=bool(running))

    def _job_started(self, job: Job) -> None:
        self._show_work()
        if job.key in (OPENING, DEMO):
            self._start.show_busy(job.name)

    def _job_ended(self, job: Job) -> None:
        self._show_work()
        if job.key in (OPENING, DEMO):
            self._start.show_busy("")

    def _refused(self, doing: str, error: ReviewError) -> None:
        from reviewer_app.ui.views.dialogs import FindingsDialog

        self._show_dialog(FindingsDialog(f"{doing[:1].upper()}{doing[1:]}: refused", error.findings, self))

    def _do(self, id_: str) -> None:
        handler = self._handlers.get(id_)
        if handler is None and self.page is not None:
            handler = self.page.commands().get(id_)
        if handler is not None:
            handler()

    def _quit(self) -> None:
        self.close()

    def _undo(self) -> None:
        self.session.undo()

    def _run(self) -> None:
        self.go_to("Runs")
        self._run_all_missing()

    def _ask_to_cancel_run(self) -> None:
        from reviewer_app.ui.views.dialogs import ConfirmDialog

        words = "A run is going on. What has ended is kept; the rest can be run another time."
        dialog = ConfirmDialog("Stop the run and close?", words, "Stop and close", self)
        dialog.accepted.connect(self._close_at_once)
        self._show_dialog(dialog)

    def _close_at_once(self) -> None:
        self._may_cancel_run = True
        self.close()

    def _cancel(self) -> None:
        if self.status.job is not None:
            self.status.job.cancel()
            self._show_work()

    def _show_recent(self) -> None:
        recent = self.settings.recent
        self._start.show_recent(recent)
        self._recent_menu.clear()
        for path in recent:
            action = self._recent_menu.addAction(str(path).replace("&", "&&"))
            action.triggered.connect(lambda _=False, path=path: self.files.open_path(path))
        self._recent_menu.setEnabled(bool(recent))

    def _choose_look(self, mode: Mode) -> None:
        self.settings.mode = mode
        theme.set_mode(mode)

    def _show_look(self) -> None:
        self.commands[f"view.{theme.mode}"].setChecked(True)
        self.setWindowIcon(icon("app", theme.palette().accent))

    def _show_commands(self) -> None:
        from reviewer_app.ui.views.command_box import CommandBox

        box = CommandBox([spec for spec in self.commands.specs if self.commands[spec.id].isEnabled()], self)
        box.chosen.connect(lambda id_: self.commands[id_].trigger())

    def _show_keys(self) -> None:
        from reviewer_app.ui.views.dialogs import KeysSheet

        self._show_dialog(KeysSheet(self.commands.specs, self))

    def _show_about(self) -> None:
        from reviewer_app.ui.views.dialogs import AboutDialog

        self._show_dialog(AboutDialog(self))

    def _show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path())))

    def _show_dialog(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
