"""A pasted message or log in, the address of a walk that starts from the telling part of it out. Nothing is stored."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kb.search.condensing import condense
from troubleshooting.address import LONGEST_SYMPTOM


@csrf_exempt  # it changes nothing: it only says which address to read
@require_POST
def walk_from_pasted(request: HttpRequest) -> HttpResponse:
    """Lead to the walk that starts from what a person sees, however long they say it."""
    symptom = condense(request.POST.get("symptom", ""), LONGEST_SYMPTOM)
    return redirect(f"{reverse('troubleshooting:walk')}?{urlencode({'symptom': symptom})}")
