import re
from datetime import date

import pandas as pd
import pytest

from accounts.configuration import FIRST_SERVICE_LEVELS
from accounts.models import Standing, Tier
from accounts.services.tier import SERVICE_FIELDS
from churn.models import Alert
from core import versions
from core.models import ConfigurationVersion
from kam.configuration.rule_preview import RulePreview
from tests import factories
from tests.kam.configuration.conftest import NIGHT, run_night

RULE = "alert_rule/order_gap"
TIERS = "tiers/default"
SCORE = "value_score/default"
LEVELS = "service_levels/default"
PAGES = [
    "/settings/value-score/",
    "/settings/tiers/",
    "/settings/service-levels/",
    "/settings/alert-rules/",
    "/settings/alert-rules/order_gap/",
]
FRAGMENTS = ["/settings/alert-rules/order_gap/replay/", "/settings/alert-rules/order_gap/try/?q=account"]
GAP = {
    "applies_when__than": "4",
    "fires_when__than__at_least": "14",
    **{f"fires_when__than__terms__1__times__by_tier__{tier}": "2" for tier in "ABCD"},
    "severity": "amber",
    "is_active": "on",
}
LIMITS = {"minimum_A": "80", "minimum_B": "60", "minimum_C": "40", "minimum_confidence": "40"}
PROMISES = {
    f"{field}_{level['tier']}": "" if level[field] is None else str(level[field])
    for level in FIRST_SERVICE_LEVELS["levels"]
    for field in SERVICE_FIELDS
}
WEIGHTS = {
    "weight_revenue_365d": "40",
    "weight_orders_365d": "15",
    "weight_days_since_last_order": "15",
    "zero_at_days_since_last_order": "365",
    "full_at_days_since_last_order": "0",
    "weight_revenue_growth_365d": "15",
    "zero_at_revenue_growth_365d": "-0.5",
    "full_at_revenue_growth_365d": "0.5",
    "weight_payment_days_late_avg_365d": "15",
    "zero_at_payment_days_late_avg_365d": "60",
    "full_at_payment_days_late_avg_365d": "0",
}
HTMX = {"HX-Request": "true"}


def draft(client, document, data, **headers):
    return client.post(f"/settings/versions/{document}/draft/", data, headers=headers or None)


def live(client, document, data) -> str:
    response = draft(client, document, data, **HTMX)
    assert response.status_code == 200
    return response.content.decode()


def publish(client, document, number=1, comment="because"):
    kind, key = document.split("/")
    data = {
        "based_on": number,
        "preview_hash": getattr(versions.draft_of(kind, key), "document_hash", "-"),
        "comment": comment,
    }
    return client.post(f"/settings/versions/{document}/publish/", data, follow=True)


def moved(html: str) -> dict[str, str]:
    return dict(re.findall(r'data-account="(\w+)" data-after="(\w)"', html))


def firing(html: str) -> set[str]:
    return set(re.findall(r'data-account="(\w+)" data-fires="yes"', html))


def tiers_by_code() -> dict[str, str]:
    return dict(Standing.objects.values_list("account__code", "tier__code"))


@pytest.fixture
def admin(actors, client):
    client.force_login(actors.AD)
    return client


@pytest.mark.parametrize(
    ("actor", "status"), [("OWN", 403), ("HELP", 403), ("MGR", 200), ("MOTH", 200), ("EX", 200), ("AD", 200)]
)
def test_who_may_read_configuration(actors, night, client, actor, status):
    client.force_login(getattr(actors, actor))
    for url in (*PAGES, *FRAGMENTS):
        response = client.get(url)
        assert response.status_code == status, url
        assert b"MISSING_TEMPLATE" not in response.content, url
        assert b" style=" not in response.content, url


@pytest.mark.parametrize("actor", ["OWN", "MGR", "REG", "EX"])
def test_only_administrators_change_configuration(actors, client, actor):
    client.force_login(getattr(actors, actor))
    before = ConfigurationVersion.objects.count()
    for document in (RULE, TIERS, SCORE, LEVELS):
        for action in ("draft/", "publish/", "discard/", "roll-back/1/"):
            assert (
                client.post(f"/settings/versions/{document}/{action}", LIMITS | GAP | WEIGHTS | PROMISES).status_code
                == 403
            )
    assert ConfigurationVersion.objects.count() == before


