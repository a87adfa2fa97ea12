"""Who the invented customers are and how they behave: size, rhythm, growth, paying. No database here."""

import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from kam.demo import names

DAYS = 3 * 365
SEASON = [0.92, 0.62, 1.08, 1.02, 1.05, 1.0, 0.95, 0.93, 1.08, 1.02, 1.15, 1.18]
BEHAVIOURS = {"steady": 46, "growing": 18, "declining": 12, "new": 9, "lost": 7, "occasional": 8}


@dataclass
class Profile:
    """One customer: ``revenue`` (¥) and ``orders`` are those of a normal year, ``late_days`` count from due."""

    key: str
    name: str
    other_name: str
    industry: str
    region: str
    country: str
    behaviour: str
    revenue: float
    orders: float
    late_days: float
    credit_days: int = 30
    kind: str = "enterprise"
    parent: str = ""
    leader: str = ""
    owner: str = ""
    started_days_ago: int = 2000
    silent_days: int = 0
    visit_every_days: int = 60
    last_visit_days_ago: int | None = None
    products: list[str] = field(default_factory=list)


STORIES = {
    "nine_rivers_group": {"revenue": 0, "orders": 0, "owner": "rep", "visit_every_days": 120},
    "nine_rivers": {
        "revenue": 4_200_000,
        "orders": 46,
        "owner": "rep",
        "parent": "nine_rivers_group",
        "late_days": 24,
        "visit_every_days": 16,
        "behaviour": "growing",
    },
    "nine_rivers_signal": {"revenue": 640_000, "orders": 18, "owner": "bai", "parent": "nine_rivers_group"},
    "kite_valley": {"revenue": 2_360_000, "orders": 34, "owner": "rep", "behaviour": "growing", "late_days": 0},
    "moon_harbour": {
        "revenue": 3_100_000,
        "orders": 40,
        "owner": "rep",
        "last_visit_days_ago": 48,
        "visit_every_days": 28,
    },
    "saltmarsh": {
        "revenue": 1_030_000,
        "orders": 30,
        "owner": "rep",
        "silent_days": 74,
        "late_days": 32,
        "behaviour": "declining",
    },
    "tin_whistle": {"revenue": 2_900_000, "orders": 38, "owner": "zhao", "behaviour": "declining", "late_days": 18},
    "starling": {"revenue": 190_000, "orders": 5, "owner": "rep", "visit_every_days": 9},
    "old_ferry": {"revenue": 720_000, "orders": 20, "owner": "lin", "silent_days": 210, "behaviour": "lost"},
    "lantern_bay": {"revenue": 1_540_000, "orders": 24, "owner": "zhao", "behaviour": "growing", "kind": "institution"},
    "quarrystone": {"revenue": 1_870_000, "orders": 28, "owner": "bellini", "silent_days": 58},
    "cloudkiln": {"revenue": 880_000, "orders": 22, "owner": "fang", "behaviour": "declining"},
    "gu_heng": {"revenue": 46_000, "orders": 6, "owner": "lin", "kind": "opinion_leader"},
    "paper_crane": {"revenue": 420_000, "orders": 16, "owner": "rep", "behaviour": "new", "started_days_ago": 240},
}


def story_profile(key: str, rng: random.Random) -> Profile:
    """A planted customer: the figures of its story over neutral habits."""
    name, other, industry, region, country = names.STORY_ACCOUNTS[key]
    facts = {"behaviour": "steady", "late_days": 4.0, "credit_days": 45} | STORIES[key]
    return Profile(
        key=key, name=name, other_name=other, industry=industry, region=region, country=country,
        products=rng.sample([row[0] for row in names.PRODUCTS], 8), **facts,
    )  # fmt: skip


def company_name(rng: random.Random, taken: set[str], industry: str) -> tuple[str, str]:
    """An English and a Chinese name nobody has yet."""
    suffix_en, suffix_zh = names.INDUSTRIES[industry]
    while True:
        english = f"{rng.choice(names.FIRST_EN)} {rng.choice(names.SECOND_EN)} {suffix_en}"
        chinese = f"{rng.choice(names.FIRST_ZH)}{rng.choice(names.SECOND_ZH)}{suffix_zh}"
        if english not in taken and chinese not in taken:
            taken |= {english, chinese}
            return english, chinese


