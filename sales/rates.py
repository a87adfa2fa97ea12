"""Exchange rates as one looks them up many times: the last one dated on or before a day."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from sales.models import ExchangeRate


@dataclass(frozen=True)
class Rates:
    """All rates of the installation, days as ISO text, ascending per currency."""

    base: str
    days: dict[str, list[str]]
    values: dict[str, list[Decimal]]

    @classmethod
    def load(cls) -> "Rates":
        days, values = defaultdict(list), defaultdict(list)
        for currency, day, rate in ExchangeRate.objects.order_by("valid_from").values_list(
            "currency", "valid_from", "rate"
        ):
            days[currency].append(day.isoformat())
            values[currency].append(rate)
        return cls(settings.BASE_CURRENCY, dict(days), dict(values))

    def on(self, currency: str, day: str) -> Decimal | None:
        """What one unit of ``currency`` was worth in the base currency on ``day``; None when nothing says so."""
        if currency == self.base:
            return Decimal(1)
        position = bisect_right(self.days.get(currency, []), day)
        return self.values[currency][position - 1] if position else None
