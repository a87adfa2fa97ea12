from django.urls import path

from loyalty.views import corrections, ledger, overview, redemptions, rewards

app_name = "loyalty"

ACCOUNT = "accounts/<int:pk>/points/"

urlpatterns = [
    path("points/", overview.overview, name="overview"),
    path("points/balances/", ledger.WalletListView.as_view(), name="wallet_list"),
    path("points/balances/export.<str:kind>", ledger.WalletListView.as_export_view(), name="wallet_list_export"),
    path("points/ledger/", ledger.EntryListView.as_view(), name="entry_list"),
    path("points/ledger/export.<str:kind>", ledger.EntryListView.as_export_view(), name="entry_list_export"),
    path("points/lots/", ledger.LotListView.as_view(), name="lot_list"),
    path("points/lots/export.<str:kind>", ledger.LotListView.as_export_view(), name="lot_list_export"),
    path(f"{ACCOUNT}statement/", ledger.StatementView.as_view(), name="statement"),
    path(f"{ACCOUNT}statement/export.<str:kind>", ledger.StatementView.as_export_view(), name="statement_export"),
    path(f"{ACCOUNT}redeem/", redemptions.redemption_create, name="redemption_create"),
    path(f"{ACCOUNT}correct/", corrections.correction_create, name="correction_create"),
    path("points/redemptions/", redemptions.RedemptionListView.as_view(), name="redemption_list"),
    path(
        "points/redemptions/export.<str:kind>",
        redemptions.RedemptionListView.as_export_view(),
        name="redemption_list_export",
    ),
    path("points/redemptions/<int:pk>/", redemptions.redemption_page, name="redemption_page"),
    path("points/redemptions/<int:pk>/approve/", redemptions.redemption_approve, name="redemption_approve"),
    path("points/redemptions/<int:pk>/reopen/<int:version>/", redemptions.redemption_reopen, name="redemption_reopen"),
    path("points/redemptions/<int:pk>/reject/", redemptions.redemption_reject, name="redemption_reject"),
    path("points/redemptions/<int:pk>/withdraw/", redemptions.redemption_withdraw, name="redemption_withdraw"),
    path("points/redemptions/<int:pk>/fulfil/", redemptions.redemption_fulfil, name="redemption_fulfil"),
    path("points/corrections/", corrections.CorrectionListView.as_view(), name="correction_list"),
    path(
        "points/corrections/export.<str:kind>",
        corrections.CorrectionListView.as_export_view(),
        name="correction_list_export",
    ),
    path("points/corrections/<int:pk>/", corrections.correction_page, name="correction_page"),
    path("points/corrections/<int:pk>/confirm/", corrections.correction_confirm, name="correction_confirm"),
    path("points/corrections/<int:pk>/reject/", corrections.correction_reject, name="correction_reject"),
    path("points/rewards/", rewards.RewardListView.as_view(), name="reward_list"),
    path("points/rewards/export.<str:kind>", rewards.RewardListView.as_export_view(), name="reward_list_export"),
    path("points/rewards/new/", rewards.reward_create, name="reward_create"),
    path("points/rewards/<int:pk>/", rewards.reward_page, name="reward_page"),
    path("points/rewards/<int:pk>/edit/", rewards.reward_edit, name="reward_edit"),
    path("points/rewards/<int:pk>/archive/", rewards.reward_archive, name="reward_archive"),
    path("points/rewards/<int:pk>/restore/", rewards.reward_restore, name="reward_restore"),
    path("points/rewards/<int:pk>/stock/", rewards.reward_stock, name="reward_stock"),
]
