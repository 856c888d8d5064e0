"""What people type is masked before anything of it is stored."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.text import masking
from kb.search.text.masking import MOST_STORED, masked
from kb.search.text.query import MAX_LENGTH


@pytest.mark.parametrize(
    "text",
    ["error 2013 lost connection", "0x8004010f", "5.7.1 unable to relay", "550 5.7.1", "conn_timeout", "429", "e-mail",
     "password reset", "the token expired", "outlook 2016 and windows 11", "kubeapierrorbudgetburn"],
)  # fmt: skip
def test_what_says_what_is_wrong_is_kept(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mail to Ada.Lovelace+x@example.co.uk fails", "mail to [email] fails"),
        ("ada＠example.com", "[email]"),  # noqa: RUF001
        ("<ada@localhost>", "[email]"),
        ("call +44 (0)20 7946 0958 now", "call [number] now"),
        ("card 4111 1111 1111 1111", "card [number]"),
        ("customer 12345678", "customer [number]"),
        ("customer ١٢٣٤٥٦٧٨", "customer [number]"),
        ("iban DE89370400440532013000", "iban [secret]"),
        ("order A1234567", "order [number]"),
        ("192.168.10.20 refused", "[number] refused"),
        ("10.0.0.1 refused", "[number] refused"),
        ("from fe80::1ff:fe23:4567:890a", "from [number]"),
        ("password: hunter2", "password: [secret]"),
        ("my password is hunter", "my password is [secret]"),
        ("DB_PASSWORD=hunter connection failed", "db_password=[secret] connection failed"),
        ("Authorization: Bearer abcdefgh", "authorization: [secret]"),
        ("bearer abcdefghijkl fails", "bearer [secret] fails"),
        ("sk-abcdefabcdefabcdef", "[secret]"),
        ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
        ("github_pat_abc_def", "[secret]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "[secret]"),
        ("deadbeefdeadbeefdeadbeef12345678", "[secret]"),
        ("123e4567-e89b-12d3-a456-426614174000", "[secret]"),
        ("https://ada:pw@host/path?token=1 fails", "[address] fails"),
        ("www.example.com/ada", "[address]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIabc", "[secret]"),
        ("x" * 65, "[secret]"),
    ],
)
def test_what_could_name_or_open_something_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


def test_the_text_is_one_short_line_in_lower_case() -> None:
    kept = masked("  Slow\tMornings\n\x00 and " + "more " * 100)
    assert kept.startswith("slow mornings and more more")
    assert len(kept) <= MOST_STORED


def test_a_secret_across_the_cut_is_masked_before_it() -> None:
    assert "4111" not in masked("a " * 95 + "card 4111 1111 1111 1111")


NOISE = st.text(st.characters(codec="utf-8"), max_size=30).filter(lambda text: "0x" not in text.lower())
DIGITS = st.text("0123456789", min_size=7, max_size=19)
MAIL = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{1,8}\.(com|de)", fullmatch=True)
KEYS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=24, max_size=60).filter(
    lambda text: re.search("[a-z]", text) and re.search("[0-9]", text) and not text.startswith("0x")
)


@given(before=NOISE, digits=DIGITS, after=NOISE)
def test_no_long_string_of_digits_is_kept(before: str, digits: str, after: str) -> None:
    assert digits not in masked(f"{before} {digits} {after}")
    assert not re.search(r"\d{7}", masked(f"{before}{digits}{after}"))


@given(before=NOISE, mail=MAIL, after=NOISE)
def test_no_e_mail_address_is_kept(before: str, mail: str, after: str) -> None:
    for text in (f"{before} {mail} {after}", f"{before}{mail}{after}", f"<{mail}>"):
        assert not re.search(r"[^\s@]@[^\s@]", masked(text))


@given(before=NOISE, key=KEYS, after=NOISE)
def test_no_key_is_kept(before: str, key: str, after: str) -> None:
    assert key not in masked(f"{before} {key} {after}")


@given(st.text(max_size=400))
def test_any_text_is_taken(text: str) -> None:
    kept = masked(text)
    assert len(kept) <= MOST_STORED
    assert kept == " ".join(kept.split())


def test_no_secret_is_parted_from_what_tells_it_however_long_a_text_is() -> None:
    long_address = "https://example.org/" + "a" * 8_000 + "/s3cr3t"
    assert masking.without_secrets(long_address).strip() == "[address]"
    for before in range(3_985, 4_005):
        assert "Abcdefgh1234" not in masking.without_secrets("x" * before + " bearer Abcdefgh1234 and more")
    assert (
        len(masking.without_secrets("\ufdfa " * 6_000)) <= MAX_LENGTH
    )  # one letter, which is 18 when it is written out
