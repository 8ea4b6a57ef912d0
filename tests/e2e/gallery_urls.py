"""The portal's addresses and the gallery, which is otherwise there in demonstration mode only."""

from django.urls import path

from home import gallery
from prevent_portal.urls import urlpatterns as portal

urlpatterns = [path("components/", gallery.components), *portal]
