"""What a user may do with orders, receivables, payments and exchange rates."""

from core.access import role_may


def may_read_cost(user) -> bool:
    """Cost and margin are for managers, executives and administrators, in every place."""
    return role_may(user, "sensitive_fields.read")


def can_write_rates(user) -> bool:
    """Exchange rates hold for the whole installation: administrators write them, everybody reads them."""
    return user.is_active and role_may(user, "configuration.write")
