"""Receivables from a file of invoices: created or updated by account and number."""

from datetime import timedelta
from decimal import Decimal

from kam.imports.kinds.base import Context
from kam.imports.kinds.money import base_amount, check_rates, orders_by_number
from kam.imports.kinds.record_columns import RECEIVABLES
from kam.imports.kinds.records import Draft, RecordImport, Wanted, in_chunks, merged, typed
from kam.imports.rows import Row
from kam.imports.staging import Line, Rejection, Stage
from sales.models import Receivable
from sales.rates import Rates

DAYS_MAX = 3_650


class ReceivableImport(RecordImport):
    """See `RecordImport`."""

    model = Receivable
    fields = RECEIVABLES
    key_column = "number"

    def stage(self, row: Row, context: Context) -> Line | Rejection:
        line = super().stage(row, context)
        if isinstance(line, Line):
            line.day = row.values["issued_on"].isoformat()
            line.currency = row.values.get("currency") or context.currency
        return line

    def settle(self, row: Row, context: Context) -> None:
        days, bad = row.values.pop("payment_days", None), {column for column, _reason in row.problems}
        issued_on, due_on = row.values.get("issued_on"), row.values.get("due_on")
        if days is not None and (days % 1 or not 0 <= days <= DAYS_MAX):
            row.reject("payment_days", "not_a_number")
        elif due_on is None and days is not None and issued_on:
            row.values["due_on"] = issued_on + timedelta(days=int(days))
        elif due_on is None and not bad & {"due_on", "payment_days"}:
            row.reject("due_on", "missing")
        if issued_on and due_on and due_on < issued_on:
            row.warnings.append(("due_before_issue", f"{due_on} < {issued_on}"))

    def object_key(self, values: dict, key: str) -> str:
        return values["number"]

    def check_records(self, stage: Stage, context: Context) -> None:
        check_rates(stage)
        warn_of_unknown_orders(stage, self, context)

    def find(self, wanted: list[Wanted], context: Context) -> None:
        accounts = {one.account.pk for one in wanted}
        rows = Receivable.objects.filter(account__in=accounts, number__in=[one.group.object_key for one in wanted])
        stored = {(row.account_id, row.number): row for row in rows}
        self.rates = Rates.load()
        self.orders = orders_by_number(accounts, {one.values.get("order_number") for one in wanted} - {None})
        for one in wanted:
            one.stored = stored.get((one.account.pk, one.group.object_key))

    def draft(self, wanted: Wanted, context: Context) -> Draft:
        values = wanted.values
        texts = {name: values[name] for name in ("number", "issued_on", "due_on")}
        amount: Decimal = base_amount(self.rates, values, values["issued_on"], context)
        order = self.orders.get((wanted.account.pk, values.get("order_number")))
        return Draft(typed(Receivable, texts) | {"amount": amount} | ({"order_id": order} if order else {}))

    def build(self, wanted: Wanted, draft: Draft, context: Context) -> Receivable:
        return Receivable(account=wanted.account, **draft.values)


def warn_of_unknown_orders(stage: Stage, kind: RecordImport, context: Context) -> None:
    """Warn of order numbers that the account does not have; the receivable then belongs to no order."""
    for groups in in_chunks(group for group in stage.groups() if "order_number" in merged(group)):
        wanted, _refused = kind.allowed(groups, context)
        orders = orders_by_number({one.account.pk for one in wanted}, {one.values["order_number"] for one in wanted})
        for one in wanted:
            if (one.account.pk, one.values["order_number"]) not in orders:
                stage.warn("unknown_order", one.group.numbers[0], one.values["order_number"])
