from django.db import models
from django.utils.translation import gettext_lazy as _


class RfmSegment(models.TextChoices):
    """The eight classes by recency, frequency and monetary value, each high (H) or low (L), in that order."""

    HHH = "HHH", _("Important: value")
    HLH = "HLH", _("Important: develop")
    LHH = "LHH", _("Important: keep")
    LLH = "LLH", _("Important: win back")
    HHL = "HHL", _("General: value")
    HLL = "HLL", _("General: develop")
    LHL = "LHL", _("General: keep")
    LLL = "LLL", _("General: win back")
