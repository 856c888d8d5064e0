"""The WSGI application that the production server runs."""

from __future__ import annotations

import gc
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

# Each page leaves some hundred objects that refer to each other. To look for them after every second page, as Python
# does by itself, is a twentieth of a page's time, nearly all of it spent on what is kept.
gc.set_threshold(5_000, 20, 20)
Patience.most_seconds = MOST_SECONDS_OF_A_SERVER
background.serving.set()
threading.Thread(target=configured.warm_up, name="search-warm-up", daemon=True).start()
