from django.urls import path

from compliance import views
from compliance.views import contributions, library, reports

app_name = "compliance"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("requirements/", views.register, name="register"),
    path("requirements/add/", views.add_requirement, name="add_requirement"),
    path("requirements/<slug:code>/", views.requirement, name="requirement"),
    path("requirements/<slug:code>/answer/", views.answer, name="answer"),
    path("requirements/<slug:code>/assure/", views.assure, name="assure"),
    path("requirements/<slug:code>/history/", views.history, name="history"),
    path("requirements/<slug:code>/evidence/", views.link_evidence, name="link_evidence"),
    path("requirements/<slug:code>/evidence/<int:use>/remove/", views.unlink_evidence, name="unlink_evidence"),
    path("requirements/<slug:code>/change/", views.change_requirement, name="change_requirement"),
    path("requirements/<slug:code>/withdraw/", views.withdraw_requirement, name="withdraw_requirement"),
    path("library/", library.documents, name="library"),
    path("library/frameworks/", library.frameworks, name="library_frameworks"),
    path("library/requirements/", library.rows, name="library_rows"),
    path("library/requirements/<slug:code>/", library.row, name="library_row"),
    path("library/documents/<slug:code>/", library.document, name="library_document"),
    path("library/about/", library.about, name="library_about"),
    path("library/<slug:code>/", library.framework, name="framework"),
    path("library/<slug:code>/mapping/", library.mapping, name="library_mapping"),
    path("contributions/", contributions.gathered, name="contributions"),
    path("contributions/<slug:code>/", contributions.benchmark, name="contribution"),
    path("sharing/", contributions.sharing, name="sharing"),
    path("sharing/<slug:partnership>/<slug:code>/", contributions.share, name="share"),
    path("sharing/<slug:partnership>/<slug:code>/take-back/", contributions.take_back, name="take_back"),
    path("settings/", views.settings, name="settings"),
    path("reports/", reports.index, name="reports"),
    path("reports/new/", reports.new, name="new_report"),
    path("reports/verify/", reports.verify, name="verify_report"),
    path("reports/<slug:reference>/", reports.show, name="report"),
    path("reports/<slug:reference>/download/", reports.download, name="download_report"),
    path("reports/<slug:reference>/export/", reports.export, name="export_report"),
    path("reports/<slug:reference>/again/", reports.again, name="report_again"),
]
