"""Answers requests that read, and says in JSON what is wrong with all others."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import URLPattern, path, re_path, reverse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.urls import URLResolver

READ_METHODS = ("GET", "HEAD")
SENTENCES = {
    "missing": "{name} is missing",
    "int_parsing": "{name} must be a whole number",
    "greater_than_equal": "{name} must be at least {ge}",
    "less_than_equal": "{name} must be at most {le}",
}


class ReadOnlyAPI(NinjaAPI):
    """A NinjaAPI that answers GET and HEAD only, and says every failure as `{"detail": sentences}`."""

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """The patterns to hand to `path()`; no router can be added after they were asked for."""
        patterns, app_name, namespace = super().urls
        all_patterns = [path("", self.to_the_docs), *patterns, re_path(r"", self.no_such_address)]
        for pattern in (item for item in all_patterns if isinstance(item, URLPattern)):
            pattern.callback = csrf_exempt(self.reading_only(pattern.callback))
        return all_patterns, app_name, namespace

    def set_default_exception_handlers(self) -> None:
        """What to say of each exception that a view raises."""
        super().set_default_exception_handlers()
        self.add_exception_handler(ValidationError, self.bad_parameter)
        self.add_exception_handler(SuspiciousOperation, self.bad_request)

    def reading_only(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """`view` for GET, and for HEAD as if it were GET; 405 for any other method."""

        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            method = request.method
            if method not in READ_METHODS:
                response = self._failure(request, 405, f"{method} is not answered: this API is read-only, use GET.")
                response["Allow"] = ", ".join(READ_METHODS)
                return response
            request.method = "GET"
            try:
                return view(request, *args, **kwargs)
            finally:
                request.method = method

        return wrapper

    def bad_parameter(self, request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
        """422, with a sentence for each parameter that can't be used."""
        assert isinstance(error, ValidationError)  # noqa: S101 - the class itself is never raised
        return self._failure(request, 422, " ".join(_sentence(item) for item in error.errors))

    def bad_request(
        self, request: HttpRequest, _error: SuspiciousOperation | type[SuspiciousOperation]
    ) -> HttpResponse:
        """400 for what Django refuses to read, such as thousands of parameters."""
        return self._failure(request, 400, "This request can't be read: it is malformed, or has too many parameters.")

    def to_the_docs(self, _request: HttpRequest) -> HttpResponse:
        """The root has nothing of its own to say; the page that describes the API has."""
        return HttpResponseRedirect(self._docs())

    def no_such_address(self, request: HttpRequest) -> HttpResponse:
        """404 that says where the addresses are described; a slash too many, or too few, is put right."""
        if f"{request.path}/" == self._docs():
            return self.to_the_docs(request)
        if request.path.endswith("/"):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(request.path.rstrip("/") + (f"?{query}" if query else ""))
        return self._failure(request, 404, f"Nothing is at this address. What there is, is described at {self._docs()}")

    def _docs(self) -> str:
        return reverse(f"{self.urls_namespace}:openapi-view")

    def _failure(self, request: HttpRequest, status: int, sentence: str) -> HttpResponse:
        return self.create_response(request, {"detail": sentence}, status=status)


def _sentence(problem: dict[str, Any]) -> str:
    name, context = problem["loc"][-1], problem.get("ctx", {})
    template = SENTENCES.get(problem["type"])
    return f"{template.format(name=name, **context)}." if template else f"{name}: {problem['msg']}."