def test_pages_stand_before_the_first_night(admin):
    for url in PAGES:
        response = admin.get(url)
        assert response.status_code == 200, url
        assert b"MISSING_TEMPLATE" not in response.content, url


def test_unchanged_figures_make_no_change(admin, night):
    for document, data in ((RULE, GAP), (TIERS, LIMITS), (SCORE, WEIGHTS), (LEVELS, PROMISES)):
        kind, key = document.split("/")
        html = live(admin, document, data)
        assert "Publish" not in html
        assert versions.draft_of(kind, key).document_hash == versions.published(kind, key).document_hash


def test_previewed_tiers_are_those_of_the_next_night_account_by_account(admin, accounts, night):
    before = tiers_by_code()
    html = live(admin, TIERS, LIMITS | {"minimum_A": "70", "minimum_B": "50"})
    expected = moved(html)
    assert expected
    assert f">{len(expected)}</span>" in html
    assert "Version 2 is in force" in publish(admin, TIERS).content.decode()
    run_night(accounts)
    assert tiers_by_code() == before | expected


def test_previewed_weights_are_those_of_the_next_night_account_by_account(admin, accounts, night):
    before = tiers_by_code()
    data = WEIGHTS | {"weight_revenue_365d": "10", "weight_revenue_growth_365d": "45"}
    expected = moved(live(admin, SCORE, data))
    assert expected
    publish(admin, SCORE)
    run_night(accounts)
    assert tiers_by_code() == before | expected


@pytest.mark.parametrize("factor", ["0.5", "5"])
def test_previewed_accounts_are_exactly_those_with_the_alert_after_the_next_night(admin, accounts, night, factor):
    before = set(Alert.objects.open().values_list("account__code", flat=True))
    data = GAP | {f"fires_when__than__terms__1__times__by_tier__{tier}": factor for tier in "ABCD"}
    expected = firing(live(admin, RULE, data))
    assert expected
    assert expected != before
    publish(admin, RULE)
    run_night(accounts)
    assert set(Alert.objects.open().values_list("account__code", flat=True)) == expected


def test_tier_left_empty_is_left_out_of_the_rule(admin, night):
    data = {**GAP, "fires_when__than__terms__1__times__by_tier__D": ""}
    live(admin, RULE, data)
    document = versions.draft_of("alert_rule", "order_gap").document
    assert document["fires_when"]["than"]["terms"][1]["times"]["by_tier"] == {"A": 2, "B": 2, "C": 2, "D": None}


@pytest.mark.parametrize(
    ("document", "data", "words"),
    [
        (TIERS, LIMITS | {"minimum_B": "90"}, "Each limit must be below the one before it"),
        (TIERS, LIMITS | {"minimum_B": "many"}, "Enter a number"),
        (TIERS, LIMITS | {"minimum_A": "101"}, "less than or equal to 100"),
        (SCORE, WEIGHTS | {"weight_orders_365d": "20"}, "The weights add up to 105"),
        (RULE, GAP | {"applies_when__than": ""}, "This field is required"),
        (RULE, GAP | {"severity": "purple"}, "Select a valid choice"),
    ],
)
def test_faulty_figures_are_named_and_nothing_is_saved(admin, night, document, data, words):
    for headers in ({}, HTMX):
        response = draft(admin, document, data, **headers)
        assert response.status_code == 422
        assert words in response.content.decode()
    assert versions.draft_of(*document.split("/")) is None


def test_what_was_typed_stays_when_it_is_refused(admin, night):
    html = draft(admin, TIERS, LIMITS | {"minimum_B": "90"}).content.decode()
    assert 'value="90"' in html


def test_weight_zero_takes_a_fact_out_and_it_can_come_back(admin, night):
    live(admin, SCORE, WEIGHTS | {"weight_orders_365d": "0", "weight_revenue_365d": "55"})
    assert len(versions.draft_of("value_score").document["components"]) == 4
    assert "weight_orders_365d" in admin.get("/settings/value-score/").content.decode()
    live(admin, SCORE, WEIGHTS)
    assert len(versions.draft_of("value_score").document["components"]) == 5


