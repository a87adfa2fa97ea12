from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = _("Users")

    def ready(self):
        from core.list_state import keep_views
        from users import schema  # noqa: F401 - registers itself
        from users.selectors import kept_about

        keep_views(kept_about)
