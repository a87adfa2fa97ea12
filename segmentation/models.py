from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LifetimeValueFit(models.Model):
    """How the accounts of this installation order and leave, as one day's orders tell it: the models and their test.

    ``report`` holds the figures of both models, of the spending and of the holdout; ``chosen`` the model that foresaw
    the holdout better, '' where there is not enough history.
    """

    as_of = models.DateField(_("as of"), unique=True)
    calibration_end = models.DateField(_("end of the calibration"), null=True, blank=True)
    chosen = models.CharField(_("model"), max_length=20, blank=True)
    account_count = models.PositiveIntegerField(_("accounts"))
    repeat_count = models.PositiveIntegerField(_("accounts that ordered again"))
    configuration_number = models.PositiveIntegerField()
    report = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-as_of"]
        verbose_name = _("lifetime value model")
        verbose_name_plural = _("lifetime value models")

    def __str__(self) -> str:
        return f"{self.as_of} {self.chosen}"
