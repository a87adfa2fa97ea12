"""What the page of one run shows: steps with progress, errors of visible accounts, versions, buttons."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from accounts.models import Account
from churn.explanations import rule_name
from core import versions
from core.problems import Problem
from kam.choices import WorkState
from kam.models import Run, RunError, RunStep
from kam.nightly.permissions import can_control_runs
from kam.nightly.sequence import DEFAULT, STEPS
from kam.nightly.tables import seconds_of, starter_of, tone_of
from kam.notes import words

POLL_SECONDS = 2
ERRORS_SHOWN = 100
WHOLE = 100


@dataclass(frozen=True)
class StepLine:
    """One step as a line of the page; ``percent`` is the share of its shards that are done."""

    label: str
    state: str
    tone: str
    percent: int
    shards: str
    row_count: int
    seconds: float | None
    problems: list[str]


@dataclass(frozen=True)
class ErrorLine:
    """One account whose data stopped a step; the message is the program's own."""

    account_id: int | None
    account: Account | None
    step: str
    message: str
    is_resolved: bool


def run_context(run: Run, user) -> dict:
    lines = [step_line(step) for step in steps_of(run)]
    errors = visible_errors(run, user)
    return {
        "run": run,
        "message": words(run.message, step_labels()),
        "tone": tone_of(run),
        "starter": starter_of(run),
        "seconds": seconds_of(run),
        "steps": lines,
        "percent": sum(line.percent for line in lines) // len(lines) if lines else WHOLE,
        "errors": [error_line(error) for error in errors[:ERRORS_SHOWN]],
        "hidden_error_count": run.error_count - len(errors),
        "pins": pinned(run),
        "poll_seconds": POLL_SECONDS if run.is_active else 0,
        "can_control": can_control_runs(user),
        "can_repair": not run.is_active and run.errors.filter(is_resolved=False).exists(),
    }


def steps_of(run: Run):
    """The steps of a run with the number of their shards, of those done, and the rows so far."""
    done = Count("shards", filter=Q(shards__state=WorkState.DONE))
    return run.steps.annotate(total=Count("shards"), done=done, rows=Sum("shards__row_count", default=0))


def step_line(step: RunStep) -> StepLine:
    return StepLine(
        label=str(step_labels().get(step.name, step.name)),
        state=step.get_state_display(),
        tone=tone_of(step),
        percent=percent_of(step),
        shards=f"{step.done}/{step.total}" if step.total > 1 else "",
        row_count=step.rows,
        seconds=seconds_of(step),
        problems=[problem_text(problem) for problem in step.result.get("problems", [])],
    )


def step_labels() -> dict[str, Any]:
    """Step → its words, in the language of now when shown."""
    return {item.name: item.label for item in STEPS}


def problem_text(problem: dict[str, str]) -> str:
    """A fault of a rule that a step reported: the rule's key and what is wrong with it."""
    return f"{problem['rule']}: {Problem(problem['code'], subject=problem['subject'])}"


def error_line(error: RunError) -> ErrorLine:
    step = str(step_labels().get(error.step_name, error.step_name))
    return ErrorLine(error.account_id, error.account, step, error.message, error.is_resolved)


def percent_of(step: RunStep) -> int:
    """The share of a step's shards that are done, 0–100; a finished step without shards is done."""
    if step.state == WorkState.DONE:
        return WHOLE
    return WHOLE * step.done // step.total if step.total else 0


def visible_errors(run: Run, user) -> list[RunError]:
    """Errors of the accounts ``user`` may see, unsolved ones first."""
    errors = run.errors.filter(account__in=Account.objects.visible_to(user)).select_related("account")
    return list(errors.order_by("is_resolved", "pk"))


def pinned(run: Run) -> list[tuple[str, str]]:
    """The configuration versions a run keeps to: what it is, and which number."""
    labels = {kind.name: str(kind.label) for kind in versions.kinds()}
    return [
        (pin_name(labels.get(kind, kind), key, version), _("version %(number)s") % {"number": version.number})
        for kind, pins in versions.resolve(run.configuration).items()
        for key, version in pins.items()
    ]


def pin_name(label: str, key: str, version: versions.ConfigurationVersion) -> str:
    """The kind of a version, and of a rule its name too."""
    if key == DEFAULT:
        return label
    name = rule_name(version.document) if "name" in version.document else key
    return _("%(label)s: %(value)s") % {"label": label, "value": name}
