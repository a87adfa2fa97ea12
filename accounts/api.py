"""Accounts, contacts and interactions over the API: the filters, rights and services of the pages."""

from contextlib import contextmanager

from django_countries.serializers import CountryFieldMixin
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts import filters, selectors, tables
from accounts.choices import InteractionKind
from accounts.models import Account, Contact, Interaction, Notification, Standing
from accounts.permissions import SENSITIVE_FIELDS, can_read_sensitive
from accounts.services import mark_all_read, mark_read
from accounts.services.account import create_account, update_account
from accounts.services.contact import create_contact, update_contact
from accounts.services.errors import AccountsError, LockedError, StateError
from accounts.services.interaction_log import TEXT_FIELDS, Report, log_interaction
from core.access import SENSITIVE_ROW, may_everywhere
from core.api import Conflict, NothingSerializer, StrictSerializerMixin, TableViewMixin, stale_conflict
from core.editing import StaleError
from core.idempotency import KeyReusedError
from users.models import User
from users.selectors import colleagues

READ = "account.read_list_search"


@contextmanager
def refusals():
    """Turn what a service refuses into 400 at the field, or 409."""
    try:
        yield
    except StaleError as error:
        raise stale_conflict(error) from error
    except KeyReusedError as error:
        raise Conflict("This UUID was used for another interaction.") from error
    except (StateError, LockedError) as error:
        raise Conflict(str(error.message)) from error
    except AccountsError as error:
        raise ValidationError({error.field or "detail": [str(error.message)]}) from error


class VisibleField(serializers.PrimaryKeyRelatedField):
    """The id of a record the caller may see; any other id reads like a missing one."""

    def __init__(self, model, **kwargs):
        self.model = model
        super().__init__(queryset=model.objects.none(), **kwargs)

    def get_queryset(self):
        request = self.context.get("request")
        return self.model.objects.visible_to(request.user) if request else self.model.objects.none()


class ColleagueField(serializers.PrimaryKeyRelatedField):
    """The id of a colleague whose name the caller may see; any other id reads like a missing one."""

    def __init__(self, **kwargs):
        super().__init__(queryset=User.objects.none(), **kwargs)

    def get_queryset(self):
        request = self.context.get("request")
        return colleagues(request.user) if request else User.objects.none()


class StandingSerializer(serializers.ModelSerializer):
    """Where an account stands as of last night."""

    tier = serializers.CharField(source="tier.code", default=None)
    rfm = serializers.SerializerMethodField()

    class Meta:
        model = Standing
        fields = [
            "as_of",
            "calculated_at",
            "tier",
            "value_score",
            "confidence_rate",
            "is_too_little_known",
            "rfm",
            "revenue_365d",
            "revenue_prev365d",
            "revenue_growth_rate",
            "orders_365d",
            "last_order_on",
            "overdue_amount",
            "last_interaction_on",
            "last_visit_on",
        ]

    def get_rfm(self, standing) -> list[int] | None:
        """The classes of recency, frequency and money, 5 the best; null where there are too few accounts."""
        if standing.recency_class is None:
            return None
        return [standing.recency_class, standing.frequency_class, standing.monetary_class]


class AccountSerializer(StrictSerializerMixin, CountryFieldMixin, serializers.ModelSerializer):
    """An account with its standing; credit fields are left out for those who may not read them."""

    standing = StandingSerializer(read_only=True, default=None)
    parent = VisibleField(Account, required=False, allow_null=True)
    opinion_leader = VisibleField(Account, required=False, allow_null=True)
    code = serializers.CharField(required=False, max_length=40)
    credit_code = serializers.CharField(required=False, max_length=18, allow_null=True, allow_blank=True)
    version = serializers.IntegerField(required=False)
    owner = ColleagueField(required=False, allow_null=True)
    team = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = Account
        fields = [
            "id",
            "code",
            "credit_code",
            "name",
            "other_name",
            "kind",
            "status",
            "industry",
            "size",
            "business_type",
            "region",
            "country",
            "address",
            "website",
            "phone",
            "parent",
            "opinion_leader",
            "procurement_mode",
            "source_channel",
            "cooperation_started_on",
            "employee_count",
            "credit_limit_amount",
            "credit_rating",
            "note",
            "owner",
            "team",
            "archived_at",
            "version",
            "standing",
        ]
        read_only_fields = ["archived_at"]

    def to_representation(self, account):
        content = super().to_representation(account)
        user = self.context["request"].user
        if not (may_everywhere(user, SENSITIVE_ROW) or (self.parent is None and can_read_sensitive(user, account))):
            for name in SENSITIVE_FIELDS:
                del content[name]
        return content


class ContactSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    """A person at an account."""

    account = VisibleField(Account)
    reports_to = VisibleField(Contact, required=False, allow_null=True)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = Contact
        fields = [
            "id",
            "account",
            "name",
            "title",
            "department",
            "level",
            "buying_role",
            "stance",
            "reports_to",
            "is_placeholder",
            "email",
            "mobile",
            "phone",
            "wechat",
            "birth_month",
            "birth_day",
            "birth_year",
            "is_birthday_lunar",
            "consent",
            "note",
            "joined_on",
            "left_on",
            "archived_at",
            "version",
        ]
        read_only_fields = ["archived_at"]


class InteractionSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    """An interaction; the UUID is the sender's, and the same one is taken once."""

    uuid = serializers.UUIDField()
    account = VisibleField(Account)
    contacts = VisibleField(Contact, many=True, required=False)
    kind = serializers.ChoiceField(choices=InteractionKind)
    happened_at = serializers.DateTimeField(required=False)

    class Meta:
        model = Interaction
        fields = [
            "id",
            "uuid",
            "account",
            "kind",
            "state",
            "direction",
            "happened_at",
            "happened_on",
            "contacts",
            "subject",
            "purpose",
            "result",
            "mood",
            "next_step",
            "next_on",
            "version",
        ]
        read_only_fields = ["state", "happened_on", "next_step", "next_on", "version"]


class RecordViewSet(
    TableViewMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet,
):
    """Read and create, by the services of the pages."""

    def perform_create(self, serializer):
        values = dict(serializer.validated_data)
        if "version" in values:
            raise ValidationError({"version": ["This field cannot be written."]})
        with refusals():
            serializer.instance = self.get_queryset().get(pk=self.make(values).pk)


class EditableViewSet(RecordViewSet):
    """Also change, by PATCH with the version the change is based on."""

    def partial_update(self, request, *args, **kwargs):
        """Change some fields; 409 when somebody saved the record meanwhile, 400 without ``version``."""
        record = self.get_object()
        serializer = self.get_serializer(record, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changes = dict(serializer.validated_data)
        version = changes.pop("version", None)
        if version is None:
            raise ValidationError({"version": ["Send the version that your change is based on."]})
        with refusals():
            self.change(record, version, changes)
        return Response(self.get_serializer(self.get_object()).data)


class AccountViewSet(EditableViewSet):
    """The accounts the token's user may see."""

    permission_keys = {
        "list": READ,
        "retrieve": READ,
        "create": "account.create",
        "partial_update": "account.update",
    }
    serializer_class = AccountSerializer
    filterset_class = filters.AccountFilter
    table_class = tables.AccountTable
    queryset = Account.objects.none()

    def get_queryset(self):
        return selectors.account_rows(self.request.user)

    def make(self, values) -> Account:
        """A new account; without ``owner`` it is the caller's own, or unassigned when an administrator asks."""
        user = self.request.user
        return create_account(by=user, owner=values.pop("owner", None if user.sees_everything else user), **values)

    def change(self, account, version, changes):
        if "owner" in changes:
            raise ValidationError({"owner": ["Owners change by a transfer."]})
        update_account(account=account, by=self.request.user, version=version, changes=changes)


class ContactViewSet(EditableViewSet):
    """The contacts of the accounts the token's user may see."""

    permission_keys = {
        "list": READ,
        "retrieve": READ,
        "create": "contact.write",
        "partial_update": "contact.write",
    }
    serializer_class = ContactSerializer
    filterset_class = filters.ContactFilter
    table_class = tables.ContactTable
    queryset = Contact.objects.none()

    def get_queryset(self):
        return selectors.contact_rows(self.request.user)

    def make(self, values) -> Contact:
        return create_contact(by=self.request.user, **values)

    def change(self, contact, version, changes):
        if "account" in changes:
            raise ValidationError({"account": ["A contact stays with its account."]})
        update_contact(contact=contact, by=self.request.user, version=version, changes=changes)


class InteractionViewSet(RecordViewSet):
    """Interactions, planned and done; POST notes one that took place, and the same UUID again changes nothing."""

    permission_keys = {"list": READ, "retrieve": READ, "create": "interaction_task_case.write"}
    serializer_class = InteractionSerializer
    filterset_class = filters.InteractionFilter
    table_class = tables.InteractionTable
    queryset = Interaction.objects.none()

    def get_queryset(self):
        return selectors.interaction_rows(self.request.user)

    def make(self, values) -> Interaction:
        texts = {name: values.pop(name) for name in (TEXT_FIELDS - {"kind", "happened_at"}) & set(values)}
        uuid = values.pop("uuid")
        interaction, _is_new = log_interaction(by=self.request.user, uuid=uuid, report=Report(texts=texts, **values))
        return interaction


class NotificationSerializer(serializers.ModelSerializer):
    """Something the caller was told; ``url`` is the page of it."""

    class Meta:
        model = Notification
        fields = ["id", "kind", "account", "text", "url", "created_at", "read_at"]


class UntilSerializer(StrictSerializerMixin, serializers.Serializer):
    """Up to which moment everything counts as read."""

    until = serializers.DateTimeField()


class NotificationViewSet(TableViewMixin, viewsets.ReadOnlyModelViewSet):
    """What the token's user was told, but for accounts they no longer see."""

    permission_keys = {"list": READ, "retrieve": READ, "read": READ, "read_all": READ}
    serializer_class = NotificationSerializer
    filterset_class = filters.NotificationFilter
    table_class = tables.NotificationTable
    queryset = Notification.objects.none()

    def get_queryset(self):
        return selectors.notification_rows(self.request.user)

    @extend_schema(request=None, responses=NotificationSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def read(self, request, pk=None):
        """Note that the caller has read it. The body says nothing, but has to be JSON where there is one."""
        notification = self.get_object()
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        mark_read(notification=notification)
        notification.refresh_from_db()
        return Response(self.get_serializer(notification).data)

    @extend_schema(request=UntilSerializer, responses={204: None})
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def read_all(self, request):
        """Note that the caller has read everything up to a moment."""
        body = UntilSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        mark_all_read(user=request.user, **body.validated_data)
        return Response(status=204)
