"""What an administrator types to change weights, limits and rules; each form gives the whole new document."""

from copy import deepcopy

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.configuration import NEEDED, level_of
from accounts.configuration import label as service_label
from accounts.services.tier import AMOUNTS, SERVICE_FIELDS
from churn.choices import Severity
from churn.configuration import problems_of
from core import facts
from core.forms import DateInput
from core.scores import LINEAR, PERCENTILE
from core.versions import Document
from kam.configuration import rule_slots
from loyalty.configuration import LARGEST_AMOUNT, LONGEST_MONTHS, value_of
from loyalty.configuration import WORDS as POINTS

MAXIMUM_WEIGHT = 100
WHOLE = 100
OWN_FIELDS = ("severity", "is_active")


def number_field(
    label, *, required: bool = True, unit: str = "", kind: type[forms.Field] = forms.FloatField, **bounds
) -> forms.Field:
    """A figure in a slot, without the arrows that a scroll wheel would turn."""
    field = kind(label=label, required=required, **bounds)
    field.widget.attrs |= {"class": "form-control num k-slotfield", "step": "any", "inputmode": "decimal"}
    field.unit = unit
    return field


class DocumentForm(forms.Form):
    """A form over one configuration document. ``has_new_fields``: the saved draft needs fields this form has not."""

    has_new_fields = False

    def __init__(self, *args, document: Document, may_write: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.document = document
        self.add_fields()
        for field in self.fields.values():
            field.disabled = not may_write

    def add_fields(self) -> None:
        raise NotImplementedError

    def new_document(self) -> Document:
        """The document as typed; call it when the form is valid."""
        raise NotImplementedError


class WeightsForm(DocumentForm):
    """The weight of every fact of a score, the ends of the straight ones, and one more fact."""

    def add_fields(self) -> None:
        for component in self.document["components"]:
            self.add_component(component)
        used = {component["fact"] for component in self.document["components"]}
        self.fields["new_fact"] = forms.ChoiceField(
            label=_("Add a fact"), required=False, choices=[("", "–"), *addable_facts(used)]
        )
        self.fields["new_fact"].widget.attrs["class"] = "form-select"
        self.fields["new_weight"] = number_field(
            _("Weight of the new fact"), required=False, min_value=0, max_value=100
        )

    def add_component(self, component: Document) -> None:
        key = component["fact"]
        bounds = {"min_value": 0, "max_value": MAXIMUM_WEIGHT}
        self.fields[f"weight_{key}"] = number_field(fact_label(key), **bounds)
        self.initial[f"weight_{key}"] = component["weight"]
        if component["method"] == LINEAR:
            for end, label in (("zero_at", _("0 points at")), ("full_at", _("100 points at"))):
                self.fields[f"{end}_{key}"] = number_field(f"{label} {unit_words(key)}".strip())
                self.initial[f"{end}_{key}"] = component[end]

    def rows(self) -> list[dict]:
        """One row a fact: its weight and, where it has them, its ends."""
        return [
            {
                "fact": component["fact"],
                "method": component["method"],
                "weight": self[f"weight_{component['fact']}"],
                "ends": [self[f"{end}_{component['fact']}"] for end in ("zero_at", "full_at") if end in component],
            }
            for component in self.document["components"]
        ]

    @property
    def has_new_fields(self) -> bool:
        return bool(self.cleaned_data["new_fact"] and self.cleaned_data["new_weight"])

    def new_document(self) -> Document:
        typed = [self.typed_component(component) for component in self.document["components"]]
        if self.has_new_fields:
            weight = plain(self.cleaned_data["new_weight"])
            typed.append({"fact": self.cleaned_data["new_fact"], "weight": weight, "method": PERCENTILE})
        return {"components": [component for component in typed if component["weight"]]}

    def typed_component(self, component: Document) -> Document:
        key = component["fact"]
        ends = {end: plain(self.cleaned_data[f"{end}_{key}"]) for end in ("zero_at", "full_at") if end in component}
        return {**component, "weight": plain(self.cleaned_data[f"weight_{key}"]), **ends}


class TierLimitsForm(DocumentForm):
    """From which score on an account is in a tier, and how much must be known about it."""

    def add_fields(self) -> None:
        for limit in self.document["limits"]:
            name = f"minimum_{limit['tier']}"
            self.fields[name] = number_field(_("from score"), min_value=0, max_value=100)
            self.initial[name] = limit["minimum"]
        self.fields["minimum_confidence"] = number_field(
            _("Least share of the weights that must be known (%)"), min_value=0, max_value=100
        )
        self.initial["minimum_confidence"] = plain(round(self.document["minimum_confidence"] * 100, 4))

    def rows(self) -> list[dict]:
        return [{"tier": limit["tier"], "field": self[f"minimum_{limit['tier']}"]} for limit in self.document["limits"]]

    def new_document(self) -> Document:
        changed = deepcopy(self.document)
        for limit in changed["limits"]:
            limit["minimum"] = plain(self.cleaned_data[f"minimum_{limit['tier']}"])
        changed["minimum_confidence"] = plain(round(self.cleaned_data["minimum_confidence"] / 100, 6))
        return changed


class ServiceLevelsForm(DocumentForm):
    """What each tier is promised: a figure per promise and tier, empty for no promise."""

    def add_fields(self) -> None:
        for level in self.document["levels"]:
            for promise in SERVICE_FIELDS:
                self.add_promise(promise, level["tier"], level[promise])

    def add_promise(self, promise: str, tier: str, value: float | None) -> None:
        label = _("%(promise)s, tier %(tier)s") % {"promise": service_label((promise,)), "tier": tier}
        is_amount = promise in AMOUNTS
        kind = forms.FloatField if is_amount else forms.IntegerField
        bounds = {"min_value": 0 if is_amount else 1, "required": promise in NEEDED}
        self.fields[f"{promise}_{tier}"] = number_field(label, kind=kind, **bounds)
        self.initial[f"{promise}_{tier}"] = value

    def tiers(self) -> list[str]:
        return [level["tier"] for level in self.document["levels"]]

    def rows(self) -> list[dict]:
        """One row a promise: its words and a field per tier."""
        return [
            {"label": service_label((promise,)), "fields": [self[f"{promise}_{tier}"] for tier in self.tiers()]}
            for promise in SERVICE_FIELDS
        ]

    def new_document(self) -> Document:
        return {"levels": [level_of(tier, self.typed(tier)) for tier in self.tiers()]}

    def typed(self, tier: str) -> dict:
        values = {promise: self.cleaned_data[f"{promise}_{tier}"] for promise in SERVICE_FIELDS}
        return {promise: None if value is None else plain(value) for promise, value in values.items()}


class PointsRulesForm(DocumentForm):
    """For which sales there are points, how many, how long they last, and who may approve what."""

    def add_fields(self) -> None:
        self.fields["starts_on"] = forms.DateField(label=POINTS["starts_on"], required=False, widget=DateInput)
        self.fields["starts_on"].help_text = _("Empty: no sale earns points")
        amounts = {"amount_per_point": 0.01, "minimum_amount": 0, "value_per_point": 0}
        for name, least in amounts.items():
            self.fields[name] = number_field(POINTS[name], min_value=least, max_value=LARGEST_AMOUNT)
        self.fields["own_limit_points"] = number_field(
            POINTS["own_limit_points"], kind=forms.IntegerField, min_value=0, max_value=LARGEST_AMOUNT
        )
        self.fields["valid_months"] = number_field(
            POINTS["valid_months"], kind=forms.IntegerField, required=False, min_value=1, max_value=LONGEST_MONTHS
        )
        self.fields["valid_months"].help_text = _("Empty: for ever")
        self.fields["waits_for_payment"] = forms.BooleanField(label=POINTS["waits_for_payment"], required=False)
        self.initial |= {"value_per_point": plain(float(value_of(self.document)))} | self.document

    def rows(self) -> list[forms.BoundField]:
        """The figures, each in a line of its own."""
        names = ("amount_per_point", "minimum_amount", "value_per_point", "valid_months", "own_limit_points")
        return [self[name] for name in names]

    def new_document(self) -> Document:
        typed = dict(self.cleaned_data)
        starts_on = typed.pop("starts_on")
        figures = {name: plain(value) if isinstance(value, float) else value for name, value in typed.items()}
        return figures | {"starts_on": starts_on.isoformat() if starts_on else None}


class RuleForm(DocumentForm):
    """The slots of a rule's sentence, its factors by tier, how grave it is, and whether it runs."""

    def add_fields(self) -> None:
        self.fields["severity"] = forms.ChoiceField(label=_("Severity"), choices=Severity)
        self.fields["severity"].widget.attrs["class"] = "form-select k-slotfield"
        self.fields["is_active"] = forms.BooleanField(label=pgettext_lazy("switch", "Active"), required=False)
        self.initial |= {"severity": self.document["severity"], "is_active": self.document.get("is_active", True)}
        for slot in self.sentence_slots():
            self.add_slot(slot, required=True)
        for slot in self.tier_slots():
            self.add_slot(
                slot, required=False, min_value=0, max_value=WHOLE if slot.unit == rule_slots.PERCENT else None
            )

    def is_broken(self) -> bool:
        """A rule with faults has no sentence; only its switch can be turned here."""
        return bool(problems_of(self.document))

    def sentence_slots(self) -> list[rule_slots.Slot]:
        return [] if self.is_broken() else rule_slots.slots(self.document)

    def tier_slots(self) -> list[rule_slots.Slot]:
        return [] if self.is_broken() else rule_slots.tier_slots(self.document)

    def add_slot(self, slot: rule_slots.Slot, *, required: bool, **bounds) -> None:
        self.fields[slot.name] = number_field(slot.label, required=required, unit=slot.unit, **bounds)
        self.initial[slot.name] = slot.shown

    def pieces(self) -> list[dict]:
        """The sentence: words, and fields where a slot is."""
        return [
            {"field": self[piece.name], "unit": piece.unit} if isinstance(piece, rule_slots.Slot) else {"text": piece}
            for piece in ([] if self.is_broken() else rule_slots.sentence(self.document))
        ]

    def tier_groups(self) -> list[dict]:
        """The figures by tier, a table for each place of the rule that has them."""
        groups = [] if self.is_broken() else rule_slots.tier_groups(self.document)
        return [
            {
                "label": group.label,
                "unit": group.unit,
                "tiers": [{"tier": slot.tier, "field": self[slot.name]} for slot in group.slots],
            }
            for group in groups
        ]

    def new_document(self) -> Document:
        every = [*self.sentence_slots(), *self.tier_slots()]
        changed = rule_slots.with_values(
            self.document, {slot.path: slot.kept(self.cleaned_data[slot.name]) for slot in every}
        )
        return changed | {name: self.cleaned_data[name] for name in OWN_FIELDS}


class PublishForm(forms.Form):
    """What publishing needs: the version it follows, the draft that was previewed, and why."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    preview_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    comment = forms.CharField(label=_("Why this change"), max_length=500, required=False)


class RollBackForm(forms.Form):
    based_on = forms.IntegerField(widget=forms.HiddenInput)


def addable_facts(used: set[str]) -> list[tuple[str, str]]:
    """The facts a score may still take up by rank: figures for all to read of which more is better."""
    figures = [fact for fact in facts.offered().values() if fact.is_numeric and not fact.is_sensitive]
    offered = [fact for fact in figures if fact.direction == facts.Direction.HIGHER]
    return [(fact.key, fact.label) for fact in offered if fact.key not in used]


def unit_words(key: str) -> str:
    """In what the ends of a fact are given, in brackets; '' for a plain count."""
    fact = facts.known().get(key)
    if fact and fact.kind == facts.FactKind.RATE:
        return gettext("(1 = 100 %)")
    return gettext("(days)") if fact and fact.unit == "days" else ""


def fact_label(key: str) -> str:
    known = facts.known().get(key)
    return known.label if known else key


def plain(value: float) -> int | float:
    """Whole numbers as such, so that typing 40 for 40 changes nothing."""
    return int(value) if float(value).is_integer() else value
