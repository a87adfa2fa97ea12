"""Accounts from a file of accounts, with their people if it tells of them; parents before their subsidiaries."""

import json
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from kam.imports.kinds import account_checks, account_writes
from kam.imports.kinds.account_contacts import CONTACT, take_contact
from kam.imports.kinds.base import Context
from kam.imports.kinds.columns import ACCOUNTS
from kam.imports.kinds.record_columns import CONTACT_OF_ACCOUNT
from kam.imports.resolving import account_key
from kam.imports.rows import Row
from kam.imports.staging import Line, Rejection

COUNT_MAX = 2_147_483_647
check_url = URLValidator(schemes=["http", "https"])


class AccountImport:
    """See `kam.imports.kinds.base.Kind`."""

    fields = (*ACCOUNTS, *CONTACT_OF_ACCOUNT)
    plan = staticmethod(account_writes.plan)
    write = staticmethod(account_writes.write)
    undo = staticmethod(account_writes.undo)
    check = staticmethod(account_checks.check)
    preview = staticmethod(account_checks.preview)

    def stage(self, row: Row, context: Context) -> Line | Rejection:
        values = row.values
        key = account_key(values.get("code"), values.get("name"), values.get("credit_code"))
        if not values.get("name") and "name" not in {column for column, _reason in row.problems}:
            row.reject("name", "missing")
        _settle(row)
        contact = take_contact(row)
        if row.problems:
            return Rejection(row.number, row.problems, key, key)
        filled = {name: _plain(value) for name, value in values.items() if value is not None}
        if contact:
            filled[CONTACT] = contact
        return Line(row.number, key, key, json.dumps(filled, ensure_ascii=False, sort_keys=True))


def _settle(row: Row) -> None:
    """Bring a web address and a number of employees into the form the table wants."""
    if address := row.values.get("website"):
        row.values["website"] = _website(row, address)
    if (count := row.values.get("employee_count")) is not None:
        row.values["employee_count"] = _count(row, count)
    if code := row.values.get("credit_code"):
        row.values["credit_code"] = code.upper()


def _website(row: Row, address: str) -> str:
    address = address if "://" in address else f"https://{address}"
    try:
        check_url(address)
    except ValidationError:
        row.reject("website", "not_an_address")
    return address


def _count(row: Row, count: Decimal) -> int:
    if count % 1 or not 0 <= count <= COUNT_MAX:
        row.reject("employee_count", "not_a_number")
        return 0
    return int(count)


def _plain(value):
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
