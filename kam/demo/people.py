"""Whom the colleagues know at the invented customers and how often they met: plain rows for the loader."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from kam.demo import names
from kam.demo.profiles import DAYS, Profile

KINDS = ["visit", "call", "message", "online_meeting", "meeting", "email", "meal", "event"]
WEIGHTS = [46, 20, 12, 7, 5, 5, 3, 2]
NOTES = [
    ("Went through the open orders; delivery dates hold.", "核对在手订单，交期不变。"),
    ("They test a second supplier for seals.", "对方在试用另一家密封件供应商。"),
    ("Wants an engineer on site for the line stop in May.", "希望停线检修时派工程师到场。"),
    ("Budget for the new line is approved.", "新产线预算已批准。"),
    ("Complained about one late delivery; promised a date.", "对一次延迟交货不满，已答应新日期。"),
    ("Showed the vibration sensor; they asked for a trial.", "演示了振动传感器，对方要求试用。"),
    ("Price talk: they ask for three per cent more at volume.", "谈价格：按量再要三个点。"),
    ("Short courtesy call, nothing open.", "礼节性沟通，无未决事项。"),
]
STEPS = [
    ("Send the quote", "发送报价"),
    ("Bring the trial unit", "带上试用件"),
    ("Ask for the yearly plan", "了解年度计划"),
    ("Agree the delivery dates", "确认交期"),
]


@dataclass
class ContactRow:
    name: str
    title: str
    department: str
    role: str
    level: int
    stance: int
    birthday: tuple[int, int, bool]
    joined_days_ago: int
    left_days_ago: int | None


@dataclass
class InteractionRow:
    kind: str
    state: str
    direction: str
    happened_on: date
    hour: int
    people: list[int]
    mood: str
    result: str
    next_step: str
    next_on: date | None


def person_name(rng: random.Random, is_chinese: bool) -> str:
    if is_chinese:
        return rng.choice(names.SURNAMES_ZH) + rng.choice(names.GIVEN_ZH)
    return f"{rng.choice(names.GIVEN_EN)} {rng.choice(names.SURNAMES_EN)}"


def contacts(profile: Profile, rng: random.Random) -> list[ContactRow]:
    """The people of one customer: more of them, and more complete a cast, the larger it is."""
    count = (
        8 if profile.revenue > 1_000_000 else 4 if profile.revenue > 200_000 else 2 if profile.revenue > 60_000 else 1
    )
    roles = ["buyer", "decision_maker", "technical_evaluator", "user", "gatekeeper", "influencer", "coach", "finance"]
    is_chinese = profile.country == "CN"
    rows = []
    for role in roles[:count]:
        (title_en, title_zh), level = names.TITLES[role]
        has_left = rng.random() < 0.04
        rows.append(
            ContactRow(
                name=person_name(rng, is_chinese),
                title=title_zh if is_chinese else title_en,
                department=names.DEPARTMENTS[role][1 if is_chinese else 0],
                role=role,
                level=level,
                stance=rng.choices([2, 1, 0, -1, -2], [10, 30, 42, 13, 5])[0],
                birthday=(rng.randint(1, 12), rng.randint(1, 28), is_chinese and rng.random() < 0.4),
                joined_days_ago=rng.randint(500, 3000),
                left_days_ago=rng.randint(10, 300) if has_left else None,
            )
        )
    return rows


def meeting_days(profile: Profile, last_day: date, rng: random.Random) -> list[date]:
    """The days of contact, ascending; the last one is as long ago as the story says."""
    age = min(DAYS, profile.started_days_ago)
    position = DAYS - age + rng.uniform(0, profile.visit_every_days)
    end = DAYS - (profile.last_visit_days_ago or rng.randint(1, max(2, profile.visit_every_days)))
    days = []
    while position < end:
        days.append(last_day - timedelta(days=DAYS - 1 - int(position)))
        position += max(1.0, rng.gammavariate(4.0, profile.visit_every_days / 4.0))
    if profile.last_visit_days_ago:
        days.append(last_day - timedelta(days=profile.last_visit_days_ago - 1))
    return days


def interactions(profile: Profile, cast: list[ContactRow], last_day: date, rng: random.Random) -> list[InteractionRow]:
    """What was said when and with whom, and the next step that was agreed."""
    language = 1 if profile.country == "CN" else 0
    present = [number for number, one in enumerate(cast) if one.left_days_ago is None] or [0]
    rows = []
    for day in meeting_days(profile, last_day, rng):
        people = rng.sample(present, min(len(present), rng.choice([1, 1, 1, 2, 2, 3]))) if cast else []
        has_next = rng.random() < 0.35
        rows.append(
            InteractionRow(
                kind="visit" if profile.last_visit_days_ago else rng.choices(KINDS, WEIGHTS)[0],
                state="done",
                direction=rng.choices(["out", "both", "in"], [52, 30, 18])[0],
                happened_on=day,
                hour=rng.randint(8, 17),
                people=people,
                mood=rng.choices(["warm", "neutral", "tense"], [38, 48, 14])[0],
                result=rng.choice(NOTES)[language],
                next_step=rng.choice(STEPS)[language] if has_next else "",
                next_on=day + timedelta(days=rng.choice([7, 14, 30])) if has_next else None,
            )
        )
    return rows
