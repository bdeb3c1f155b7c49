"""The chosen example, whole: texts as they are, differences marked, images shown where they are images."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_evidence import EvidenceReview
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QColor, QImage, QTextDocument, QTextFragment
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer_app.review.queries import ExampleDetail, TextPart
from reviewer_app.ui.theme import DARK, LIGHT, Mode, theme
from reviewer_app.ui.views.example_document import IMAGE_PIXELS, TEXT_CHARACTERS, read_image, write_example
from reviewer_app.ui.views.example_pane import ExamplePane
from reviewer_app.ui.views.kept_splitter import KeptSplitter

MEANS_A_FILE = '<img src="secret.png"><script>alert(1)</script>'


def detail(**changes: object) -> ExampleDetail:
    """Return the first pair with some fields changed."""
    return EvidenceReview(detail_changes=changes).example("amazon-google", "A", "B", 0)


def classified(*columns: tuple[str, str, str | None], images: dict[str, bytes] | None = None) -> ExampleDetail:
    """Return an example of a classification dataset."""
    return detail(pair=(), columns=columns, images=images or {})


def written(example: ExampleDetail) -> QTextDocument:
    """Return the document of an example."""
    document = QTextDocument()
    write_example(document, example, LIGHT)
    return document


def test_words_that_differ_are_marked_and_the_others_are_not(qtbot: QtBot) -> None:
    left = (TextPart("intuit", differs=True), TextPart(" quickbooks", differs=False))
    document = written(detail(pair=(("title", left, (TextPart("quickbooks", differs=False),)),)))
    marked = {f.text(): f.charFormat().background().color().name() for f in fragments(document) if has_mark(f)}
    assert marked == {"intuit": LIGHT.mark}


def test_the_mark_goes_on_over_the_blank_between_two_words_that_differ(qtbot: QtBot) -> None:
    words = (("works", True), (" ", False), ("suite", True), (" ", False), ("2006", False))
    parts = tuple(TextPart(text, differs=differs) for text, differs in words)
    document = written(detail(pair=(("title", parts, parts),)))
    marked = [f.text() for f in fragments(document) if has_mark(f)]
    assert marked == ["works suite", "works suite"]


def test_a_missing_side_of_a_pair_says_missing(qtbot: QtBot) -> None:
    document = written(detail(pair=(("maker", (TextPart("sony", differs=True),), None),)))
    assert "maker\nsony\nmissing" in document.toPlainText()
    assert not any(has_mark(piece) for piece in fragments(document))


def test_markup_in_the_data_is_shown_as_text(qtbot: QtBot) -> None:
    document = written(classified(("note", "text", MEANS_A_FILE)))
    assert MEANS_A_FILE in document.toPlainText()
    assert not any(f.charFormat().isImageFormat() for f in fragments(document))


def test_a_missing_feature_says_missing_and_the_text_none_is_a_value(qtbot: QtBot) -> None:
    text = written(classified(("damage", "categorical", "None"), ("speed", "numeric", None))).toPlainText()
    assert "damage\nNone\nspeed\nmissing" in text


def test_a_very_long_text_is_cut_and_says_how_much_is_left_out(qtbot: QtBot) -> None:
    text = written(classified(("body", "text", "x" * (TEXT_CHARACTERS + 1234)))).toPlainText()
    assert text.count("x") < TEXT_CHARACTERS + 20
    assert "1,234 more characters" in text


def test_a_long_part_of_a_pair_is_cut_too(qtbot: QtBot) -> None:
    parts = (TextPart("x" * TEXT_CHARACTERS, differs=False), TextPart("y" * 50, differs=True))
    text = written(detail(pair=(("body", parts, parts),))).toPlainText()
    assert "y" not in text.replace("body", "")
    assert "50 more characters" in text


@pytest.mark.parametrize(("side", "shown"), [(64, 128), (1000, IMAGE_PIXELS)])
def test_images_are_fitted_to_the_pane(qtbot: QtBot, side: int, shown: int) -> None:
    document = written(classified(("photo", "image", "a/b.png"), images={"photo": png(side)}))
    [image] = [f.charFormat().toImageFormat() for f in fragments(document) if f.charFormat().isImageFormat()]
    assert (image.width(), image.height()) == (shown, shown // 2)
    assert "a/b.png" in document.toPlainText()


def test_an_image_that_is_not_kept_says_so(qtbot: QtBot) -> None:
    assert "not kept in the review" in written(classified(("photo", "image", "a.png"))).toPlainText()


@pytest.mark.parametrize("data", [b"", b"no image", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"])
def test_what_is_no_picture_is_not_drawn(qtbot: QtBot, data: bytes) -> None:
    assert read_image(data) is None
    text = written(classified(("photo", "image", "a.png"), images={"photo": data})).toPlainText()
    assert "not an image that can be shown" in text


def test_the_pane_is_written_anew_in_the_dark(qtbot: QtBot) -> None:
    pane = ExamplePane()
    qtbot.addWidget(pane)
    parts = (TextPart("a", differs=True),)
    pane.show_example(detail(pair=(("t", parts, parts),)), "A", "B", "1 of 1")
    theme.set_mode(Mode.DARK)
    marks = {f.charFormat().background().color().name() for f in fragments(pane.features.document()) if has_mark(f)}
    assert marks == {DARK.mark}


def test_without_an_example_the_pane_says_what_to_do(qtbot: QtBot) -> None:
    pane = ExamplePane()
    qtbot.addWidget(pane)
    pane.show_example(detail(), "A", "B", "1 of 1")
    pane.clear()
    pane.show()
    assert [text.text() for text in pane.findChildren(QLabel) if text.isVisible()] == [
        "Choose an example in the table to see it whole."
    ]
    assert pane.features.toPlainText() == ""


def test_a_splitter_stands_where_it_was_left(qtbot: QtBot, tmp_path: Path) -> None:
    memory = Memory()
    first = splitter(qtbot, memory)
    first.moveSplitter(333, 1)
    second = splitter(qtbot, memory)
    assert second.sizes() == first.sizes()
    assert abs(first.sizes()[0] - 333) < 20


class Memory:
    """Keeps the places of splitters in a dictionary."""

    def __init__(self) -> None:
        self.states: dict[str, QByteArray] = {}

    def splitter_state(self, name: str) -> QByteArray | None:
        """Return what was kept."""
        return self.states.get(name)

    def keep_splitter_state(self, name: str, state: QByteArray) -> None:
        """Keep a place."""
        self.states[name] = state


def splitter(qtbot: QtBot, memory: Memory) -> KeptSplitter:
    """Return a splitter of two labels, seen."""
    value = KeptSplitter(Qt.Orientation.Horizontal, "test", memory)
    qtbot.addWidget(value)
    value.set_parts((QLabel("a"), 1), (QLabel("b"), 1))
    value.resize(800, 100)
    value.show()
    return value


def fragments(document: QTextDocument) -> list[QTextFragment]:
    """Return all pieces of text and images of a document."""
    found = []
    block = document.begin()
    while block.isValid():
        iterator = block.begin()
        while not iterator.atEnd():
            found.append(iterator.fragment())
            iterator += 1
        block = block.next()
    return found


def has_mark(fragment: QTextFragment) -> bool:
    """Return whether a piece has a background of its own."""
    return fragment.charFormat().background().style() is not Qt.BrushStyle.NoBrush


def png(width: int) -> bytes:
    """Return a picture twice as wide as high."""
    image = QImage(width, width // 2, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "png")
    return bytes(buffer.data().data())
