"""Exchange rates: administrators write them, everybody reads them, an import asks for them by name."""

from datetime import date
from decimal import Decimal

import pytest

from core.models import AuditEntry
from sales.models import ExchangeRate
from sales.rates import Rates

URL = "/exchange-rates/"
USD = {"currency": "usd", "valid_from": "2026-01-01", "rate": "7.12345678"}


@pytest.fixture
def admin(actors, client):
    client.force_login(actors.AD)
    return client


def test_a_typed_rate_holds_from_its_day(admin, actors):
    assert admin.post(f"{URL}new/", USD).url == URL
    rates = Rates.load()
    assert rates.on("USD", "2026-01-01") == Decimal("7.12345678")
    assert rates.on("USD", "2025-12-31") is None
    assert "7.12345678" in admin.get(URL).content.decode()
    entry = AuditEntry.objects.get(action="exchange_rate.create")
    assert (entry.user, entry.details["rate"]) == (actors.AD, "7.12345678")


@pytest.mark.parametrize(
    "typed",
    [{"currency": "US"}, {"currency": "12$"}, {"currency": "CNY"}, {"rate": "0"}, {"rate": "-1"}, {"rate": "x"}],
)
def test_what_is_no_rate_is_refused(admin, settings, typed):
    settings.BASE_CURRENCY = "CNY"
    response = admin.post(f"{URL}new/", USD | typed)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == typed.keys()
    assert not ExchangeRate.objects.exists()


def test_a_day_has_one_rate(admin):
    admin.post(f"{URL}new/", USD)
    response = admin.post(f"{URL}new/", USD | {"rate": "8"})
    assert response.status_code == 422
    assert "valid_from" in response.context["form"].errors


def test_a_rate_is_corrected_and_a_stale_save_loses_nothing(admin):
    rate = ExchangeRate.objects.create(currency="USD", valid_from=date(2026, 1, 1), rate="7.1")
    url = f"{URL}{rate.pk}/edit/"
    initial = admin.get(url).context["form"].initial
    sent = USD | {"version": initial["version"], "base": initial["base"]}
    assert admin.post(url, sent | {"rate": "7.2"}).url == URL
    response = admin.post(url, sent | {"rate": "7.3"})
    assert response.status_code == 409
    assert b"7.3" in response.content
    rate.refresh_from_db()
    assert (rate.rate, rate.version) == (Decimal("7.2"), 2)
    details = AuditEntry.objects.get(action="exchange_rate.update").details
    assert (details["before"]["rate"], details["after"]["rate"]) == ("7.1", "7.2")


@pytest.mark.parametrize("actor", ["OWN", "MGR", "EX"])
def test_others_read_and_find_no_way_to_write(actors, client, actor):
    rate = ExchangeRate.objects.create(currency="USD", valid_from=date(2026, 1, 1), rate="7.1")
    client.force_login(getattr(actors, actor))
    text = client.get(URL).content.decode()
    assert "7.1" in text
    assert f"{URL}{rate.pk}/edit/" not in text
    assert f"{URL}new/" not in text
    assert client.post(f"{URL}new/", USD).status_code == 403
