"""Guides and contacts to take away from readers in; they are gone, and the links to them in other guides with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from kb.library import contact_publishing, publication, publishing
from kb.library.folders import reader
from kb.library.folders.partial_plans import LibraryAlone
from kb.library.folders.reader import Reader
from kb.models import Contact, Guide


def retire(
    folder: Path, guides: Sequence[Guide], contacts: Sequence[Contact] = (), by: User | None = None, comment: str = ""
) -> None:
    """Take guides and contacts of a folder away from readers, all or none; call it outside of a publication.

    What links to them is rendered again without the link. A guide that asks a question with an answer that leads to
    them stays as it is: its text is to be mended.
    """
    survey = LibraryAlone(folder)
    for guide in guides:
        survey.guides[guide.source].state = Guide.State.RETIRED
    for contact in contacts:
        survey.contacts.known[contact.source].retired = True
    gone = [*(guide.source for guide in guides), *(contact.source for contact in contacts)]
    plans = survey.linking_to(*gone)
    Reader(survey).read(plans, plans, survey.for_staff([], []))
    with publication.publication():
        with transaction.atomic():
            publishing.retire(guides, by, comment)
            contact_publishing.retire(contacts, by)
            changed = reader.publish_again(plans, survey)
            publishing.join_links(str(folder), changed)
        publishing.index(changed, guides)
