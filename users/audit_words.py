"""How an entry of the audit trail reads: what was done in words, and on which record."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.formats import listed

ACTIONS = {
    "account.archived": _("Archived an account"),
    "account.changed": _("Changed an account"),
    "account.restored": _("Brought an account back"),
    "attachment.added": _("Added a file"),
    "attachment.deleted": _("Deleted a file"),
    "attachment.read": _("Downloaded a file"),
    "audit.read": _("Read the audit trail"),
    "comment.deleted": _("Deleted a comment"),
    "configuration.publish": _("Published a configuration"),
    "contact.archived": _("Archived a contact"),
    "contact.changed": _("Changed a contact"),
    "contact.restored": _("Brought a contact back"),
    "contact.move": _("Moved a contact"),
    "contact.view": _("Looked at a contact"),
    "department.saved": _("Saved a department"),
    "exchange_rate.create": _("Added an exchange rate"),
    "exchange_rate.update": _("Changed an exchange rate"),
    "export": _("Exported a list"),
    "import.received": _("Uploaded a file"),
    "import.started": _("Started an import"),
    "import.undo": _("Took back an import"),
    "interaction.changed": _("Changed an interaction"),
    "interaction.change_after_lock": _("Changed an old interaction"),
    "months.cancel": _("Stopped the making of missing months"),
    "months.request": _("Had missing months made"),
    "password.changed": _("Changed the password"),
    "password.reset_requested": _("Asked for a new password"),
    "password.set_by_link": _("Set a password by a mailed link"),
    "points.correction_confirmed": _("Confirmed a correction of points"),
    "points.redemption_approved": _("Approved a redemption"),
    "points.redemption_fulfilled": _("Handed over a reward"),
    "points.redemption_reopened": _("Took back the approval of a redemption"),
    "profile.changed": _("Changed the profile"),
    "reward.archived": _("Archived a reward"),
    "reward.created": _("Added a reward"),
    "reward.restored": _("Brought a reward back"),
    "reward.updated": _("Changed a reward"),
    "task.changed": _("Changed a task"),
    "team.changed": _("Changed a team"),
    "team.created": _("Made a team"),
    "team.deactivated": _("Closed a team"),
    "team.reactivated": _("Opened a team again"),
    "token.created": _("Made an API token"),
    "token.revoked": _("Revoked an API token"),
    "user.changed": _("Changed a user"),
    "user.created": _("Made a user"),
    "user.deactivated": _("Deactivated a user"),
    "user.locked_out": _("Locked out after wrong passwords"),
    "user.reactivated": _("Activated a user again"),
    "user.sign_in_failed": _("Failed to sign in"),
    "user.signed_in": _("Signed in"),
    "user.signed_out": _("Signed out"),
    "view.deleted": _("Deleted a saved view"),
    "view.shared": _("Shared a saved view"),
}
SUBJECTS = {
    "account": _("Account"),
    "contact": _("Contact"),
    "interaction": _("Interaction"),
    "task": _("Task"),
    "comment": _("Comment"),
    "attachment": _("File"),
    "savedview": _("Saved view"),
    "order": _("Order"),
    "importjob": _("Import"),
    "user": _("User"),
    "team": _("Team"),
    "department": _("Department"),
}
DETAILS = {
    "address": _("address"),
    "count": _("rows"),
    "fields": _("fields"),
    "file": _("file"),
    "filters": _("filters"),
    "format": _("format"),
    "kind": _("kind"),
    "lines": _("lines"),
    "number": _("version"),
    "reason": _("reason"),
    "role": _("role"),
    "scope": _("scope"),
}


def action_words(entry) -> str:
    """What was done; an action without words stands as it was written."""
    return str(ACTIONS.get(entry.action, entry.action))


def subject_words(entry) -> str:
    """The record by its kind and number, or the text that was noted."""
    kind, _colon, key = entry.subject.partition(":")
    return f"{SUBJECTS[kind]} {key}" if kind in SUBJECTS and key else entry.subject


def details_words(details: dict) -> str:
    """What else was noted, as pairs of a name and its value; what is empty is left out."""
    pairs = ({"label": DETAILS.get(name, name), "value": plain(value)} for name, value in details.items() if value)
    return listed(gettext("%(label)s: %(value)s") % pair for pair in pairs)


def plain(value) -> str:
    """A value without the brackets of a program."""
    if isinstance(value, dict):
        return " ".join(f"{name}={plain(inner)}" for name, inner in value.items())
    return " ".join(map(plain, value)) if isinstance(value, list) else str(value)
