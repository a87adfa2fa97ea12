"""``manage.py clv``: the models of lifetime value on the orders of this installation, as of any day."""

import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from core import versions
from core.periods import last_full_day
from segmentation.configuration import LIFETIME_VALUE
from segmentation.services import examine_orders


class Command(BaseCommand):
    help = "Fit BG/NBD, Pareto/NBD and Gamma-Gamma to the orders, judge them on a holdout; nothing is kept."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=date.fromisoformat, help="business date, by default the last full day")
        parser.add_argument(
            "--calibration-end",
            type=date.fromisoformat,
            help="fit up to this day and judge by the rest; by default everything is fitted and a third is judged",
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *, as_of, calibration_end, **options):
        as_of = as_of or last_full_day()
        if calibration_end and calibration_end >= as_of:
            raise CommandError("--calibration-end is a day before --as-of")
        minimum = versions.published(LIFETIME_VALUE).document["minimum_repeat_accounts"]
        examined = examine_orders(as_of, minimum, calibration_end)
        if not examined["report"]:
            again = examined["repeat_count"]
            raise CommandError(f"Not enough history: {again} accounts ordered again by {as_of}, {minimum} are needed.")
        figures = figures_of(as_of, examined, is_calibration=calibration_end is not None)
        self.stdout.write(as_json(figures) if options["json"] else "\n".join(as_text(figures)))


def figures_of(as_of: date, examined: dict, *, is_calibration: bool) -> dict:
    """The figures to print: of the models up to the end of the calibration if one was named, else up to ``as_of``."""
    report, judged = examined["report"], examined["report"]["holdout"] or {}
    shown = judged if is_calibration and judged else report
    models = {name: dict(model) for name, model in shown["models"].items()}
    for name, model in judged.get("models", {}).items():
        models[name]["holdout"] = model["holdout"] | {"days": judged["days"]}
    return {
        "as_of": as_of.isoformat(),
        "calibration_end": judged.get("calibration_end"),
        "accounts": examined["account_count"],
        "repeat_accounts": examined["repeat_count"],
        "models": models,
        "gamma_gamma": shown["spending"],
        "naive_mae": judged.get("naive_mae"),
        "chosen": examined["chosen"],
    }


def as_json(figures: dict) -> str:
    return json.dumps(figures)


def as_text(figures: dict) -> list[str]:
    """A line per model, for people."""
    lines = [f"{figures['as_of']}: {figures['accounts']} accounts, {figures['repeat_accounts']} ordered again"]
    for name, model in (figures["models"] | {"gamma_gamma": figures["gamma_gamma"]}).items():
        if not model:
            continue
        parameters = "  ".join(f"{key} {value:.5g}" for key, value in model["parameters"].items())
        error = f"  holdout MAE {model['holdout']['mae']:.4f}" if "holdout" in model else ""
        lines.append(f"{name:12} {parameters}  LL {model['log_likelihood']:.4f}{error}")
    return [*lines, f"chosen: {figures['chosen']}"]
