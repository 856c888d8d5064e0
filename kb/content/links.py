"""Resolves the addresses that writers wrote into those that a reader's browser may follow or load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import join, normpath
from urllib.parse import unquote

from kb.content.patterns import linear

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
SITE_ROOTS = frozenset({"categories", "codes", "contacts", "guides", "search", "troubleshoot"})
INDEX_FILES = ("index.md", "README.md")
IMAGE_ROOTS = frozenset({"media", "static"})
EMBEDDED_IMAGE = linear(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=]+")
NOT_HERE = "This page is not part of the knowledge base"
_CONTROLS = linear(r"[\x00-\x1f\x7f]")
_SCHEME = linear(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SIGNS = linear(r"[-_]+")
_OTHER_HOST = linear(r"[/\\]{2}")


@dataclass(frozen=True, slots=True)
class Shown:
    """An element that stands for a link or an image; `text` is its content, None where the writer's own stays."""

    tag: str
    attributes: dict[str, str]
    text: str | None = None


class Links:
    """Where the links and images of one text lead.

    `resolve` maps a relative target, as written without its fragment, to the address of its page.
    """

    def __init__(self, resolve: Mapping[str, str]) -> None:
        self._resolve = resolve

    def page(self, written: str) -> str | None:
        """The address that a link may have; None when it leads nowhere or is not for browsers.

        Absolute paths are kept when they begin with one of `SITE_ROOTS`, the pages of the product itself.
        """
        address, kind = _classify(written)
        if kind in LINK_SCHEMES:
            return address
        if kind or not address:
            return None
        target, hash_sign, fragment = address.partition("#")
        page = self._lookup(target) if target else ""
        if page is None:
            return address if _root(target) in SITE_ROOTS else None
        return f"{page}{hash_sign}{fragment}"

    def image(self, written: str) -> str | None:
        """The address that an image can be loaded from: this site or the text itself; None when there is none."""
        address, kind = _classify(written)
        if kind:
            return address if EMBEDDED_IMAGE.fullmatch(address) else None
        return self._lookup(address) or (address if _root(address) in IMAGE_ROOTS else None)

    def link(self, written: str, title: str = "") -> Shown:
        """The element that a link becomes: text with a note when it leads nowhere, rather than a dead link."""
        address = self.page(written)
        if address is None:
            return Shown("span", {"class": "missing-link", "title": NOT_HERE})
        external = {"rel": "noopener noreferrer"} if address.lower().startswith("http") else {}
        return Shown("a", {"href": address, **({"title": title} if title else {}), **external})

    def picture(self, written: str, alt: str, more: Mapping[str, str] | None = None) -> Shown:
        """The element that an image becomes, with `more` attributes: a link when it lies on another site.

        When it is nowhere, its description stands for it, else words made from its name.
        """
        address = self.image(written)
        if address is not None:
            return Shown("img", {"src": address, "alt": alt, "loading": "lazy", "decoding": "async", **(more or {})})
        link = self.link(written)
        if link.attributes.get("rel"):
            return Shown("a", link.attributes, alt.strip() or "Image")
        name = PurePosixPath(written.replace("\\", "/").partition("?")[0]).stem
        words = " ".join((alt or _SIGNS.sub(" ", unquote(name))).split())
        has_words = words and not written.startswith("data:")
        return Shown(
            "span", {"class": "missing-image"}, f"[Image: {words}]" if has_words else f"[Image{alt and ': '}{alt}]"
        )

    def _lookup(self, target: str) -> str | None:
        found = self._resolve.get(target)
        return self._resolve.get(unquote(target)) if found is None else found


def _classify(written: str) -> tuple[str, str]:
    """An address without control characters, and its scheme in lower case, '' when it is a path."""
    address = _CONTROLS.sub("", written).strip()
    if _OTHER_HOST.match(address):
        return f"https://{address[2:]}", "https"
    scheme = _SCHEME.match(address)
    return address, scheme.group(1).lower() if scheme else ""


def _root(path: str) -> str:
    """The first folder of an absolute path, '' when it is relative or climbs."""
    parts = path.split("/")
    return parts[1] if len(parts) > 1 and not parts[0] and ".." not in parts and "\\" not in path else ""


def below_folder(source: str, target: str) -> str:
    """The path below the loaded folder that a relative target in the file `source` means; '' is the file's own page."""
    path = target.partition("?")[0].replace("\\", "/")
    if not path:
        return ""
    return normpath(path.lstrip("/") if path.startswith("/") else join(str(PurePosixPath(source).parent), path))


def meant_by(target: str) -> tuple[str, ...]:
    """The files that a link to `target` (below the folder) may mean, the likeliest first."""
    return (target, f"{target}.md", *(f"{target}/{name}" for name in INDEX_FILES))


def names_of(source: str) -> set[str]:
    """The targets (below the folder) of links that may mean the file `source`."""
    path = PurePosixPath(source)
    folder = {path.parent.as_posix()} if path.name in INDEX_FILES else set()
    return {source, source.removesuffix(".md"), *folder}


class FolderLinks(Mapping[str, str]):
    """The relative targets of the file `source`, looked up in a mapping of paths below the loaded folder.

    `../network/x.md` in `auth/y.md` is `network/x.md`; a target without an ending may be a `.md` file, a
    folder its `index.md` or `README.md`, and a path from the root is one from the top of the loaded folder.
    """

    def __init__(self, source: str, addresses: Mapping[str, str]) -> None:
        self._source = source.replace("\\", "/")
        self._addresses = addresses

    def __getitem__(self, target: str) -> str:
        """The address of the page that `target` is; KeyError when it is not among the loaded ones."""
        if full := below_folder(self._source, target):
            for candidate in meant_by(full):
                if candidate in self._addresses:
                    return self._addresses[candidate]
        raise KeyError(target)

    def __iter__(self) -> Iterator[str]:
        return iter(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)
