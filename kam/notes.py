"""What long work says about itself: kept as a source text and its values, translated when somebody reads it.

A worker does not know who will read, and in which language. Modules that write such texts mark them as usual:
``from kam.notes import Note as _``, then ``_("The file has more than %(count)s rows.") % {"count": 5}``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext


@dataclass(frozen=True)
class Note:
    """A text with its values: `str` gives the words in the language of now, `kept` what a row keeps."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __mod__(self, values: Mapping[str, Any]) -> "Note":
        return Note(self.text, values)

    def __str__(self) -> str:
        return gettext(self.text) % self.values if self.values else gettext(self.text)


def kept(notes: Iterable[Note | str]) -> str:
    """``notes`` as the text of a row, one a line; a plain text, such as that of an exception, stays as it is."""
    return "\n".join(_kept(note) for note in notes)


def _kept(note: Note | str) -> str:
    if isinstance(note, Note):
        return json.dumps({"text": note.text, "values": dict(note.values)}, ensure_ascii=False)
    return " ".join(str(note).split("\n"))


def words(text: str, names: Mapping[str, Any] | None = None) -> str:
    """What `kept` kept, in the language of now. ``names`` translates values that are keys: a step, a column."""
    return " ".join(_words(line, names or {}) for line in text.splitlines())


def _words(line: str, names: Mapping[str, Any]) -> str:
    try:
        note = json.loads(line)
    except json.JSONDecodeError:
        return line
    if not isinstance(note, dict) or not {"text", "values"} <= set(note):
        return line
    values = {
        name: str(names.get(value, value)) if isinstance(value, str) else value
        for name, value in note["values"].items()
    }
    values = {name: words(value) if isinstance(value, str) else value for name, value in values.items()}
    return str(Note(note["text"], values))
