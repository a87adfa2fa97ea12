"""The pages of accounts, contacts, interactions and tasks."""

import re
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Account, Contact, Interaction, Standing, Task, Tier
from core.models import AuditEntry
from core.search import search_key
from tests import factories

LISTS = ["account_list", "contact_list", "interaction_list", "task_list"]


@pytest.fixture
def standing(actors):
    tier, _ = Tier.objects.update_or_create(
        code="A", defaults={"name": "Key account", "rank": 1, "visit_cadence_days": 30}
    )
    return Standing.objects.create(
        account=actors.account,
        as_of=date(2026, 1, 31),
        calculated_at=datetime(2026, 2, 1, 2, tzinfo=UTC),
        tier=tier,
        value_score="82.4",
        confidence_rate="0.8",
        revenue_365d=4200000,
        revenue_prev365d=4000000,
        overdue_amount=640000,
        last_visit_on=date(2025, 12, 1),
    )


def fill(account, owner, count):
    for _ in range(count):
        person = factories.ContactFactory(account=account)
        interaction = factories.InteractionFactory(account=account, owner=owner)
        interaction.contacts.add(person)
        factories.TaskFactory(account=account, assignee=owner)
        factories.AccountFactory(owner=owner)


def page(client, user, url, **extra):
    """The answer to a signed-in user; whoever signed in before stays."""
    if client.session.get("_auth_user_id") != str(user.pk):
        client.force_login(user)
    response = client.get(url, **extra)
    assert b"MISSING_TEMPLATE_VARIABLE" not in response.content, url
    assert b" style=" not in response.content
    return response


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_the_same_queries_for_few_and_many_rows(
    actors, client, django_assert_max_num_queries, name, standing
):
    url = reverse(f"accounts:{name}")
    fill(actors.account, actors.OWN, 10)
    page(client, actors.OWN, url)
    with django_assert_max_num_queries(8) as few:
        client.get(url)
    fill(actors.account, actors.OWN, 30)
    with django_assert_max_num_queries(8) as many:
        client.get(url)
    assert len(many) == len(few)


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_their_files_hold_visible_rows_only(actors, client, name):
    fill(actors.account, actors.OWN, 2)
    fill(factories.AccountFactory(owner=actors.OTH, name="Elsewhere"), actors.OTH, 2)
    for url in (reverse(f"accounts:{name}"), reverse(f"accounts:{name}_export", args=["csv"])):
        client.force_login(actors.OWN)
        response = client.get(url)
        content = response.content if not response.streaming else b"".join(response.streaming_content)
        assert response.status_code == 200
        assert b"Elsewhere" not in content


