"""The addresses of walks and of the picture of their questions."""

from __future__ import annotations

from django.urls import path

from troubleshooting.desk.handover import views as handover_views
from troubleshooting.outcomes import step_recording
from troubleshooting.outcomes import views as outcome_views
from troubleshooting.walk import pasting
from troubleshooting.walk import views as walk_views
from troubleshooting.walk.tree import draft
from troubleshooting.walk.tree import views as tree_views

app_name = "troubleshooting"
urlpatterns = [
    path("", walk_views.walk_step, name="walk"),
    path("outcome/", outcome_views.walk_outcome, name="walk-outcome"),
    path("seen/", step_recording.walk_seen, name="walk-seen"),
    path("pasted/", pasting.walk_from_pasted, name="walk-from-pasted"),
    path("hand-over/", handover_views.hand_over, name="hand-over"),
    path("hand-over/<slug:contact>/", handover_views.hand_over, name="hand-over-to"),
    path("handed-over/<str:receipt>/", handover_views.handed_over, name="handed-over"),
    path("tree/", tree_views.tree_detail, name="tree"),
    path("tree/text/<slug:slug>/", draft.tree_of_text, name="tree-of-text"),
]
