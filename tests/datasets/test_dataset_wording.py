from __future__ import annotations

import pytest

from reviewer_app.datasets.wording import quoted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Good Characters ", '"Good Characters "'),
        ("Größe", '"Größe"'),
        (None, '""'),
        (1.5, '"1.5"'),
        ("a\nb\tc", r'"a\nb\tc"'),
        ("\x1b[31mred", r'"\x1b[31mred"'),
        ("good\xa0", r'"good\xa0"'),
        ("x" * 200, '"' + "x" * 79 + '…"'),
    ],
)
def test_a_value_is_shown_on_one_line_with_what_cannot_be_seen(value: object, text: str) -> None:
    assert quoted(value) == text
