"""The addresses at which staff take up handed-over walks; those of the desk's screen stand before them."""

from __future__ import annotations

from django.urls import path

from troubleshooting.desk.handover import desk, listing
from troubleshooting.outcomes.numbers import views as number_views

urlpatterns = [
    path("hand-overs/", listing.handover_list, name="list"),
    path("numbers/", number_views.numbers, name="numbers"),
    path("numbers/<slug:table>.csv", number_views.numbers_csv, name="numbers-csv"),
    path("<str:reference>/", desk.handover_detail, name="handover"),
    path("<str:reference>/causes/", desk.causes, name="causes"),
    path("<str:reference>/take-over/", desk.take_over, name="take-over"),
    path("<str:reference>/assign/", desk.assign, name="assign"),
    path("<str:reference>/send-again/", desk.send_again, name="send-again"),
    path("<str:reference>/notes/", desk.add_note, name="note"),
    path("<str:reference>/answers/", desk.change_answers, name="answers"),
    path("<str:reference>/cause/", desk.close, name="cause"),
    path("<str:reference>/duplicate/", desk.close_as_duplicate, name="duplicate"),
    path("<str:reference>/no-cause/", desk.close_without_cause, name="no-cause"),
    path("<str:reference>/reopen/", desk.reopen, name="reopen"),
]
