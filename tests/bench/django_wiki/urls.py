"""The addresses of the peer: the wiki at the root, with the notifications that it depends on."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("notifications/", include("django_nyt.urls")), path("", include("wiki.urls"))]
