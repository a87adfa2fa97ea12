"""What spans the lines of an order file: accounts, currencies, numbers used twice."""

from kam.imports.kinds.base import Context
from kam.imports.permissions import can_create_by_import, can_place_by_import, default_owner
from kam.imports.resolving import Match, Resolved, owners_by_name, resolve_accounts
from kam.imports.rows import Row
from kam.imports.staging import Stage
from sales.rates import Rates

CASCADE = """EXISTS (SELECT 1 FROM rejected r WHERE r.object_key = line.object_key
    AND (r.account_key = line.account_key OR r.account_key IS NULL))"""
IDENTICAL = """SELECT sum(n - 1) FROM (
    SELECT count(*) AS n FROM line GROUP BY rank, account_key, object_key, payload HAVING n > 1)"""
SEVERAL = """SELECT object_key, count(DISTINCT account_key) AS n FROM line
    GROUP BY object_key HAVING n > 1 ORDER BY object_key"""
CURRENCIES = """SELECT account_key, object_key FROM line
    GROUP BY rank, account_key, object_key HAVING count(DISTINCT currency) > 1"""
FOREIGN = "SELECT account_key, object_key, currency, min(day) FROM line WHERE currency <> ? GROUP BY 1, 2, 3"
OF_ORDER = "rank = 0 AND account_key = ? AND object_key = ?"
OF_ACCOUNT = "rank = 0 AND account_key = ?"


class AccountBook:
    """What the lines say about their accounts: the first value wins, another one is a warning."""

    def __init__(self):
        self.first: dict[str, tuple[int, dict]] = {}
        self.last: dict[str, dict] = {}
        self.conflicts: dict[tuple[str, str], tuple[int, str]] = {}

    def see(self, key: str, row: Row, attributes: dict) -> None:
        if self.last.get(key) == attributes:
            return
        self.last[key] = attributes
        _number, known = self.first.setdefault(key, (row.number, dict(attributes)))
        for name, value in attributes.items():
            if value is None or value == known[name]:
                continue
            if known[name] is None:
                known[name] = value
            else:
                self.conflicts.setdefault((key, name), (row.number, f"{key[2:]}: {known[name]} / {value}"))

    def keep(self, stage: Stage) -> None:
        stage.keep_accounts((key, number, values) for key, (number, values) in self.first.items())
        for number, detail in self.conflicts.values():
            stage.warn("attribute_conflict", number, detail)


def check(stage: Stage, accounts: AccountBook, context: Context) -> dict:
    """Reject what cannot be written, warn of what looks odd, and count what will be created."""
    accounts.keep(stage)
    created = _check_accounts(stage, context)
    _check_currencies(stage)
    stage.reject_lines(CASCADE, "order_number", "same_order_rejected")
    _warn(stage)
    return {"new_accounts": created}


def _check_accounts(stage: Stage, context: Context) -> int:
    created = 0
    is_creating = context.is_creating_accounts and can_create_by_import(context.user)
    for keys in stage.account_keys():
        resolved = resolve_accounts(context.user, keys)
        unknown = [key for key in keys if resolved[key].match is Match.UNKNOWN]
        refused = refused_placements(stage, unknown, context) if is_creating else {}
        created += len(unknown) - len(refused) if is_creating else 0
        for key in keys:
            if problem := _problem(key, resolved[key], refused, is_creating=is_creating):
                stage.reject_lines(OF_ACCOUNT, *problem, key)
    return created


def _problem(key: str, resolved: Resolved, refused: dict, *, is_creating: bool) -> tuple[str, str] | None:
    column = "account_code" if key.startswith("c:") else "account_name"
    if resolved.match is Match.AMBIGUOUS:
        return column, "ambiguous_name"
    if resolved.match is Match.UNSEEN or (resolved.match is Match.UNKNOWN and not is_creating):
        return column, "account_cannot_be_used"
    return refused.get(key)


def refused_placements(stage: Stage, keys: list[str], context: Context) -> dict[str, tuple[str, str]]:
    """New accounts whose owner is unknown or outside the importer's reach → column and reason."""
    wanted = {key: values.get("owner") for key, values in stage.attributes(keys).items()}
    owners = owners_by_name({name for name in wanted.values() if name})
    refused = {}
    for key, name in wanted.items():
        owner = owners.get(name) if name else default_owner(context.user)
        if name and owner is None:
            refused[key] = ("owner", "unknown_owner")
        elif not can_place_by_import(context.user, owner):
            refused[key] = ("owner", "owner_outside")
    return refused


def _check_currencies(stage: Stage) -> None:
    for account_key, number in stage.query(CURRENCIES):
        stage.reject_lines(OF_ORDER, "currency", "two_currencies", account_key, number)
    rates = Rates.load()
    for account_key, number, currency, day in stage.query(FOREIGN, rates.base):
        if rates.on(currency, day) is None:
            stage.reject_lines(OF_ORDER, "currency", "no_rate", account_key, number)


def _warn(stage: Stage) -> None:
    if identical := stage.count(IDENTICAL):
        stage.warn("identical_lines", None, str(identical))
    for number, count in stage.query(SEVERAL):
        stage.warn("several_accounts", None, f"{number} ({count})")
