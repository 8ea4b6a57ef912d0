from django.urls import path

from audit import views

app_name = "audit"

urlpatterns = [
    path("", views.log, name="log"),
    path("export/", views.export, name="export"),
    path("alerts/", views.alarms, name="alerts"),
    path("checks/", views.checks, name="checks"),
    path("event/<int:event_id>/", views.event, name="event"),
    path("object/<str:target_type>/<str:key>/", views.thing, name="object"),
]
