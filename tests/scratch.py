"""A data folder of its own for each process that runs tests; loaded before Django reads its settings."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="kb-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

os.environ["KB_DATA_DIR"] = FOLDER
os.environ["KB_LOG_LEVEL"] = "ERROR"
for name in ("KB_CONTENT_DIR", "KB_DATABASE_URL", "KB_SECRET_KEY", "KB_ALLOWED_HOSTS", "KB_SITE_NAME", "PORT"):
    os.environ.pop(name, None)
os.environ["KB_ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["KB_SECRET_KEY"] = "for-tests-only-" * 4
