"""How every route is called in the walk over the table of rights: one entry per route that needs more than its name.

A list or page without an id that answers GET only needs no entry. Everything else names its keys and a payload that the
service accepts, built from the stage: the actors of the table around one account, and a record of every kind on it.
"""

from types import SimpleNamespace

from churn.models import Alert
from core.periods import business_date
from kam.imports.rejects import rejects_path
from kam.models import ImportJob, Run
from sales.models import ExchangeRate
from tests import factories
from tests.digest import database_digest
from tests.loyalty import cases as points
from tests.permission_cases_comfort import COMFORT_CASES, comfort_records
from tests.permission_checks import EVERYBODY, MISSING, OPEN, PEOPLE, Case

NEW_PASSWORD = "correct-new-staple"


def import_job(actors) -> ImportJob:
    """An import that has ended, with its files."""
    job = ImportJob.objects.create(kind="orders", state="done", user=actors.OWN, file_name="a.csv", folder="a")
    job.path.mkdir(parents=True, exist_ok=True)
    for path in (job.source, rejects_path(job)):
        path.write_text("a\n")
    return job


def build_stage(actors) -> SimpleNamespace:
    """The actors, their account, and one of everything that hangs on it."""
    account = actors.account
    order = factories.OrderFactory(account=account)
    factories.OrderLineFactory(order=order)
    receivable = factories.ReceivableFactory(account=account)
    day = "2026-01-05"
    alert = Alert.objects.create(
        account=account, rule_key="order_gap", rule_number=1, opened_on=day, last_fired_on=day, last_evaluated_on=day
    )
    stage = SimpleNamespace(
        **vars(actors),
        **comfort_records(actors),
        contact=factories.ContactFactory(account=account),
        interaction=factories.InteractionFactory(account=account, owner=actors.OWN),
        recent=factories.InteractionFactory(account=account, owner=actors.OWN, happened_on=business_date()),
        plan=factories.InteractionFactory(account=account, owner=actors.OWN, state="planned"),
        task=factories.TaskFactory(account=account, assignee=actors.OWN),
        order=order,
        receivable=receivable,
        payment=factories.PaymentFactory(receivable=receivable),
        colleague=factories.UserFactory(username="colleague"),
        team=factories.TeamFactory(name="Empty"),
        alert=alert,
        job=import_job(actors),
        run=Run.objects.create(as_of=day, state="done"),
        department=factories.DepartmentFactory(),
        notification=factories.NotificationFactory(user=actors.OWN, account=account),
        **points.points_stage(actors),
        rate=ExchangeRate.objects.create(currency="EUR", valid_from=day, rate="7.8"),
    )
    stage.digest = database_digest()
    return stage


def colleague(stage) -> dict:
    return {"pk": stage.colleague.pk}


def user_form(stage) -> dict:
    return {"name": "Li", "username": "li", "email": "li@example.com", "role": "rep", "level": 3, "language": "en"}


def password_form(stage) -> dict:
    return {
        "old_password": factories.PASSWORD,
        "new_password": NEW_PASSWORD,
        "new_password_again": NEW_PASSWORD,
    }


PUBLIC_CASES = {
    "users:login": Case(posts=lambda stage: {"username": "own", "password": factories.PASSWORD}),
    "users:language": Case(gets=False, posts=lambda stage: {"language": "en"}),
    "users:password_reset": Case(posts=lambda stage: {"email": "own@example.com"}),
    "users:password_set": Case(keys=lambda stage: {"uidb64": "MQ", "token": "no-token"}),
    # the demo's letter box answers 404 to everybody outside the demo
    "users:mail_list": Case(expect=dict.fromkeys(EVERYBODY, MISSING)),
    "users:mail_page": Case(
        keys=lambda stage: {"name": "none"},
        expect=dict.fromkeys(EVERYBODY, MISSING),
    ),
}


def alert_key(stage) -> dict:
    return {"pk": stage.alert.pk}


def version(stage) -> dict:
    return {"version": 1}


def closing(stage) -> dict:
    return {"version": 1, "disposition": "real"}


def bulk(stage) -> dict:
    return {"pick": f"{stage.alert.pk}-1", "act": "acknowledge"}


def run_key(stage) -> dict:
    return {"pk": stage.run.pk}


def api_edit(stage) -> dict:
    return {"version": 1, "name": "Same"}


def account_key(stage) -> dict:
    return {"pk": stage.account.pk}


def account_parent(stage) -> dict:
    return {"account_pk": stage.account.pk}


def contact_key(stage) -> dict:
    return {"pk": stage.contact.pk}


