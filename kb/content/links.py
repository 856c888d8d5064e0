"""Resolves the addresses that writers wrote into those that a reader's browser may follow or load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import join, normpath
from typing import Self
from urllib.parse import unquote

from kb.content.guide_words import ProductText, Words
from kb.content.patterns import linear

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
SITE_ROOTS = frozenset({"categories", "codes", "contacts", "guides", "search", "troubleshoot"})
INDEX_FILES = ("index.md", "README.md", "_index.md", "index.mdx")
ENDINGS = (".md", ".mdx", ".markdown")
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".avif"})
DOWNLOADS = frozenset(
    {".pdf", ".txt", ".log", ".zip", ".json", ".yaml", ".yml", ".toml", ".ini", ".conf", ".cfg", ".xml", ".csv"}
)
"""The endings of files that readers may download."""
SITE_FOLDERS = frozenset({"content", "docs", "src", "pages", "source"})
"""The folders that hold the pages of a site, and are its root."""
KNOWN_TOPS = SITE_FOLDERS | {"*", "contacts", "media", "static", "_docs", "_posts"}
PICTURE_FOLDERS = (
    *("static", "public", "docs/public", "assets", "docs/assets", "docs", "content"),
    *(".vuepress/public", "docs/.vuepress/public", "src/.vuepress/public"),
)
"""The folders that hold the pictures and downloads of a site, and are its root, too."""
ANYWHERE = "*"
"""The folder in the targets of links that name a file, wherever it lies, and for which none is there."""
IMAGE_ROOTS = frozenset({"media", "static"})
EMBEDDED_IMAGE = linear(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=]+")
_CONTROLS = linear(r"[\x00-\x1f\x7f]")
_SCHEME = linear(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SIGNS = linear(r"[-_]+")
# What tools write where nobody wrote a description: the kind of an icon, the name of a file, a number or a time.
_NO_DESCRIPTION = linear(
    r"(?i)(?:info|information|note|tip|hint|warning|caution|important|danger|error|success|icon|logo|"
    r"bullet(?:[_ ]\w+)?|"
    r"image|img|picture|photo|screen[ _-]?shot|untitled|clipboard|pasted[ _-]image|figure|alt(?:[ _-]text)?|graphic|"
    r"thumbnail|diagram|media|rid|[0-9a-f ]{8,})?(?:[ _:.()-]*(?:\d+|at|am|pm|from|of))*[ _:.()-]*|"
    r"[^\n]*\.(?:png|jpe?g|gif|webp|svg|bmp|tiff?)"
)
_OTHER_HOST = linear(r"[/\\]{2}")


@dataclass(frozen=True, slots=True)
class Shown:
    """An element that stands for a link or an image; `text` is its content, None where the writer's own stays."""

    tag: str
    attributes: dict[str, str]
    text: str | None = None


class DownloadAddress(str):
    """Where a file can be downloaded from, with what is said of it behind links to it: `PDF, 1.2 MB`."""

    __slots__ = ("note",)
    note: str

    def __new__(cls, address: str, note: str = "") -> Self:
        """The address as a text; `note` has a default because pickling gives it later."""
        made = super().__new__(cls, address)
        made.note = note
        return made


class OtherAddress(str):
    """The address of a page, found under another path than its file has: `source` is that of the file."""

    __slots__ = ("source",)
    source: str

    def __new__(cls, address: str, source: str = "") -> Self:
        """The address as a text; `source` has a default because pickling gives it later."""
        made = super().__new__(cls, address)
        made.source = source
        return made


def file_at(path: str, address: str) -> str:
    """The path of the file whose address a link to `path` leads to."""
    return address.source if isinstance(address, OtherAddress) else path


