"""The records beside which comments and files are put: how each is found, and where its page is."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from accounts.choices import RecordKind
from accounts.models import Account, Contact, Interaction, Task
from accounts.services.note import Place
from churn.models import Alert
from sales.models import Order


@dataclass(frozen=True)
class Subject:
    """One kind of record: its visible rows, with the account and its team, and the name of its page."""

    rows: Callable[..., QuerySet]
    page: str


def of_accounts(user) -> QuerySet:
    return Account.objects.visible_to(user).filter(merged_into=None).select_related("team")


def of_children(model) -> Callable[..., QuerySet]:
    return lambda user: model.objects.visible_to(user).filter(account__isnull=False).select_related("account__team")


SUBJECTS = {
    RecordKind.ACCOUNT: Subject(of_accounts, "account_page"),
    RecordKind.CONTACT: Subject(of_children(Contact), "accounts:contact_page"),
    RecordKind.INTERACTION: Subject(of_children(Interaction), "accounts:interaction_page"),
    RecordKind.TASK: Subject(of_children(Task), "accounts:task_page"),
    RecordKind.ALERT: Subject(of_children(Alert), "churn:alert_page"),
    RecordKind.ORDER: Subject(of_children(Order), "sales:order_page"),
}


def record_of(user, kind: str, pk: int):
    """The record that ``user`` sees. Raises Http404 for an unknown kind, a missing record and an unseen one alike."""
    subject = SUBJECTS.get(kind)
    record = subject.rows(user).filter(pk=pk).first() if subject else None
    if record is None:
        raise Http404
    return record


def place_of(user, kind: str, pk: int) -> Place:
    """Where something is put beside a record. Raises Http404 as `record_of`."""
    record = record_of(user, kind, pk)
    account = record if kind == RecordKind.ACCOUNT else record.account
    return Place(account=account, kind=kind, record_id=pk, url=url_of(kind, pk), title=str(record))


def url_of(kind: str, pk: int) -> str:
    return reverse(SUBJECTS[kind].page, args=[pk])
