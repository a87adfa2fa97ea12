"""What the shell around every page needs."""

from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from core import formats
from kam import navigation
from kam.menu_counts import NOTIFICATIONS, menu_counts


class Shell:
    """Navigation and addresses of the frame, worked out only when a template asks for them."""

    def __init__(self, request):
        self.user = getattr(request, "user", None) or AnonymousUser()  # none yet where a host is refused
        self.path = request.path
        self.known_counts = getattr(request, "menu_counts", None)

    @cached_property
    def counts(self) -> dict[str, int]:
        if self.known_counts is not None:
            return self.known_counts
        return menu_counts(self.user) if self.user.is_authenticated else {}

    @cached_property
    def groups(self) -> list[navigation.Group]:
        return navigation.menu(self.user, self.path, self.counts)

    @cached_property
    def dock(self) -> tuple[navigation.Item, ...]:
        return navigation.dock(self.user, self.path, self.counts)

    @property
    def unread(self) -> int:
        """What the user was told and has not read."""
        return self.counts.get(NOTIFICATIONS, 0)

    now = property(lambda self: timezone.now())
    currency_sign = property(lambda self: formats.currency_sign())
    search_url = property(lambda self: reverse("search"))
    profile_url = property(lambda self: reverse("users:profile"))
    logout_url = property(lambda self: reverse("users:logout"))
    preferences_url = property(lambda self: reverse("users:preferences"))


def shell(request) -> dict:
    return {"is_demo": settings.DEMO, "base_currency": settings.BASE_CURRENCY, "shell": Shell(request)}
