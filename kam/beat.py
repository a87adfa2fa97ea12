"""The schedule of the database, which shows at every turn that it is alive."""

from django_celery_beat.schedulers import DatabaseScheduler

from core import alive


class Scheduler(DatabaseScheduler):
    def tick(self, *args, **kwargs) -> float:
        alive.sign_of("beat").touch()
        return super().tick(*args, **kwargs)
