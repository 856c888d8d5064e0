"""The API answers as it describes itself, whatever it is asked: no failure, no status or shape that is not told."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kb.web import wsgi_middleware
from tests.support.everybody import Everybody
from tests.support.rounds import MANY, rounds

pytestmark = pytest.mark.django_db
EXAMPLES = rounds(300, 15)
NOT_TOLD_BY_SHAPES: list[Any] = [
    positive_data_acceptance
]  # which categories and guides there are, for which 400 is told
DESCRIPTION = "/api/v1/openapi.json"


def test_no_call_of_the_api_fails_or_answers_what_it_does_not_tell(folder: Path) -> None:
    Everybody(folder)
    application = wsgi_middleware.without_body_for_head(wsgi_middleware.utf8_only(get_wsgi_application()))
    schema = schemathesis.openapi.from_wsgi(DESCRIPTION, application)
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(operations) == len(list(schema.get_all_operations()))
    assert len(operations) > 5
    for operation in operations:
        for mode in GenerationMode:

            @settings(
                max_examples=EXAMPLES,
                derandomize=not MANY,
                database=None,
                deadline=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: schemathesis.Case[Any]) -> None:
                case.call_and_validate(excluded_checks=NOT_TOLD_BY_SHAPES)

            with nullcontext() if mode.is_positive else suppress(Unsatisfiable):  # any text is right for some
                ask()
