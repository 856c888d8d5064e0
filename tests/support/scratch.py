"""A data folder and signals of its own for each process that runs tests; loaded before Django reads its settings."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile

# A script that starts tests in its background has them ignore signals, and every process that they start as well.
# SIGHUP is left alone: who ignores that wants to go on without a terminal.
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())

FOLDER = tempfile.mkdtemp(prefix="kb-tests-")
os.mkdir(os.path.join(FOLDER, "static"))  # noqa: PTH102, PTH118 - as the server finds it
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

# Images of machines often forbid it. Every server and command that a test starts would compile all of the product anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The first process of a run hands its folder on to those that it starts: what all need is kept there.
os.environ.setdefault("TESTS_SHARED_FOLDER", FOLDER)
os.environ["KB_DATA_DIR"] = FOLDER
os.environ["KB_LOG_LEVEL"] = "ERROR"
for name in ("CONTENT_DIR", "DATABASE_URL", "SEARCH_ENGINE", "SEARCH_LOG", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_NAME"):
    os.environ.pop(f"KB_{name}", None)
for name in ("DATABASE_REPLICA_URL", "REDIS_URL", "MEDIA_DIR", "S3_BUCKET", "SHARED_CACHE_SECONDS", "PURGE_URLS"):
    os.environ.pop(f"KB_{name}", None)
os.environ.pop("PORT", None)
if "KB_TEST_DATABASE_URL" in os.environ:
    os.environ["KB_DATABASE_URL"] = os.environ["KB_TEST_DATABASE_URL"]
os.environ["KB_ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["KB_SECRET_KEY"] = "for-tests-only-" * 4
