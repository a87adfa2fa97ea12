from datetime import date, timedelta

import pytest

from accounts.models import Standing, Tier
from core.periods import business_date
from loyalty import services
from loyalty.choices import EntryKind, RedemptionState
from loyalty.models import LedgerEntry, Redemption
from loyalty.reconciliation import differences
from loyalty.services.ledger import Posting, post, wallet_of
from tests import factories


@pytest.fixture
def account(db):
    account = factories.AccountFactory()
    give(account, 500)
    return account


@pytest.fixture
def rep(db):
    return factories.UserFactory()


@pytest.fixture
def boss(db):
    return factories.UserFactory(role="manager")


@pytest.fixture
def reward(db):
    return factories.RewardFactory(points=100, stock=3)


def give(account, points, **options):
    key = f"gift:{LedgerEntry.objects.count()}"
    post(wallet_of(account).pk, Posting(EntryKind.EARN, key, business_date(), points=points, **options))


def stand(account, reward):
    """Available, held, in stock; and the ledger adds up."""
    wallet = wallet_of(account)
    reward.refresh_from_db()
    assert differences() == []
    return wallet.available_points, wallet.held_points, reward.stock


def test_wish_sets_points_and_stock_aside(account, reward, rep):
    redemption = services.request_redemption(account=account, reward=reward, quantity=2, by=rep, note="for the fair")
    assert (redemption.points, redemption.state, redemption.requested_by) == (200, RedemptionState.REQUESTED, rep)
    assert stand(account, reward) == (300, 200, 1)


def test_reward_that_is_handed_over_spends_its_points(account, reward, rep, boss):
    redemption = services.request_redemption(account=account, reward=reward, by=rep)
    redemption = services.approve_redemption(redemption=redemption, version=1, by=boss)
    assert (redemption.decided_by, stand(account, reward)) == (boss, (400, 100, 2))
    redemption = services.fulfil_redemption(redemption=redemption, version=2, by=rep)
    assert (redemption.state, stand(account, reward)) == (RedemptionState.FULFILLED, (400, 0, 2))


@pytest.mark.parametrize("is_approved", [False, True])
@pytest.mark.parametrize("ending", ["reject", "cancel"])
def test_points_and_stock_come_back(account, reward, rep, boss, ending, is_approved):
    redemption = services.request_redemption(account=account, reward=reward, quantity=3, by=rep)
    if is_approved:
        redemption = services.approve_redemption(redemption=redemption, version=1, by=boss)
    if ending == "reject":
        services.reject_redemption(redemption=redemption, version=redemption.version, by=boss, reason="too late")
    else:
        services.cancel_redemption(redemption=redemption, version=redemption.version, by=rep)
    assert stand(account, reward) == (500, 0, 3)


def test_redemption_ends_once(account, reward, rep, boss):
    redemption = services.request_redemption(account=account, reward=reward, by=rep)
    with pytest.raises(services.StaleRedemptionError):
        services.fulfil_redemption(redemption=redemption, version=1, by=rep)
    services.cancel_redemption(redemption=redemption, version=1, by=rep)
    for act in (services.cancel_redemption, services.approve_redemption, services.fulfil_redemption):
        for version in (1, 2):
            with pytest.raises(services.StaleRedemptionError):
                act(redemption=redemption, version=version, by=boss)
    assert stand(account, reward) == (500, 0, 3)


@pytest.mark.parametrize(
    ("change", "quantity"),
    [({"is_active": False}, 1), ({"points": 501}, 1), ({"stock": 1}, 2), ({"yearly_limit": 1}, 2), ({}, 6)],
)
def test_wish_that_may_not_be_is_refused_with_its_reasons(account, reward, rep, change, quantity):
    for name, value in ({"stock": 9} | change).items():
        setattr(reward, name, value)
    reward.save()
    with pytest.raises(services.RedemptionRefusedError) as refusal:
        services.request_redemption(account=account, reward=reward, quantity=quantity, by=rep)
    assert [check.is_met for check in refusal.value.checks].count(False) == 1
    assert str(refusal.value)
    assert (Redemption.objects.count(), stand(account, reward)[:2]) == (0, (500, 0))


