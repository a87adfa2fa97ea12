"""The service levels: what a document may say, what holds on which day, and what comes into force."""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts import configuration
from accounts.configuration import FIRST_SERVICE_LEVELS, SERVICE_LEVELS
from accounts.models import Tier
from core import versions
from core.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def with_a(**values) -> dict:
    document = deepcopy(FIRST_SERVICE_LEVELS)
    document["levels"][0] |= values
    return document


def publish(document, author, based_on=1):
    draft = versions.save_draft(kind=SERVICE_LEVELS, document=document, author=author)
    return versions.publish(
        draft=draft, based_on=based_on, preview_hash=draft.document_hash, comment="more visits", author=author
    )


def test_first_levels_are_those_of_the_tiers():
    assert configuration.problems_of_service_levels(FIRST_SERVICE_LEVELS) == []
    for level in FIRST_SERVICE_LEVELS["levels"]:
        tier = Tier.objects.get(code=level["tier"])
        assert {field: getattr(tier, field) for field in configuration.SERVICE_FIELDS} | {"tier": tier.code} == level


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        ({}, ["missing"]),
        ({"levels": "A"}, ["missing"]),
        (with_a(visit_cadence_days=0), ["out_of_range"]),
        (with_a(visit_cadence_days=1.5), ["out_of_range"]),
        (with_a(visit_cadence_days=40_000), ["out_of_range"]),
        (with_a(gift_budget_amount=-1), ["out_of_range"]),
        (with_a(gift_budget_amount=0, points_multiplier=1.5), []),
        (with_a(points_multiplier=None), ["out_of_range"]),
        (with_a(points_multiplier=0), ["out_of_range"]),
        (with_a(surprise=1), ["unknown_field"]),
        (with_a(tier="Z"), ["unknown_tier", "missing"]),
        (with_a(tier="B"), ["missing", "twice"]),
        ({"levels": [{"tier": level["tier"]} for level in FIRST_SERVICE_LEVELS["levels"]]}, ["missing"] * 28),
    ],
)
def test_faults_of_a_document_are_named(document, codes):
    assert [problem.code for problem in configuration.problems_of_service_levels(document)] == codes


def test_publishing_and_rolling_back_bring_the_tiers_along(actors):
    publish(with_a(visit_cadence_days=14, gift_budget_amount=2000.5, points_multiplier=1.5), actors.AD)
    tier = Tier.objects.get(code="A")
    assert (tier.visit_cadence_days, tier.gift_budget_amount) == (14, Decimal("2000.5"))
    assert tier.points_multiplier == Decimal("1.5")
    versions.roll_back(kind=SERVICE_LEVELS, number=1, based_on=2, comment="", author=actors.AD)
    assert Tier.objects.get(code="A").visit_cadence_days == 30
    entries = AuditEntry.objects.filter(action="configuration.publish").order_by("pk")
    assert [(entry.user, entry.subject, entry.details["number"]) for entry in entries] == [
        (actors.AD, "service_levels:default", 2),
        (actors.AD, "service_levels:default", 3),
    ]


def test_what_held_on_a_day_stays_known(actors):
    with time_machine.travel("2026-03-02T08:00:00Z"):
        publish(with_a(visit_cadence_days=14), actors.AD)
    with time_machine.travel("2026-03-02T10:00:00Z"):
        publish(with_a(visit_cadence_days=21), actors.AD, based_on=2)
    numbers = [versions.in_force_on(SERVICE_LEVELS, day).number for day in (DAY - timedelta(days=1), DAY)]
    assert numbers == [1, 3]
