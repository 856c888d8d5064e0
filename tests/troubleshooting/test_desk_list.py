"""The list of handed-over walks: by whom, contact, product, age and words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from kb.models import Contact
from tests.conftest import WriteGuides
from tests.troubleshooting.test_desk import PRINTER, handed_over
from troubleshooting.models import Handover

pytestmark = pytest.mark.django_db
LIST = "/desk/hand-overs/"


def listed(client: Client, query: str) -> set[str]:
    """The subjects on a page of the list."""
    rows = client.get(f"{LIST}?{query}").context["page"].object_list
    return {handover.subject for handover in rows}


def test_the_old_address_leads_to_the_list(staff_client: Client) -> None:
    handed_over("CDFGHJKM3479")
    answer = staff_client.get("/desk/?reference=cdfg-hjkm-3479", follow=True)
    assert answer.request["PATH_INFO"] == "/desk/CDFGHJKM3479/"


def test_it_is_narrowed_by_whose_contact_product_and_age(staff_client: Client) -> None:
    network = Contact.objects.create(slug="network", name="Network", audience="staff")
    handed_over("CDFGHJKM347C", subject="mine", taken_by=User.objects.get(username="ada"), taken_at=timezone.now())
    handed_over("CDFGHJKM347D", subject="for network", contact=network, products="\nVPN\nMail client\n")
    old = handed_over("CDFGHJKM347F", subject="old", products="\nVPN client\n")
    Handover.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert listed(staff_client, "whose=mine") == {"mine"}
    assert listed(staff_client, "contact=network") == {"for network"}
    assert listed(staff_client, "product=VPN") == {"for network"}
    assert listed(staff_client, "age=older") == {"old"}
    assert listed(staff_client, "age=week&state=all") == {"mine", "for network"}
    assert listed(staff_client, "state=all") == {"mine", "for network", "old"}
    page = staff_client.get(f"{LIST}?product=VPN").content.decode()
    assert 'New <span class="chip__count">1</span>' in page
    assert "<option selected>VPN</option>" in page
    assert "Nothing fits." in staff_client.get(f"{LIST}?contact=network&age=older").content.decode()


def test_words_are_looked_for_in_all_that_was_written(staff_client: Client) -> None:
    first = handed_over("CDFGHJKM347C", subject="It hums", transcript="Tried: the cable", note="Since 50% of us moved")
    handed_over("CDFGHJKM347D", subject="It blinks", transcript="Tried nothing")
    first.notes.create(text="Called Zoe about the fuse")
    for words in ("hums", "CABLE", "fuse zoe", "50%", "cable fuse"):
        assert listed(staff_client, f"q={words.replace('%', '%25')}") == {"It hums"}, words
    assert listed(staff_client, "q=blinks+cable") == set()
    assert listed(staff_client, "q=tried") == {"It hums", "It blinks"}
    assert staff_client.get(f"{LIST}?q=CDFG-HJKM-347D").headers["Location"] == "/desk/CDFGHJKM347D/"
    assert staff_client.get(f"{LIST}?q=%00" + "x+" * 2000).status_code == 200


def test_a_walk_keeps_what_it_is_about(client: Client, write_guides_once: WriteGuides) -> None:
    write_guides_once({"printer.md": PRINTER.replace("title:", "applies_to: [Hum printer]\n    title:")})
    client.post("/troubleshoot/hand-over/?symptom=the+printer+hums", {"once": "abcdefgh"})
    assert Handover.objects.get().products == "\nHum printer\n"
