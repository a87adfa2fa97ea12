"""What the invented customers bought, returned and paid: plain rows for the loader."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.money import quantise
from kam.demo import names
from kam.demo.profiles import SEASON, Profile, trend

CATALOGUE = {row[0]: row for row in names.PRODUCTS}
NEGLIGIBLE = Decimal("0.01")


@dataclass
class LineRow:
    product: str
    quantity: Decimal
    unit_price: Decimal
    discount_rate: Decimal
    amount: Decimal
    cost_amount: Decimal


@dataclass
class OrderRow:
    number: str
    kind: str
    ordered_on: date
    lines: list[LineRow]

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass
class ReceivableRow:
    number: str
    order: str
    amount: Decimal
    issued_on: date
    due_on: date
    payments: list[tuple[date, Decimal, str]]


def order_line(product: str, target: float, discount: Decimal, sign: int, year: int) -> LineRow:
    """A line of about ``target`` ¥: whole units at the list price, which rises three per cent a year."""
    price = quantise(Decimal(CATALOGUE[product][4]) * Decimal("1.03") ** year)
    quantity = Decimal(sign * max(1, round(target / float(price))))
    amount = quantise(quantity * price * (1 - discount))
    return LineRow(
        product, quantity, price, discount, amount, quantise(quantity * price * Decimal(str(CATALOGUE[product][5])))
    )


def orders(profile: Profile, days: list[date], last_day: date, rng: random.Random, numbers) -> list[OrderRow]:
    """The orders of one customer, each split into lines, and now and then the return of a part of one."""
    rows = []
    discount = (
        Decimal("0.12") if profile.revenue > 1_000_000 else Decimal("0.05") if profile.revenue > 200_000 else Decimal(0)
    )
    for day in days:
        age = 3 * 365 - (last_day - day).days
        size = profile.revenue / max(profile.orders, 1) * trend(profile, age) ** 0.5 * SEASON[day.month - 1] ** 0.5
        total = size * rng.lognormvariate(-0.08, 0.4)
        products = rng.sample(profile.products, min(len(profile.products), rng.randint(1, 5)))
        shares = [rng.random() + 0.2 for _ in products]
        lines = [
            order_line(product, total * share / sum(shares), discount, 1, age // 365)
            for product, share in zip(products, shares, strict=True)
        ]
        rows.append(OrderRow(f"SO-{next(numbers):06d}", "sale", day, lines))
        if rng.random() < 0.035 and day + timedelta(days=12) <= last_day:
            back = order_line(products[0], total * 0.15, discount, -1, age // 365)
            rows.append(OrderRow(f"RT-{next(numbers):06d}", "return", day + timedelta(days=rng.randint(3, 12)), [back]))
    return rows


def receivable(profile: Profile, order: OrderRow, last_day: date, rng: random.Random) -> ReceivableRow:
    """The invoice of an order and what was paid on it by ``last_day``, in one part or two, in time or late."""
    due_on = order.ordered_on + timedelta(days=profile.credit_days + 2)
    late = round(rng.gauss(profile.late_days, 3 + profile.late_days / 3))
    paid_on = due_on + timedelta(days=late)
    payments = []
    if profile.silent_days and (last_day - order.ordered_on).days < profile.silent_days + 45 and profile.late_days > 20:
        paid_on = last_day + timedelta(days=30)
    first_part = quantise(order.amount * Decimal("0.4")) if rng.random() < 0.15 else order.amount
    if paid_on <= last_day:
        payments.append((max(paid_on, order.ordered_on), first_part, "payment"))
    second_on = paid_on + timedelta(days=20)
    if first_part != order.amount and second_on <= last_day:
        payments.append((second_on, order.amount - first_part, "payment"))
    number = order.number.replace("SO", "INV")
    return ReceivableRow(number, order.number, order.amount, order.ordered_on + timedelta(days=2), due_on, payments)
