"""The Django project: settings, urls, WSGI."""
