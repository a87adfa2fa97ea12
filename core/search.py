"""One search key a record, equal on both databases: folded text, pinyin and pinyin initials."""

import unicodedata

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from core.lazy import pypinyin

KEY_LENGTH = 600


def fold(text: str) -> str:
    """``text`` in NFKC, trimmed, inner white space single, case-folded."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def search_key(*texts: str | None) -> str:
    """The folded texts, their pinyin and the initials of it, separated by spaces.

    >>> search_key("九川轨道")
    '九川轨道 jiuchuanguidao jcgd'
    """
    parts: dict[str, None] = {}
    for text in filter(None, texts):
        folded = fold(text)
        parts[folded] = None
        if not folded.isascii():
            parts[_joined(pypinyin.lazy_pinyin(folded))] = None
            parts[_joined(pypinyin.lazy_pinyin(folded, style=pypinyin.Style.FIRST_LETTER))] = None
    return " ".join(parts)[:KEY_LENGTH]


def _joined(syllables: list[str]) -> str:
    return "".join(syllables).replace(" ", "")


def search_condition(text: str, field: str = "search_key") -> Q:
    """Every word of ``text`` occurs in the search key."""
    condition = Q()
    for word in fold(text).split():
        condition &= Q(**{f"{field}__contains": word})
    return condition


def best_first(rows: QuerySet, text: str) -> QuerySet:
    """Rows that a search finds: those whose key begins with the text before those that only contain it, by name."""
    begins = Case(When(search_key__startswith=fold(text), then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.filter(search_condition(text)).order_by(begins, "name", "pk")
