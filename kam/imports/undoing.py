"""Taking an import back: what it created goes, what it changed returns, and what others changed since stays."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core.references import used_elsewhere
from kam.imports.permissions import visible_accounts
from kam.models import ImportJob

CHANGED, USED, UNSEEN = "changed", "used", "unseen"
KEPT_REASONS = {
    CHANGED: _("changed since"),
    USED: _("others have put something on it"),
    UNSEEN: _("you do not see its account any more"),
}
KEPT_SHOWN = 200


@dataclass(frozen=True)
class Kept:
    """One record that an undo leaves as it is, and why."""

    name: str
    reason: str


def remember_kept(job: ImportJob, kept: list[Kept]) -> None:
    """Add to what the summary of ``job`` says has stayed: all are counted, the first ones named."""
    known = job.summary.get("kept", [])
    job.summary["kept"] = (known + [asdict(one) for one in kept])[:KEPT_SHOWN]
    job.summary["kept_count"] = job.summary.get("kept_count", 0) + len(kept)


def removable(model: type[Model], ids: Collection[int], user, *, own: frozenset[str]) -> tuple[list[int], list[Kept]]:
    """Which of the records that an import created may go: unchanged, unused, seen by ``user``; and the others."""
    rows = list(model._base_manager.filter(pk__in=ids))
    used = used_elsewhere(model, ids, own=own)
    seen = seen_accounts(user, rows)
    free, kept = [], []
    for row in rows:
        reason = _reason(row, 1, seen) or (USED if row.pk in used else "")
        if reason:
            kept.append(Kept(name_of(row, reason), reason))
        else:
            free.append(row.pk)
    return free, kept


def _reason(row: Model, version: int, seen: set[int | None]) -> str:
    if account_of(row) not in seen:
        return UNSEEN
    return CHANGED if row.version != version else ""


def account_of(row: Model) -> int | None:
    """The key of the account a record hangs on, its own for an account; None for what belongs to the company."""
    return row.pk if isinstance(row, Account) else getattr(row, "account_id", None)


def seen_accounts(user, rows: Collection[Model]) -> set[int | None]:
    """The accounts of ``rows`` that ``user`` sees at this moment; None is for everybody who imports."""
    ids = {account_of(row) for row in rows}
    return {None, *visible_accounts(user).filter(pk__in=ids - {None}).values_list("pk", flat=True)}


def name_of(row: Model, reason: str) -> str:
    """What the record is called; nothing for who does not see it."""
    return "" if reason == UNSEEN else str(row)[:100]


def image_of(row: Model, names: Collection[str]) -> dict:
    """What a batch keeps of a record before it is changed: the values of some columns and the version."""
    fields = [row._meta.get_field(name) for name in names]
    values = {field.attname: _kept_value(field.get_prep_value(getattr(row, field.attname))) for field in fields}
    return {"id": row.pk, "version": row.version, "values": values}


def _kept_value(value):
    return value.isoformat() if isinstance(value, datetime) else value


def put_back(model: type[Model], images: list[dict], user) -> tuple[list[dict], list[Kept]]:
    """Write the former values and versions of records, unless they were changed since or ``user`` sees them no more.

    The images that were put back, for what hangs on the records; and what stays. A record that somebody deleted
    meanwhile is nothing to complain about.
    """
    rows = model._base_manager.in_bulk([image["id"] for image in images])
    seen = seen_accounts(user, rows.values())
    restored, kept = [], []
    for image in images:
        row, written = rows.get(image["id"]), image["version"] + 1
        if row is None:
            continue
        if reason := _reason(row, written, seen):
            kept.append(Kept(name_of(row, reason), reason))
        elif model._base_manager.filter(pk=row.pk, version=written).update(**image["values"], version=image["version"]):
            restored.append(image)
        else:
            kept.append(Kept(name_of(row, CHANGED), CHANGED))
    return restored, kept


def history_of(row: Model, fields: Collection[str]) -> dict:
    """The dated rows of the ``fields`` of a record that are about to change."""
    dated = [name for name in row.DATED_FIELDS if row._meta.get_field(name).attname in fields or name in fields]
    return {"dated": dated, "history": list(row.dated_values.filter(field__in=dated).order_by("pk").values())}


def put_back_history(model: type[Model], images: list[dict]) -> None:
    """Replace the dated rows of the fields that an import changed by those of before."""
    dated = model.dated_model._base_manager
    for image in images:
        dated.filter(subject=image["id"], field__in=image["dated"]).delete()
        dated.bulk_create(model.dated_model(**row) for row in image["history"])
