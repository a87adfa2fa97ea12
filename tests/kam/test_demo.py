from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Max, Sum

from accounts.models import Account, AccountMember, Attachment, Comment, Interaction, Notification
from core.periods import business_date
from kam.demo.load import AlreadyFilled, load_demo
from kam.demo.profiles import profiles
from sales.models import Order, OrderLine
from users.models import SavedView, User


def test_profiles_are_the_same_for_the_same_seed():
    assert profiles(60, 7) == profiles(60, 7)
    assert profiles(60, 7) != profiles(60, 8)


def test_profiles_have_the_stories_first_and_a_skewed_revenue():
    customers = profiles(300, 7)
    assert [one.name for one in customers[:2]] == ["Nine Rivers Rail", "Nine Rivers Group"]
    revenues = sorted((one.revenue for one in customers), reverse=True)
    assert sum(revenues[:60]) > 0.7 * sum(revenues)
    assert len({one.name for one in customers}) == 300


@pytest.mark.django_db
def test_load_demo_builds_a_company_that_ends_yesterday():
    counts = load_demo(account_count=30, seed=7)
    assert counts["account"] == 30
    yesterday = business_date() - timedelta(days=1)
    latest = Order.objects.aggregate(day=Max("ordered_on"))["day"]
    assert yesterday - timedelta(days=7) <= latest <= yesterday
    assert not Interaction.objects.filter(state="done", happened_on__gt=yesterday).exists()
    for order in Order.objects.annotate(total=Sum("lines__amount"))[:200]:
        assert order.amount == order.total
    owned = Account.objects.filter(owner__isnull=False)
    assert AccountMember.objects.filter(role="owner").count() == owned.count() == 28
    assert (Comment.objects.count(), Attachment.objects.count(), SavedView.objects.count()) == (2, 1, 3)
    assert Notification.objects.filter(kind="mentioned").count() == 2
    assert OrderLine.objects.values("order").annotate(n=Count("id")).count() == counts["order"]


@pytest.mark.django_db
def test_load_demo_refuses_a_database_with_users():
    User.objects.create(username="someone", name="Someone")
    with pytest.raises(AlreadyFilled):
        load_demo(account_count=5, seed=7)
    assert Account.objects.count() == 0


@pytest.mark.django_db
def test_demo_command_needs_the_demo_setting(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo", stdout=StringIO())
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_demo_command_prints_the_logins(settings):
    settings.DEMO = True
    out = StringIO()
    call_command("demo", accounts=5, stdout=out)
    assert "rep, manager, admin, executive" in out.getvalue()
    assert User.objects.get(username="rep").check_password("demo-password-1")
