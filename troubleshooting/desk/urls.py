"""The addresses of the desk's own screen; those of hand-overs stand beside them."""

from __future__ import annotations

from django.urls import path

from troubleshooting.desk import reply_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("pasted/", views.read_pasted, name="pasted"),
    path("sections/<slug:slug>/", views.section, name="section"),
    path("codes/<path:code>/", views.code, name="code"),
    path("copy/", views.copy, name="copy"),
    path("pins/", views.pin, name="pin"),
    path("reply/", reply_views.reply, name="reply"),
]
