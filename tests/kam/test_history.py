"""The history of a record: every changed field with old and new value, nothing the reader may not see."""

import pytest

from accounts import services
from kam.records.history import history
from tests import factories


def lines(user, kind, record) -> list[tuple[str, str, str, str]]:
    record.refresh_from_db()
    return [(change.label, change.old, change.new, change.who) for change in history(user, kind, record)]


def change(actors, by=None, **changes) -> None:
    account = actors.account
    account.refresh_from_db()
    services.update_account(account=account, by=by or actors.OWN, version=account.version, changes=changes)


def test_account_tells_who_changed_which_field_from_what_to_what(actors):
    change(actors, name="Ten Rivers Rail", phone="")
    change(actors, status="dormant", employee_count=50)
    assert set(lines(actors.OWN, "account", actors.account)) == {
        ("Name", "Nine Rivers Rail", "Ten Rivers Rail", actors.OWN.name),
        ("Status", "Active", "Dormant", actors.OWN.name),
        ("Employees", "–", "50", actors.OWN.name),
    }


def test_owner_is_named_and_an_archived_account_says_so(actors):
    services.transfer_account(account=actors.account, by=actors.MGR, owner=actors.TEAM)
    services.archive_account(account=actors.account, by=actors.MGR)
    found = lines(actors.MGR, "account", actors.account)
    assert ("Owner", actors.OWN.name, actors.TEAM.name, actors.MGR.name) in found
    assert ("Archived", "–", "–", actors.MGR.name) in found


def test_sensitive_fields_are_hidden_from_who_may_not_read_them(actors):
    change(actors, by=actors.MGR, credit_rating="AA", credit_limit_amount=5000)
    assert {line[0] for line in lines(actors.MGR, "account", actors.account)} == {"Credit rating", "Credit limit"}
    assert lines(actors.OWN, "account", actors.account) == []


def test_parent_that_the_reader_does_not_see_is_not_named(actors):
    parent = factories.AccountFactory(name="Secret Holding", owner=actors.OTH)
    change(actors, by=actors.AD, parent=parent)
    assert "Secret Holding" in str(lines(actors.AD, "account", actors.account))
    assert "Secret Holding" not in str(lines(actors.OWN, "account", actors.account))


def test_task_and_interaction_tell_their_states_and_days(actors):
    task = factories.TaskFactory(account=actors.account, assignee=actors.OWN)
    services.complete_task(task=task, by=actors.HELP)
    assert lines(actors.OWN, "task", task) == [("State", "Open", "Done", actors.HELP.name)]
    plan = factories.InteractionFactory(account=actors.account, owner=actors.OWN, state="planned")
    services.cancel_interaction(interaction=plan, by=actors.OWN)
    assert ("State", "Planned", "Cancelled", actors.OWN.name) in lines(actors.OWN, "interaction", plan)


def test_contact_tells_dated_and_plain_fields(actors):
    contact = factories.ContactFactory(account=actors.account, title="Buyer")
    changes = {"title": "Head of buying", "buying_role": "decision_maker"}
    services.update_contact(contact=contact, by=actors.OWN, version=1, changes=changes)
    labels = {line[0]: line[1:3] for line in lines(actors.OWN, "contact", contact)}
    assert ("Buyer", "Head of buying") in labels.values()


@pytest.mark.parametrize("actor", ["OWN", "HELP", "MGR", "EX"])
def test_page_shows_the_changes(actors, client, actor):
    change(actors, name="<b>Ten</b>")
    client.force_login(getattr(actors, actor))
    page = client.get(f"/records/account/{actors.account.pk}/history/")
    assert b"&lt;b&gt;Ten&lt;/b&gt;" in page.content
    assert b"<b>Ten" not in page.content
    assert b"MISSING_TEMPLATE_VARIABLE" not in page.content


def test_history_asks_as_often_for_many_changes_as_for_few(actors, client, django_assert_max_num_queries):
    client.force_login(actors.OWN)
    counts = []
    for part in range(2):
        for number in range(5):
            change(actors, name=f"Name {part} {number}", status="dormant" if number % 2 else "active")
        with django_assert_max_num_queries(12) as queries:
            client.get(f"/records/account/{actors.account.pk}/history/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
