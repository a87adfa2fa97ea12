from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from core.dated import DatedValue
from users.choices import Level, Role, Sharing, TokenScope


class TeamQuerySet(models.QuerySet):
    def under(self, team: "Team | None"):
        """``team`` and every team below it; none without a team."""
        return self.filter(path__startswith=team.path) if team else self.none()


class Team(models.Model):
    """A region or a sales team; teams form a tree, and a manager sees the branch below their own."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("parent team")
    )
    path = models.CharField(max_length=200, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name = _("team")

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """0 for a team at the top of the tree."""
        return self.path.count(".") - 1


class Department(models.Model):
    """Where a colleague works: sales, service, finance, product …"""

    name = models.CharField(_("name"), max_length=100, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("department")

    def __str__(self) -> str:
        return self.name


class UserHistory(DatedValue):
    """What role, team and department a colleague had, and since when."""

    subject = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="dated_values")


class User(AbstractUser):
    """A colleague who works with the product."""

    DATED_FIELDS = ("role", "team", "department", "level")
    dated_model = UserHistory

    first_name = None
    last_name = None
    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.REP)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="users", verbose_name=_("team")
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="users", verbose_name=_("department")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.WORKING)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True)
    theme = models.CharField(_("theme"), max_length=5, blank=True)
    search_key = models.CharField(max_length=600, blank=True, editable=False)
    list_settings = models.JSONField(default=dict, db_default={}, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    REQUIRED_FIELDS = ["name", "email"]

    class Meta:
        ordering = ["name"]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_once",
                violation_error_message=_("Another user has this e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @property
    def sees_everything(self) -> bool:
        return self.role in (Role.ADMIN, Role.EXECUTIVE)


class ApiToken(AbstractAuthToken):
    """A key with which a program acts as its user, within a scope; only its hash is kept."""

    name = models.CharField(_("name"), max_length=100, blank=True)
    scope = models.CharField(_("scope"), max_length=10, choices=TokenScope, default=TokenScope.READ)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("API token")

    def __str__(self) -> str:
        return self.name or self.token_key


class SavedViewQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(deleted_at=None)

    def visible_to(self, user):
        """The own views, those shared with everybody, and those that the branch above ``user`` shares with it."""
        below = Team.objects.filter(pk=user.team_id, path__startswith=models.OuterRef("owner__team__path"))
        branch = models.Q(models.Exists(below), sharing=Sharing.TEAM)
        return self.filter(models.Q(owner=user) | models.Q(sharing=Sharing.EVERYBODY) | branch)


class SavedView(models.Model):
    """A list as somebody likes to see it, under a name: filters, order, columns, rows a page. Never the rows."""

    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("owner"), editable=False
    )
    list_key = models.CharField(max_length=60, editable=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, blank=True, editable=False)
    sharing = models.CharField(_("who sees it"), max_length=10, choices=Sharing, default=Sharing.MINE)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved view")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list_key", "name"],
                condition=models.Q(deleted_at=None),
                name="saved_view_name_once",
                violation_error_message=_("You have a view of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.sharing != Sharing.MINE
