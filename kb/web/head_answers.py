"""What the server is handed as an answer: one to HEAD has no body, which not every server takes away by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kb.web.charsets import Application, Environ


def without_body_for_head(application: Application) -> Application:
    """The application, with the head alone for HEAD: else the next answer on the connection starts with the body."""

    def answering(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        close = getattr(body, "close", None)
        if close is not None:
            close()
        return []

    return answering
