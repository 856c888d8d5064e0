"""Says what the product itself says within a rendered guide, in the language of this guide: of boxes, films, tables.

A page is made once and kept for all its readers, so its words are the guide's and not those of who reads it. English,
which stands here, is also what the index and the structure of a guide are read from, whatever its language is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from kb.content.box_kinds import STAFF_BOX, STAFF_ONLY
from kb.content.phrases import Phrase

DANGER = Phrase("This can delete, reset or cost something: be sure first.")
"""What is said before a dangerous step; walks say it in the reader's language."""


class ProductText(Enum):
    """What is said, in English; `{name}` stands for a value of that name."""

    FILM = "Watch the video"
    CODE = "Code: {name}"
    MORE = "More"
    TABLE = "Table"
    TABLE_IN = "Table: {title}"
    SECTION = "Link to this section"
    CAREFUL = "Careful."
    DANGER = DANGER
    TO_DO = "To do"
    DONE = "Done"
    BACK = "Jump back to footnote {number} in the text"
    NOT_HERE = "This page is not part of the knowledge base"
    IMAGE = "Image"
    IMAGE_OF = "[Image: {words}]"
    PAGE = "page {number}"
    NEW_IN = "New in {version}"
    SINCE = "Since {version}"
    DEPRECATED_IN = "Deprecated in {version}"
    REMOVED_IN = "Removed in {version}"
    FROM_ON = "{version} and later"
    UP_TO = "{version} and earlier"
    AFTER = "later than {version}"
    BEFORE = "earlier than {version}"


