"""What spans the rows of an account file: duplicates, parents, rights on the accounts that exist."""

import json

from django.utils.translation import gettext as _

from accounts.constants import GROUP_DEPTH
from accounts.models import Account
from accounts.permissions import can_update_account, writable_fields
from core.search import fold
from kam.imports.kinds.account_contacts import CONTACT, check_contacts, people
from kam.imports.kinds.base import Context
from kam.imports.permissions import can_create_by_import, can_place_by_import, default_owner, visible_accounts
from kam.imports.resolving import BY_CODE, BY_NAME, Match, owners_by_name, resolve_accounts
from kam.imports.staging import Group, Stage

NOT_WRITTEN = frozenset({"owner", "subsidiary_of"})
OF_ACCOUNT = "account_key = ?"


def merged_values(stage: Stage | None, group: Group) -> dict:
    """The values of all rows of one account, the first one wins; conflicts are warned of when ``stage`` is given."""
    values: dict = {}
    for number, payload in zip(group.numbers, group.payloads, strict=True):
        for name, value in json.loads(payload).items():
            if name == CONTACT:
                continue
            if values.setdefault(name, value) != value and stage:
                stage.warn("attribute_conflict", number, f"{group.account_key[2:]}: {values[name]} / {value}")
    return values


def check(stage: Stage, context: Context) -> dict:
    """Reject rows that may not or cannot be written and put parents before their subsidiaries."""
    rows = _rows(stage)
    new = _check_rights(stage, rows, context)
    _check_credit_codes(stage, rows, new)
    _check_parents(stage, rows, context)
    check_contacts(stage, rows, context)
    return {"new_accounts": len(new - _rejected(stage))}


def preview(groups: list[Group], context: Context) -> list[list[str]]:
    """The first accounts as they will be written."""
    keys = ("code", "name", "industry", "country", "region", "subsidiary_of")
    heads = [_("Code"), _("Account"), _("Industry"), _("Country"), _("Region"), _("Parent account")]
    rows = [merged_values(None, group) for group in groups]
    return [heads, *([str(row.get(key, "")) for key in keys] for row in rows)]


def _rows(stage: Stage) -> dict[str, dict]:
    rows = {}
    for group in stage.groups():
        rows[group.account_key] = merged_values(stage, group)
        if len(group.numbers) > 1 and not any(people(group)):
            stage.warn("duplicate_row", group.numbers[1], group.account_key[2:])
    return rows


def _rejected(stage: Stage) -> set[str]:
    return {key for (key,) in stage.query("SELECT DISTINCT account_key FROM rejected")}


def _check_rights(stage: Stage, rows: dict[str, dict], context: Context) -> set[str]:
    """Reject what the user may not create or change; the keys of the accounts that will be created."""
    new = set()
    for keys in stage.account_keys():
        resolved = resolve_accounts(context.user, keys)
        ids = [match.account_id for match in resolved.values() if match.match is Match.FOUND]
        stored = Account.objects.select_related("team").in_bulk(ids)
        owners = owners_by_name({rows[key]["owner"] for key in keys if rows[key].get("owner")})
        for key in keys:
            if resolved[key].match is Match.FOUND:
                problem = problem_of_update(rows[key], stored[resolved[key].account_id], owners, stage, context)
            else:
                problem = _problem_of_creation(key, resolved[key].match, rows[key], owners, context)
                new.add(key)
            if problem:
                stage.reject_lines(OF_ACCOUNT, *problem, key)
    return new


def problem_of_update(values: dict, account: Account, owners: dict, stage: Stage | None, context: Context):
    """Column and reason why the user may not bring ``account`` to ``values``; None when nothing stands against it."""
    changed = changed_fields(values, account)
    if changed and not can_update_account(context.user, account):
        return "code" if values.get("code") else "name", "may_not_update"
    if forbidden := sorted(changed - writable_fields(context.user, account)):
        return forbidden[0], "field_not_allowed"
    owner = values.get("owner")
    if owner and owner not in owners:
        return "owner", "unknown_owner"
    if owner and owners[owner].pk != account.owner_id and stage:
        stage.warn("owner_kept", None, f"{account.code}: {owner}")
    return None


