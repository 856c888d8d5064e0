"""The WSGI application that the production server runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")

_django = get_wsgi_application()

from kb import answers, charsets, searches  # noqa: E402 - models are not there before

application = answers.without_body_for_head(charsets.speaking_utf8(_django))

searches.write_in_background()
