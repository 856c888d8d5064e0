"""The addresses of the worklist, below `/write/worklist/`."""

from __future__ import annotations

from django.urls import path

from troubleshooting.worklist import changing, synonym_pages, views

app_name = "worklist"
urlpatterns = [
    path("", views.worklist, name="list"),
    path("refresh/", views.count_anew, name="refresh"),
    path("<int:pk>/", views.item_detail, name="item"),
    path("<int:pk>/assign/", changing.assign, name="assign"),
    path("<int:pk>/done/", changing.finish, name="done"),
    path("<int:pk>/dismiss/", changing.dismiss, name="dismiss"),
    path("<int:pk>/open/", changing.open_again, name="open"),
    path("<int:pk>/synonyms/", synonym_pages.try_synonyms, name="synonyms"),
    path("<int:pk>/synonyms/out/", synonym_pages.take_out, name="synonyms-out"),
]
