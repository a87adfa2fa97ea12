from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountKind(models.TextChoices):
    ENTERPRISE = "enterprise", _("Enterprise")
    INSTITUTION = "institution", _("Government or institution")
    DEALER = "dealer", _("Dealer")
    INDIVIDUAL = "individual", _("High-end individual")
    OPINION_LEADER = "opinion_leader", _("Opinion leader of a group purchase")


class AccountSize(models.TextChoices):
    SMALL = "small", _("Small")
    MEDIUM = "medium", _("Medium")
    LARGE = "large", _("Large")
    VERY_LARGE = "very_large", _("Very large")


class ProcurementMode(models.TextChoices):
    CENTRAL = "central", _("Central procurement")
    TENDER = "tender", _("Tender")
    GROUP_PURCHASE = "group_purchase", _("Group purchase")
    DIRECT = "direct", _("Direct purchase")


class AccountStatus(models.TextChoices):
    PROSPECT = "prospect", _("Prospect")
    ACTIVE = "active", _("Active")
    DORMANT = "dormant", _("Dormant")
    LOST = "lost", _("Lost")


class MemberRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    SALES = "sales", _("Sales")
    SERVICE = "service", _("Service")
    PRODUCT = "product", _("Product")
    MARKETING = "marketing", _("Marketing")
    FINANCE = "finance", _("Finance")
    SPONSOR = "sponsor", _("Executive sponsor")


class BuyingRole(models.TextChoices):
    DECISION_MAKER = "decision_maker", _("Decision maker")
    BUYER = "buyer", _("Buyer")
    USER = "user", pgettext_lazy("buying role", "User")
    TECHNICAL_EVALUATOR = "technical_evaluator", _("Technical evaluator")
    FINANCE = "finance", pgettext_lazy("buying role", "Finance")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")
    INFLUENCER = "influencer", _("Influencer")
    COACH = "coach", _("Coach")


class Stance(models.IntegerChoices):
    CHAMPION = 2, _("Champion")
    SUPPORTER = 1, _("Supporter")
    NEUTRAL = 0, _("Neutral")
    SCEPTIC = -1, _("Sceptic")
    OPPONENT = -2, _("Opponent")


class Consent(models.TextChoices):
    UNKNOWN = "unknown", _("Not asked")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")


class InteractionKind(models.TextChoices):
    VISIT = "visit", _("Visit")
    EXECUTIVE_VISIT = "executive_visit", _("Executive visit")
    CALL = "call", _("Call")
    ONLINE_MEETING = "online_meeting", _("Online meeting")
    MEETING = "meeting", _("Meeting")
    MESSAGE = "message", _("Message")
    EMAIL = "email", _("E-mail")
    HOTLINE = "hotline", _("Hotline")
    MEAL = "meal", _("Meal")
    EVENT = "event", _("Event")


VISIT_KINDS = (InteractionKind.VISIT, InteractionKind.EXECUTIVE_VISIT)


class InteractionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Direction(models.TextChoices):
    IN = "in", _("From the customer")
    OUT = "out", _("From us")
    BOTH = "both", _("Both ways")


class Mood(models.TextChoices):
    WARM = "warm", _("Warm")
    NEUTRAL = "neutral", pgettext_lazy("mood", "Neutral")
    TENSE = "tense", _("Tense")


class TaskState(models.TextChoices):
    OPEN = "open", pgettext_lazy("task", "Open")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class TaskKind(models.TextChoices):
    TASK = "task", _("Task")
    PROMISE_OURS = "promise_ours", _("We promised")
    PROMISE_THEIRS = "promise_theirs", _("They promised")
    ALERT = "alert", _("Alert")
    CADENCE = "cadence", _("Overdue visit")


class NotificationKind(models.TextChoices):
    """What a colleague can be told about; each kind can be switched off."""

    ALERT_NEW = "alert_new", _("New alert on my account")
    ALERT_ESCALATED = "alert_escalated", _("Nobody looks after an alert of my team")
    TASK_ASSIGNED = "task_assigned", _("Task assigned to me")
    REDEMPTION_WAITING = "redemption_waiting", _("Redemption waits for approval")
    REDEMPTION_DECIDED = "redemption_decided", _("My redemption request was decided")
    IMPORT_FINISHED = "import_finished", _("Import has ended")
    MENTIONED = "mentioned", _("Somebody mentions me")


class RecordKind(models.TextChoices):
    """The records of an account beside which colleagues put comments and files."""

    ACCOUNT = "account", _("Account")
    CONTACT = "contact", _("Contact")
    INTERACTION = "interaction", _("Interaction")
    TASK = "task", _("Task")
    ALERT = "alert", _("Alert")
    ORDER = "order", _("Order")
