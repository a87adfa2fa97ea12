"""The database itself notes which months of which accounts any write to orders touches, in the writer's transaction.

Whoever writes, by whatever way, an import's COPY included, cannot forget it. PostgreSQL notes once a statement, SQLite
once a row. SQLite loses the triggers of a table that a migration rebuilds, so such a migration ends with `track`; a
test looks whether all are there.
"""

from django.db import connection

ORDERS = "sales_order"
COLUMNS = ("account_id", "kind", "ordered_on", "amount", "cancelled_on", "units", "cost_amount", "costed_amount")
NOTE = "INSERT INTO sales_changedmonth (account_id, month)"
MONTH = {
    "postgresql": "(EXTRACT(YEAR FROM {0}) * 12 + EXTRACT(MONTH FROM {0}) - 1)::int",
    "sqlite": "CAST(strftime('%Y', {0}) AS integer) * 12 + CAST(strftime('%m', {0}) AS integer) - 1",
}
FUNCTION = """
CREATE OR REPLACE FUNCTION sales_note_{event}() RETURNS trigger AS $$
BEGIN {note} SELECT DISTINCT account_id, {month} FROM ({rows}) touched; RETURN NULL; END
$$ LANGUAGE plpgsql
"""
DIFFERENT = """(SELECT id, {columns} FROM old_rows EXCEPT SELECT id, {columns} FROM new_rows)
    UNION ALL (SELECT id, {columns} FROM new_rows EXCEPT SELECT id, {columns} FROM old_rows)"""
TOUCHED = {
    "insert": "SELECT * FROM new_rows",
    "delete": "SELECT * FROM old_rows",
    "update": DIFFERENT.format(columns=", ".join(COLUMNS)),
}
REFERENCING = {"insert": "NEW TABLE AS new_rows", "delete": "OLD TABLE AS old_rows"}
REFERENCING["update"] = f"{REFERENCING['delete']} {REFERENCING['insert']}"


def triggers(vendor: str) -> dict[str, str]:
    """Name of the trigger → what follows CREATE TRIGGER name."""
    return {f"sales_order_months_{event}": _trigger(vendor, event) for event in TOUCHED}


def _trigger(vendor: str, event: str) -> str:
    if vendor == "postgresql":
        return (
            f"AFTER {event.upper()} ON {ORDERS} REFERENCING {REFERENCING[event]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION sales_note_{event}()"
        )
    images = {"insert": ["NEW"], "delete": ["OLD"], "update": ["OLD", "NEW"]}[event]
    month = MONTH["sqlite"]
    notes = " ".join(f"{NOTE} VALUES ({row}.account_id, {month.format(f'{row}.ordered_on')});" for row in images)
    of_columns = f" OF {', '.join(COLUMNS)}" if event == "update" else ""
    return f"AFTER {event.upper()}{of_columns} ON {ORDERS} BEGIN {notes} END"


def functions() -> list[str]:
    """What PostgreSQL's triggers call."""
    month = MONTH["postgresql"].format("ordered_on")
    return [FUNCTION.format(event=event, note=NOTE, month=month, rows=rows) for event, rows in TOUCHED.items()]


def track(link=connection) -> None:
    """Create the triggers, new if they were there."""
    ignore(link)
    with link.cursor() as cursor:
        if link.vendor == "postgresql":
            for function in functions():
                cursor.execute(function)
        for name, body in triggers(link.vendor).items():
            cursor.execute(f"CREATE TRIGGER {name} {body}")


def ignore(link=connection) -> None:
    """Drop the triggers: writes to orders are no longer noted."""
    with link.cursor() as cursor:
        for name in triggers(link.vendor):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {ORDERS}" if link.vendor == "postgresql" else ""))


def note_all(link=connection, condition: str = "1 = 1") -> None:
    """Note every month that has orders or sums, of the accounts for which the SQL ``condition`` holds."""
    month = MONTH[link.vendor].format("ordered_on")
    with link.cursor() as cursor:
        cursor.execute(
            f"{NOTE} SELECT account_id, {month} FROM {ORDERS} WHERE {condition}"  # noqa: S608
            f" UNION SELECT account_id, month FROM sales_accountmonth WHERE {condition}"
        )
