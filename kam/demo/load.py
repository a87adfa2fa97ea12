"""Writes the invented company into the database, in short transactions."""

import itertools
import random
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import Account, AccountMember, Contact, Interaction, Task
from core.dated import open_dated_rows
from core.money import quantise
from core.periods import business_date, business_zone
from core.search import fold, search_key
from kam.demo import names, people, points, trade
from kam.demo.comfort import load_comfort
from kam.demo.profiles import DAYS, Profile, order_days, profiles
from sales.models import ExchangeRate, Order, OrderLine, Payment, Product, Receivable
from users.models import Department, Team, User

DEMO_PASSWORD = "demo-password-1"  # noqa: S105
LOGINS = ("rep", "manager", "admin", "executive")
BATCH = 2000
CHANNELS = ("Trade fair", "Referral", "Website")


class AlreadyFilled(Exception):
    """The database holds users or accounts already."""


def load_demo(*, account_count: int, seed: int) -> dict[str, int]:
    """Fill an empty database with three years of an industrial supplier, ending yesterday; return the counts.

    Raises AlreadyFilled when there are users or accounts.
    """
    if User.objects.exists() or Account.objects.exists():
        raise AlreadyFilled
    rng = random.Random(seed)  # noqa: S311
    last_day = business_date() - timedelta(days=1)
    with transaction.atomic():
        staff = load_staff(last_day)
        products = load_products()
        load_rates(last_day)
        customers = profiles(account_count, seed)
        accounts = load_accounts(customers, staff, last_day)
    numbers = itertools.count(1)
    for batch in chunks(customers, 25):
        with transaction.atomic():
            load_trade(batch, accounts, products, last_day, rng, numbers)
            load_relations(batch, accounts, staff, last_day, rng)
    load_plans(accounts, staff, last_day, rng)
    load_comfort(accounts, staff)
    points.load_points(staff, last_day, rng)
    counted = (User, Account, Contact, Interaction, Task, Order, Receivable, Payment)
    return {model._meta.model_name: model.objects.count() for model in counted}


def chunks(items: list, size: int):
    for start in range(0, len(items), size):
        yield items[start : start + size]


def load_staff(last_day: date) -> dict[str, User]:
    """Teams, departments and colleagues; the four known logins share the published demo password."""
    teams: dict[str, Team] = {}
    for number, (name, parent) in enumerate(names.TEAMS, 1):
        above = teams.get(parent)
        teams[name] = Team.objects.create(name=name, parent=above, path=f"{above.path if above else ''}{number:04d}.")
    departments = {name: Department.objects.create(name=name) for name in names.DEPARTMENTS_OURS}
    staff = {}
    for login, name, role, team, department, level, language in names.PEOPLE:
        user = User(
            username=login, name=name, role=role, team=teams[team], department=departments[department], level=level,
            language=language, email=f"{login}@demo.example", search_key=search_key(name, login), is_demo=True,
        )  # fmt: skip
        user.set_password(DEMO_PASSWORD) if login in LOGINS else user.set_unusable_password()
        user.save()
        staff[login] = user
    open_dated_rows(list(staff.values()), on=last_day - timedelta(days=DAYS))
    return staff


def load_products() -> dict[str, Product]:
    rows = [
        Product(
            code=code, name=name, search_key=search_key(name, code), category=category, unit=unit, list_price=price,
            cost=quantise(Decimal(price) * Decimal(str(rate))),
        )
        for code, name, category, unit, price, rate in names.PRODUCTS
    ]  # fmt: skip
    Product.objects.bulk_create(rows)
    return {product.code: product for product in Product.objects.all()}


def load_rates(last_day: date) -> None:
    """A rate of each foreign currency for each of the three years, where the yuan is the currency of the house."""
    if settings.BASE_CURRENCY != "CNY":
        return
    ExchangeRate.objects.bulk_create(
        ExchangeRate(currency=currency, valid_from=last_day - timedelta(days=age), rate=Decimal(rate))
        for age in range(DAYS, 0, -365)
        for currency, rate in names.YUAN_PER_UNIT
    )


