"""The portal's addresses with those of the demonstration, which are otherwise there in demonstration mode only."""

from django.urls import include, path

from home import demonstration
from home.urls import urlpatterns as home
from prevent_portal.urls import urlpatterns as portal

one_click = [
    path("demo/", demonstration.people, name="demo"),
    path("demo/<slug:reference>/", demonstration.sign_in, name="demo_sign_in"),
]
urlpatterns = [path("", include(([*one_click, *home], "home"))), *portal]
