"""How the routes of points are called in the walk over the table of rights."""

from core.periods import business_date
from loyalty import services
from loyalty.choices import EntryKind
from loyalty.models import Correction
from loyalty.services.ledger import Posting, post, wallet_of
from tests.permission_checks import Case


def points_stage(actors) -> dict:
    """The account's wallet with points, a reward, a wish, an approved wish, and a correction."""
    account, wallet = actors.account, wallet_of(actors.account)
    earned = Posting(EntryKind.EARN, "stage:earn", business_date(), points=900, qualifying=900)
    entry = post(wallet.pk, earned)
    reward = services.create_reward(name="Trip", points=100, stock=9, by=actors.AD)
    wish, approved = (services.request_redemption(account=account, reward=reward, by=actors.OWN) for _ in range(2))
    approved = services.approve_redemption(redemption=approved, version=1, by=actors.MGR)
    correction = Correction.objects.create(account=account, points=-5, reason="Twice", proposed_by=actors.AD)
    return {
        "wallet": wallet,
        "entry": entry,
        "reward": reward,
        "wish": wish,
        "approved": approved,
        "correction": correction,
    }


def account_key(stage) -> dict:
    return {"pk": stage.account.pk}


def wish_key(stage) -> dict:
    return {"pk": stage.wish.pk}


def approved_key(stage) -> dict:
    return {"pk": stage.approved.pk}


def correction_key(stage) -> dict:
    return {"pk": stage.correction.pk}


def reward_key(stage) -> dict:
    return {"pk": stage.reward.pk}


def nothing(stage) -> dict:
    return {}


def first(stage) -> dict:
    return {"version": 1}


def second(stage) -> dict:
    return {"version": 2}


def wish_form(stage) -> dict:
    return {"reward": stage.reward.pk, "quantity": 1}


def wish_body(stage) -> dict:
    return {"account": stage.account.pk, "reward": stage.reward.pk}


def reward_form(stage) -> dict:
    return {"name": "Trip", "kind": "gift", "points": 100}


REWARD_ACTS = ("loyalty:reward_archive", "loyalty:reward_restore")

CASES = {
    "account_points": Case(keys=account_key),
    "loyalty:statement": Case(keys=account_key),
    "loyalty:statement_export": Case(keys=lambda stage: account_key(stage) | {"kind": "csv"}),
    "loyalty:redemption_create": Case(keys=account_key, posts=wish_form),
    "loyalty:correction_create": Case(keys=account_key, posts=lambda stage: {"points": 5, "reason": "Fair"}),
    "loyalty:redemption_page": Case(keys=wish_key),
    "loyalty:redemption_approve": Case(keys=wish_key, gets=False, posts=first),
    "loyalty:redemption_reopen": Case(
        keys=lambda stage: approved_key(stage) | {"version": 2}, gets=False, posts=nothing
    ),
    "loyalty:redemption_reject": Case(keys=wish_key, gets=False, posts=lambda stage: {"version": 1, "reason": "No"}),
    "loyalty:redemption_withdraw": Case(keys=wish_key, gets=False, posts=first),
    "loyalty:redemption_fulfil": Case(keys=approved_key, gets=False, posts=second),
    "loyalty:correction_page": Case(keys=correction_key),
    "loyalty:correction_confirm": Case(keys=correction_key, gets=False, posts=nothing),
    "loyalty:correction_reject": Case(keys=correction_key, gets=False, posts=nothing),
    "loyalty:reward_create": Case(posts=reward_form),
    "loyalty:reward_page": Case(keys=reward_key, names_account=False),
    "loyalty:reward_edit": Case(
        keys=reward_key, names_account=False, posts=lambda stage: reward_form(stage) | {"version": 1}, may_fail=True
    ),
    "loyalty:reward_stock": Case(
        keys=reward_key, names_account=False, gets=False, posts=lambda stage: {"kind": "received", "quantity": 1}
    ),
    "api_wallet-detail": Case(keys=lambda stage: {"account": stage.account.pk}),
    "api_ledger_entry-detail": Case(keys=lambda stage: {"pk": stage.entry.entry_id}),
    "api_lot-detail": Case(keys=lambda stage: {"pk": stage.wallet.lots.get().pk}),
    "api_reward-detail": Case(keys=reward_key, names_account=False),
    "api_redemption-list": Case(payloads={"post": wish_body}, may_fail=True),
    "api_redemption-detail": Case(keys=wish_key),
    "api_redemption-withdraw": Case(keys=wish_key, payloads={"post": first}),
    "api_redemption-fulfil": Case(keys=approved_key, payloads={"post": second}),
    "api_correction-detail": Case(keys=correction_key),
} | {name: Case(keys=reward_key, names_account=False, gets=False, posts=nothing) for name in REWARD_ACTS}
