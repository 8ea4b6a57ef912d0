from django.urls import path

from training.views import certificates, courses, learning

app_name = "training"

urlpatterns = [
    path("", courses.mine, name="mine"),
    path("courses/<slug:code>/", courses.show, name="course"),
    path("learning/<slug:reference>/", learning.go_on, name="attempt"),
    path("learning/<slug:reference>/<slug:page>/", learning.page, name="page"),
    path("learning/<slug:reference>/<slug:page>/done/", learning.finish, name="finish_page"),
    path("verify/", certificates.verify, name="verify"),
    path("certificates/<slug:reference>/", certificates.show, name="certificate"),
    path("certificates/<slug:reference>/download/", certificates.download, name="download_certificate"),
    path("certificates/<slug:reference>/again/", certificates.again, name="certificate_again"),
]