def load_accounts(customers: list[Profile], staff: dict[str, User], last_day: date) -> dict[str, Account]:
    """The accounts with their owners on the account team, groups and opinion leaders linked."""
    rows = {}
    for number, one in enumerate(customers, 1):
        owner = staff.get(one.owner)
        code = f"K{number:04d}"
        started_on = last_day - timedelta(days=one.started_days_ago)
        rows[one.key] = Account(
            code=code, name=one.name, other_name=one.other_name, name_key=fold(one.name),
            search_key=search_key(one.name, one.other_name, code), kind=one.kind, industry=one.industry,
            region=one.region, country=one.country, owner=owner, team=owner.team if owner else None,
            status="lost" if one.behaviour == "lost" else "active", cooperation_started_on=started_on,
            size="large" if one.revenue > 1_000_000 else "medium" if one.revenue > 200_000 else "small",
            created_on=max(started_on, last_day - timedelta(days=DAYS)),
            procurement_mode="group_purchase" if one.leader else "", source_channel=CHANNELS[number % len(CHANNELS)],
        )  # fmt: skip
    Account.objects.bulk_create(rows.values(), batch_size=500)
    linked = []
    for one in customers:
        rows[one.key].parent = rows.get(one.parent)
        rows[one.key].opinion_leader = rows.get(one.leader)
        if one.parent or one.leader:
            linked.append(rows[one.key])
    Account.objects.bulk_update(linked, ["parent", "opinion_leader"])
    open_dated_rows(list(rows.values()), on=None)
    load_account_teams(rows, staff)
    return rows


def load_account_teams(accounts: dict[str, Account], staff: dict[str, User]) -> None:
    """Every owner is on the team of their account; the service colleague helps at the largest ones."""
    owners = [
        AccountMember(account=account, user=account.owner, role="owner", valid_from=account.created_on)
        for account in accounts.values()
        if account.owner
    ]
    helpers = [
        AccountMember(account=account, user=staff["tang"], role="service", valid_from=account.created_on)
        for account in accounts.values()
        if account.size == "large" and account.owner
    ]
    AccountMember.objects.bulk_create(owners + helpers)


def load_trade(batch, accounts, products, last_day: date, rng: random.Random, numbers) -> None:
    """Orders with lines, invoices and payments of some customers."""
    orders, lines, receivables, payments = [], [], [], []
    for one in batch:
        for row in trade.orders(one, order_days(one, last_day, rng), last_day, rng, numbers):
            order = order_of(row, accounts[one.key])
            orders.append(order)
            lines += [line_of(order, position, line, products) for position, line in enumerate(row.lines, 1)]
            if row.kind == "sale":
                bill = trade.receivable(one, row, last_day, rng)
                debt = Receivable(
                    account=order.account, number=bill.number, order=order, amount=bill.amount,
                    issued_on=bill.issued_on, due_on=bill.due_on,
                )  # fmt: skip
                receivables.append(debt)
                payments += [
                    Payment(account=order.account, receivable=debt, paid_on=day, amount=amount, kind=kind)
                    for day, amount, kind in bill.payments
                ]
    for rows in (orders, lines, receivables, payments):
        if rows:
            type(rows[0]).objects.bulk_create(rows, batch_size=BATCH)


def order_of(row: trade.OrderRow, account: Account) -> Order:
    return Order(
        account=account, order_number=row.number, kind=row.kind, ordered_on=row.ordered_on, amount=row.amount,
        currency=settings.BASE_CURRENCY, currency_amount=row.amount, costed_amount=row.amount,
        units=sum(line.quantity for line in row.lines), cost_amount=sum(line.cost_amount for line in row.lines),
    )  # fmt: skip


def line_of(order: Order, position: int, line: trade.LineRow, products: dict[str, Product]) -> OrderLine:
    product = products[line.product]
    return OrderLine(
        order=order, position=position, product=product, product_code=product.code, description=product.name,
        quantity=line.quantity, unit_price=line.unit_price, discount_rate=line.discount_rate, amount=line.amount,
        cost_amount=line.cost_amount,
    )  # fmt: skip


