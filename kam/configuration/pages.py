"""What the settings pages of all kinds share: the document on the table, its draft, its history, how it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.configuration import SERVICE_LEVELS
from churn.constants import ALERT_RULE
from churn.explanations import rule_name
from core import versions
from core.access import role_may
from core.models import ConfigurationVersion
from core.versions import Change, Document
from kam.configuration import forms
from loyalty.configuration import POINTS_RULES
from segmentation.configuration import TIERS, VALUE_SCORE

HISTORY_LENGTH = 12
FORMS = {
    VALUE_SCORE: forms.WeightsForm,
    TIERS: forms.TierLimitsForm,
    SERVICE_LEVELS: forms.ServiceLevelsForm,
    ALERT_RULE: forms.RuleForm,
    POINTS_RULES: forms.PointsRulesForm,
}
ADDRESSES = {
    VALUE_SCORE: "value_score_settings",
    TIERS: "tier_settings",
    SERVICE_LEVELS: "service_level_settings",
    POINTS_RULES: "points_rules_settings",
}
WRITE = "configuration.write"


@dataclass(frozen=True)
class Entry:
    """One version of the history with what it changed against the one it followed."""

    version: ConfigurationVersion
    changes: list[Change]
    is_in_force: bool


@dataclass(frozen=True)
class Subject:
    """One document under work: its version in force and its draft, either of which may be missing."""

    kind: str
    key: str
    in_force: ConfigurationVersion | None
    draft: ConfigurationVersion | None

    @property
    def old(self) -> Document | None:
        return self.in_force.document if self.in_force else None

    @property
    def new(self) -> Document:
        return (self.draft or self.in_force).document

    @property
    def is_changed(self) -> bool:
        """Whether there is a draft that says something else than the version in force."""
        return bool(self.draft and (not self.in_force or self.draft.document_hash != self.in_force.document_hash))

    @property
    def changes(self) -> list[Change]:
        return versions.compare(self.in_force, self.draft) if self.draft and self.in_force else []

    @property
    def name(self) -> str:
        return rule_name(self.new) if self.kind == ALERT_RULE else str(versions.kind_of(self.kind).label)

    @property
    def url(self) -> str:
        return address(self.kind, self.key)


def subject_of(kind: str, key: str = "default") -> Subject:
    """The document of a kind and key; Http404 when there has never been one or nobody edits this kind here."""
    if kind not in FORMS:
        raise Http404
    in_force = ConfigurationVersion.objects.filter(kind=kind, key=key, state=versions.State.PUBLISHED)
    subject = Subject(kind, key, in_force.select_related("author").first(), versions.draft_of(kind, key))
    if subject.in_force is None and subject.draft is None:
        raise Http404
    return subject


def address(kind: str, key: str) -> str:
    """The settings page of a document."""
    return reverse(ADDRESSES[kind]) if kind in ADDRESSES else reverse("alert_rule_settings", args=[key])


def form_of(subject: Subject, user, data: Mapping | None = None) -> forms.DocumentForm:
    document = with_dropped_facts(subject) if subject.kind == VALUE_SCORE else subject.new
    return FORMS[subject.kind](data, document=document, may_write=role_may(user, WRITE))


def with_dropped_facts(subject: Subject) -> Document:
    """The weights of the draft, and at 0 those it took out, so that they can come back."""
    kept = subject.new["components"]
    facts = {component["fact"] for component in kept}
    dropped = [part for part in (subject.old or subject.new)["components"] if part["fact"] not in facts]
    return {"components": [*kept, *({**part, "weight": 0} for part in dropped)]}


def history_of(kind: str, key: str) -> list[Entry]:
    """The newest versions that were ever in force, each with its changes."""
    found = versions.history(kind, key)[:HISTORY_LENGTH]
    by_pk = {version.pk: version for version in ConfigurationVersion.objects.filter(kind=kind, key=key)}
    return [
        Entry(
            version,
            versions.compare(by_pk[version.based_on_id], version) if version.based_on_id in by_pk else [],
            version.state == versions.State.PUBLISHED,
        )
        for version in found
    ]


def shared_context(subject: Subject, user) -> dict:
    """What head, publish box and history of every settings page read."""
    return {
        "subject": subject,
        "may_write": role_may(user, WRITE),
        "history": history_of(subject.kind, subject.key),
        "publish_form": publish_form(subject),
    }


def publish_form(subject: Subject) -> forms.PublishForm | None:
    if not subject.is_changed:
        return None
    based_on = subject.in_force.number if subject.in_force else None
    return forms.PublishForm(initial={"based_on": based_on, "preview_hash": subject.draft.document_hash})


def in_force_text(version: ConfigurationVersion) -> str:
    """What publishing came to: promises hold at once, all else from the next night on."""
    if version.kind == SERVICE_LEVELS:
        return _("Version %(number)s is in force.") % {"number": version.number}
    return _("Version %(number)s is in force from the next night on.") % {"number": version.number}
