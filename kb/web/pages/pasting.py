"""A text too long for an address in, the address of a search for the telling part of it out. Nothing is stored."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kb.limits.rules import Deed
from kb.search.text.condensing import condense
from kb.web.limiting import limited


@csrf_exempt  # it changes nothing: it only says which address to read
@require_POST
@limited(Deed.PASTE)
def search_for_pasted(request: HttpRequest) -> HttpResponse:
    """Lead to the search for a pasted message or log; a short text is searched for as it was typed."""
    try:
        text = request.POST.get("q", "")
    except RequestDataTooBig:
        return render(request, "kb/search_too_long.html", status=413)
    return redirect(f"{reverse('kb:search')}?{urlencode({'q': condense(text)})}")
