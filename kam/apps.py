from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KamConfig(AppConfig):
    name = "kam"
    verbose_name = "KAM"

    def ready(self) -> None:
        from kam.nightly.schedule import seed_schedule

        post_migrate.connect(seed_schedule, sender=self, dispatch_uid="kam.schedule")
