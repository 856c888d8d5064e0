"""Says of what kind a box is that has no title of its own, in the language of its guide."""

from __future__ import annotations

from collections.abc import Mapping

from kb.content.box_kinds import STAFF_BOX, STAFF_ONLY

_GERMAN = {
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
_ARABIC = {
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
_TITLES: Mapping[str, Mapping[str, str]] = {"de": _GERMAN, "ar": _ARABIC}
LANGUAGES = frozenset(_TITLES)
"""The languages, besides English, in which boxes say their kind."""


def title_of_kind(kind: str, language: str) -> str:
    """What a box of a kind is called in a language; in English where the language has no words here."""
    known = _TITLES.get(language.lower().partition("-")[0], {})
    return known.get(kind.lower()) or (STAFF_ONLY if kind.lower() == STAFF_BOX else kind.capitalize())