def test_a_fact_is_added(admin, night):
    data = WEIGHTS | {"weight_revenue_365d": "30", "new_fact": "tenure_days", "new_weight": "10"}
    response = draft(admin, SCORE, data, **HTMX)
    assert response.headers["HX-Redirect"] == "/settings/value-score/"
    assert versions.draft_of("value_score").document["components"][-1] == {
        "fact": "tenure_days",
        "weight": 10,
        "method": "percentile",
    }


def test_sensitive_facts_are_not_offered(admin, night):
    assert "margin_365d" not in admin.get("/settings/value-score/").content.decode()


def test_draft_previewed_by_one_and_changed_by_another_is_not_published(admin, night):
    live(admin, TIERS, LIMITS | {"minimum_A": "70"})
    seen = versions.draft_of("tiers").document_hash
    live(admin, TIERS, LIMITS | {"minimum_A": "75"})
    data = {"based_on": 1, "preview_hash": seen, "comment": ""}
    page = admin.post(f"/settings/versions/{TIERS}/publish/", data, follow=True).content.decode()
    assert "has changed since you looked at the preview" in page
    assert versions.published("tiers").number == 1


def test_publish_without_a_draft_is_refused(admin):
    assert publish(admin, TIERS).status_code == 400


def test_history_shows_changes_and_rolls_back(admin, night):
    live(admin, TIERS, LIMITS | {"minimum_A": "70"})
    publish(admin, TIERS, comment="more room")
    page = admin.get("/settings/tiers/").content.decode()
    assert "more room" in page
    assert "80 → 70" in page
    assert admin.post(f"/settings/versions/{TIERS}/roll-back/1/", {"based_on": 2}).status_code == 302
    version = versions.published("tiers")
    assert (version.number, version.document["limits"][0]["minimum"]) == (3, 80)


def test_roll_back_names_the_version_it_follows(admin, night):
    live(admin, TIERS, LIMITS | {"minimum_A": "70"})
    publish(admin, TIERS)
    admin.post(f"/settings/versions/{TIERS}/roll-back/1/", {"based_on": 1})
    assert versions.published("tiers").number == 2
    assert admin.post(f"/settings/versions/{TIERS}/roll-back/9/", {"based_on": 2}).status_code == 404
    assert admin.post(f"/settings/versions/{TIERS}/roll-back/1/", {}).status_code == 400


def test_discard_brings_the_version_in_force_back(admin, night):
    live(admin, TIERS, LIMITS | {"minimum_A": "70"})
    admin.post(f"/settings/versions/{TIERS}/discard/")
    assert versions.draft_of("tiers") is None


def test_saving_without_htmx_goes_back_to_the_page_with_the_preview(admin, night):
    response = draft(admin, TIERS, LIMITS | {"minimum_A": "70"})
    assert (response.status_code, response.url) == (302, "/settings/tiers/")
    assert "Publish v2" in admin.get("/settings/tiers/").content.decode()


def test_manager_sees_the_preview_of_the_draft_for_the_own_accounts_only(actors, accounts, night, client):
    stranger = factories.AccountFactory(owner=actors.OTH, code="X1")
    run_night([*accounts, stranger])
    client.force_login(actors.AD)
    html = live(client, RULE, GAP | {"fires_when__than__terms__1__times__by_tier__D": "0.5"})
    assert "X1" in firing(html)
    client.force_login(actors.MGR)
    page = client.get("/settings/alert-rules/order_gap/").content.decode()
    assert firing(page) == firing(html) - {"X1"}
    assert "Publish v2" not in page
    assert "X1" not in client.get("/settings/alert-rules/order_gap/try/?q=x1").content.decode()


