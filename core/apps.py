from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Core")

    def ready(self):
        from core.versions import seed_versions

        autodiscover_modules("facts", "configuration")
        post_migrate.connect(seed_versions, sender=self, dispatch_uid="core.seed_versions")
