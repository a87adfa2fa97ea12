from sales.services.months import differing_months, prove_months, refresh_months, repair_months
from sales.services.rates import RateError, create_rate, update_rate

__all__ = [
    "RateError",
    "create_rate",
    "differing_months",
    "prove_months",
    "refresh_months",
    "repair_months",
    "update_rate",
]
