"""The database itself refuses to change or delete what the points ledger holds.

A trigger on each table of `APPEND_ONLY`, on both databases. SQLite loses the triggers of a table that a migration
rebuilds, so such a migration ends with `protect`; a test looks whether all are there.
"""

from django.db import connection

APPEND_ONLY = ("loyalty_ledgerentry", "loyalty_lotuse")
REFUSAL = "the points ledger is append-only"
FUNCTION = f"""
CREATE OR REPLACE FUNCTION loyalty_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql
"""
POSTGRESQL = {
    "row": "BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION loyalty_append_only()",
    "table": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION loyalty_append_only()",
}
SQLITE = {
    "update": f"BEFORE UPDATE ON {{table}} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    "delete": f"BEFORE DELETE ON {{table}} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
}


def triggers(vendor: str) -> dict[tuple[str, str], str]:
    """(table, name of the trigger) → what follows CREATE TRIGGER name."""
    bodies = POSTGRESQL if vendor == "postgresql" else SQLITE
    return {
        (table, f"{table}_append_only_{name}"): body.format(table=table)
        for table in APPEND_ONLY
        for name, body in bodies.items()
    }


def protect(link=connection) -> None:
    """Create the triggers, new if they were there."""
    lift(link)
    with link.cursor() as cursor:
        if link.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for (_table, name), body in triggers(link.vendor).items():
            cursor.execute(f"CREATE TRIGGER {name} {body}")


def lift(link=connection) -> None:
    """Drop the triggers: for a restore of the whole database, never for a correction."""
    with link.cursor() as cursor:
        for table, name in triggers(link.vendor):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if link.vendor == "postgresql" else ""))