def load_relations(batch, accounts, staff, last_day: date, rng: random.Random) -> None:
    """Contacts and interactions of some customers."""
    contacts, interactions, people_met = [], [], []
    for one in batch:
        account = accounts[one.key]
        cast = people.contacts(one, rng)
        known = [contact_of(row, account, last_day) for row in cast]
        contacts += known
        for row in people.interactions(one, cast, last_day, rng) if account.owner else []:
            interaction = interaction_of(row, account, account.owner, rng)
            interactions.append(interaction)
            people_met += [(interaction, known[number]) for number in row.people]
    Contact.objects.bulk_create(contacts, batch_size=BATCH)
    open_dated_rows(contacts, on=None)
    Interaction.objects.bulk_create(interactions, batch_size=BATCH)
    Interaction.contacts.through.objects.bulk_create(
        [Interaction.contacts.through(interaction=one, contact=contact) for one, contact in people_met],
        batch_size=BATCH,
    )
    Interaction.colleagues.through.objects.bulk_create(
        [Interaction.colleagues.through(interaction=one, user=one.owner) for one in interactions], batch_size=BATCH
    )


def contact_of(row: people.ContactRow, account: Account, last_day: date) -> Contact:
    month, day, is_lunar = row.birthday
    return Contact(
        account=account, name=row.name, search_key=search_key(row.name, row.title), title=row.title,
        department=row.department, level=row.level, buying_role=row.role, stance=row.stance, birth_month=month,
        birth_day=day, is_birthday_lunar=is_lunar, joined_on=last_day - timedelta(days=row.joined_days_ago),
        left_on=last_day - timedelta(days=row.left_days_ago) if row.left_days_ago else None,
        created_on=account.created_on,
    )  # fmt: skip


def moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=business_zone())


def interaction_of(row: people.InteractionRow, account: Account, owner: User, rng: random.Random) -> Interaction:
    happened_at = moment(row.happened_on, row.hour)
    return Interaction(
        uuid=uuid.UUID(int=rng.getrandbits(128), version=4), account=account, kind=row.kind, state=row.state,
        direction=row.direction, happened_at=happened_at, happened_on=row.happened_on, owner=owner, created_by=owner,
        mood=row.mood, result=row.result, next_step=row.next_step, next_on=row.next_on, created_at=happened_at,
    )  # fmt: skip


def load_plans(accounts: dict[str, Account], staff: dict[str, User], last_day: date, rng: random.Random) -> None:
    """What the days from today hold: planned visits, promises and tasks."""
    today = last_day + timedelta(days=1)
    planned, tasks = [], []
    for number, key in enumerate(["nine_rivers", "paper_crane", "kite_valley", "tin_whistle", "quarrystone"]):
        account = accounts.get(key)
        if account is None:
            continue
        row = people.InteractionRow(
            "visit", "planned", "out", today + timedelta(days=number // 2), 10 + 2 * number, [], "", "", "", None
        )
        planned.append(interaction_of(row, account, account.owner, rng))
    for key, kind, title, days in (
        ("kite_valley", "promise_ours", "Send the vibration test report", 0),
        ("nine_rivers", "promise_ours", "Trial quote for two depots", 2),
        ("nine_rivers", "promise_theirs", "Pay the open invoices", -3),
        ("moon_harbour", "task", "Prepare the yearly plan", 4),
        ("saltmarsh", "task", "Ask about the second supplier", -1),
    ):
        if account := accounts.get(key):
            tasks.append(
                Task(
                    account=account,
                    kind=kind,
                    title=title,
                    assignee=account.owner,
                    due_on=today + timedelta(days=days),
                    created_by=account.owner,
                )
            )
    Interaction.objects.bulk_create(planned)
    Task.objects.bulk_create(tasks)
    for interaction in planned:
        interaction.colleagues.add(interaction.owner)
        interaction.contacts.add(*Contact.objects.filter(account=interaction.account, left_on__isnull=True)[:2])
