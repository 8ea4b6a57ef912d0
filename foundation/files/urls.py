from django.urls import path

from foundation.files import views

app_name = "files"
urlpatterns = [path("<str:reference>/", views.download, name="download")]
