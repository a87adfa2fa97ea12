from django.urls import path
from django.views.i18n import set_language

from core.access import permission, public
from users.views import lists, mails, passwords, people, profile, saved_views, sign_in, teams

app_name = "users"

urlpatterns = [
    path("login/", public(sign_in.SignInView.as_view()), name="login"),
    path("logout/", permission("profile.own")(sign_in.SignOutView.as_view()), name="logout"),
    path("language/", public(set_language), name="language"),
    path("password/", passwords.password_change, name="password_change"),
    path("password-reset/", passwords.password_reset, name="password_reset"),
    path("password-reset/sent/", passwords.password_reset_sent, name="password_reset_sent"),
    path(
        "password-reset/<uidb64>/<token>/",
        public(passwords.PasswordSetView.as_view()),
        name="password_set",
    ),
    path("mails/", mails.mail_list, name="mail_list"),
    path("mails/<slug:name>/", mails.mail_page, name="mail_page"),
    path("profile/", profile.profile, name="profile"),
    path("profile/preferences/", profile.preferences, name="preferences"),
    path("profile/tokens/", profile.token_list, name="token_list"),
    path("profile/tokens/<slug:key>/revoke/", profile.token_revoke, name="token_revoke"),
    path("views/", saved_views.view_create, name="view_create"),
    path("views/columns/", saved_views.list_columns, name="list_columns"),
    path("views/<int:pk>/", saved_views.view_edit, name="view_edit"),
    path("views/<int:pk>/update/", saved_views.view_update, name="view_update"),
    path("views/<int:pk>/default/", saved_views.view_default, name="view_default"),
    path("views/<int:pk>/delete/", saved_views.view_delete, name="view_delete"),
    path("views/<int:pk>/restore/", saved_views.view_restore, name="view_restore"),
    path("settings/users/", lists.UserListView.as_view(), name="user_list"),
    path("settings/users/export.<str:kind>", lists.UserListView.as_export_view(), name="user_list_export"),
    path("settings/audit/", lists.AuditListView.as_view(), name="audit_list"),
    path("settings/audit/export.<str:kind>", lists.AuditListView.as_export_view(), name="audit_list_export"),
    path("settings/users/new/", people.user_create, name="user_create"),
    path("settings/users/<int:pk>/", people.user_edit, name="user_edit"),
    path("settings/users/<int:pk>/deactivate/", people.user_deactivate, name="user_deactivate"),
    path("settings/users/<int:pk>/reactivate/", people.user_reactivate, name="user_reactivate"),
    path("settings/users/<int:pk>/invite/", people.user_invite, name="user_invite"),
    path("settings/users/<int:pk>/revoke-tokens/", people.user_revoke_tokens, name="user_revoke_tokens"),
    path("settings/teams/", teams.team_list, name="team_list"),
    path("settings/teams/new/", teams.team_create, name="team_create"),
    path("settings/teams/<int:pk>/", teams.team_edit, name="team_edit"),
    path("settings/teams/<int:pk>/close/", teams.team_deactivate, name="team_deactivate"),
    path("settings/teams/<int:pk>/open/", teams.team_reactivate, name="team_reactivate"),
    path("settings/departments/new/", teams.department_create, name="department_create"),
    path("settings/departments/<int:pk>/", teams.department_edit, name="department_edit"),
]
