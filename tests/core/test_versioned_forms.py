from datetime import date

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string

from accounts.models import Account
from core.forms import VersionedFormMixin
from tests import factories

pytestmark = pytest.mark.django_db


class AccountForm(VersionedFormMixin, forms.ModelForm):
    class Meta:
        model = Account
        fields = ("name", "status", "employee_count", "credit_limit_amount", "cooperation_started_on", "owner", "note")


def sent_from(form, **changes):
    """What the browser would send from an untouched ``form``, with some fields changed."""
    values = {name: form[name].value() for name in form.fields}
    data = QueryDict(mutable=True)
    for name, value in (values | changes).items():
        data[name] = "" if value is None else str(value)
    return data


@pytest.fixture
def account():
    return factories.AccountFactory(
        name="Rail", employee_count=10, credit_limit_amount="5.0000", cooperation_started_on=date(2020, 2, 1)
    )


def test_form_carries_version_and_base(account):
    form = AccountForm(sent_from(AccountForm(instance=account)), instance=account)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["version"] == 1
    assert form.base_values()["employee_count"] == "10"


def stale(account, mine: dict, theirs: dict) -> AccountForm:
    opened = AccountForm(instance=account)
    form = AccountForm(sent_from(opened, **mine), instance=account)
    assert form.is_valid(), form.errors
    Account.objects.filter(pk=account.pk).update(version=2, **theirs)
    form.rebase(Account.objects.get(pk=account.pk))
    return form


def test_rebase_shows_base_theirs_and_mine_and_keeps_what_was_typed(account):
    form = stale(account, {"employee_count": "12", "note": "typed"}, {"employee_count": 11, "name": "Rail Group"})
    found = {item.name: (item.base, item.theirs, item.mine, item.is_mine_changed) for item in form.conflicts}
    assert found == {"name": ("Rail", "Rail Group", "Rail", False), "employee_count": ("10", "11", "12", True)}
    assert form["note"].value() == "typed"
    assert form["employee_count"].value() == "12"
    assert form["name"].value() == "Rail Group"
    assert form["version"].value() == "2"


def test_second_send_takes_what_was_chosen(account):
    form = stale(account, {"employee_count": "12"}, {"employee_count": 11})
    again = form.data.copy()
    again["take_employee_count"] = "theirs"
    assert AccountForm(again, instance=Account.objects.get()).data["employee_count"] == "11"
    again["take_employee_count"] = "mine"
    assert AccountForm(again, instance=Account.objects.get()).data["employee_count"] == "12"


def test_the_same_figure_written_differently_is_no_conflict(account):
    form = stale(account, {"credit_limit_amount": "5"}, {"note": "n"})
    assert [item.name for item in form.conflicts] == ["note"]


def test_base_that_was_tampered_with_counts_as_none(account):
    data = sent_from(AccountForm(instance=account), base="forged")
    assert AccountForm(data, instance=account).base_values() == {}


def test_conflict_shows_words_not_codes(account):
    owner = factories.UserFactory(name="Lin Zihang")
    form = stale(account, {"status": "lost"}, {"status": "prospect", "owner": owner})
    page = render_to_string("components/conflict.html", {"form": form})
    assert "Lin Zihang" in page
    assert "MISSING_TEMPLATE_VARIABLE" not in page
    assert {item.name: item.theirs for item in form.conflicts}["owner"] == "Lin Zihang"
