"""Writes of sales that people make: exchange rates."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.editing import save_changes
from sales.models import ExchangeRate
from sales.permissions import can_write_rates

CURRENCY_LENGTH = 3


class RateError(Exception):
    """A rate that cannot be; ``field`` names the input that has to change."""

    def __init__(self, message, field: str):
        super().__init__(message)
        self.message = message
        self.field = field


def create_rate(*, by, currency: str, valid_from: date, rate: Decimal) -> ExchangeRate:
    """A rate that holds from ``valid_from`` until the next one. Raises PermissionDenied, RateError."""
    if not can_write_rates(by):
        raise PermissionDenied
    draft = ExchangeRate(currency=currency.upper(), valid_from=valid_from, rate=rate)
    _check(draft)
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
            audit.record(by, "exchange_rate.create", draft, **_details(draft))
    except IntegrityError as error:
        raise _taken() from error
    return draft


def update_rate(*, rate: ExchangeRate, by, version: int, changes: dict[str, Any], base=None) -> None:
    """Correct a rate; orders imported before keep their amounts. Raises as `create_rate`, and StaleError."""
    if not can_write_rates(by):
        raise PermissionDenied
    draft = ExchangeRate.objects.get(pk=rate.pk)
    before = _details(draft)
    for field, value in changes.items():
        setattr(draft, field, value)
    draft.currency = draft.currency.upper()
    _check(draft)
    mine = {field: getattr(draft, field) for field in changes}
    try:
        with transaction.atomic():
            save_changes(rate, version=version, changes=mine, base=base)
            audit.record(by, "exchange_rate.update", rate, before=before, after=_details(rate))
    except IntegrityError as error:
        raise _taken() from error


def _check(rate: ExchangeRate) -> None:
    is_code = len(rate.currency) == CURRENCY_LENGTH and rate.currency.isascii() and rate.currency.isalpha()
    if not is_code:
        raise RateError(_("A currency has a code of three letters"), "currency")
    if rate.currency == settings.BASE_CURRENCY:
        raise RateError(_("This is the currency of all amounts; it needs no rate."), "currency")
    if rate.rate <= 0:
        raise RateError(_("A rate is greater than 0."), "rate")


def _taken() -> RateError:
    return RateError(_("This currency has a rate from this day on already. Change that one."), "valid_from")


def _details(rate: ExchangeRate) -> dict[str, str]:
    return {"currency": rate.currency, "valid_from": str(rate.valid_from), "rate": format(rate.rate.normalize(), "f")}
