"""The form for a new guide, which starts as a draft made from a template."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django import forms
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kb.content import guide_templates
from kb.editorial import drafts
from kb.editorial.decisions import NotPossible
from kb.library import revisions
from kb.models import Guide
from kb.models.categories import Category, tree
from kb.models.roles import PROPOSE, PUBLISH
from kb.web.access import needs, writer
from kb.web.query_strings import LONGEST_TYPED, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest, HttpResponse

MOST_SYMPTOMS = 20
LONGEST_SYMPTOMS = 4_000


class StartForm(forms.Form):
    """What a new guide starts with."""

    template = forms.ChoiceField(
        choices=[(template.name, template.label) for template in guide_templates.TEMPLATES],
        error_messages={
            "required": gettext_lazy("Choose what kind of guide it is."),
            "invalid_choice": gettext_lazy("Choose one of the kinds."),
        },
    )
    title = forms.CharField(
        max_length=300, error_messages={"required": gettext_lazy("Give it a title: what a reader would search.")}
    )
    category = forms.CharField(max_length=300, required=False)
    symptoms = forms.CharField(max_length=LONGEST_SYMPTOMS, required=False)

    def clean_symptoms(self) -> list[str]:
        """One for each line."""
        lines = [line.strip().removeprefix("- ") for line in self.cleaned_data["symptoms"].splitlines()]
        return [line for line in lines if line][:MOST_SYMPTOMS]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROPOSE)
def write_new(request: HttpRequest) -> HttpResponse:
    """The form for a new guide; what is sent with it becomes a draft, and its editor opens.

    An address may say how it begins: `?title=`, and `?symptom=` for each thing that people say.

    At `/write/new/`, for writers.
    """
    form = StartForm(request.POST or None, initial=_first_words(request))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        text = guide_templates.text_of(
            chosen["template"],
            chosen["title"],
            chosen["category"],
            revisions.display_name(writer(request)),
            chosen["symptoms"],
        )
        try:
            guide = drafts.start_guide(writer(request), text)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("kb:write-guide", guide.slug)
    context = {
        "form": form,
        "templates": guide_templates.TEMPLATES,
        "categories": list(_paths(tree(Guide.objects.visible_to(request.user).counted_by_category()))),
        "may_write_contacts": request.user.has_perm(PUBLISH),
    }
    return render(request, "kb/write/new.html", context, status=HTTPStatus.BAD_REQUEST if form.errors else 200)


def _first_words(request: HttpRequest) -> dict[str, str]:
    """What the form shows first; nothing of it is kept."""
    symptoms = [text.replace("\0", "").strip()[:LONGEST_TYPED] for text in request.GET.getlist("symptom")]
    return {
        "template": guide_templates.TEMPLATES[0].name,
        "title": typed(request, "title"),
        "symptoms": "\n".join(list(filter(None, symptoms))[:MOST_SYMPTOMS]),
    }


def _paths(categories: Iterable[Category], above: str = "") -> Iterator[str]:
    """The paths of categories, as guides write them."""
    for category in categories:
        path = f"{above}{category.name}"
        yield path
        yield from _paths(category.children, f"{path}/")
