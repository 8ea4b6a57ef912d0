from django.conf import settings
from django.urls import path

from home import views

app_name = "home"

urlpatterns = [
    path("", views.start, name="start"),
    path("drafts/", views.keep_draft, name="draft"),
    path("drafts/drop/", views.drop_draft, name="drop_draft"),
    path("stay/", views.stay, name="stay"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
]

if settings.DEMONSTRATION:
    from home import demonstration, gallery

    urlpatterns += [
        path("components/", gallery.components, name="components"),
        path("demo/", demonstration.people, name="demo"),
        path("demo/<slug:reference>/", demonstration.sign_in, name="demo_sign_in"),
    ]
