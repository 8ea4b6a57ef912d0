"""The bare page as an application of its own, for a server to load."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

django.setup()

from prevent_portal.benchmarks import bare  # noqa: E402 -- Django must be set up first

settings.MIDDLEWARE = bare.MIDDLEWARE
application = WSGIHandler()
