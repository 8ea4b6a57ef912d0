from django.urls import path

from training.views import certificates

app_name = "training"

urlpatterns = [
    path("verify/", certificates.verify, name="verify"),
    path("certificates/<slug:reference>/", certificates.show, name="certificate"),
    path("certificates/<slug:reference>/download/", certificates.download, name="download_certificate"),
    path("certificates/<slug:reference>/again/", certificates.again, name="certificate_again"),
]