def test_trying_one_account_tells_every_comparison_and_why(admin, accounts, night):
    text = admin.get("/settings/alert-rules/order_gap/try/", {"q": "t11"}).content.decode()
    assert "Fires" in text
    assert "75, over 40" in text
    text = admin.get("/settings/alert-rules/order_gap/try/", {"q": "t01"}).content.decode()
    assert "Does not fire" in text
    assert "not over 40" in text
    assert (
        "No account is called that" in admin.get("/settings/alert-rules/order_gap/try/", {"q": "zzzz"}).content.decode()
    )


def test_replay_says_how_many_nights_it_has(admin, accounts, night):
    url = "/settings/alert-rules/order_gap/replay/"
    assert "1 night is kept" in admin.get(url).content.decode()
    run_night([*accounts[:3], accounts[11]], as_of=NIGHT.replace(month=2, day=20))
    text = admin.get(url).content.decode()
    assert "2 nights are kept, 1 of them reconstructed" in text
    assert "Firings: draft" in text


def test_broken_rule_is_shown_broken_and_skipped(admin, night):
    version = versions.published("alert_rule", "order_gap")
    version.document["fires_when"]["fact"] = "days_since_full_moon"
    version.save()
    assert "Broken: skipped" in admin.get("/settings/alert-rules/").content.decode()
    page = admin.get("/settings/alert-rules/order_gap/").content.decode()
    assert "There is no fact “days_since_full_moon”" in page


@pytest.mark.parametrize("path", ["alert_rule/nothing/draft/", "rfm/default/draft/", "nothing/default/draft/"])
def test_unknown_documents_are_not_found(admin, path):
    assert admin.post(f"/settings/versions/{path}", {}).status_code == 404


def test_unknown_rule_page_is_not_found(admin):
    assert admin.get("/settings/alert-rules/nothing/").status_code == 404


def test_pages_need_the_same_queries_for_few_and_many_accounts(
    actors, admin, accounts, night, django_assert_max_num_queries
):
    for url in PAGES:
        counts = []
        for size in (6, 12):
            run_night(accounts[:size])
            with django_assert_max_num_queries(40) as queries:
                admin.get(url)
            counts.append(len(queries))
        assert counts[0] == counts[1], url


def test_service_levels_show_what_they_ask_for_and_hold_at_once(admin, night):
    late_before = {"A": 0, "B": 0, "C": 0, "D": 0}
    counts = {code: Standing.objects.filter(tier__code=code).count() for code in late_before}
    promised = PROMISES | {"visit_cadence_days_D": "3", "gift_budget_amount_A": "2000.5"}
    html = live(admin, LEVELS, promised)
    # every account was visited 5 days before the night of 1 March, 6 before today
    assert f"0 → {counts['D']}</td>" in html
    assert re.search(r"data-late>\+(\d+)<", html)[1] == str(counts["D"])
    assert Tier.objects.get(code="D").visit_cadence_days is None
    page = publish(admin, LEVELS).content.decode()
    assert "Version 2 is in force." in page
    assert "because" in page
    assert Tier.objects.get(code="D").visit_cadence_days == 3
    assert "every 3 days" in admin.get("/tiers/").content.decode()
    account = Standing.objects.filter(tier__code="D").first().account
    assert "every 3 days" in admin.get(f"/accounts/{account.pk}/").content.decode()


@pytest.mark.parametrize("typed", [{"visit_cadence_days_A": "0"}, {"points_multiplier_A": ""}, {"credit_days_B": "x"}])
def test_promises_that_cannot_be_are_refused(admin, night, typed):
    response = draft(admin, LEVELS, PROMISES | typed)
    assert response.status_code == 422
    assert versions.draft_of("service_levels") is None


def test_histogram_marks_the_side_of_the_limit_on_which_the_rule_fires():
    frame = pd.DataFrame({"new": [True, False], "value": [10.0, 90.0], "limit": [50.0, 50.0]}).astype(
        {"new": "boolean"}
    )
    below = RulePreview(date(2026, 3, 1), "revenue_90d", frame, "<").histogram()
    above = RulePreview(date(2026, 3, 1), "revenue_90d", frame, ">").histogram()
    sides = [edge < 50 for edge in below["edges"][:-1]]
    assert below["is_over"] == sides
    assert above["is_over"] == [not side for side in sides]
