"""Points of the invented company: rules since a year and a half, rewards, a year of redemptions, what waits today."""

import random
from datetime import date, datetime, time, timedelta

from accounts.models import Account
from core import versions
from core.models import ConfigurationVersion
from core.periods import business_zone, month_end_before
from loyalty import services
from loyalty.choices import EntryKind, RedemptionState, StockKind
from loyalty.configuration import FIRST_POINTS_RULES, POINTS_RULES, rule_periods
from loyalty.models import Redemption, Reward, StockMovement, Wallet
from loyalty.services.ledger import Posting, post
from users.models import User

RULES_DAYS = 540
MONTHS = 12
A_MONTH = 6
REWARDS = (
    ("Training day at your plant", "驻厂培训一天", "service", 1500, None),
    ("Thermal camera survey", "热成像巡检", "service", 2400, None),
    ("Torque wrench set", "扭力扳手套装", "gift", 600, 40),
    ("Tea set", "茶具", "gift", 300, 60),
    ("Spare parts voucher", "备件代金券", "gift", 1000, 200),
    ("Factory tour for four", "四人工厂参观", "service", 900, 12),
)


def load_points(staff: dict[str, User], last_day: date, rng: random.Random) -> None:
    """Rules, catalogue, and the ledger month by month up to ``last_day``, then the wishes of today."""
    publish_rules(staff["admin"], last_day)
    rewards = [
        services.create_reward(name=name, name_zh=name_zh, kind=kind, points=points, stock=stock, by=staff["admin"])
        for name, name_zh, kind, points, stock in REWARDS
    ]
    since = moment(last_day - timedelta(days=400))
    StockMovement.objects.update(moved_at=since)
    periods, everybody = rule_periods(), range(Account.objects.latest("pk").pk + 1)
    for day in month_ends(last_day):
        services.award_order_points(as_of=day, account_ids=everybody, periods=periods)
        services.expire_points(as_of=day, account_ids=everybody)
        for _number in range(A_MONTH):
            redeem(rng.choice(rewards), staff, day, rng)
    ask_today(staff, rewards)


def publish_rules(admin: User, last_day: date) -> None:
    """The company gives points since a year and a half."""
    began = last_day - timedelta(days=RULES_DAYS)
    document = FIRST_POINTS_RULES | {"starts_on": began.isoformat(), "valid_months": 12, "own_limit_points": 500}
    draft = versions.save_draft(kind=POINTS_RULES, document=document, author=admin)
    versions.publish(
        draft=draft, based_on=1, preview_hash=draft.document_hash, comment="Start of the programme", author=admin
    )
    for number, days in ((1, RULES_DAYS + 30), (2, RULES_DAYS)):
        published_at = moment(last_day - timedelta(days=days))
        ConfigurationVersion.objects.filter(kind=POINTS_RULES, number=number).update(published_at=published_at)


def month_ends(last_day: date) -> list[date]:
    """The month ends of a year, the earliest first, and the last day itself."""
    days = [last_day]
    for _month in range(MONTHS):
        days.insert(0, month_end_before(days[0]))
    return days


def moment(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=business_zone())


def redeem(reward: Reward, staff: dict[str, User], day: date, rng: random.Random) -> None:
    """A redemption of ``day``, handed over the same day, by one of the accounts that have the points."""
    able = Wallet.objects.filter(available_points__gte=reward.points, account__owner__isnull=False)
    wallet = rng.choice(list(able.select_related("account__owner").order_by("-available_points")[:40]) or [None])
    reward.refresh_from_db()
    if wallet is None or reward.stock == 0:
        return
    owner = wallet.account.owner
    redemption = Redemption.objects.create(
        account=wallet.account, reward=reward, points=reward.points, state=RedemptionState.FULFILLED,
        requested_by=owner, requested_at=moment(day), decided_by=staff["manager"], decided_at=moment(day, 14),
        fulfilled_at=moment(day, 17),
    )  # fmt: skip
    key, by = f"redemption:{redemption.pk}", owner.pk
    taken = {"points": -reward.points, "held": reward.points, "recorded_by_id": by}
    post(wallet.pk, Posting(EntryKind.HOLD, f"{key}:hold", day, **taken))
    post(wallet.pk, Posting(EntryKind.COMMIT, f"{key}:end", day, held=-reward.points, recorded_by_id=by))
    if reward.stock is not None:
        moved = services.move_stock(
            reward=reward, kind=StockKind.REDEEMED, quantity=-1, redemption=redemption, by=owner
        )
        StockMovement.objects.filter(pk=moved.pk).update(moved_at=moment(day))


def ask_today(staff: dict[str, User], rewards: list[Reward]) -> None:
    """Wishes that wait, one that is approved, one that was rejected; a correction that was made and one that waits."""
    rich = Wallet.objects.filter(account__owner__isnull=False).select_related("account__owner", "account__team")
    mine = list(rich.filter(account__owner=staff["rep"]).order_by("-available_points")[:3])
    for wallet, reward in zip(mine, (rewards[0], rewards[3], rewards[2]), strict=False):
        ask(wallet, reward, staff["rep"])
    others = list(rich.exclude(account__owner=staff["rep"]).order_by("-available_points")[:3])
    wishes = [ask(wallet, rewards[2], wallet.account.owner) for wallet in others]
    if len(wishes) == 3 and all(wishes):
        services.approve_redemption(redemption=wishes[1], version=1, by=staff["executive"])
        reason = "Their order of May is still unpaid"
        services.reject_redemption(redemption=wishes[2], version=1, by=staff["executive"], reason=reason)
    if mine:
        made = services.propose_correction(
            account=mine[0].account, points=120, reason="Order of the fair was entered late", by=staff["manager"]
        )
        services.confirm_correction(correction=made, by=staff["admin"])
        services.propose_correction(
            account=mine[-1].account, points=-40, reason="One order was counted twice", by=staff["admin"]
        )


def ask(wallet: Wallet, reward: Reward, by: User) -> Redemption | None:
    """The wish, or None where the account has not enough points."""
    if wallet.available_points < reward.points:
        return None
    return services.request_redemption(account=wallet.account, reward=reward, by=by)
