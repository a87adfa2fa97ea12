"""Telling the one who brought a file that its import has ended."""

from django.urls import reverse
from django.utils.translation import gettext

from accounts.choices import NotificationKind
from accounts.services import notify
from kam.models import ImportJob


def tell_end(job: ImportJob, state: str) -> None:
    """Tell the import's own user how it ended; once for each end."""
    notify(
        kind=NotificationKind.IMPORT_FINISHED,
        users=[job.user],
        key=f"import:{job.pk}:{state}",
        url=reverse("import_page", args=[job.pk]),
        text=lambda: gettext("%(file)s: %(state)s") % {"file": job.file_name, "state": state_words(state)},
    )


def state_words(state: str) -> str:
    return str(dict(ImportJob._meta.get_field("state").choices)[state])