_TEXTS_IN_GERMAN = {
    ProductText.FILM: "Video ansehen",
    ProductText.CODE: "Code: {name}",
    ProductText.MORE: "Mehr",
    ProductText.TABLE: "Tabelle",
    ProductText.TABLE_IN: "Tabelle: {title}",
    ProductText.SECTION: "Link zu diesem Abschnitt",
    ProductText.CAREFUL: "Vorsicht.",
    ProductText.DANGER: "Das kann etwas löschen, zurücksetzen oder kosten: Vergewissern Sie sich vorher.",
    ProductText.TO_DO: "Zu erledigen",
    ProductText.DONE: "Erledigt",
    ProductText.BACK: "Zurück zu Fußnote {number} im Text",
    ProductText.NOT_HERE: "Diese Seite gehört nicht zur Wissensdatenbank",
    ProductText.IMAGE: "Bild",
    ProductText.IMAGE_OF: "[Bild: {words}]",
    ProductText.PAGE: "Seite {number}",
    ProductText.NEW_IN: "Neu in {version}",
    ProductText.SINCE: "Seit {version}",
    ProductText.DEPRECATED_IN: "Veraltet seit {version}",
    ProductText.REMOVED_IN: "Entfernt in {version}",
    ProductText.FROM_ON: "{version} und neuer",
    ProductText.UP_TO: "{version} und älter",
    ProductText.AFTER: "neuer als {version}",
    ProductText.BEFORE: "älter als {version}",
}
_TEXTS_IN_ARABIC = {
    ProductText.FILM: "شاهد الفيديو",
    ProductText.CODE: "الشيفرة: {name}",
    ProductText.MORE: "المزيد",
    ProductText.TABLE: "جدول",
    ProductText.TABLE_IN: "جدول: {title}",
    ProductText.SECTION: "رابط إلى هذا القسم",
    ProductText.CAREFUL: "تنبيه.",
    ProductText.DANGER: "قد يحذف هذا شيئًا أو يعيد ضبطه أو يكلّف: تأكد أولًا.",
    ProductText.TO_DO: "للتنفيذ",
    ProductText.DONE: "تم",
    ProductText.BACK: "العودة إلى الحاشية {number} في النص",
    ProductText.NOT_HERE: "هذه الصفحة ليست جزءًا من قاعدة المعرفة",
    ProductText.IMAGE: "صورة",
    ProductText.IMAGE_OF: "[صورة: {words}]",
    ProductText.PAGE: "الصفحة {number}",
    ProductText.NEW_IN: "جديد في {version}",
    ProductText.SINCE: "منذ {version}",
    ProductText.DEPRECATED_IN: "لم يعد مستحسنًا منذ {version}",
    ProductText.REMOVED_IN: "أُزيل في {version}",
    ProductText.FROM_ON: "{version} وما بعده",
    ProductText.UP_TO: "{version} وما قبله",
    ProductText.AFTER: "أحدث من {version}",
    ProductText.BEFORE: "أقدم من {version}",
}
_KINDS_IN_GERMAN = {
    "note": "Hinweis",
    "info": "Info",
    "information": "Information",
    "abstract": "Kurz gesagt",
    "summary": "Zusammenfassung",
    "todo": "Zu tun",
    "question": "Frage",
    "example": "Beispiel",
    "quote": "Zitat",
    "seealso": "Siehe auch",
    "details": "Details",
    "tldr": "Kurz gesagt",
    "help": "Hilfe",
    "faq": "Häufige Fragen",
    "cite": "Zitat",
    "tip": "Tipp",
    "hint": "Tipp",
    "success": "Erfolg",
    "check": "Prüfen",
    "done": "Erledigt",
    "important": "Wichtig",
    "warning": "Warnung",
    "attention": "Achtung",
    "caution": "Vorsicht",
    "danger": "Gefahr",
    "error": "Fehler",
    "failure": "Fehlschlag",
    "fail": "Fehlschlag",
    "missing": "Fehlt",
    "bug": "Fehler",
    STAFF_BOX: "Nur für Mitarbeitende",
}
_KINDS_IN_ARABIC = {
    "note": "ملاحظة",
    "info": "معلومات",
    "information": "معلومات",
    "abstract": "ملخص",
    "summary": "ملخص",
    "todo": "للتنفيذ",
    "question": "سؤال",
    "example": "مثال",
    "quote": "اقتباس",
    "seealso": "انظر أيضًا",
    "details": "تفاصيل",
    "tldr": "باختصار",
    "help": "مساعدة",
    "faq": "أسئلة شائعة",
    "cite": "اقتباس",
    "tip": "نصيحة",
    "hint": "تلميح",
    "success": "نجاح",
    "check": "تحقّق",
    "done": "تم",
    "important": "مهم",
    "warning": "تحذير",
    "attention": "انتباه",
    "caution": "احترس",
    "danger": "خطر",
    "error": "خطأ",
    "failure": "فشل",
    "fail": "فشل",
    "missing": "مفقود",
    "bug": "خلل",
    STAFF_BOX: "للموظفين فقط",
}
_SAID: Mapping[str, Mapping[ProductText, str]] = {"de": _TEXTS_IN_GERMAN, "ar": _TEXTS_IN_ARABIC}
_KINDS: Mapping[str, Mapping[str, str]] = {"de": _KINDS_IN_GERMAN, "ar": _KINDS_IN_ARABIC}
LANGUAGES = frozenset(_SAID)
"""The languages, besides English, that guides are spoken in."""


@dataclass(slots=True)
class Words:
    """The product's words in the language with a tag such as `de-AT`, in English where they are not here.

    `were_said` tells whether any of them were asked for.
    """

    language: str = ""
    were_said: bool = False

    @property
    def are_english(self) -> bool:
        """Whether it is English, or a language that has no words here."""
        return self._tag not in LANGUAGES

    def say(self, said: ProductText, **values: object) -> str:
        """What is said, with its values."""
        self.were_said = True
        template = said.value if self.are_english else _SAID[self._tag].get(said, said.value)
        return str(template).format(**values) if values else str(template)

    def kind(self, kind: str) -> str:
        """What a box of a kind is called."""
        self.were_said = True
        known = {} if self.are_english else _KINDS[self._tag]
        return known.get(kind.lower()) or (STAFF_ONLY if kind.lower() == STAFF_BOX else kind.capitalize())

    @property
    def _tag(self) -> str:
        return self.language.lower().partition("-")[0]
