"""Points over the API: what a token reads, asks for, and may not do."""

import pytest

from loyalty import services
from loyalty.choices import EntryKind
from loyalty.models import Redemption
from loyalty.services.ledger import Posting, post, wallet_of
from tests import factories
from tests.api import client_for

DAY = "2026-03-02"


@pytest.fixture
def reward(actors):
    wallet = wallet_of(actors.account)
    post(wallet.pk, Posting(EntryKind.EARN, "api:1", DAY, points=500, qualifying=500, expires_on="2026-12-31"))
    return services.create_reward(name="Trip", points=200, stock=9, by=actors.AD)


def ask(client, account, reward, key=None, **more):
    headers = {"Idempotency-Key": key} if key else {}
    body = {"account": account.pk, "reward": reward.pk} | more
    return client.post("/api/v1/redemptions/", body, format="json", headers=headers)


def test_balances_entries_and_lots_are_read(actors, reward):
    client = client_for(actors.OWN)
    wallet = client.get(f"/api/v1/points/wallets/{actors.account.pk}/").json()
    assert (wallet["available_points"], wallet["qualifying_points"], wallet["expires_on"]) == (500, 500, "2026-12-31")
    entries = client.get(f"/api/v1/points/entries/?account={actors.account.pk}&since={DAY}&until={DAY}").json()
    assert [(row["kind"], row["available_after"]) for row in entries["results"]] == [("earn", 500)]
    assert client.get("/api/v1/points/lots/").json()["results"][0]["left_points"] == 500
    assert client.get("/api/v1/rewards/").json()["results"][0]["stock"] == 9


def test_strangers_find_nothing(actors, reward):
    client = client_for(actors.OTH)
    assert client.get(f"/api/v1/points/wallets/{actors.account.pk}/").status_code == 404
    for name in ("points/wallets", "points/entries", "points/lots", "redemptions", "points/corrections"):
        assert client.get(f"/api/v1/{name}/").json()["count"] == 0
    answer = ask(client_for(actors.OTH, "write"), actors.account, reward)
    assert (answer.status_code, list(answer.json())) == (400, ["account"])


def test_same_key_asks_once_and_another_body_is_409(actors, reward):
    client = client_for(actors.OWN, "write")
    first, again = (ask(client, actors.account, reward, key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Redemption.objects.count() == 1
    assert ask(client, actors.account, reward, key="k1", quantity=2).status_code == 409
    assert ask(client, actors.account, reward, key="k" * 65).status_code == 400


def test_loser_gets_409_in_words(actors, reward):
    client = client_for(actors.OWN, "write")
    assert ask(client, actors.account, reward, quantity=2).status_code == 201
    answer = ask(client, actors.account, reward)
    assert (answer.status_code, answer.json()["detail"]) == (409, "There are not enough points.")


def test_wish_is_withdrawn_or_handed_over_and_decided_by_no_token(actors, reward):
    client = client_for(actors.OWN, "write")
    wish = ask(client, actors.account, reward).json()
    url = f"/api/v1/redemptions/{wish['id']}/"
    assert client.post(f"{url}fulfil/", {"version": 1}, format="json").status_code == 409
    assert client_for(actors.MGR, "write").post(f"{url}approve/", {"version": 1}, format="json").status_code == 404
    services.approve_redemption(redemption=Redemption.objects.get(), version=1, by=actors.MGR)
    assert client.post(f"{url}fulfil/", {"version": 2}, format="json").json()["state"] == "fulfilled"
    other = ask(client, actors.account, reward).json()
    withdrawn = client.post(f"/api/v1/redemptions/{other['id']}/withdraw/", {"version": 1}, format="json")
    assert withdrawn.json()["state"] == "cancelled"
    assert wallet_of(actors.account).available_points == 300


def test_helper_and_executive_ask_for_nothing(actors, reward):
    for actor in (actors.HELP, actors.EX):
        assert ask(client_for(actor, "write"), actors.account, reward).status_code == 403
    assert ask(client_for(actors.OWN, "read"), actors.account, reward).status_code == 403


def test_contact_of_another_account_is_refused(actors, reward):
    contact = factories.ContactFactory(account=factories.AccountFactory(owner=actors.OWN))
    answer = ask(client_for(actors.OWN, "write"), actors.account, reward, contact=contact.pk)
    assert (answer.status_code, list(answer.json())) == (400, ["contact"])
