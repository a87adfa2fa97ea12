"""Accounts that an order file creates by the way."""

from accounts.models import Account
from kam.imports.kinds.base import Context
from kam.imports.permissions import can_place_by_import, default_owner
from kam.imports.resolving import BY_CODE, owners_by_name
from kam.imports.staging import Stage


def draft_accounts(stage: Stage, keys: list[str], context: Context) -> dict[str, Account]:
    """Key → unsaved account with the first values that the file gives; left out where the user may not place it."""
    attributes = stage.attributes(keys)
    owners = owners_by_name({values["owner"] for values in attributes.values() if values.get("owner")})
    drafts = {}
    for key in keys:
        values = attributes[key]
        name = values.get("owner")
        owner = owners.get(name) if name else default_owner(context.user)
        if not (name and owner is None) and can_place_by_import(context.user, owner):
            drafts[key] = _draft(key, values, owner)
    return drafts


def _draft(key: str, values: dict, owner) -> Account:
    code = key.removeprefix(BY_CODE) if key.startswith(BY_CODE) else ""
    return Account(
        code=code,
        name=values.get("account_name") or code,
        country=values.get("country") or "",
        region=values.get("region") or "",
        industry=values.get("industry") or "",
        owner=owner,
    )