REPS = {"East": ["rep", "lin"], "South": ["zhao", "fang"], "North": ["bai"], "International": ["bellini", "okoye"]}
COUNTRIES = ["DE", "FR", "IT", "NO", "SE", "PL", "US", "JP", "SG", "VN", "TH", "MX"]


def contact_rhythm(revenue: float, rng: random.Random) -> int:
    """Days between contacts of any kind: the larger the customer, the closer."""
    if revenue > 600_000:
        return rng.randint(8, 18)
    if revenue > 200_000:
        return rng.randint(14, 30)
    return rng.randint(25, 60) if revenue > 60_000 else rng.randint(60, 200)


def ordinary_profile(number: int, rng: random.Random, taken: set[str]) -> Profile:
    """A customer drawn from a skewed market: few large ones, many small ones (log-normal revenue)."""
    industry = rng.choice(list(names.INDUSTRIES))
    region = rng.choices(list(REPS), [36, 26, 18, 20])[0]
    english, chinese = company_name(rng, taken, industry)
    revenue = min(3_600_000.0, math.exp(rng.gauss(11.2, 1.4)))
    behaviour = rng.choices(list(BEHAVIOURS), list(BEHAVIOURS.values()))[0]
    international = region == "International"
    return Profile(
        key=f"ordinary{number}",
        name=english if international else chinese,
        other_name="" if international else english,
        industry=industry,
        region=region,
        country=rng.choice(COUNTRIES) if international else "CN",
        behaviour=behaviour,
        revenue=revenue,
        orders=2.5 if behaviour == "occasional" else max(2.0, min(52.0, 2.2 * (revenue / 20_000) ** 0.62)),
        late_days=rng.choices([0, 3, 8, 20, 45], [40, 28, 18, 10, 4])[0],
        credit_days=rng.choice([30, 30, 45, 60, 90]),
        kind=rng.choices(["enterprise", "dealer", "institution", "individual"], [78, 13, 6, 3])[0],
        owner=rng.choice(REPS[region]),
        started_days_ago=rng.randint(60, 330) if behaviour == "new" else rng.randint(400, 5000),
        silent_days=rng.randint(150, 420) if behaviour == "lost" else 0,
        visit_every_days=contact_rhythm(revenue, rng),
        products=rng.sample([row[0] for row in names.PRODUCTS], rng.randint(2, 9)),
    )


def profiles(count: int, seed: int) -> list[Profile]:
    """``count`` customers, the planted ones first; two without an owner wait to be assigned."""
    rng = random.Random(seed)  # noqa: S311
    taken = {text for row in names.STORY_ACCOUNTS.values() for text in row[:2]}
    planted = [story_profile(key, rng) for key in list(names.STORY_ACCOUNTS)[:count]]
    ordinary = [ordinary_profile(number, rng, taken) for number in range(count - len(planted))]
    for follower in [one for one in ordinary if one.industry == "Construction"][:6]:
        follower.leader = "gu_heng"
    for unassigned in ordinary[-2:]:
        unassigned.owner = ""
    return planted + ordinary


def trend(profile: Profile, day_number: int) -> float:
    """How the buying of ``profile`` on a day (0 = first of three years) compares with its normal year."""
    year = day_number / 365
    factor = {"growing": 0.62 + 0.26 * year, "declining": 1.25 - 0.30 * year}.get(profile.behaviour, 0.95 + 0.04 * year)
    return max(0.1, factor)


def order_days(profile: Profile, last_day: date, rng: random.Random) -> list[date]:
    """The days on which the customer ordered, ascending: a rhythm with noise, seasons, a start and perhaps an end."""
    if profile.orders == 0:
        return []
    gap = 365 / profile.orders
    age = min(DAYS, profile.started_days_ago)
    position = DAYS - age + rng.uniform(0, gap)
    days = []
    while position < DAYS - profile.silent_days:
        day = last_day - timedelta(days=DAYS - 1 - int(position))
        if day.weekday() < 5 or rng.random() < 0.1:
            days.append(day)
        pace = SEASON[day.month - 1] * (trend(profile, int(position)) ** 0.5)
        position += max(1.0, rng.gammavariate(9.0, gap / 9.0) / pace)
    return [day for day in days if day <= last_day]
