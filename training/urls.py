from django.urls import path

from training.views import certificates, courses, equivalences, learning, matrix, overview, people, person, requirements

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
    path("requirements/", requirements.index, name="requirements"),
    path("requirements/matrix/", requirements.matrix, name="requirement_matrix"),
    path("requirements/new/", requirements.add, name="new_requirement"),
    path("requirements/<slug:reference>/", requirements.show, name="requirement"),
    path("requirements/<slug:reference>/change/", requirements.change, name="change_requirement"),
    path("requirements/<slug:reference>/withdraw/", requirements.withdraw, name="withdraw_requirement"),
    path("requirements/<slug:reference>/again/", requirements.work_out_again, name="work_out_again"),
    path("equivalences/", equivalences.index, name="equivalences"),
    path("equivalences/new/", equivalences.add, name="new_equivalence"),
    path("equivalences/<int:pk>/end/", equivalences.end, name="end_equivalence"),
    path("equivalences/courses/new/", equivalences.add_course, name="new_outside_course"),
    path("equivalences/courses/<slug:code>/withdraw/", equivalences.withdraw_course, name="withdraw_outside_course"),
    path("overview/", overview.overview, name="overview"),
    path("people/", people.people, name="people"),
    path("people/together/", people.together_for, name="together"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("people/<slug:reference>/", person.person, name="person"),
    path("people/<slug:reference>/absence/", person.record_absence, name="record_absence"),
    path("people/<slug:reference>/absence/end/", person.end_absence, name="end_absence"),
    path("people/<slug:reference>/<slug:requirement>/waive/", person.waive, name="waive"),
    path("people/<slug:reference>/<slug:requirement>/extend/", person.extend, name="extend"),
    path("people/<slug:reference>/<slug:requirement>/end-waiver/", person.end_waiver, name="end_waiver"),
]