def interaction_key(stage) -> dict:
    return {"pk": stage.interaction.pk}


def plan_key(stage) -> dict:
    return {"pk": stage.plan.pk}


def task_key(stage) -> dict:
    return {"pk": stage.task.pk}


def account_form(stage) -> dict:
    account = stage.account
    return {"version": 1, "code": account.code, "name": account.name, "kind": account.kind, "status": account.status}


def day_form(stage) -> dict:
    return {"on": "2026-12-01"}


def token_key(stage) -> dict:
    return {"token": "none"}


def log_form(stage) -> dict:
    return {"uuid": "6f1f6b0e-6d0e-4c43-9f5e-3b1f6a0c0001", "account": stage.account.pk, "kind": "visit"}


def interaction_form(stage) -> dict:
    return {"version": 1, "kind": "visit", "direction": "out", "happened_at": "2026-11-20T10:00"}


ACCOUNT_CASES = {
    name: Case(keys=account_key)
    for name in (
        "account_page",
        "account_people",
        "account_activity",
        "account_money",
        "account_timeline",
        "account_chart",
    )
} | {
    "accounts:account_create": Case(
        posts=lambda stage: {"name": "New", "kind": "enterprise", "status": "active", "owner": ""},
        names_account=False,
        may_fail=True,
    ),
    "accounts:account_edit": Case(keys=account_key, posts=account_form, may_fail=True),
    "accounts:account_archive": Case(keys=account_key, gets=False, posts=lambda stage: {}),
    "accounts:account_restore": Case(keys=account_key, gets=False, posts=lambda stage: {}),
    "accounts:account_transfer": Case(keys=account_key, posts=lambda stage: {"owner": stage.TEAM.pk}),
    "accounts:account_team": Case(keys=account_key, posts=lambda stage: {"user": stage.TEAM.pk, "role": "sales"}),
    "accounts:account_team_remove": Case(
        keys=lambda stage: account_key(stage) | {"user_pk": stage.HELP.pk}, gets=False, posts=lambda stage: {}
    ),
    "accounts:assign": Case(gets=False, posts=lambda stage: {"owner": stage.OWN.pk}, may_fail=True),
    # a token is read before it is judged, and an executive can have none
    "accounts:unassign": Case(
        keys=token_key, gets=False, posts=lambda stage: {}, may_fail=True, expect_post={"EX": OPEN}
    ),
    "accounts:interaction_log": Case(
        posts=log_form,
        may_fail=True,
        names_account=False,
        expect_post={actor: MISSING for actor in ("TEAM", "OTH", "MOTH")},
    ),
    "accounts:interaction_reopen": Case(
        keys=token_key, gets=False, posts=lambda stage: {}, may_fail=True, names_account=False
    ),
    "accounts:interaction_take_back": Case(
        keys=token_key, gets=False, posts=lambda stage: {}, may_fail=True, names_account=False
    ),
    "accounts:interaction_edit": Case(
        keys=lambda stage: {"pk": stage.recent.pk}, posts=interaction_form, may_fail=True
    ),
    "accounts:contact_create": Case(keys=account_parent, posts=lambda stage: {"name": "New", "consent": "unknown"}),
    "accounts:interaction_plan": Case(keys=account_parent, posts=lambda stage: {"kind": "visit", "on": "2026-12-01"}),
    "accounts:contact_page": Case(keys=contact_key),
    "accounts:contact_edit": Case(keys=contact_key, posts=api_edit, may_fail=True),
    "accounts:contact_move": Case(
        keys=contact_key, posts=lambda stage: {"version": 1, "account": stage.account.code}, may_fail=True
    ),
    "accounts:contact_leave": Case(keys=contact_key, gets=False, posts=lambda stage: {}),
    "accounts:contact_archive": Case(keys=contact_key, gets=False, posts=lambda stage: {}),
    "accounts:contact_restore": Case(keys=contact_key, gets=False, posts=lambda stage: {}),
    "accounts:interaction_page": Case(keys=interaction_key),
    "accounts:interaction_cancel": Case(keys=plan_key, gets=False, posts=lambda stage: {}),
    "accounts:interaction_reschedule": Case(keys=plan_key, gets=False, posts=day_form),
    "accounts:task_create": Case(posts=lambda stage: {"title": ""}, names_account=False, may_fail=True),
    "accounts:task_page": Case(keys=task_key),
    "accounts:task_complete": Case(keys=task_key, gets=False, posts=lambda stage: {}),
    "accounts:task_cancel": Case(keys=task_key, gets=False, posts=lambda stage: {}),
    "accounts:task_reopen": Case(keys=task_key, gets=False, posts=lambda stage: {}),
    "accounts:task_reschedule": Case(keys=task_key, gets=False, posts=day_form),
}


