import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prevent_portal.settings")

application = get_wsgi_application()

from prevent_portal.startup import refuse_what_is_unsafe  # noqa: E402 -- Django must be set up first

refuse_what_is_unsafe()