def changed_fields(values: dict, account: Account) -> set[str]:
    """The plain fields that the file fills with something else than the account has. An empty cell changes nothing."""
    changed = set()
    for name, value in values.items():
        if name in NOT_WRITTEN:
            continue
        field = Account._meta.get_field(name)
        if field.to_python(value) != getattr(account, field.attname):
            changed.add(name)
    return changed


def _problem_of_creation(key: str, match: Match, values: dict, owners: dict, context: Context):
    column = "code" if key.startswith(BY_CODE) else "name"
    if match is Match.AMBIGUOUS:
        return column, "ambiguous_name"
    if match is Match.UNSEEN or not (context.is_creating_accounts and can_create_by_import(context.user)):
        return column, "account_cannot_be_used"
    name = values.get("owner")
    owner = owners.get(name) if name else default_owner(context.user)
    if name and owner is None:
        return "owner", "unknown_owner"
    if not can_place_by_import(context.user, owner):
        return "owner", "owner_outside"
    return None


def _check_credit_codes(stage: Stage, rows: dict[str, dict], new: set[str]) -> None:
    """A credit code belongs to one account: another row's or another account's is refused in one and the same way."""
    codes = {key: values["credit_code"] for key, values in rows.items() if values.get("credit_code")}
    stored = dict(Account.objects.filter(credit_code__in=set(codes.values())).values_list("credit_code", "code"))
    used: dict[str, str] = {}
    for key, credit_code in codes.items():
        is_others = credit_code in stored and key.startswith(BY_CODE) and stored[credit_code] != key[2:]
        is_others = is_others or (credit_code in stored and key.startswith(BY_NAME) and key in new)
        if used.setdefault(credit_code, key) != key or is_others:
            stage.reject_lines(OF_ACCOUNT, "credit_code", "credit_code_taken", key)


def _check_parents(stage: Stage, rows: dict[str, dict], context: Context) -> None:
    """Rank the rows so that a parent comes before its subsidiaries; reject unknown parents and circles."""
    rejected = _rejected(stage)
    by_reference = {}
    for key, values in rows.items():
        if key not in rejected:
            by_reference |= {reference: key for reference in (values.get("code"), fold(values["name"])) if reference}
    wanted = {key: values["subsidiary_of"] for key, values in rows.items() if values.get("subsidiary_of")}
    inside = {key: by_reference.get(name) or by_reference.get(fold(name)) for key, name in wanted.items()}
    outside = known_parents({name for key, name in wanted.items() if inside[key] is None}, context)
    for key, name in wanted.items():
        if inside[key] is None and name not in outside:
            stage.reject_lines(OF_ACCOUNT, "subsidiary_of", "unknown_parent", key)
    _rank(stage, inside)


def known_parents(names: set[str], context: Context) -> dict[str, int]:
    """Code or name → key of an account that the user sees. A name that several have names none."""
    seen = visible_accounts(context.user).filter(merged_into__isnull=True)
    found: dict[str, int | None] = {}
    folded = {fold(name)[:200]: name for name in names}
    for pk, key in seen.filter(name_key__in=folded).values_list("pk", "name_key"):
        found[folded[key]] = None if folded[key] in found else pk
    found |= dict(seen.filter(code__in=names).values_list("code", "pk"))
    return {name: pk for name, pk in found.items() if pk is not None}


def is_at_or_below(account_id: int, top_id: int) -> bool:
    """Whether the account is ``top`` or hangs below it; a group deeper than the limit counts as such."""
    above: int | None = account_id
    for _level in range(GROUP_DEPTH):
        if above is None or above == top_id:
            return above == top_id
        above = Account.objects.filter(pk=above).values_list("parent_id", flat=True).first()
    return True


def _rank(stage: Stage, parents: dict[str, str | None]) -> None:
    for key in parents:
        depth, above, seen = 0, parents.get(key), {key}
        while above and above not in seen:
            seen.add(above)
            depth, above = depth + 1, parents.get(above)
        if above:
            stage.reject_lines(OF_ACCOUNT, "subsidiary_of", "parent_cycle", key)
        else:
            stage.query("UPDATE line SET rank = ? WHERE account_key = ?", depth, key)
