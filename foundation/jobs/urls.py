from django.urls import path

from foundation.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:reference>/", views.job, name="job"),
    path("<slug:reference>/progress/", views.progress, name="progress"),
    path("<slug:reference>/cancel/", views.cancel, name="cancel"),
    path("<slug:reference>/retry/", views.retry, name="retry"),
]
