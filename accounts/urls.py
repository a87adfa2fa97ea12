"""Addresses of accounts, contacts, interactions and tasks."""

from django.urls import path

from accounts.views import accounts, contacts, interactions, log, tasks, unassigned

app_name = "accounts"

urlpatterns = [
    path("accounts/", accounts.AccountListView.as_view(), name="account_list"),
    path("accounts/export.<str:kind>", accounts.AccountListView.as_export_view(), name="account_list_export"),
    path("accounts/new/", accounts.account_create, name="account_create"),
    path("accounts/search/", accounts.account_search, name="account_search"),
    path("accounts/options/", accounts.account_options, name="account_options"),
    path("accounts/unassigned/", unassigned.UnassignedView.as_view(), name="unassigned"),
    path("accounts/unassigned/export.<str:kind>", unassigned.UnassignedView.as_export_view(), name="unassigned_export"),
    path("accounts/unassigned/assign/", unassigned.assign, name="assign"),
    path("accounts/unassigned/undo/<str:token>/", unassigned.unassign, name="unassign"),
    path("accounts/<int:pk>/edit/", accounts.account_edit, name="account_edit"),
    path("accounts/<int:pk>/transfer/", accounts.account_transfer, name="account_transfer"),
    path("accounts/<int:pk>/archive/", accounts.account_archive, name="account_archive"),
    path("accounts/<int:pk>/restore/", accounts.account_restore, name="account_restore"),
    path("accounts/<int:pk>/team/", accounts.account_team, name="account_team"),
    path("accounts/<int:pk>/team/<int:user_pk>/remove/", accounts.account_team_remove, name="account_team_remove"),
    path("accounts/<int:account_pk>/contacts/new/", contacts.contact_create, name="contact_create"),
    path("accounts/<int:account_pk>/plan/", interactions.interaction_plan, name="interaction_plan"),
    path("contacts/", contacts.ContactListView.as_view(), name="contact_list"),
    path("contacts/export.<str:kind>", contacts.ContactListView.as_export_view(), name="contact_list_export"),
    path("contacts/<int:pk>/", contacts.contact_page, name="contact_page"),
    path("contacts/<int:pk>/edit/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/move/", contacts.contact_move, name="contact_move"),
    path("contacts/<int:pk>/leave/", contacts.contact_leave, name="contact_leave"),
    path("contacts/<int:pk>/archive/", contacts.contact_archive, name="contact_archive"),
    path("contacts/<int:pk>/restore/", contacts.contact_restore, name="contact_restore"),
    path("interactions/", interactions.InteractionListView.as_view(), name="interaction_list"),
    path(
        "interactions/export.<str:kind>",
        interactions.InteractionListView.as_export_view(),
        name="interaction_list_export",
    ),
    path("interactions/log/", log.interaction_log, name="interaction_log"),
    path("interactions/log/undo/<str:token>/", log.interaction_take_back, name="interaction_take_back"),
    path("interactions/undo/<str:token>/", interactions.interaction_reopen, name="interaction_reopen"),
    path("interactions/<int:pk>/", interactions.interaction_page, name="interaction_page"),
    path("interactions/<int:pk>/edit/", interactions.interaction_edit, name="interaction_edit"),
    path("interactions/<int:pk>/cancel/", interactions.interaction_cancel, name="interaction_cancel"),
    path("interactions/<int:pk>/reschedule/", interactions.interaction_reschedule, name="interaction_reschedule"),
    path("tasks/", tasks.TaskListView.as_view(), name="task_list"),
    path("tasks/export.<str:kind>", tasks.TaskListView.as_export_view(), name="task_list_export"),
    path("tasks/new/", tasks.task_create, name="task_create"),
    path("tasks/<int:pk>/", tasks.task_page, name="task_page"),
    path("tasks/<int:pk>/complete/", tasks.task_complete, name="task_complete"),
    path("tasks/<int:pk>/reopen/", tasks.task_reopen, name="task_reopen"),
    path("tasks/<int:pk>/reschedule/", tasks.task_reschedule, name="task_reschedule"),
    path("tasks/<int:pk>/cancel/", tasks.task_cancel, name="task_cancel"),
]
