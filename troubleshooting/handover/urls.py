"""The addresses of the desk on which staff take up handed-over walks."""

from __future__ import annotations

from django.urls import path

from troubleshooting.handover import desk
from troubleshooting.numbers import views as number_views

app_name = "desk"
urlpatterns = [
    path("", desk.handover_list, name="list"),
    path("numbers/", number_views.numbers, name="numbers"),
    path("numbers/<slug:table>.csv", number_views.numbers_csv, name="numbers-csv"),
    path("<str:reference>/", desk.handover_detail, name="handover"),
    path("<str:reference>/take-over/", desk.take_over, name="take-over"),
    path("<str:reference>/send-again/", desk.send_again, name="send-again"),
    path("<str:reference>/notes/", desk.add_note, name="note"),
    path("<str:reference>/cause/", desk.close, name="cause"),
]
