"""The facts that accounts offer: what an account is, who was met when, whom we know there."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.choices import VISIT_KINDS
from accounts.configuration import SERVICE_LEVELS
from accounts.models import Account, AccountHistory, Contact, ContactHistory, Interaction
from core import facts, versions
from core.facts import Derived, Direction, Fact, FactKind, Scope, Source
from core.lazy import pd

RECENT_DAYS = 90
INTERACTIONS = "accounts.Interaction"


def shards(shard_size: int) -> list[int]:
    """The numbers ``account id // shard_size`` that occur, ascending; gaps in the ids make no empty shards."""
    numbers = Account.objects.order_by().annotate(shard=F("pk") / shard_size).values_list("shard", flat=True)
    return sorted(numbers.distinct())


def survivors() -> dict[int, int]:
    """Every merged account → the account it counts in, however many merges lie between."""
    direct = dict(Account.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into"))
    return {merged: _last(merged, direct) for merged in direct}


def _last(account_id: int, direct: dict[int, int]) -> int:
    seen = set()
    while account_id in direct and account_id not in seen:
        seen.add(account_id)
        account_id = direct[account_id]
    return account_id


def first_days_of_accounts(scope: Scope) -> pd.Series:
    """The start of cooperation or the day of creation of each account, whichever was first."""
    starts = scope.first_days(Account.objects.all(), "cooperation_started_on", account="pk")
    created = scope.first_days(Account.objects.all(), "created_on", account="pk")
    return pd.concat([starts, created]).groupby(level=0).min()


def compute_categories(scope: Scope) -> pd.DataFrame:
    """What each account was as of the day; null where no dated row held."""
    return values_held(scope, [fact.key for fact in CATEGORY_FACTS])


def compute_service_levels(scope: Scope) -> pd.DataFrame:
    """What the tier in force on the day was promised by the service levels in force on that day."""
    levels = versions.in_force_on(SERVICE_LEVELS, scope.as_of).document["levels"]
    cadences = {level["tier"]: level["visit_cadence_days"] for level in levels}
    tiers = values_held(scope, ["tier"]).reindex(columns=["tier"])["tier"]
    return tiers.map(cadences).rename("visit_cadence_days").to_frame()


def values_held(scope: Scope, keys: list[str]) -> pd.DataFrame:
    """The values that the dated rows of ``keys`` give each account on the day: a column per key that occurs."""
    held = AccountHistory.objects.filter(scope.own("subject_id"), field__in=keys).as_of(scope.as_of)
    rows = held.order_by("pk").values_list("subject_id", "field", "value", "valid_from")
    frame = pd.DataFrame.from_records(list(rows), columns=["account_id", "field", "value", "valid_from"])
    frame["valid_from"] = pd.to_datetime(frame["valid_from"])
    latest = frame.sort_values("valid_from", kind="stable", na_position="first").drop_duplicates(
        ["account_id", "field"], keep="last"
    )
    latest = latest.assign(value=latest["value"].where(latest["value"] != "", None))
    return latest.pivot(index="account_id", columns="field", values="value")


def first_interactions(scope: Scope) -> pd.Series:
    return scope.first_days(Interaction.objects.done(), "happened_on")


def compute_interactions(scope: Scope) -> pd.DataFrame:
    """Days since the last contact of any kind and since the last visit, and how often lately; done ones only."""
    done = scope.rows_of(Interaction.objects.done().filter(happened_on__lte=scope.as_of))
    rows = done.values_list("account_id").annotate(
        last=Max("happened_on"),
        last_visit=Max("happened_on", filter=Q(kind__in=VISIT_KINDS)),
        recent=Count("pk", filter=Q(happened_on__gt=scope.as_of - timedelta(days=RECENT_DAYS))),
    )
    days = ["last", "last_visit"]
    by_account = scope.frame(rows, ["account_id", *days, "recent"], dates=days).groupby("account_id")
    today = pd.Timestamp(scope.as_of)
    return pd.DataFrame(
        {
            "days_since_last_interaction": (today - by_account["last"].max()).dt.days,
            "days_since_last_visit": (today - by_account["last_visit"].max()).dt.days,
            "interactions_90d": by_account["recent"].sum(),
        }
    )


def compute_contacts(scope: Scope) -> pd.DataFrame:
    """Contacts at each account as of the day: joined by then and not left.

    Without a day of joining a contact counts from the day it was entered. Who moved to another account after the day
    counts where the dated rows say that they were.
    """
    moved = dict(
        ContactHistory.objects.filter(field="account", valid_to__isnull=False)
        .as_of(scope.as_of)
        .exclude(value="")
        .values_list("subject_id", "value")
    )
    here = [contact for contact, account in moved.items() if scope.survivor(int(account)) in scope.members]
    there = Contact.objects.annotate(since=Coalesce("joined_on", "created_on")).filter(since__lte=scope.as_of)
    there = there.filter(Q(left_on__isnull=True) | Q(left_on__gt=scope.as_of))
    ids = {
        *scope.rows_of(there).values_list("pk", "account_id"),
        *there.filter(pk__in=here).order_by().values_list("pk", "account_id"),
    }
    rows = [(int(moved.get(contact, account)),) for contact, account in ids]
    return scope.frame(rows, ["account_id"]).value_counts("account_id").rename("contacts_active").to_frame()


def days_without_contact(night: pd.DataFrame, as_of: date, pins: versions.Pins) -> pd.Series:
    """How long nobody was in touch: since the last interaction, or since the account is known."""
    known_days = (pd.Timestamp(as_of) - pd.to_datetime(night["known_on"])).dt.days.astype("float64")
    return night["days_since_last_interaction"].astype("float64").fillna(known_days)


def tier_cadence_days(night: pd.DataFrame, as_of: date, pins: versions.Pins) -> pd.Series:
    """What the service levels promise the tier that the night gives."""
    if pinned := pins.get(SERVICE_LEVELS):
        levels = versions.resolve({SERVICE_LEVELS: pinned})[SERVICE_LEVELS]["default"]
    else:
        levels = versions.in_force_on(SERVICE_LEVELS, as_of)
    cadences = {level["tier"]: level["visit_cadence_days"] for level in levels.document["levels"]}
    return night["tier"].map(cadences).astype("float64")


def category(key: str, label: str, description: str) -> Fact:
    return Fact(key=key, label=label, kind=FactKind.CATEGORY, description=description, source="accounts.AccountHistory")


CATEGORY_FACTS = (
    category(
        "tier",
        _("Tier"),
        "The tier in force on D: the one that the night before gave. In what a night keeps, the one it gives itself.",
    ),
    category("owner", _("Owner"), "Id of the owner on D."),
    category("team", _("Team"), "Id of the owning team on D."),
    category("status", _("Status"), "Status on D: prospect, active, dormant or lost."),
    category("industry", _("Industry"), "Industry on D."),
    category("region", _("Region"), "Region on D."),
    category("kind", _("Kind"), "Kind of account on D."),
)
SERVICE_LEVEL_FACTS = (
    Fact(
        key="visit_cadence_days",
        label=_("Days between visits promised to the tier"),
        kind=FactKind.DAYS,
        unit="days",
        description="What the service levels in force on D promise the tier in force on D; null without a promise.",
        source="accounts.AccountHistory, service levels",
    ),
)
INTERACTION_FACTS = (
    Fact(
        key="days_since_last_interaction",
        label=_("Days since the last interaction"),
        kind=FactKind.DAYS,
        unit="days",
        direction=Direction.LOWER,
        description="D − day of the last interaction that is done; planned ones never count; null without.",
        source=INTERACTIONS,
    ),
    Fact(
        key="days_since_last_visit",
        label=_("Days since the last visit"),
        kind=FactKind.DAYS,
        unit="days",
        direction=Direction.LOWER,
        description="D − day of the last visit or executive visit that is done; null without.",
        source=INTERACTIONS,
    ),
    Fact(
        key="interactions_90d",
        label=_("Interactions in 90 days"),
        kind=FactKind.COUNT,
        unit="interactions",
        direction=Direction.HIGHER,
        description="Interactions done on the days d with D−90 < d ≤ D.",
        source=INTERACTIONS,
    ),
)
CONTACT_FACTS = (
    Fact(
        key="contacts_active",
        label=_("Contacts at the account"),
        kind=FactKind.COUNT,
        unit="contacts",
        direction=Direction.HIGHER,
        description="Contacts who joined by D (or were entered by then, where that is unknown) and had not left by D.",
        source="accounts.Contact, accounts.ContactHistory",
    ),
)

DERIVED_FACTS = (
    Derived(
        Fact(
            key="days_without_contact",
            label=_("Days without contact"),
            kind=FactKind.DAYS,
            unit="days",
            direction=Direction.LOWER,
            description="days_since_last_interaction; where there never was one, D − known_on.",
            source=INTERACTIONS,
        ),
        needs=("days_since_last_interaction", "known_on"),
        compute=days_without_contact,
    ),
    Derived(
        Fact(
            key="tier_cadence_days",
            label=_("Visit cadence of the tier"),
            kind=FactKind.DAYS,
            unit="days",
            description="Days between visits that the night's tier is promised by the service levels of the run; null "
            "without a tier or a promise.",
            source="tier, service levels",
        ),
        needs=("tier",),
        compute=tier_cadence_days,
    ),
)

for _item in DERIVED_FACTS:
    facts.derive(_item)
facts.register_population(facts.Population(shards, survivors))
facts.register(Source("accounts", CATEGORY_FACTS, compute_categories, first_days_of_accounts))
facts.register(Source("service_levels", SERVICE_LEVEL_FACTS, compute_service_levels))
facts.register(Source("contacts", CONTACT_FACTS, compute_contacts))
facts.register(Source("interactions", INTERACTION_FACTS, compute_interactions, first_interactions))
