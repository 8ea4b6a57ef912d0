from django.urls import path

from foundation.evidence import views

app_name = "evidence"

urlpatterns = [
    path("", views.index, name="index"),
    path("add/", views.add, name="add"),
    path("<slug:reference>/", views.item, name="item"),
    path("<slug:reference>/change/", views.revise, name="revise"),
    path("<slug:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:reference>/history/", views.history, name="history"),
]
