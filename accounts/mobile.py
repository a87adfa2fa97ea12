"""Telephone numbers in the one form that can be compared and dialled everywhere: E.164."""

import phonenumbers

from accounts.constants import DEFAULT_COUNTRY


def mobile_number(text: str, country: str = "") -> str:
    """``text`` as E.164, read as a number of ``country`` (ISO code) unless it names its own; '' stays ''.

    Raises ValueError for what cannot be a telephone number.

    >>> mobile_number("138 0013 8000")
    '+8613800138000'
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, country or DEFAULT_COUNTRY)
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
