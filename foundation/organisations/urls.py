from django.urls import path

from foundation.organisations.views import access, exports, identity_provider, imports, invitation, organisation, people

app_name = "organisations"

urlpatterns = [
    path("", organisation.overview, name="overview"),
    path("switch/", organisation.switch, name="switch"),
    path("settings/", organisation.settings, name="settings"),
    path("teams/", organisation.teams, name="teams"),
    path("teams/add/", organisation.add_team, name="add_team"),
    path("teams/<int:team_id>/", organisation.change_team, name="change_team"),
    path("teams/<int:team_id>/remove/", organisation.remove_team, name="remove_team"),
    path("roles/", access.roles, name="roles"),
    path("identity-provider/", identity_provider.identity_provider, name="identity_provider"),
    path("identity-provider/test/", identity_provider.test, name="test_identity_provider"),
    path("identity-provider/enable/", identity_provider.enable, name="enable_identity_provider"),
    path("identity-provider/disable/", identity_provider.disable, name="disable_identity_provider"),
    path("invitation/<str:secret>/", invitation.invitation, name="invitation"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="add_person"),
    path("people/export/", exports.export_people, name="export_people"),
    path("people/export/<slug:reference>/", exports.export, name="export"),
    path("people/export/<slug:reference>/file/", exports.download_export, name="download_export"),
    path("people/import/", imports.imports, name="imports"),
    path("people/import/<slug:reference>/", imports.import_page, name="import"),
    path("people/import/<slug:reference>/columns/", imports.columns, name="import_columns"),
    path("people/import/<slug:reference>/abandon/", imports.abandon, name="abandon_import"),
    path("people/import/<slug:reference>/errors/", imports.errors, name="import_errors"),
    path("people/<slug:reference>/", people.person, name="person"),
    path("people/<slug:reference>/change/", people.change, name="change_person"),
    path("people/<slug:reference>/end/", people.end, name="end_person"),
    path("people/<slug:reference>/reinstate/", people.reinstate, name="reinstate_person"),
    path("people/<slug:reference>/roles/give/", access.grant_role, name="grant_role"),
    path("people/<slug:reference>/roles/<int:grant_id>/end/", access.end_role, name="end_role"),
    path("people/<slug:reference>/invite/", access.invite, name="invite"),
    path("people/<slug:reference>/withdraw-invitation/", access.withdraw_invitation, name="withdraw_invitation"),
    path("people/<slug:reference>/reset-password/", access.reset_password, name="reset_password"),
    path("people/<slug:reference>/reset-factors/", access.reset_factors, name="reset_factors"),
    path(
        "people/<slug:reference>/reset-factors/<int:reset_id>/",
        access.decide_factor_reset,
        name="decide_factor_reset",
    ),
]