class Links:
    """Where the links and images of one text lead.

    `resolve` maps a relative target, as written without its fragment, to the address of its page. `notes` grows with
    what is to be said behind the links to downloads, by their addresses. `words` are what is said in their place.
    """

    def __init__(self, resolve: Mapping[str, str], words: Words | None = None) -> None:
        self._resolve = resolve
        self.words = words or Words()
        self.notes: dict[str, str] = {}

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
        if isinstance(page, DownloadAddress):
            self.notes[str(page)] = page.note
            return str(page)
        return f"{page}{hash_sign}{fragment}"

    def image(self, written: str) -> str | None:
        """The address that an image can be loaded from: this site or the text itself; None when there is none."""
        address, kind = _classify(written)
        if kind:
            return address if EMBEDDED_IMAGE.fullmatch(address) else None
        found = self._lookup(address)
        if found is None and "#" in address:  # `a.png#only-light` of Material
            address = address.partition("#")[0]
            found = self._lookup(address)
        if isinstance(found, DownloadAddress):
            return None
        return found or (address if _root(address) in IMAGE_ROOTS else None)

    def link(self, written: str, title: str = "") -> Shown:
        """The element that a link becomes: text with a note when it leads nowhere, rather than a dead link."""
        address = self.page(written)
        if address is None:
            return Shown("span", {"class": "missing-link", "title": self.words.say(ProductText.NOT_HERE)})
        external = {"rel": "noopener noreferrer"} if address.lower().startswith("http") else {}
        return Shown("a", {"href": address, **({"title": title} if title else {}), **external})

    def picture(self, written: str, alt: str, more: Mapping[str, str] | None = None) -> Shown:
        """The element that an image becomes, with `more` attributes: a link to another site, or to a download.

        When it is nowhere, its description stands for it, else words made from its name, if they say anything.
        """
        address = self.image(written)
        if address is not None:
            return Shown("img", {"src": address, "alt": alt, "loading": "lazy", "decoding": "async", **(more or {})})
        link = self.link(written)
        if link.attributes.get("rel"):
            return Shown("a", link.attributes, alt.strip() or self.words.say(ProductText.IMAGE))
        path = PurePosixPath(written.replace("\\", "/").partition("?")[0].partition("#")[0])
        if link.attributes.get("href") in self.notes:
            return Shown("a", link.attributes, alt.strip() or unquote(path.name))
        name = path.stem
        words = " ".join((alt or _SIGNS.sub(" ", unquote(name))).split())
        if not words or written.startswith("data:") or _NO_DESCRIPTION.fullmatch(words):
            return Shown("span", {}, "")
        return Shown("span", {"class": "missing-image"}, self.words.say(ProductText.IMAGE_OF, words=words))

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


def is_of_folder(path: str) -> bool:
    """Whether a path from the root means one from the top of the loaded folder, and no page of the product."""
    return path.endswith(".md") or (path.strip("/") != "" and _root(path) not in SITE_ROOTS | IMAGE_ROOTS)


def below_folder(source: str, target: str) -> str:
    """The path below the loaded folder that a relative target in the file `source` means; '' is the file's own page."""
    path = target.partition("?")[0].replace("\\", "/")
    if not path:
        return ""
    path = path[1:] if path.startswith("~/") else path  # the top, as Microsoft Learn writes it
    if not path.startswith("/"):
        return normpath(join(str(PurePosixPath(source).parent), path))
    # The root of a site is the folder of its pages, which may lie beside others in what is loaded.
    top, path = source.partition("/")[0], path.lstrip("/")
    is_page = PurePosixPath(path).suffix.lower() not in PICTURES | DOWNLOADS
    return normpath(
        f"{top}/{path}" if is_page and top in SITE_FOLDERS and path.partition("/")[0] not in KNOWN_TOPS else path
    )


def meant_by(target: str) -> tuple[str, ...]:
    """The files that a link to `target` (below the folder) may mean, the likeliest first."""
    stem = target.removesuffix(".html").removesuffix(".htm")
    folder = "" if target == "." else f"{target}/"
    named = [target, *(f"{stem}{ending}" for ending in ENDINGS), *(f"{folder}{name}" for name in INDEX_FILES)]
    return tuple(named)


def names_of(source: str) -> set[str]:
    """The targets (below the folder) of links that may mean the file `source`."""
    path = PurePosixPath(source)
    folder = {path.parent.as_posix()} if path.name in INDEX_FILES else set()
    names = {source, f"{ANYWHERE}/{path.name}", *folder}
    if path.suffix in ENDINGS:
        stem = source.removesuffix(path.suffix)
        names |= {stem, f"{stem}.html", f"{stem}.htm", f"{ANYWHERE}/{path.stem}.md"}
    return names


def names_of_download(source: str) -> set[str]:
    """The targets (below the folder) of links that may mean the download `source`."""
    beside = (source.removeprefix(f"{folder}/") for folder in PICTURE_FOLDERS)
    return {source, f"{ANYWHERE}/{PurePosixPath(source).name}", *beside}


def as_named(target: str) -> str:
    """A target as its writer wrote it: `[[Name]]` for one that names a file wherever it lies."""
    written = target.removeprefix("/")
    if not written.startswith(f"{ANYWHERE}/"):
        return target
    return f"[[{written.removeprefix(f'{ANYWHERE}/').removesuffix('.md')}]]"
