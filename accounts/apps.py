from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self):
        from accounts.permissions import reads_sensitive_everywhere
        from accounts.services.tier import seed_tiers
        from core.access import SENSITIVE_ROW, judge_everywhere

        post_migrate.connect(seed_tiers, sender=self, dispatch_uid="accounts.seed_tiers")
        judge_everywhere(SENSITIVE_ROW, reads_sensitive_everywhere)
