"""The language of a guide, as it says itself or as its words and letters tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import languages
from kb.content.languages import language_of, primary_tag
from kb.content.reading import read_guide

# ruff: noqa: RUF001  # other letters are what this is about

TEXTS = {
    "en": """The printer does not print after the update. First check that the cable is plugged in, and restart the
        service. If the problem persists, open the settings and choose the line in the list that is on your screen.""",
    "de": """Der Drucker druckt nicht mehr, nachdem das Update installiert wurde. Prüfen Sie zuerst, ob das Kabel
        richtig eingesteckt ist, und starten Sie den Dienst neu. Wenn das nicht hilft, bitte anrufen.""",
    "fr": """L'imprimante ne fonctionne plus après la mise à jour. Vérifiez d'abord que le câble est bien branché et
        redémarrez le service. Si le problème persiste, ouvrez les paramètres et choisissez la ligne dans la liste.""",
    "es": """La impresora no funciona después de la actualización. Compruebe primero que el cable está bien conectado y
        reinicie el servicio. Si el problema continúa, abra la configuración y elija la línea en la lista que se ve.""",
    "nl": """De printer werkt niet meer na de update. Controleer eerst of de kabel goed is aangesloten en start de
        dienst opnieuw. Als het probleem blijft bestaan, open dan de instellingen en kies de regel in de lijst.""",
    "ru": "Принтер не печатает после обновления. Проверьте, подключён ли кабель, и перезапустите службу.",
    "uk": "Принтер не друкує після оновлення. Перевірте, чи підключено кабель, і перезапустіть службу ще раз.",
    "ja": "プリンターが動かない。プリンターが印刷できません。電源を入れ直してください。",
    "zh": "数据库连接失败。应用提示无法连接数据库。检查端口，重启数据库服务。",
    "ko": "프린터가 작동하지 않습니다. 케이블을 확인하고 서비스를 다시 시작하십시오. 다시 확인하십시오.",
    "ar": "تعذر تسجيل الدخول إلى الحساب. لا يمكن تسجيل الدخول إلى الحساب. أعد تعيين كلمة المرور ثم حاول مرة أخرى",
    "el": "Ο εκτυπωτής δεν εκτυπώνει μετά την ενημέρωση. Ελέγξτε πρώτα αν το καλώδιο είναι συνδεδεμένο.",
}
DANISH = """Printeren virker ikke efter opdateringen. Kontroller først, at kablet er sat rigtigt i, og start igen.
    Hvis problemet fortsætter, skal du kontakte supporten. Åbn indstillingerne, og vælg linjen på listen på skærmen."""
POLISH = """Drukarka nie działa po aktualizacji. Najpierw sprawdź, czy kabel jest dobrze podłączony i uruchom ponownie
    usługę. Jeśli problem nadal występuje, otwórz ustawienia i wybierz wiersz na liście, która jest wyświetlana."""


@pytest.mark.parametrize("language", TEXTS)
def test_the_language_of_a_text_is_found(language: str) -> None:
    assert language_of(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text", ["", "Postfach voll", "Der Drucker druckt nicht", POLISH, DANISH, "systemctl restart nginx " * 40]
)
def test_a_text_is_in_no_language_when_it_is_not_sure(text: str) -> None:
    assert language_of(text) == ""


def test_commands_in_a_text_do_not_change_its_language() -> None:
    commands = "\n".join(["`sudo systemctl restart cups.service`", "`lpstat -p -d`"] * 4)
    assert language_of(TEXTS["de"] + commands) == "de"
    assert language_of(TEXTS["ru"] + commands[:100]) == "ru"


@pytest.mark.parametrize(
    ("written", "tag"),
    [("de", "de"), ("DE-at", "de"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), (" fr ", "fr"), ("fil", "fil")],
)
def test_a_tag_names_its_language(written: str, tag: str) -> None:
    assert primary_tag(written) == tag


@pytest.mark.parametrize("written", ["", "German", "xx", "d", "de AT", "12", "e" * 100])
def test_what_is_no_tag_names_none(written: str) -> None:
    assert primary_tag(written) == ""


@given(st.text(max_size=300))
def test_any_text_is_in_some_language_or_none(text: str) -> None:
    assert len(language_of(text)) <= languages.LONGEST_TAG
    assert len(primary_tag(text)) <= languages.LONGEST_TAG


@pytest.mark.parametrize("key", ["lang", "language", "Lang"])
def test_a_guide_says_its_language(key: str) -> None:
    document = read_guide(f"---\n{key}: fr-CA\n---\n# Drucker\n\n{TEXTS['de']}", "guide.md")
    assert document.metadata.language == "fr"
    assert document.metadata.extra == {}
    assert document.findings == ()


@pytest.mark.parametrize(("text", "language"), [(TEXTS["de"], "de"), (TEXTS["en"], "en"), ("Kurz.", languages.DEFAULT)])
def test_the_language_that_a_guide_does_not_say_is_found(text: str, language: str) -> None:
    assert read_guide(f"# Drucker\n\n{text}", "guide.md").metadata.language == language


@pytest.mark.parametrize("value", ["German", "[de]", "12", "{a: b}"])
def test_a_language_that_is_none_is_told_with_its_line(value: str) -> None:
    document = read_guide(f"---\ntitle: T\nlang: {value}\n---\n{TEXTS['de']}", "guide.md")
    assert document.metadata.language == "de"
    (finding,) = [finding for finding in document.findings if "'lang'" in finding.message]
    assert finding.line == 3


def test_norwegian_is_a_language_though_yaml_may_take_its_tag_for_a_denial() -> None:
    assert read_guide("---\nlang: no\n---\nTekst", "guide.md").metadata.language == "no"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("# لا تعمل\n\nأعد التشغيل.", "ar"),
        ("# لا يعمل VPN\n\n1. أعد التشغيل 3 مرات.", "ar"),
        ("# چاپگر کار نمی‌کند", "fa"),
        ("# לא עובד\n\nהפעל מחדש.", "he"),
        ("# 锅炉不热\n1. 打开阀门。", "zh"),
        ("# 電源が入らない", "ja"),
        ("# 전원 꺼짐", "ko"),
        ("# Ворота", "ru"),
        ("# Ворота зачинені, її нема", "uk"),
        ("# Δεν ανοίγει", "el"),
        ("# เปิดไม่ได้", "th"),
    ],
)
def test_a_short_text_is_in_the_language_of_its_letters(text: str, language: str) -> None:
    assert read_guide(text, "guide.md").metadata.language == language


@pytest.mark.parametrize("text", ["# Press Ω", "# π", "# The menu says إعدادات", "# Wir öffnen"])
def test_a_word_in_other_letters_makes_no_language(text: str) -> None:
    assert read_guide(text, "guide.md").metadata.language == languages.DEFAULT


@pytest.mark.parametrize(
    ("source", "text", "language"),
    [
        ("rope.de.md", "# Seil", "de"),
        ("rope.pt-BR.md", "# Corda", "pt"),
        ("de/rope.md", "# Seil", "de"),
        ("ar/rope.md", "# VPN", "en"),
        ("ar/rope.md", "# لا تعمل", "ar"),
        ("rope.ur.md", "# لا تعمل", "ur"),
        ("rope.uk.md", "# Ворота", "uk"),
        ("rope.ja.md", "# 電源", "ja"),
        ("rope.de.md", "# لا تعمل", "ar"),
        ("rope.de.md", "---\nlang: nl\n---\n# Touw", "nl"),
        ("rope.de.md", TEXTS["en"], "en"),
        ("notes/de/rope.md", "# Seil", "en"),
        ("fr-help/rope.md", "# Rope", "en"),
        ("rope.v2.md", "# Rope", "en"),
    ],
)
def test_the_name_of_a_file_says_a_language_that_its_text_leaves_open(source: str, text: str, language: str) -> None:
    beside = {"fr/rope.md": "/guides/rope/"}
    assert read_guide(text, source, beside).metadata.language == language


def test_a_folder_without_another_language_beside_it_says_none() -> None:
    assert read_guide("# Printer", "it/printer.md", {"hr/x.md": "/x/", "it/y.md": "/y/"}).metadata.language == "en"
