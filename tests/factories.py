"""Dull factories: the least that a valid record needs."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import factory

from accounts.models import Account, AccountMember, Contact, Interaction, Notification, Task
from core.search import fold, search_key
from sales.models import Order, OrderLine, Payment, Product, Receivable
from users.models import Department, Team, User

UTC = ZoneInfo("UTC")
PASSWORD = "correct-horse-battery"


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")
    parent = None
    path = factory.LazyAttributeSequence(lambda team, n: f"{team.parent.path if team.parent else ''}{n:04d}.")


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"Department {n}")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"Colleague {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    role = "rep"
    search_key = factory.LazyAttribute(lambda user: search_key(user.name, user.username))
    password = factory.django.Password(PASSWORD)


class AccountFactory(factory.django.DjangoModelFactory):
    """With an ``owner`` the account has the owner's team and the owner on its account team, as services leave it."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"C{n:05d}")
    name = factory.Sequence(lambda n: f"Account {n}")
    name_key = factory.LazyAttribute(lambda account: fold(account.name))
    search_key = factory.LazyAttribute(lambda account: search_key(account.name, account.code))
    owner = None
    team = factory.LazyAttribute(lambda account: account.owner.team if account.owner else None)
    created_on = date(2020, 1, 1)

    @factory.post_generation
    def membership(account, create, extracted, **kwargs):  # noqa: N805
        if create and account.owner:
            AccountMember.objects.create(
                account=account, user=account.owner, role="owner", valid_from=account.created_on
            )


class AccountMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AccountMember

    account = factory.SubFactory(AccountFactory)
    user = factory.SubFactory(UserFactory)
    valid_from = date(2020, 1, 1)


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Person {n}")
    search_key = factory.LazyAttribute(lambda contact: search_key(contact.name))
    created_on = date(2020, 1, 1)


class InteractionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Interaction

    account = factory.SubFactory(AccountFactory)
    owner = factory.SubFactory(UserFactory)
    created_by = factory.SelfAttribute("owner")
    happened_on = date(2026, 1, 5)
    happened_at = factory.LazyAttribute(lambda i: datetime(*i.happened_on.timetuple()[:3], 10, tzinfo=UTC))


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task

    title = factory.Sequence(lambda n: f"Task {n}")
    assignee = factory.SubFactory(UserFactory)
    due_on = date(2026, 1, 10)


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product

    code = factory.Sequence(lambda n: f"P{n:04d}")
    name = factory.Sequence(lambda n: f"Product {n}")
    search_key = factory.LazyAttribute(lambda product: search_key(product.name, product.code))


class OrderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Order

    account = factory.SubFactory(AccountFactory)
    order_number = factory.Sequence(lambda n: f"SO{n:05d}")
    ordered_on = date(2026, 1, 5)
    amount = 100
    currency = "CNY"
    currency_amount = factory.SelfAttribute("amount")


class OrderLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    position = factory.Sequence(lambda n: n)
    quantity = 1
    unit_price = 100
    amount = 100


class ReceivableFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Receivable

    account = factory.SubFactory(AccountFactory)
    number = factory.Sequence(lambda n: f"INV{n:05d}")
    amount = 100
    issued_on = date(2026, 1, 5)
    due_on = date(2026, 2, 4)


class PaymentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Payment

    receivable = factory.SubFactory(ReceivableFactory)
    account = factory.SelfAttribute("receivable.account")
    paid_on = date(2026, 2, 1)
    amount = 100


class RewardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = "loyalty.Reward"

    name = factory.Sequence(lambda n: f"Reward {n}")
    points = 100


class NotificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notification

    user = factory.SubFactory(UserFactory)
    kind = "mentioned"
    key = factory.Sequence(lambda n: f"event:{n}")
    url = "/"
