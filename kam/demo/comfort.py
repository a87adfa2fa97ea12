"""What colleagues have put beside the records of the demo: comments that call each other, a file, saved views."""

from django.core.files.base import ContentFile

from accounts.choices import RecordKind
from accounts.models import Account
from accounts.services.note import Place, add_attachment, add_comment
from kam.records.subjects import url_of
from users.choices import Sharing
from users.models import User
from users.services.saved_views import create_view

SAID = (
    ("manager", "@{rep} 这家的逾期款请本周内跟进，财务那边已经催过两次。"),
    ("rep", "@{manager} Called today: the invoice is approved and goes out with Friday's run."),
)
NOTES = "Depot Hangzhou: 14 racks, two spare slots per rack\nDepot Ningbo: 9 racks, none spare\n"
VIEWS = (
    ("manager", "accounts:account", "A · late visits", "tier=A&is_visit_late=true", Sharing.TEAM),
    ("manager", "sales:receivable", "Overdue", "state=overdue&ordering=due_on", Sharing.TEAM),
    ("rep", "accounts:account", "My largest", "ordering=-revenue_365d&columns=name,tier,revenue_365d", Sharing.MINE),
)


def load_comfort(accounts: dict[str, Account], staff: dict[str, User]) -> None:
    """A talk and a file beside the first account of the demo's rep, and views above the lists."""
    account = next((one for one in accounts.values() if one.owner == staff["rep"]), None)
    if account:
        load_notes(account, staff)
    for login, key, name, query, sharing in VIEWS:
        create_view(by=staff[login], list_key=key, name=name, query=query, sharing=sharing)


def load_notes(account: Account, staff: dict[str, User]) -> None:
    place = Place(account, RecordKind.ACCOUNT, account.pk, url_of(RecordKind.ACCOUNT, account.pk), account.name)
    names = {login: staff[login].name for login in ("rep", "manager")}
    for login, text in SAID:
        add_comment(place=place, by=staff[login], body=text.format(**names))
    file = ContentFile(NOTES.encode(), name="depots.txt")
    add_attachment(place=place, by=staff["rep"], upload=file)
