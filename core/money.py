"""Money: Decimal with four places, parsed from text, rounded half-even; screens show two places."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

PLACES = Decimal("0.0001")
LIMIT = Decimal("1e14")
FIELD = {"max_digits": 18, "decimal_places": 4}


def quantise(amount: Decimal) -> Decimal:
    """``amount`` with four places, half-even."""
    return amount.quantize(PLACES, rounding=ROUND_HALF_EVEN)


def parse_amount(text: str) -> Decimal:
    """The amount in ``text``, without a detour over float. Raises ValueError on what is no finite amount."""
    try:
        amount = Decimal(text.strip().replace("\u2212", "-"))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {text!r}") from error
    if not amount.is_finite() or abs(amount) >= LIMIT:
        raise ValueError(f"not an amount: {text!r}")
    return quantise(amount)
