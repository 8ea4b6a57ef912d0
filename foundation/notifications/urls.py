from django.urls import path

from foundation.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.index, name="index"),
    path("read/", views.read_all, name="read_all"),
    path("letters/", views.preferences, name="preferences"),
    path("<slug:reference>/open/", views.open_notice, name="open"),
]
