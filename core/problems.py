"""What is wrong with a configuration document, said so that its author can mend it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "not_a_condition": _("“%(subject)s” is not a condition."),
    "empty": _("A group of conditions is empty."),
    "too_large": _("The condition is too large (at most %(subject)s parts)."),
    "unknown_fact": _("There is no fact “%(subject)s”."),
    "unknown_comparator": _("“%(subject)s” is not a comparison."),
    "wrong_comparator": _("“%(subject)s” has no order; compare it with equal, not equal or one of."),
    "wrong_unit": _("“%(subject)s” has another unit than what it is compared with."),
    "not_a_number": _("“%(subject)s” must be a number."),
    "not_a_list": _("“%(subject)s” needs a list of values."),
    "not_a_flag": _("“%(subject)s” must be true or false."),
    "unknown_tier": _("There is no tier “%(subject)s”."),
    "missing": _("“%(subject)s” is missing."),
    "unknown_field": _("“%(subject)s” is not part of this document."),
    "out_of_range": _("“%(subject)s” is outside its range."),
    "twice": _("“%(subject)s” is given twice."),
    "wrong_sum": _("The weights add up to %(subject)s, not to 100."),
    "not_falling": _("Each limit must be below the one before it; “%(subject)s” is not."),
    "cannot_run": _("It cannot run: %(subject)s"),
    "does_not_add_up": _("%(subject)s does not add up."),
    "sensitive_fact": _("“%(subject)s” is sensitive and may not be used here."),
}


@dataclass(frozen=True)
class Problem:
    """One fault of a document: which kind, where in the document, and what it is about."""

    code: str
    path: tuple[str | int, ...] = ()
    subject: str = ""

    def __str__(self) -> str:
        return str(TEXTS[self.code] % {"subject": self.subject})