def test_reward_for_high_tiers_asks_for_the_tier(account, reward, rep):
    reward.minimum_tier = Tier.objects.get(code="B")
    reward.save()
    asked = {"account": account, "reward": reward, "by": rep}
    with pytest.raises(services.RedemptionRefusedError):
        services.request_redemption(**asked)
    standing = Standing.objects.create(
        account=account, as_of=date(2026, 3, 1), calculated_at="2026-03-02T00:00Z", tier=Tier.objects.get(code="C")
    )
    with pytest.raises(services.RedemptionRefusedError):
        services.request_redemption(**asked)
    Standing.objects.filter(pk=standing.pk).update(tier=Tier.objects.get(code="A"))
    services.request_redemption(**asked)


def test_limit_of_a_year_counts_what_came_to_something(account, reward, rep, boss):
    reward.yearly_limit = 1
    reward.save()
    first = services.request_redemption(account=account, reward=reward, by=rep)
    with pytest.raises(services.RedemptionRefusedError):
        services.request_redemption(account=account, reward=reward, by=rep)
    services.reject_redemption(redemption=first, version=1, by=boss, reason="")
    second = services.request_redemption(account=account, reward=reward, by=rep)
    Redemption.objects.filter(pk=second.pk).update(requested_at=second.requested_at - timedelta(366))
    services.request_redemption(account=account, reward=reward, by=rep)


def test_same_key_asks_once(account, reward, rep):
    asked = {"account": account, "reward": reward, "by": rep, "key": "a"}
    assert services.request_redemption(**asked) == services.request_redemption(**asked)
    with pytest.raises(services.WishKeyReusedError):
        services.request_redemption(**asked, quantity=2)
    assert stand(account, reward) == (400, 100, 2)


def test_points_expire_after_their_last_day_but_not_those_set_aside(account, reward, rep):
    day = date(2026, 3, 31)
    other = factories.AccountFactory()
    give(other, 150, expires_on=day)
    give(other, 70, expires_on=day + timedelta(1))
    redemption = services.request_redemption(account=other, reward=reward, by=rep)
    everybody = range(max(account.pk, other.pk) + 1)
    assert services.expire_points(as_of=day - timedelta(1), account_ids=everybody) == 0
    assert services.expire_points(as_of=day, account_ids=range(other.pk)) == 0
    assert services.expire_points(as_of=day, account_ids=everybody) == 1
    assert stand(other, reward) == (70, 100, 2)
    assert services.expire_points(as_of=day, account_ids=everybody) == 0
    services.cancel_redemption(redemption=redemption, version=1, by=rep)
    assert services.expire_points(as_of=day, account_ids=everybody) == 1
    assert stand(other, reward) == (70, 0, 3)


def test_correction_needs_a_second_person(account, rep, boss):
    correction = services.propose_correction(account=account, points=-600, reason="counted twice", by=rep)
    assert wallet_of(account).available_points == 500
    with pytest.raises(services.SamePersonError):
        services.confirm_correction(correction=correction, by=rep)
    with pytest.raises(services.NotEnoughPointsError):
        services.confirm_correction(correction=correction, by=boss)
    correction.refresh_from_db()
    assert correction.state == "proposed"
    services.reject_correction(correction=correction, by=boss)
    with pytest.raises(services.CorrectionError):
        services.confirm_correction(correction=correction, by=boss)
    better = services.propose_correction(account=account, points=-60, reason="counted twice", by=rep)
    services.confirm_correction(correction=better, by=boss)
    assert wallet_of(account).available_points == 440
    assert LedgerEntry.objects.latest("pk").reason == "counted twice"
    assert differences() == []