def notification_key(stage) -> dict:
    return {"pk": stage.notification.pk}


# a notification is its reader's own
NOT_TOLD = {actor: MISSING for actor in PEOPLE if actor != "OWN"}

NOTIFICATION_CASES = {
    f"accounts:notification_{what}": Case(keys=notification_key, gets=False, posts=lambda stage: {}, expect=NOT_TOLD)
    for what in ("open", "read", "unread")
} | {
    "accounts:notification_read_all": Case(
        gets=False, posts=lambda stage: {"until": "2026-01-05T10:00:00+00:00"}, names_account=False
    ),
    "accounts:notification_unread_all": Case(
        keys=lambda stage: {"moment": "2026-01-05T10:00:00+00:00"},
        gets=False,
        posts=lambda stage: {},
        names_account=False,
    ),
    "accounts:notification_settings": Case(posts=lambda stage: {"kinds": ["mentioned"]}),
    "api_notification-detail": Case(keys=notification_key, expect=NOT_TOLD),
    "api_notification-read": Case(keys=notification_key, payloads={"post": lambda stage: {}}, expect=NOT_TOLD),
    "api_notification-read-all": Case(payloads={"post": lambda stage: {"until": "2026-01-05T10:00:00Z"}}),
}


def job_key(stage) -> dict:
    return {"pk": stage.job.pk}


def rule_key(stage) -> dict:
    return {"key": "order_gap"}


def document_key(stage) -> dict:
    return {"kind": "tiers", "key": "default"}


# an import belongs to its person and to the managers above; an executive imports nothing
IMPORT_ACTORS = dict.fromkeys(("HELP", "TEAM", "OTH", "MOTH"), MISSING)

IMPORT_CASES = {
    "import_upload": Case(posts=lambda stage: {"kind": "orders"}, may_fail=True),
    "import_page": Case(keys=job_key, expect=IMPORT_ACTORS),
    "import_progress": Case(keys=job_key, expect=IMPORT_ACTORS),
    "import_rejected": Case(keys=job_key, expect=IMPORT_ACTORS),
    "import_source": Case(keys=job_key, expect=IMPORT_ACTORS),
} | {
    name: Case(keys=job_key, gets=False, posts=lambda stage: {}, expect=IMPORT_ACTORS, may_fail=True)
    for name in ("import_layout", "import_check", "import_reopen", "import_start", "import_cancel", "import_undo")
}

IMPORT_API_CASES = {
    "api_import-list": Case(payloads={"post": lambda stage: {"kind": "orders"}}, may_fail=True),
    "api_import-detail": Case(keys=job_key, expect=IMPORT_ACTORS),
    "api_import-rejected": Case(keys=job_key, expect=IMPORT_ACTORS),
    "api_import-source": Case(keys=job_key, expect=IMPORT_ACTORS),
} | {
    f"api_import-{name}": Case(keys=job_key, payloads={"post": lambda stage: {}}, expect=IMPORT_ACTORS, may_fail=True)
    for name in ("check", "start", "cancel", "undo")
}

CONFIGURATION_CASES = {
    "alert_rule_settings": Case(keys=rule_key),
    "alert_rule_replay": Case(keys=rule_key),
    "alert_rule_try": Case(keys=rule_key, gets=False),
    "configuration_roll_back": Case(
        keys=lambda stage: document_key(stage) | {"number": 1}, gets=False, posts=lambda stage: {}, may_fail=True
    ),
} | {
    name: Case(keys=document_key, gets=False, posts=lambda stage: {}, may_fail=True)
    for name in ("configuration_draft", "configuration_publish", "configuration_discard")
}

API_CASES = {
    "api_account-list": Case(payloads={"post": lambda stage: {"name": "New"}}, may_fail=True),
    "api_account-detail": Case(keys=account_key, payloads={"patch": api_edit}, may_fail=True),
    "api_contact-list": Case(payloads={"post": lambda stage: {"name": "New"}}, may_fail=True),
    "api_contact-detail": Case(keys=contact_key, payloads={"patch": api_edit}, may_fail=True),
    "api_interaction-list": Case(payloads={"post": lambda stage: {"kind": "visit"}}, may_fail=True),
    "api_interaction-detail": Case(keys=interaction_key, payloads={"patch": api_edit}, may_fail=True),
}

