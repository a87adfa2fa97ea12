"""The columns of last time are proposed again, whatever order they stand in; one's own choice before a colleague's."""

import pytest
from django.urls import reverse

from kam.imports import services
from kam.imports.memory import shape_of
from kam.models import ImportMapping

pytestmark = pytest.mark.django_db
TEXT = "order_number,account_code,ordered_on,X,Y\nSO1,K1,2026-01-05,5,7\n"


def brought(text: str, user, kind="orders"):
    return services.receive_file(user=user, kind=kind, name="a.csv", chunks=[text.encode()])


def chosen(job, **changes) -> dict[str, str]:
    return {key: job.headers[index] for key, index in job.mapping.items()} | changes


def test_the_choice_of_last_time_is_proposed_whatever_the_order(actors, checked_import):
    first = checked_import(TEXT, user=actors.OWN, mapping={"amount": 4}, currency="USD")
    assert "remembered" not in first.summary
    job = brought("Y,X,ordered_on,account_code,order_number\n7,5,2026-01-05,K1,SO1\n", actors.OWN)
    assert chosen(job) == {
        "order_number": "order_number",
        "account_code": "account_code",
        "ordered_on": "ordered_on",
        "amount": "Y",
    }
    assert job.options["currency"] == "USD"
    assert job.summary["remembered"]["is_own"]


def test_ones_own_choice_comes_before_the_last_one_of_a_colleague(actors, checked_import):
    checked_import(TEXT, user=actors.OWN, mapping={"amount": 3})
    checked_import(TEXT, user=actors.AD, mapping={"amount": 4})
    assert chosen(brought(TEXT, actors.OWN))["amount"] == "X"
    others = brought(TEXT, actors.MGR)
    assert chosen(others)["amount"] == "Y"
    assert not others.summary["remembered"]["is_own"]


def test_other_headers_and_other_kinds_are_guessed_anew(actors, checked_import):
    checked_import(TEXT, user=actors.OWN, mapping={"amount": 4})
    assert "remembered" not in brought(TEXT.replace(",Y", ",Z"), actors.OWN).summary
    assert "remembered" not in brought(TEXT, actors.OWN, kind="payments").summary


def test_a_choice_is_kept_once(actors, checked_import):
    for column in (3, 4):
        checked_import(TEXT, user=actors.OWN, mapping={"amount": column})
        checked_import(TEXT, mapping={"amount": column})
    assert set(ImportMapping.objects.values_list("user", "shape")) == {
        (actors.OWN.pk, shape_of(TEXT.splitlines()[0].split(","))),
        (None, shape_of(TEXT.splitlines()[0].split(","))),
    }
    assert ImportMapping.objects.count() == 2


def test_the_page_says_as_last_time(client, actors, checked_import):
    checked_import(TEXT, user=actors.AD, mapping={"amount": 4})
    job = brought(TEXT, actors.AD)
    client.force_login(actors.AD)
    assert "As last time" in client.get(reverse("import_page", args=[job.pk])).text
