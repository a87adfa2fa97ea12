"""What a user may do with orders, receivables and payments."""

from core.access import role_may


def may_read_cost(user) -> bool:
    """Cost and margin are for managers, executives and administrators, in every place."""
    return role_may(user, "sensitive_fields.read")
