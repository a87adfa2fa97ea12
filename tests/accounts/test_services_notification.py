"""Telling colleagues: once, only what they see, only what they want, and not for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import AccountMember, Notification
from accounts.services import (
    Message,
    change_notification_settings,
    create_task,
    mark_all_read,
    mark_read,
    notify,
    notify_each,
    prune_notifications,
    take_back_reading,
)
from core.periods import business_date
from kam.menu_counts import NOTIFICATIONS, menu_counts
from tests import factories


def tell(users, **changes) -> int:
    return notify(**{"kind": "mentioned", "users": users, "key": "comment:1", "url": "/tasks/"} | changes)


def test_everybody_is_told_once_of_one_event(actors):
    assert tell([actors.OWN, actors.OWN, None, actors.HELP]) == 2
    assert tell([actors.OWN, actors.AD]) == 1
    assert tell([actors.OWN], key="comment:2") == 1
    assert Notification.objects.count() == 4


def test_nobody_is_told_of_what_they_did_themselves_or_after_they_left(actors):
    actors.HELP.is_active = False
    assert tell([actors.OWN, actors.HELP], by=actors.OWN) == 0


def test_only_who_sees_the_account_is_told(actors):
    everybody = [getattr(actors, name) for name in ("OWN", "HELP", "TEAM", "OTH", "MGR", "REG", "MOTH", "EX", "AD")]
    tell(everybody, account=actors.account)
    told = set(Notification.objects.values_list("user__username", flat=True))
    assert told == {"own", "helper", "mgr", "reg", "ex", "ad"}


def test_a_kind_that_is_switched_off_is_not_told(actors):
    change_notification_settings(user=actors.OWN, wanted=["task_assigned"])
    assert tell([actors.OWN]) == 0
    change_notification_settings(user=actors.OWN, wanted=["mentioned"])
    assert tell([actors.OWN]) == 1


def test_the_text_is_in_the_readers_language_and_has_an_end(actors):
    actors.HELP.language = "zh-hans"
    tell([actors.OWN, actors.HELP], text=lambda: _("Account"))
    tell([actors.OWN], key="long", text="x" * 400)
    texts = dict(Notification.objects.filter(key="comment:1").values_list("user__username", "text"))
    assert texts == {"own": "Account", "helper": "客户"}
    assert len(Notification.objects.get(key="long").text) == 300
    assert translation.get_language() == "en"


@pytest.mark.parametrize("wrong", [{"kind": "gossip"}, {"url": "https://example.com/"}, {"url": "//example.com/"}])
def test_an_unknown_kind_and_a_foreign_address_are_refused(actors, wrong):
    with pytest.raises(ValueError):
        tell([actors.OWN], **wrong)


def test_many_events_cost_queries_by_reader_and_not_by_event(actors, django_assert_max_num_queries):
    messages = [
        Message(actors.OWN, "alert_new", f"alert:{number}", "/alerts/", actors.account) for number in range(300)
    ]
    with django_assert_max_num_queries(8):
        assert notify_each(messages) == 300
    assert notify_each(messages) == 0


def test_who_loses_the_account_neither_sees_nor_counts_what_was_told_about_it(actors):
    tell([actors.HELP], account=actors.account)
    tell([actors.HELP], key="other")
    assert menu_counts(actors.HELP)[NOTIFICATIONS] == 2
    AccountMember.objects.filter(user=actors.HELP).update(valid_to=business_date())
    assert menu_counts(actors.HELP)[NOTIFICATIONS] == 1
    assert Notification.objects.visible_to(actors.HELP).get().key == "other"


def test_reading_all_leaves_what_came_since_and_is_taken_back(actors):
    tell([actors.OWN])
    seen = timezone.now()
    Notification.objects.create(user=actors.OWN, kind="mentioned", key="later", url="/")
    count, moment = mark_all_read(user=actors.OWN, until=seen)
    assert count == 1
    assert [row.key for row in Notification.objects.unread()] == ["later"]
    assert take_back_reading(user=actors.HELP, moment=moment) == 0
    assert take_back_reading(user=actors.OWN, moment=moment) == 1
    assert Notification.objects.unread().count() == 2


def test_reading_twice_keeps_the_first_moment(actors):
    tell([actors.OWN])
    notification = Notification.objects.get()
    mark_read(notification=notification)
    first = Notification.objects.get().read_at
    mark_read(notification=notification)
    assert Notification.objects.get().read_at == first


def test_old_notifications_go_and_read_ones_sooner(actors):
    now = datetime(2026, 7, 1, tzinfo=UTC)
    ages = {"fresh": (1, None), "old": (181, None), "unread": (100, None), "read": (40, 31), "just_read": (40, 29)}
    for key, (told, read) in ages.items():
        moments = {
            "created_at": now - timedelta(days=told),
            "read_at": None if read is None else now - timedelta(days=read),
        }
        factories.NotificationFactory(user=actors.OWN, key=key, **moments)
    assert prune_notifications(now) == 2
    assert set(Notification.objects.values_list("key", flat=True)) == {"fresh", "unread", "just_read"}


def test_a_task_for_somebody_else_is_told_to_them(actors):
    create_task(by=actors.OWN, account=actors.account, title="Own", due_on=business_date())
    assert Notification.objects.count() == 0
    task = create_task(
        by=actors.MGR, account=actors.account, assignee=actors.OWN, title="Call them", due_on=business_date()
    )
    told = Notification.objects.get()
    assert (told.user, told.kind, told.text, told.url) == (
        actors.OWN,
        "task_assigned",
        task.title,
        f"/tasks/{task.pk}/",
    )
