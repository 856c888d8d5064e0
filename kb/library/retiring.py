"""Takes guides and contacts away from readers, and the links to them out of other guides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from kb.content.wording import fit
from kb.library import addresses, indexing, publication
from kb.library.folders import carrying_out
from kb.library.folders.library_state import LibraryState
from kb.library.folders.reader import Reader
from kb.library.revisions import display_name
from kb.models import Contact, Guide


def retire(
    guides: Sequence[Guide] = (), contacts: Sequence[Contact] = (), by: User | None = None, comment: str = ""
) -> None:
    """Take guides and contacts of one folder away from readers, all or none; call it outside of a publication.

    What links to them is rendered again without the link. A guide that asks a question with an answer that leads to
    them stays as it is: its text is to be mended.
    """
    gone: list[Guide | Contact] = [*guides, *contacts]
    if not gone:
        return
    library = LibraryState.of_folder(Path(gone[0].folder))
    for guide in guides:
        library.guides[guide.source].state = Guide.State.RETIRED
    for contact in contacts:
        library.contacts.known[contact.source].retired = True
    plans = library.linking_to(*(item.source for item in gone))
    Reader(library).read(plans, plans, library.for_staff([], []))
    with publication.publication():
        with transaction.atomic():
            mark_retired(guides, contacts, by, comment)
            changed = carrying_out.render_again(plans, library)
            addresses.join_links(str(library.folder), changed)
        indexing.update_index(changed, guides)


@transaction.atomic
def mark_retired(
    guides: Sequence[Guide], contacts: Sequence[Contact] = (), by: User | None = None, comment: str = ""
) -> None:
    """Note that guides and contacts are retired; their texts and addresses are kept.

    What a person (`by`) retires stays so when its file is loaded again; what only lost its file comes back with it.
    """
    now, name = timezone.now(), display_name(by)
    Guide.objects.filter(pk__in=[guide.pk for guide in guides]).update(
        state=Guide.State.RETIRED,
        updated_at=now,
        retired_at=now if by else None,
        retired_by_name=name,
        retired_comment=fit(comment, 500),
    )
    Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).update(
        retired=True, retired_at=now if by else None, retired_by_name=name
    )