def test_account_list_filters(actors, client, standing):
    other = factories.AccountFactory(owner=actors.OWN, name="Plain", industry="Rail", status="lost")
    factories.AccountFactory(owner=actors.OWN, name="Old", archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    client.force_login(actors.OWN)

    def found(**query):
        response = client.get(reverse("accounts:account_list"), query)
        assert response.status_code == 200, query
        return {row.record.name for row in response.context["table_rows"]}

    assert found() == {"Nine Rivers Rail", "Plain"}
    assert found(tier="A") == {"Nine Rivers Rail"}
    assert found(industry="rail", status="lost") == {"Plain"}
    assert found(is_overdue="true") == {"Nine Rivers Rail"}
    assert found(is_visit_late="true") == {"Nine Rivers Rail"}
    assert found(is_archived="true") == {"Old"}
    assert found(owner=actors.OWN.pk, q="pla") == {"Plain"}
    assert client.get(reverse("accounts:account_list"), {"credit_rating": "A"}).status_code == 400
    assert client.get(reverse("accounts:account_list"), {"owner": actors.OTH.pk}).status_code == 400
    assert other.pk


def test_account_form_creates_with_a_generated_code(actors, client):
    client.force_login(actors.OWN)
    sent = {"name": "New Firm", "kind": "enterprise", "status": "prospect"}
    response = client.post(reverse("accounts:account_create"), sent)
    account = Account.objects.get(name="New Firm")
    assert response.url == reverse("account_page", args=[account.pk])
    assert (account.code, account.owner) == ("A000001", actors.OWN)


def test_account_form_shows_a_rep_no_field_they_may_not_write(actors, client):
    client.force_login(actors.OWN)
    for url in (reverse("accounts:account_create"), reverse("accounts:account_edit", args=[actors.account.pk])):
        form = client.get(url).context["form"]
        assert not {"credit_limit_amount", "credit_rating", "region", "owner"} & set(form.fields)
    client.force_login(actors.MGR)
    form = client.get(reverse("accounts:account_edit", args=[actors.account.pk])).context["form"]
    assert {"credit_limit_amount", "credit_rating", "region"} <= set(form.fields)


def test_account_form_asks_before_it_saves_a_second_of_the_same_name(actors, client):
    client.force_login(actors.OWN)
    sent = {"name": "nine rivers  RAIL", "kind": "enterprise", "status": "prospect"}
    response = client.post(reverse("accounts:account_create"), sent)
    assert response.status_code == 422
    assert list(response.context["similar"]) == [actors.account]
    assert client.post(reverse("accounts:account_create"), sent | {"is_confirmed": "on"}).status_code == 302


def test_account_form_tells_nothing_about_a_strangers_code(actors, client):
    factories.AccountFactory(code="K-1", owner=actors.OTH)
    client.force_login(actors.OWN)
    sent = {"name": "New Firm", "code": "K-1", "kind": "enterprise", "status": "prospect"}
    response = client.post(reverse("accounts:account_create"), sent)
    assert response.context["form"].errors["code"] == ["This code cannot be used; ask an administrator."]


def edit_data(client, url):
    form = client.get(url).context["form"]
    return {name: form[name].value() or "" for name in form.fields if name != "reason"}


def test_stale_account_edit_shows_both_sides_and_saves_on_decision(actors, client):
    url = reverse("accounts:account_edit", args=[actors.account.pk])
    client.force_login(actors.OWN)
    data = edit_data(client, url)
    client.force_login(actors.MGR)
    theirs = edit_data(client, url) | {"name": "Theirs", "phone": "123"}
    assert client.post(url, theirs).status_code == 302
    client.force_login(actors.OWN)
    response = client.post(url, data | {"name": "Mine"})
    assert response.status_code == 409
    for value in (b"Nine Rivers Rail", b"Theirs", b"Mine"):
        assert value in response.content
    again = response.context["form"]
    resend = {name: again[name].value() or "" for name in again.fields} | {"take_name": "mine"}
    assert client.post(url, resend).status_code == 302
    account = Account.objects.get(pk=actors.account.pk)
    assert (account.name, account.phone) == ("Mine", "123")


def test_stranger_finds_no_page_of_the_account(actors, client):
    contact = factories.ContactFactory(account=actors.account)
    interaction = factories.InteractionFactory(account=actors.account, owner=actors.OWN)
    task = factories.TaskFactory(account=actors.account, assignee=actors.OWN)
    pages = [
        ("account_page", actors.account.pk),
        ("account_people", actors.account.pk),
        ("account_money", actors.account.pk),
        ("account_timeline", actors.account.pk),
        ("accounts:account_edit", actors.account.pk),
        ("accounts:interaction_plan", actors.account.pk),
        ("accounts:contact_page", contact.pk),
        ("accounts:interaction_page", interaction.pk),
        ("accounts:task_page", task.pk),
    ]
    for name, pk in pages:
        assert page(client, actors.OTH, reverse(name, args=[pk])).status_code == 404, name
        assert page(client, actors.HELP, reverse(name, args=[pk])).status_code in (200, 403), name
    log = reverse("accounts:interaction_log")
    assert page(client, actors.OTH, f"{log}?account={actors.account.pk}").status_code == 404
    assert client.post(log, {"account": actors.account.pk, "uuid": uuid4(), "kind": "visit"}).status_code == 404


def test_contact_page_is_kept_in_the_audit_trail_and_shows_the_lunar_birthday(actors, client, time_machine):
    time_machine.move_to("2026-05-12 12:00Z")
    contact = factories.ContactFactory(
        account=actors.account, name="骆明河", birth_month=3, birth_day=28, is_birthday_lunar=True
    )
    response = page(client, actors.OWN, reverse("accounts:contact_page", args=[contact.pk]))
    assert "lunar 3/28" in response.content.decode()
    assert "14 May" in response.content.decode()
    entry = AuditEntry.objects.get(action="contact.view")
    assert (entry.user, entry.subject) == (actors.OWN, f"contact:{contact.pk}")


def test_contact_form_warns_of_the_same_person_and_normalises_the_number(actors, client):
    client.force_login(actors.HELP)
    url = reverse("accounts:contact_create", args=[actors.account.pk])
    sent = {"name": "Ingrid", "mobile": "138 0013 8000", "consent": "unknown"}
    assert client.post(url, sent).status_code == 302
    contact = Contact.objects.get()
    assert contact.mobile == "+8613800138000"
    response = client.post(url, sent | {"name": "Other", "mobile": "+86 138 0013 8000"})
    assert response.status_code == 422
    assert list(response.context["similar"]) == [contact]
    response = client.post(url, sent | {"mobile": "12"})
    assert response.context["form"].errors["mobile"] == ["This is no telephone number. Write it with +country code."]


def test_leaving_is_undone_from_the_toast(actors, client):
    contact = factories.ContactFactory(account=actors.account)
    client.force_login(actors.OWN)
    response = client.post(reverse("accounts:contact_leave", args=[contact.pk]), follow=True)
    (message,) = response.context["messages"]
    assert Contact.objects.get().left_on is not None
    client.post(message.extra_tags)
    assert Contact.objects.get().left_on is None


def test_tasks_are_done_and_undone(actors, client):
    task = factories.TaskFactory(account=actors.account, assignee=actors.OWN)
    client.force_login(actors.OWN)
    response = client.post(reverse("accounts:task_complete", args=[task.pk]), {"next": "/tasks/"}, follow=True)
    (message,) = response.context["messages"]
    assert Task.objects.get().state == "done"
    client.post(message.extra_tags)
    assert Task.objects.get().state == "open"
    assert client.get(reverse("accounts:task_complete", args=[task.pk])).status_code == 405


def test_next_never_leads_to_another_host(actors, client):
    task = factories.TaskFactory(account=actors.account, assignee=actors.OWN)
    client.force_login(actors.OWN)
    response = client.post(reverse("accounts:task_complete", args=[task.pk]), {"next": "https://evil.example/"})
    assert response.url == "/tasks/"


def test_a_plan_is_made_called_off_and_brought_back(actors, client):
    client.force_login(actors.OWN)
    sent = {"kind": "visit", "on": "2026-12-01", "at": "14:30", "purpose": "Offer"}
    client.post(reverse("accounts:interaction_plan", args=[actors.account.pk]), sent)
    plan = Interaction.objects.get()
    assert (plan.state, plan.happened_on) == ("planned", date(2026, 12, 1))
    response = client.post(reverse("accounts:interaction_cancel", args=[plan.pk]), follow=True)
    message = list(response.context["messages"])[-1]
    assert Interaction.objects.get().state == "cancelled"
    token = message.extra_tags
    client.force_login(actors.HELP)
    assert client.post(token).status_code == 400
    client.force_login(actors.OWN)
    client.post(token)
    assert Interaction.objects.get().state == "planned"


def test_unassigned_accounts_are_handed_over_together_and_taken_back(actors, client):
    free = [factories.AccountFactory(owner=None) for _ in range(3)]
    url = reverse("accounts:unassigned")
    for user in (actors.OWN, actors.MGR):
        assert page(client, user, url).status_code == 403
    assert b"Assign accounts" not in page(client, actors.EX, url).content
    assert b"Assign accounts" in page(client, actors.AD, url).content
    sent = {"pick": [a.pk for a in free], "owner": actors.TEAM.pk}
    client.force_login(actors.EX)
    assert client.post(reverse("accounts:assign"), sent).status_code == 403
    client.force_login(actors.AD)
    for unknown in (10**9, 10**30, "x", "１", -1):
        answer = client.post(reverse("accounts:assign"), sent | {"pick": [*sent["pick"], unknown]})
        assert answer.status_code == 400
    assert Account.objects.unassigned().count() == 3
    response = client.post(reverse("accounts:assign"), sent, follow=True)
    (message,) = response.context["messages"]
    assert str(message) == "3 accounts were handed to Colleague" + str(actors.TEAM).removeprefix("Colleague") + "."
    assert not Account.objects.unassigned().exists()
    client.post(message.extra_tags)
    assert Account.objects.unassigned().count() == 3


@pytest.mark.parametrize("typed", ["九川", "jiuchuan", "jcgd", "c9"])
def test_options_of_the_picker_are_found_by_name_pinyin_initials_and_code(actors, client, typed):
    key = search_key("九川轨道", "C9")
    factories.AccountFactory(owner=actors.OWN, name="九川轨道", code="C9", search_key=key)
    factories.AccountFactory(owner=actors.OTH, name="九川他人", code="C99", search_key=search_key("九川轨道", "C99"))
    client.force_login(actors.OWN)
    found = client.get("/accounts/options/", {"q": typed}).content.decode()
    assert re.findall(r'data-code="(\w+)" data-name="(.+?)"', found) == [("C9", "九川轨道")]


def test_picker_shows_the_name_of_what_is_chosen(actors, client):
    group = factories.AccountFactory(owner=actors.OWN, name="Nine Rivers Group")
    actors.account.parent = group
    actors.account.save()
    client.force_login(actors.OWN)
    page = client.get(f"/accounts/{actors.account.pk}/edit/").content.decode()
    assert f'value="{group.code}"' in page
    assert "data-chosen>Nine Rivers Group<" in page
