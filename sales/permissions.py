"""What a user may do with orders, receivables, payments and exchange rates."""

from accounts.permissions import can_read_sensitive
from core.access import role_may
from sales.models import Order


def can_read_cost(user, order: Order) -> bool:
    """Cost and margin of an order are for who stands above its account, in every place."""
    return can_read_sensitive(user, order.account)


def can_write_rates(user) -> bool:
    """Exchange rates hold for the whole installation: administrators write them, everybody reads them."""
    return user.is_active and role_may(user, "configuration.write")
