"""Addresses of walks in, views out."""

from __future__ import annotations

from django.urls import path

from troubleshooting import pasting, picture_views, views

app_name = "troubleshooting"
urlpatterns = [
    path("", views.walk_step, name="walk"),
    path("pasted/", pasting.walk_from_pasted, name="walk-from-pasted"),
    path("tree/", picture_views.tree_detail, name="tree"),
]
