"""Tokens that mean the same, kept in a file beside the guides."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from kb.search.text.synonyms import SynonymError, group_in, read_synonyms, usable_synonyms, with_groups


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "synonyms.txt"


def test_each_word_of_a_line_leads_to_the_others(path: Path) -> None:
    path.write_text("# signing in\nsign in, login, log-in  # and so on\n\ntimeout, time out\n")
    found = read_synonyms(path)
    assert found["login",] == (("sign", "in"), ("log", "in"))
    assert found["sign", "in"] == (("login",), ("log", "in"))
    assert found["timeout",] == (("time", "out"),)


def test_endings_do_not_matter(path: Path) -> None:
    path.write_text("certificates, cert\n")
    assert set(read_synonyms(path)) == {("certif",), ("cert",)}


def test_forms_of_one_word_in_a_line_are_one(path: Path) -> None:
    path.write_text("licence, licences, license\n")
    assert read_synonyms(path)["licenc",] == (("license",),)


def test_no_file_is_no_synonyms(path: Path) -> None:
    assert read_synonyms(path) == {}
    assert usable_synonyms(path) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("login, sign in\n\nsignin, Sign-In", "synonyms.txt:3: 'sign in' is in line 1 already"),
        ("login", "synonyms.txt:1: only one word here"),
        ("login, a b c d e", "synonyms.txt:1: 'a b c d e' has 5 words"),
        ("login, ?!", "synonyms.txt:1: '?!' has 0 words"),
    ],
)
def test_a_line_that_can_not_be_used_is_named(path: Path, text: str, message: str) -> None:
    path.write_text(text)
    with pytest.raises(SynonymError, match=r"synonyms\.txt:\d: ") as caught:
        read_synonyms(path)
    assert message in str(caught.value)


def test_a_file_that_is_no_text_says_what_to_do(path: Path) -> None:
    path.write_bytes(b"login, \xff\xfe")
    with pytest.raises(SynonymError, match="Save it as UTF-8 text"):
        read_synonyms(path)


def test_search_goes_on_without_a_bad_line(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text("login\nmail, post\nletter, post\n")
    with caplog.at_level(logging.WARNING):
        assert usable_synonyms(path) == {("mail",): (("post",),), ("post",): (("mail",),)}
    assert "synonyms.txt:1" in caplog.text
    assert "synonyms.txt:3" in caplog.text


def test_a_file_that_changed_is_read_again(path: Path) -> None:
    path.write_text("login, signin")
    assert ("login",) in usable_synonyms(path)
    path.write_text("mail, post, letter")
    assert ("mail",) in usable_synonyms(path)


def test_what_is_added_makes_lines_longer_joins_them_and_leaves_the_others_as_they_are() -> None:
    text = "# signing in\nsign in, login  # and so on\n\ntimeout, time out\ncert, certificate\n"
    assert with_groups(text, ["logins, log on"]) == text.replace("sign in, login", "sign in, login, log on")
    assert with_groups(text, ["password, passphrase"]) == f"{text}password, passphrase\n"
    joined = with_groups(text, ["time-out, certs, badge"])
    assert joined == "# signing in\nsign in, login  # and so on\n\ntimeout, time out, cert, certificate, badge\n"
    assert with_groups(text, ["Certificates, cert", "# nothing"]) == text
    assert with_groups("a b, ab\r\n", ["ab, x"]) == "a b, ab, x\r\n"


def test_what_was_added_in_the_browser_is_one_set_with_the_file_until_either_changes(path: Path) -> None:
    added = path.with_name("added.txt")
    path.write_text("login, sign in\n")
    added.write_text("logins, log on\n")
    found = usable_synonyms(path, added)
    assert found["log", "on"] == (("login",), ("sign", "in"))
    assert usable_synonyms(path, added) is found
    added.unlink()
    assert ("log", "on") not in usable_synonyms(path, added)


@pytest.mark.parametrize("line", ["login", "login, logins", "login, a b c d e", ""])
def test_a_group_that_can_not_be_used_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(SynonymError, match=r"[a-z]"):
        group_in(line)
