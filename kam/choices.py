from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def unfinished(cls) -> tuple["WorkState", "WorkState"]:
        """The states of work that is still to be ended."""
        return cls.WAITING, cls.RUNNING


class RunTrigger(models.TextChoices):
    SCHEDULE = "schedule", _("schedule")
    PERSON = "person", _("person")
    COMMAND = "command", _("command line")


class ImportKind(models.TextChoices):
    ACCOUNTS = "accounts", _("Accounts")
    ORDERS = "orders", _("Orders")
    CONTACTS = "contacts", _("Contacts")
    INTERACTIONS = "interactions", _("Interactions")
    RECEIVABLES = "receivables", _("Receivables")
    PAYMENTS = "payments", _("Payments")
    PRODUCTS = "products", _("Products")


class ImportState(models.TextChoices):
    MAPPING = "mapping", _("Choosing columns")
    CHECKING = "checking", _("Checking")
    CHECKED = "checked", _("Checked, nothing written yet")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Writing")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    UNDONE = "undone", _("Taken back")
