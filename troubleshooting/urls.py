"""The addresses of walks and of the picture of their questions."""

from __future__ import annotations

from django.urls import path

from troubleshooting.handover import views as handing_over
from troubleshooting.outcomes import views as outcomes
from troubleshooting.tree import draft
from troubleshooting.tree import views as picture_views
from troubleshooting.walk import pasting, views

app_name = "troubleshooting"
urlpatterns = [
    path("", views.walk_step, name="walk"),
    path("outcome/", outcomes.walk_outcome, name="walk-outcome"),
    path("pasted/", pasting.walk_from_pasted, name="walk-from-pasted"),
    path("hand-over/", handing_over.hand_over, name="hand-over"),
    path("hand-over/<slug:contact>/", handing_over.hand_over, name="hand-over-to"),
    path("handed-over/<str:receipt>/", handing_over.handed_over, name="handed-over"),
    path("tree/", picture_views.tree_detail, name="tree"),
    path("tree/text/<slug:slug>/", draft.tree_of_text, name="tree-of-text"),
]
