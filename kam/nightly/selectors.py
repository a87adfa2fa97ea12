"""What pages, health and the runner ask about runs."""

from collections import defaultdict
from datetime import date, datetime

from kam.choices import WorkState
from kam.models import Run, Sweep
from kam.nightly.catch_up import Past


def active_run() -> Run | None:
    """The one run that is waiting or at work."""
    return Run.objects.active().first()


def first_configuration(as_of: date) -> dict | None:
    """The configuration versions that the first run for ``as_of`` was made with."""
    runs = Run.objects.filter(as_of=as_of).exclude(configuration={}).order_by("pk")
    return runs.values_list("configuration", flat=True).first()


def past_nights() -> dict[date, list[Past]]:
    """How the runs of the present ended, by their date."""
    past = defaultdict(list)
    for as_of, state, finished_at in Run.objects.nights().values_list("as_of", "state", "finished_at"):
        past[as_of].append(Past(state, finished_at))
    return past


def last_night() -> date | None:
    """The newest date that has been computed to its end."""
    return Run.objects.filter(state=WorkState.DONE).order_by("-as_of").values_list("as_of", flat=True).first()


def last_night_finished_at() -> datetime | None:
    """When a night of the present was last computed to its end."""
    done = Run.objects.nights().filter(state=WorkState.DONE, finished_at__isnull=False)
    return done.order_by("-finished_at").values_list("finished_at", flat=True).first()


def last_sweep() -> datetime | None:
    """When a worker last looked for lost work."""
    return Sweep.objects.filter(name="nightly").values_list("swept_at", flat=True).first()
