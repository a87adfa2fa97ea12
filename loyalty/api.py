"""Points over the API: balances, entries, lots, catalogue, redemptions and corrections, by the rights of the pages.

A token asks for rewards, withdraws wishes and notes their handing over. Approving, rejecting and correcting are
decisions of people: the table of rights gives them to no token.
"""

from contextlib import contextmanager

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, Throttled, ValidationError
from rest_framework.response import Response

from accounts.api import VisibleField
from accounts.models import Account, Contact
from core.address import client_address
from core.api import Conflict, StrictSerializerMixin, TableViewMixin
from loyalty import filters, permissions, services, tables
from loyalty.models import Correction, LedgerEntry, Lot, Redemption, Reward, Wallet
from loyalty.selectors import ledger, redemptions

READ = "points.read"
KEY_HEADER = "Idempotency-Key"
KEY_LENGTH = 64


@contextmanager
def refusals():
    """Turn what a service refuses into 409 with its words, or 429."""
    try:
        yield
    except services.TooManyTriesError as error:
        raise Throttled(detail=str(error)) from error
    except services.PointsError as error:
        raise Conflict(str(error)) from error


class ReadViewSet(TableViewMixin, viewsets.ReadOnlyModelViewSet):
    permission_keys = {"list": READ, "retrieve": READ}


class WalletSerializer(serializers.ModelSerializer):
    """The points of an account: to spend, waiting for payment, set aside, owed, qualifying."""

    account_code = serializers.CharField(source="account.code")
    expires_on = serializers.DateField(allow_null=True, help_text="The next last day of some of the points")

    class Meta:
        model = Wallet
        fields = [
            "account",
            "account_code",
            "available_points",
            "pending_points",
            "held_points",
            "owed_points",
            "qualifying_points",
            "expires_on",
        ]


class WalletViewSet(ReadViewSet):
    """The balances of the accounts the token's user may see, by the id of the account."""

    serializer_class = WalletSerializer
    filterset_class = filters.WalletFilter
    table_class = tables.WalletTable
    queryset = Wallet.objects.none()
    lookup_field = "account"
    lookup_value_regex = r"\d+"

    def get_queryset(self):
        return ledger.wallet_rows(self.request.user)


class EntrySerializer(serializers.ModelSerializer):
    """One movement of points; entries are only ever added."""

    account = serializers.IntegerField(source="wallet.account_id")

    class Meta:
        model = LedgerEntry
        fields = [
            "id",
            "account",
            "number",
            "kind",
            "happened_on",
            "available_points",
            "pending_points",
            "held_points",
            "owed_points",
            "qualifying_points",
            "available_after",
            "source_key",
            "order",
            "reason",
            "rule_number",
            "recorded_at",
        ]


class EntryViewSet(ReadViewSet):
    """The ledger: ``account`` with ``since`` and ``until`` gives a statement."""

    serializer_class = EntrySerializer
    filterset_class = filters.EntryFilter
    table_class = tables.EntryTable
    queryset = LedgerEntry.objects.none()

    def get_queryset(self):
        return ledger.entry_rows(self.request.user)


class LotSerializer(serializers.ModelSerializer):
    """Points that came in together, what is left of them, and their last day."""

    account = serializers.IntegerField(source="wallet.account_id")

    class Meta:
        model = Lot
        fields = ["id", "account", "points", "left_points", "expires_on", "entry"]


class LotViewSet(ReadViewSet):
    """What is left, by the last day."""

    serializer_class = LotSerializer
    filterset_class = filters.LotFilter
    table_class = tables.LotTable
    queryset = Lot.objects.none()

    def get_queryset(self):
        return ledger.lot_rows(self.request.user)


class RewardSerializer(serializers.ModelSerializer):
    """A reward of the catalogue; ``stock`` is null where it has no limit."""

    minimum_tier = serializers.CharField(source="minimum_tier.code", default=None)

    class Meta:
        model = Reward
        fields = [
            "id",
            "name",
            "name_zh",
            "kind",
            "description",
            "points",
            "stock",
            "minimum_tier",
            "yearly_limit",
            "is_active",
            "version",
        ]


