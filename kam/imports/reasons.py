"""Why a line is rejected or worth a warning: one text per key; the key is what is stored."""

from django.utils.translation import gettext_lazy as _

REJECTIONS = {
    "missing": _("Nothing is entered here, but it is needed"),
    "missing_account": _("The line names no customer"),
    "missing_amount": _("Neither an amount nor a unit price and a quantity is given"),
    "not_a_number": _("This is not a number"),
    "number_too_large": _("This number is too large"),
    "not_a_share": _("A discount is a share from 0 to 1, or a percentage with %"),
    "not_a_flag": _("Write yes or no"),
    "not_a_date": _("This is not a date"),
    "not_a_currency": _("A currency has a code of three letters"),
    "not_a_choice": _("This is none of the known values"),
    "not_an_address": _("This is not a web address"),
    "too_long": _("This text is too long"),
    "unreadable_character": _("The text contains a character that cannot be kept"),
    "too_many_cells": _("The row has more cells than the header"),
    "account_cannot_be_used": _("This code cannot be used; ask an administrator."),
    "ambiguous_name": _("Several accounts have this name; give the code"),
    "unknown_owner": _("There is no colleague with this user name"),
    "owner_outside": _("You may not give an account to this colleague"),
    "two_currencies": _("One order has lines in two currencies"),
    "no_rate": _(
        "No exchange rate for this currency on this day; an administrator enters it on the page “Exchange rates”"
    ),
    "same_order_rejected": _("Another line of the same order was rejected"),
    "may_not_update": _("You may see this account, but not change it"),
    "field_not_allowed": _("You may not write this field"),
    "unknown_parent": _("There is no such parent account"),
    "parent_cycle": _("The parent account hangs below this account"),
    "not_an_email": _("This is not an e-mail address"),
    "not_a_phone": _("This is no telephone number. Write it with +country code."),
    "ambiguous_contact": _("Several people of this account have this name; give an e-mail address or a mobile number"),
    "leaves_before_joining": _("The person cannot leave before joining."),
    "boss_circle": _("This person stands above the one they report to"),
    "still_to_come": _("This day is still to come. Plan the interaction instead."),
    "locked": _("This interaction is closed; a manager may change it"),
    "id_taken": _("This number cannot be used; ask an administrator."),
    "credit_code_taken": _("This credit code cannot be used; ask an administrator."),
}
WARNINGS = {
    "amount_differs": _("Amount and unit price × quantity differ by more than 0.01; the amount counts"),
    "attribute_conflict": _("An account has two values for one field; the first one counts"),
    "unknown_country": _("Nobody calls a country so; the country is left empty"),
    "several_accounts": _("One order number under several accounts; these are separate orders"),
    "identical_lines": _("Identical lines inside one order; all of them count"),
    "positive_return": _("A return has a positive amount"),
    "duplicate_row": _("The same account comes in several rows; the first value counts"),
    "same_record": _("The same record comes in several rows; the first value of each column counts"),
    "contact_without_name": _("A contact without a name; only the account is taken from the row"),
    "unknown_boss": _("The account has nobody of this name to report to; it is left empty"),
    "unknown_contact": _("The account has no contact of this name; the interaction is kept without"),
    "unknown_colleague": _("There is no colleague of this name; the interaction is kept without"),
    "unknown_order": _("The account has no order of this number; the receivable is kept without"),
    "no_receivable": _("No receivable is known for the payment; it is kept, but settles none"),
    "due_before_issue": _("Due before it was issued"),
    "owner_kept": _("The account manager of an existing account is not changed by an import; hand it over instead"),
}


def text_of(reason: str) -> str:
    """The reason in the language of the reader."""
    return str(REJECTIONS.get(reason) or WARNINGS.get(reason) or reason)
