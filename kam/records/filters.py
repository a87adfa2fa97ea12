"""What the API narrows comments and files by."""

import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.choices import RecordKind
from accounts.filters import visible_accounts
from accounts.models import Attachment, Comment
from core.filters import FilterSet


class CommentFilter(FilterSet):
    account = django_filters.ModelChoiceFilter(queryset=visible_accounts, label=_("Account"))
    kind = django_filters.ChoiceFilter(choices=RecordKind.choices, label=_("Kind"))
    record_id = django_filters.NumberFilter(label=_("Record"), min_value=1, max_value=2**62)

    class Meta:
        model = Comment
        fields: list[str] = []


class AttachmentFilter(CommentFilter):
    class Meta:
        model = Attachment
        fields: list[str] = []
