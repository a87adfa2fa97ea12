"""Template tags that every page may use: icons, money, figures, dates, the people of a row."""

from uuid import uuid4

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

from core import formats
from core.idempotency import MARK

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "") -> str:
    """An icon of the sprite, hidden from screen readers."""
    return format_html(
        '<svg class="k-i {}" aria-hidden="true"><use href="{}#i-{}"></use></svg>',
        classes,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def once() -> str:
    """The mark of a form that makes a record: sent twice, it makes one."""
    return format_html('<input type="hidden" name="{}" value="{}">', MARK, uuid4())


@register.filter
def initials(person) -> str:
    """The one or two letters on a face: the first character of a Chinese name, else the initials."""
    words = str(person).split()
    if not words or not words[0].isascii():
        return words[0][:1] if words else "?"
    return "".join(word[0] for word in (words if len(words) < 3 else [words[0], words[-1]])).upper()


register.filter("money", formats.money)
register.filter("amount", formats.amount)
register.filter("number", formats.number)
register.filter("change", formats.change)
register.filter("percent", formats.percent)
register.filter("day", formats.day)
register.filter("moment", formats.moment)
register.filter("days", formats.days)
register.filter("listed", formats.listed)
register.filter("strong_figures", formats.strong_figures)


@register.filter
def delta(value) -> str:
    """A change between −1 and 1 with its sign: +12 %, −38 %."""
    text = formats.percent(value)
    return f"+{text}" if value and value > 0 else text