class RewardViewSet(ReadViewSet):
    """The catalogue of rewards."""

    serializer_class = RewardSerializer
    filterset_class = filters.RewardFilter
    table_class = tables.RewardTable
    queryset = Reward.objects.none()

    def get_queryset(self):
        return redemptions.reward_rows(self.request.user)


class RedemptionSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    """A wish for a reward, and how far it has come."""

    account = VisibleField(Account)
    reward = serializers.PrimaryKeyRelatedField(queryset=Reward.objects.all())
    contact = VisibleField(Contact, required=False, allow_null=True)
    quantity = serializers.IntegerField(min_value=1, max_value=10_000, default=1)

    class Meta:
        model = Redemption
        fields = [
            "id",
            "account",
            "reward",
            "quantity",
            "points",
            "state",
            "contact",
            "note",
            "decision_note",
            "requested_at",
            "decided_at",
            "fulfilled_at",
            "version",
        ]
        read_only_fields = [
            "points",
            "state",
            "decision_note",
            "requested_at",
            "decided_at",
            "fulfilled_at",
            "version",
        ]

    def validate(self, attrs):
        contact = attrs.get("contact")
        if contact is not None and contact.account_id != attrs["account"].pk:
            raise ValidationError({"contact": ["This person does not work at the account."]})
        return attrs


class RedemptionVersionSerializer(StrictSerializerMixin, serializers.Serializer):
    """The version of the redemption that the caller has looked at."""

    version = serializers.IntegerField()


class RedemptionViewSet(TableViewMixin, mixins.CreateModelMixin, viewsets.ReadOnlyModelViewSet):
    """Wishes for rewards; POST with an ``Idempotency-Key`` asks once, however often it is sent."""

    permission_keys = {
        "list": READ,
        "retrieve": READ,
        "create": permissions.REQUEST,
        "withdraw": permissions.REQUEST,
        "fulfil": permissions.REQUEST,
    }
    serializer_class = RedemptionSerializer
    filterset_class = filters.RedemptionFilter
    table_class = tables.RedemptionTable
    queryset = Redemption.objects.none()

    def get_queryset(self):
        return redemptions.redemption_rows(self.request.user)

    @extend_schema(
        parameters=[OpenApiParameter(KEY_HEADER, str, OpenApiParameter.HEADER, description="At most 64 characters.")]
    )
    def create(self, request, *args, **kwargs):
        """Ask for a reward; its points are set aside. 409 says in words why not."""
        return super().create(request, *args, **kwargs)

    def perform_create(self, serializer):
        wish, user = serializer.validated_data, self.request.user
        if not permissions.can_request(user, wish["account"]):
            raise PermissionDenied
        key = self.request.headers.get(KEY_HEADER) or None
        if key is not None and (len(key) > KEY_LENGTH or "\x00" in key):
            raise ValidationError({KEY_HEADER: ["At most 64 characters."]})
        with refusals():
            made = services.request_redemption(by=user, key=key, address=client_address(self.request), **wish)
        serializer.instance = self.get_queryset().get(pk=made.pk)

    def act(self, service) -> Response:
        """Do ``service`` with the version in the body."""
        redemption = self.get_object()
        if not permissions.can_request(self.request.user, redemption.account):
            raise PermissionDenied
        body = RedemptionVersionSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        with refusals():
            service(redemption=redemption, by=self.request.user, **body.validated_data)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=RedemptionVersionSerializer, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def withdraw(self, request, pk=None):
        """Withdraw the wish: points and stock come back."""
        return self.act(services.cancel_redemption)

    @extend_schema(request=RedemptionVersionSerializer, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def fulfil(self, request, pk=None):
        """Note that the reward was handed over: its points are spent."""
        return self.act(services.fulfil_redemption)


class CorrectionSerializer(serializers.ModelSerializer):
    """Points that a colleague proposed to add or take away, and what a second one said to it."""

    class Meta:
        model = Correction
        fields = ["id", "account", "points", "reason", "state", "proposed_at", "decided_at"]


class CorrectionViewSet(ReadViewSet):
    """Corrections of points, to read: people propose and confirm them on the page."""

    serializer_class = CorrectionSerializer
    filterset_class = filters.CorrectionFilter
    table_class = tables.CorrectionTable
    queryset = Correction.objects.none()

    def get_queryset(self):
        return redemptions.correction_rows(self.request.user)
