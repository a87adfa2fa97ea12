"""Payments and credit notes: found again by their number, else by order, day, amount and how often that came before."""

import hashlib
from collections import Counter

from django.db.models import QuerySet

from kam.imports.kinds.base import Context
from kam.imports.kinds.money import base_amount, check_rates
from kam.imports.kinds.record_columns import PAYMENTS
from kam.imports.kinds.records import Draft, RecordImport, Wanted, in_chunks, typed
from kam.imports.rows import Row
from kam.imports.staging import Line, Rejection, Stage
from sales.models import Payment, Receivable
from sales.rates import Rates

BY_NUMBER, BY_CONTENT = "p:", "k:"
LINKS = ("receivable_number", "order_number")


class PaymentImport(RecordImport):
    """See `RecordImport`."""

    model = Payment
    fields = PAYMENTS
    key_column = "payment_number"

    def __init__(self):
        self.seen: Counter[tuple] = Counter()

    def stage(self, row: Row, context: Context) -> Line | Rejection:
        line = super().stage(row, context)
        if isinstance(line, Line):
            line.day = row.values["paid_on"].isoformat()
            line.currency = row.values.get("currency") or context.currency
        return line

    def object_key(self, values: dict, key: str) -> str:
        if number := values.get("payment_number"):
            return BY_NUMBER + number
        reference = values.get("order_number") or values.get("receivable_number") or ""
        content = (reference, values["paid_on"].isoformat(), f"{values['amount']:.4f}", values.get("currency") or "")
        self.seen[key, content] += 1
        text = "\n".join((*content, str(self.seen[key, content])))
        return BY_CONTENT + hashlib.sha256(text.encode()).hexdigest()

    @staticmethod
    def key_text(key: str) -> str:
        return key.removeprefix(BY_NUMBER) if key.startswith(BY_NUMBER) else ""

    def check_records(self, stage: Stage, context: Context) -> None:
        check_rates(stage)
        for groups in in_chunks(stage.groups()):
            wanted, _refused = self.allowed(groups, context)
            receivables = receivables_of(wanted)
            for one in wanted:
                if receivable_of(one, receivables) is None:
                    named = " ".join(one.values[name] for name in LINKS if one.values.get(name))
                    stage.warn("no_receivable", one.group.numbers[0], named)

    def find(self, wanted: list[Wanted], context: Context) -> None:
        rows = Payment.objects.filter(account__in={one.account.pk for one in wanted})
        stored = _by_key(rows, "payment_number", BY_NUMBER, wanted) | _by_key(rows, "import_key", BY_CONTENT, wanted)
        self.rates = Rates.load()
        self.receivables = receivables_of(wanted)
        for one in wanted:
            one.stored = stored.get((one.account.pk, one.group.object_key))

    def draft(self, wanted: Wanted, context: Context) -> Draft:
        values = wanted.values
        texts = {name: values[name] for name in ("payment_number", "paid_on", "kind") if name in values}
        draft = typed(Payment, texts) | {"amount": base_amount(self.rates, values, values["paid_on"], context)}
        receivable = receivable_of(wanted, self.receivables)
        return Draft(draft | ({"receivable_id": receivable} if receivable else {}))

    def build(self, wanted: Wanted, draft: Draft, context: Context) -> Payment:
        key = wanted.group.object_key
        import_key = key.removeprefix(BY_CONTENT) if key.startswith(BY_CONTENT) else ""
        return Payment(account=wanted.account, import_key=import_key, **draft.values)


def _by_key(rows: QuerySet[Payment], field: str, prefix: str, wanted: list[Wanted]) -> dict[tuple[int, str], Payment]:
    keys = [one.group.object_key.removeprefix(prefix) for one in wanted if one.group.object_key.startswith(prefix)]
    found = rows.filter(**{f"{field}__in": keys}) if keys else ()
    return {(row.account_id, prefix + getattr(row, field)): row for row in found}


def receivables_of(wanted: list[Wanted]) -> dict[tuple[int, str, str], int]:
    """(account, receivable_number or order_number, text) → receivable; of several of one order the first one due."""
    accounts = {one.account.pk for one in wanted}
    found: dict[tuple[int, str, str], int] = {}
    for name, column in zip(LINKS, ("number", "order__order_number"), strict=True):
        texts = {one.values[name] for one in wanted if one.values.get(name)}
        rows = Receivable.objects.filter(account__in=accounts, **{f"{column}__in": texts}).order_by("due_on", "pk")
        for account, text, pk in rows.values_list("account", column, "pk") if texts else ():
            found.setdefault((account, name, text), pk)
    return found


def receivable_of(wanted: Wanted, receivables: dict[tuple[int, str, str], int]) -> int | None:
    """What the payment settles: the receivable it names, else that of the order it names."""
    named = ((wanted.account.pk, name, wanted.values.get(name)) for name in LINKS)
    return next((receivables[key] for key in named if key in receivables), None)
