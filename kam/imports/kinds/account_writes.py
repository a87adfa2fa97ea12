"""One batch of accounts into the tables, and out of them again."""

from dataclasses import dataclass, field

from accounts.models import Account
from accounts.permissions import can_update_account
from accounts.services.account import derive_keys
from accounts.services.bulk import account_counter, create_accounts
from core.dated import dated_snapshot, record_changes
from core.editing import save_changes
from core.periods import business_date
from kam.imports.kinds.account_checks import (
    NOT_WRITTEN,
    changed_fields,
    is_at_or_below,
    known_parents,
    merged_values,
    problem_of_update,
)
from kam.imports.kinds.account_contacts import CONTACTS, plan_contacts
from kam.imports.kinds.base import Context, Written
from kam.imports.kinds.new_accounts import take_accounts_back
from kam.imports.kinds.records import RecordsPlan
from kam.imports.permissions import can_create_by_import, can_place_by_import, default_owner
from kam.imports.resolving import Match, owners_by_name, resolve_accounts
from kam.imports.staging import Group, Rejection, Stage
from kam.imports.undoing import Kept, history_of, image_of, put_back, put_back_history

DERIVED = ("name_key", "search_key", "credit_code")


@dataclass
class AccountsPlan:
    """Accounts to create and changes of accounts that exist, all of them by key, and the people of both."""

    new: list[Account] = field(default_factory=list)
    changes: list[tuple[Account, dict]] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    contacts: RecordsPlan = field(default_factory=RecordsPlan)
    unchanged: int = 0


def plan(stage: Stage, groups: list[Group], context: Context) -> AccountsPlan:
    """Compare with what is stored, with the rights of this moment. Parents were written by an earlier batch."""
    rows = {group.account_key: merged_values(None, group) for group in groups}
    resolved = resolve_accounts(context.user, list(rows))
    stored = Account.objects.select_related("team").in_bulk([r.account_id for r in resolved.values() if r.account_id])
    owners = owners_by_name({values["owner"] for values in rows.values() if values.get("owner")})
    parents = known_parents({v["subsidiary_of"] for v in rows.values() if v.get("subsidiary_of")}, context)
    plan = AccountsPlan()
    for group in groups:
        values, found = rows[group.account_key], resolved[group.account_key]
        parent_id = parents.get(values.get("subsidiary_of"))
        if found.match is Match.FOUND:
            account = stored[found.account_id]
            reason = _plan_update(plan, account, values, parent_id, owners, context)
        else:
            reason = _plan_creation(plan, found.match, values, parent_id, owners, context)
            account = None if reason else plan.new[-1]
        if not reason:
            plan.accounts[group.account_key] = account
        for number in group.numbers if reason else ():
            stage.reject(Rejection(number, [reason]))
    found = {key for key, one in resolved.items() if one.match is Match.FOUND and key in plan.accounts}
    plan.contacts = plan_contacts(stage, groups, plan.accounts, found, context)
    return plan


def _plan_update(plan, account: Account, values: dict, parent_id: int | None, owners: dict, context: Context):
    if reason := problem_of_update(values, account, owners, None, context):
        return reason
    fields = {name: Account._meta.get_field(name) for name in changed_fields(values, account)}
    changes = {name: field.to_python(values[name]) for name, field in fields.items()}
    if parent_id and parent_id != account.parent_id:
        if not can_update_account(context.user, account):
            return "subsidiary_of", "may_not_update"
        if is_at_or_below(parent_id, account.pk):
            return "subsidiary_of", "parent_cycle"
        changes["parent_id"] = parent_id
    if changes:
        plan.changes.append((account, changes))
    else:
        plan.unchanged += 1
    return None


def _plan_creation(plan, match: Match, values: dict, parent_id: int | None, owners: dict, context: Context):
    name = values.get("owner")
    owner = owners.get(name) if name else default_owner(context.user)
    may_create = context.is_creating_accounts and can_create_by_import(context.user)
    if match is not Match.UNKNOWN or not may_create or not can_place_by_import(context.user, owner):
        return "code" if values.get("code") else "name", "account_cannot_be_used"
    plain = {key: Account._meta.get_field(key).to_python(v) for key, v in values.items() if key not in NOT_WRITTEN}
    plan.new.append(Account(owner=owner, parent_id=parent_id, **plain))
    return None


def write(plan: AccountsPlan, context: Context) -> Written:
    """Create and change the accounts of one batch. Inside a transaction; StaleError when somebody saved meanwhile."""
    counter = account_counter()
    create_accounts(plan.new, by=context.by)
    before = [_change(account, changes, context) for account, changes in plan.changes]
    people = CONTACTS.write(plan.contacts, context)
    undo = {
        "contacts": people.undo,
        "accounts": [account.pk for account in plan.new],
        "before": before,
        "counter": [counter, account_counter()],
    }
    return Written(
        len(plan.new) + people.created,
        len(plan.changes) + people.updated,
        plan.unchanged + people.unchanged,
        undo,
    )


def _change(account: Account, changes: dict, context: Context) -> dict:
    image = image_of(account, {*changes, *DERIVED}) | history_of(account, changes.keys())
    snapshot = dated_snapshot(account)
    draft = Account.objects.get(pk=account.pk)
    for name, value in changes.items():
        setattr(draft, name, value)
    derive_keys(draft)
    derived = {key: getattr(draft, key) for key in DERIVED}
    save_changes(account, version=account.version, changes=changes, derived=derived)
    record_changes(account, before=snapshot, on=business_date(), by=context.by)
    return image


def undo(undo: dict, context: Context) -> list[Kept]:
    """Take one batch back: restore what it changed, delete what it created. Inside a transaction."""
    people = CONTACTS.undo(undo["contacts"], context) if "contacts" in undo else []
    restored, kept = put_back(Account, undo["before"], context.user)
    put_back_history(Account, restored)
    return people + kept + take_accounts_back(undo, context)
