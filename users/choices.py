from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    REP = "rep", _("Sales rep")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Administrator")
    EXECUTIVE = "executive", _("Executive")
    SERVICE = "service", _("Service colleague")


class Level(models.IntegerChoices):
    """How high a person stands, ours or theirs; relationship strength compares the two."""

    TOP = 1, _("Top")
    MIDDLE = 2, _("Middle")
    WORKING = 3, _("Working")


class TokenScope(models.TextChoices):
    READ = "read", _("Read")
    WRITE = "write", _("Read and write")
    EXPORT = "export", _("Export")


class Sharing(models.TextChoices):
    """Who finds a saved view above their list; everybody sees their own rows in it."""

    MINE = "mine", _("Only me")
    TEAM = "team", _("My team and the teams below")
    EVERYBODY = "everybody", _("Everybody")
