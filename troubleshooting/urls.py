"""Addresses of walks in, views out."""

from __future__ import annotations

from django.urls import path

from troubleshooting import draft_tree, handing_over, outcomes, pasting, picture_views, views

app_name = "troubleshooting"
urlpatterns = [
    path("", views.walk_step, name="walk"),
    path("outcome/", outcomes.walk_outcome, name="walk-outcome"),
    path("pasted/", pasting.walk_from_pasted, name="walk-from-pasted"),
    path("hand-over/", handing_over.hand_over, name="hand-over"),
    path("hand-over/<slug:contact>/", handing_over.hand_over, name="hand-over-to"),
    path("handed-over/<str:receipt>/", handing_over.handed_over, name="handed-over"),
    path("tree/", picture_views.tree_detail, name="tree"),
    path("tree/text/<slug:slug>/", draft_tree.tree_of_text, name="tree-of-text"),
]
