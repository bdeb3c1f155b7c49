"""How findings name the values of a stranger's file."""

from __future__ import annotations

import unicodedata

N_FIRST = 5
"""Offenders that a finding names."""

_LONGEST = 80


def quoted(value: object) -> str:
    """Return a value in double quotes, on one line and not too long; null is "".

    What cannot be seen (control characters, other blanks than the space, an accent that stands apart from its letter
    and could be one with it) is shown as an escape, so that neither a terminal obeys it nor a reader overlooks it.
    """
    text = "" if value is None else str(value)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    is_composed = unicodedata.is_normalized("NFC", text)
    return f'"{"".join(c if _is_seen(c, is_composed) else c.encode("unicode_escape").decode() for c in text)}"'


def _is_seen(character: str, is_composed: bool) -> bool:
    return character.isprintable() and (is_composed or not unicodedata.combining(character))
