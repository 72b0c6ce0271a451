"""The application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from vafa.core import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vafa.site.settings")
application = get_wsgi_application()
collector.begin_to_serve()
