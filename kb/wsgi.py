"""The WSGI application that the production server runs."""

from __future__ import annotations

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")

_django = get_wsgi_application()

from kb.config import background  # noqa: E402
from kb.config.postgresql.base import MOST_SECONDS_OF_A_SERVER, Patience  # noqa: E402
from kb.search import configured  # noqa: E402 - models are not there before
from kb.web import wsgi_middleware  # noqa: E402 - models are not there before

application = wsgi_middleware.without_body_for_head(wsgi_middleware.utf8_only(_django))

Patience.most_seconds = MOST_SECONDS_OF_A_SERVER
background.serving.set()
threading.Thread(target=configured.warm_up, name="search-warm-up", daemon=True).start()