ALERT_CASES = {
    "churn:alert_page": Case(keys=alert_key),
    "churn:alert_acknowledge": Case(keys=alert_key, gets=False, posts=version),
    "churn:alert_close": Case(keys=alert_key, gets=False, posts=closing),
    "churn:alert_reopen": Case(
        keys=lambda stage: alert_key(stage) | {"version": 1}, gets=False, posts=lambda stage: {}
    ),
    "churn:alert_bulk": Case(gets=False, posts=bulk, names_account=True),
    # a token is read before it is judged
    "churn:alert_bulk_undo": Case(
        keys=token_key, gets=False, posts=lambda stage: {}, may_fail=True, names_account=False
    ),
    "api_alert-reopen": Case(keys=alert_key, payloads={"post": version}, may_fail=True),
    "api_alert-detail": Case(keys=alert_key),
    "api_alert-acknowledge": Case(keys=alert_key, payloads={"post": version}),
    "api_alert-close": Case(keys=alert_key, payloads={"post": closing}),
}

RUN_CASES = {
    "run_start": Case(posts=lambda stage: {"as_of": "2026-01-06"}),
    "run_page": Case(keys=run_key),
    "run_progress": Case(keys=run_key),
    "run_again": Case(keys=run_key, gets=False, posts=lambda stage: {}),
    "run_repair": Case(keys=run_key, gets=False, posts=lambda stage: {}),
    "run_cancel": Case(keys=run_key, gets=False, posts=lambda stage: {}),
    "tier_months_build": Case(gets=False, posts=lambda stage: {}),
    "tier_months_cancel": Case(gets=False, posts=lambda stage: {}),
    "nightly_schedule": Case(posts=lambda stage: {"at": "02:30", "is_enabled": "on"}),
    "api_run-detail": Case(keys=run_key),
}


def rate_form(stage) -> dict:
    return {"version": 1, "currency": "EUR", "valid_from": "2026-01-01", "rate": "7.9"}


SALES_CASES = {
    "sales:rate_create": Case(posts=lambda stage: {"currency": "USD", "valid_from": "2026-01-01", "rate": "7.1"}),
    "sales:rate_edit": Case(keys=lambda stage: {"pk": stage.rate.pk}, posts=rate_form, may_fail=True),
    "sales:order_page": Case(keys=lambda stage: {"pk": stage.order.pk}),
    "api_order-detail": Case(keys=lambda stage: {"pk": stage.order.pk}),
}

USER_CASES = {
    "users:logout": Case(gets=False, posts=lambda stage: {}),
    "users:password_change": Case(posts=password_form),
    "users:profile": Case(posts=lambda stage: {"name": "N", "email": "n@example.com", "language": "en"}),
    "users:preferences": Case(gets=False, posts=lambda stage: {"theme": "dark"}),
    "users:token_list": Case(posts=lambda stage: {"name": "ERP", "scope": "read"}),
    "users:token_revoke": Case(keys=lambda stage: {"key": "none"}, gets=False, posts=lambda stage: {}),
    "users:user_create": Case(posts=user_form),
    "users:user_edit": Case(keys=colleague, posts=user_form),
    "users:user_deactivate": Case(keys=colleague, gets=False, posts=lambda stage: {}),
    "users:user_reactivate": Case(keys=colleague, gets=False, posts=lambda stage: {}),
    "users:user_invite": Case(keys=colleague, gets=False, posts=lambda stage: {}),
    "users:user_revoke_tokens": Case(keys=colleague, gets=False, posts=lambda stage: {}),
    "users:team_create": Case(posts=lambda stage: {"name": "New"}),
    "users:team_edit": Case(keys=lambda stage: {"pk": stage.team.pk}, posts=lambda stage: {"name": "New"}),
    "users:team_deactivate": Case(keys=lambda stage: {"pk": stage.team.pk}, gets=False, posts=lambda stage: {}),
    "users:team_reactivate": Case(keys=lambda stage: {"pk": stage.team.pk}, gets=False, posts=lambda stage: {}),
    "users:department_create": Case(posts=lambda stage: {"name": "New"}),
    "users:department_edit": Case(keys=lambda stage: {"pk": stage.department.pk}, posts=lambda stage: {"name": "New"}),
}

CASES: dict[str, Case] = {
    **COMFORT_CASES,
    **PUBLIC_CASES,
    **USER_CASES,
    **SALES_CASES,
    **ACCOUNT_CASES,
    **NOTIFICATION_CASES,
    **IMPORT_CASES,
    **IMPORT_API_CASES,
    **CONFIGURATION_CASES,
    **API_CASES,
    **ALERT_CASES,
    **RUN_CASES,
    **points.CASES,
}
