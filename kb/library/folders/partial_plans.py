"""Surveys of one side only: a library without its files, for what is written in the browser, or the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.urls import reverse

from kb.content.document import ContactCard
from kb.content.links import names_of
from kb.library.folders import source_files
from kb.library.folders.plan import Plan, Survey
from kb.library.folders.source_files import SourceFile
from kb.library.images import store
from kb.models import Guide, Link


class LibraryAlone(Survey):
    """The guides of a folder without their files, for what is written in the browser.

    What is published there must not say that it is not for readers.
    """

    keeps_drafts = False

    def _look_at_files(self) -> None:
        """They say nothing here."""

    def gone(self) -> list[Guide]:
        """None: nobody looked for their files."""
        return []

    def planned(self, guide: Guide, text: str) -> list[Plan]:
        """A text to publish as what the guide says, and the guides that must be rendered again with it."""
        file = SourceFile(self.folder, guide.source, text.encode())
        plan = Plan(file, guide, guide.slug)
        touched = self._touched_by([Plan(file, None, guide.slug)]) if guide.state != Guide.State.PUBLISHED else []
        others = [(other, other.source) for other in touched if other.pk != guide.pk]
        return [plan, *self._published_again(others)]

    def linking_to(self, *sources: str) -> list[Plan]:
        """What is published of the guides that link to files, to be rendered again."""
        names = {name for source in sources for name in names_of(source)}
        links = Link.objects.filter(guide__folder=str(self.folder), target__in=names)
        found = self._published_at(set(links.values_list("guide__source", flat=True)), ())
        return self._published_again([(guide, guide.source) for guide in found])

    def renamed(self, guide: Guide, slug: str, linking: Iterable[str]) -> list[Plan]:
        """What is published of a guide, again under another slug, and the guides at the paths that link to it."""
        (plan,) = self._published_again([(guide, guide.source)])
        plan.slug = slug
        others = self._published_at(linking, [plan])
        return [plan, *self._published_again([(other, other.source) for other in others])]


class FolderAlone(Survey):
    """A folder beside an empty library: every file of it is new. Asks no database."""

    def _look_at_library(self) -> None:
        """There is nothing to see."""

    def followers(
        self,
        plans: Sequence[Plan],  # noqa: ARG002
        cards: Sequence[tuple[SourceFile, ContactCard]],  # noqa: ARG002
    ) -> list[Plan]:
        """None: nothing was there before."""
        return []

    def _former_paths(self) -> dict[str, str]:
        """None."""
        return {}

    def _images(self) -> dict[str, str]:
        found = source_files.below(self.folder, self.below, store.FILE_ENDINGS)
        return {source: reverse("kb:image", args=[source.replace("/", "-")]) for source in found} | self.new_images

    def _touched_by(self, plans: Sequence[Plan]) -> list[Guide]:  # noqa: ARG002
        """None."""
        return []

    def _published_again(self, wanted: Sequence[tuple[Guide, str]]) -> list[Plan]:  # noqa: ARG002
        """None."""
        return []

    def published_problems(self) -> Iterator[tuple[str, str, str, str]]:
        """None."""
        yield from ()
