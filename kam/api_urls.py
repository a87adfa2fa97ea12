"""The API, version 1: every resource under its plural name, and the schema that describes them."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from accounts.api import AccountViewSet, ContactViewSet, InteractionViewSet, NotificationViewSet
from churn.api import AlertViewSet
from core.api import TablePermission
from kam.imports.api import ImportViewSet
from kam.nightly.api import RunViewSet
from kam.steering.api import MovementViewSet
from loyalty import api as loyalty
from sales.api import OrderViewSet


class SchemaView(SpectacularAPIView):
    """The OpenAPI description of this API."""

    permission_classes = (TablePermission,)
    permission_keys = {"get": "schema.read"}


router = SimpleRouter()
router.register("accounts", AccountViewSet, basename="api_account")
router.register("contacts", ContactViewSet, basename="api_contact")
router.register("interactions", InteractionViewSet, basename="api_interaction")
router.register("orders", OrderViewSet, basename="api_order")
router.register("alerts", AlertViewSet, basename="api_alert")
router.register("notifications", NotificationViewSet, basename="api_notification")
router.register("points/wallets", loyalty.WalletViewSet, basename="api_wallet")
router.register("points/entries", loyalty.EntryViewSet, basename="api_ledger_entry")
router.register("points/lots", loyalty.LotViewSet, basename="api_lot")
router.register("points/corrections", loyalty.CorrectionViewSet, basename="api_correction")
router.register("rewards", loyalty.RewardViewSet, basename="api_reward")
router.register("redemptions", loyalty.RedemptionViewSet, basename="api_redemption")
router.register("imports", ImportViewSet, basename="api_import")
router.register("movement", MovementViewSet, basename="api_movement")
router.register("runs", RunViewSet, basename="api_run")

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api_schema"),
    path("", include(router.urls)),
]
