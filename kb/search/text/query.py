"""Parses what a person typed or pasted into a Query: words, phrases, error codes, exclusions and filters."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from kb.content.languages.folding import fold
from kb.content.patterns import Match, counted, linear
from kb.search.text.analysis import spans, tokenize

MAX_LENGTH = 10_000
LONGEST_FILTER = 300
MOST_CODES = 20
TYPED_LENGTH = 200
FILTERS = ("category", "product", "audience", "code")
QUOTES, EXCLUDED = "quotes", "excluded"

_UNPRINTABLE = counted(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_ADDRESS = counted(r"\b(?:https?|ftps?)://\S+|\bwww\.\S+", re.IGNORECASE)
_OPERATOR = counted(
    r"""(?<!\S)(?P<minus>-)?(?:(?P<key>category|code|audience|product):)?
        (?:["“”„](?P<quoted>[^"“”„]*)["“”„]|(?P<bare>[^\s"“”„-][^\s"“”„]*))""",
    re.VERBOSE | re.IGNORECASE,
)
_OPERATING = counted(r"[\"“”„]|(?<!\S)-+(?=\S)|(?:(?<=\s)|^)(?:category|code|audience|product):", re.IGNORECASE)
_QUOTED = linear(r'["“”„](?P<quoted>[^"“”„\n]{3,300})["“”„]')
_CODE = counted(
    r"""(?<![\w.-])(?:
        0[xX][0-9a-fA-F]{3,16}
        | [A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+
        | [A-Z]{2,10}-?[0-9]{2,8}[A-Z]?
        | (?:error|http|code|status)[ ]\#?[0-9]{2,6}
        | [0-9]{3}[ ][0-9]\.[0-9]{1,3}\.[0-9]{1,3}
        | [0-9]\.[0-9]{1,3}\.[0-9]{1,3}
        | [0-9]{3,6}
    )(?![\w-]|\.\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_CAPITALS = counted(r"\b[A-Z]{2,8}\b")
_DIGIT = linear(r"[0-9]")
_AROUND = " \t\n.,;:!?()[]{}'\"“”„"


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for.

    `text` is what was typed, cleaned and cut; `plain` is the part of it to search for words, and `words` are those, in
    order, `identifiers` those of them that were split, as (index of the first word, identifier), `capitals` the words
    written in capitals within a text that is not, `accented` those with accents, without them. `phrases` must all occur
    as they are, none of `excluded` (words or phrases) may.
    `codes` are the pieces that look like error codes, as typed, the likeliest first; `code` is one typed alone.
    `pasted` says that the text is a message or a log rather than typed words: then phrases are only preferred, and
    nothing is an operator. The filters are '' when not given: `category` a path or its slug, `only_code` a code,
    `audience` and `product` a name.
    """

    text: str = ""
    plain: str = ""
    words: tuple[str, ...] = ()
    identifiers: tuple[tuple[int, str], ...] = ()
    capitals: frozenset[str] = field(default=frozenset())
    accented: frozenset[str] = field(default=frozenset())
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    codes: tuple[str, ...] = ()
    code: str | None = None
    pasted: bool = False
    category: str = ""
    only_code: str = ""
    audience: str = ""
    product: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything to search for; filters alone count."""
        return bool(self.words or self.category or self.only_code or self.audience or self.product)


def parse(text: str, *, category: str = "", product: str = "", audience: str = "", code: str = "") -> Query:
    """The Query for what was typed; filters given here win over those typed. Takes any text and never raises."""
    text = clean(text)
    given = {"category": category, "product": product, "audience": audience, "code": code}
    pasted = "\n" in text or len(text) > TYPED_LENGTH
    plain, phrases, excluded, typed = _parse_pasted(text) if pasted else _parse_typed(text)
    filters = {key: clean(given[key] or typed.get(key, ""))[:LONGEST_FILTER] for key in FILTERS}
    found = tokenize(_ADDRESS.sub(" ", plain))
    if not found.words:
        found = tokenize(plain)
    codes = codes_in(plain)
    return Query(
        text=text,
        plain=plain,
        words=tuple(found.words),
        identifiers=tuple(found.identifiers),
        capitals=_words_in_capitals(plain),
        accented=_words_with_accents(plain),
        phrases=tuple(phrases),
        excluded=tuple(excluded),
        codes=codes,
        code=codes[0] if codes == (plain.strip(_AROUND),) else None,
        pasted=pasted,
        category=filters["category"],
        product=filters["product"],
        audience=filters["audience"].lower(),
        only_code=filters["code"],
    )


def codes_in(plain: str) -> tuple[str, ...]:
    """The pieces of a text that look like error codes, as written, once each: the likeliest first, MOST_CODES at most.

    A log numbers its threads, requests and lines: what is in small letters, a bare number, or one of many that differ
    in their digits only (`worker-10`, `worker-11`) is less likely to be one. Those equally likely keep their order.
    """
    found = dict.fromkeys(match.group() for match in _CODE.finditer(plain))
    shapes = Counter(map(_shape, found))
    return tuple(sorted(found, key=lambda code: (_is_plain(code), shapes[_shape(code)]))[:MOST_CODES])


def _is_plain(code: str) -> bool:
    """Whether it may as well be a count, a time, or a name in a program."""
    return code.isdigit() or (code != code.upper() and " " not in code and not _is_hexadecimal(code))


def _shape(code: str) -> str:
    """What codes have in common that differ in their digits only."""
    return f"0x{len(code)}" if _is_hexadecimal(code) else _DIGIT.sub("0", code.lower())


def _is_hexadecimal(code: str) -> bool:
    return code[:2].lower() == "0x"


def without_operators(text: str, *kinds: str) -> str:
    """What was typed without the operators of some kinds: QUOTES around words, what is EXCLUDED, and FILTERS."""
    pieces, end = [], 0
    for match in _OPERATOR.finditer(text):
        kind = _kind(match)
        if kind in kinds:
            pieces += [text[end : match.start()], match["quoted"] if kind == QUOTES else ""]
            end = match.end()
    return " ".join("".join([*pieces, text[end:]]).split()) if pieces else text


def as_words(text: str) -> str:
    """What was typed with nothing left in it that is an operator: a sentence may quote, and list with dashes."""
    return " ".join(_OPERATING.sub(" ", text).split())


def _kind(match: Match) -> str:
    """Which operator it is; '' for a plain word."""
    if match["key"]:
        return match["key"].lower()
    if match["minus"]:
        return EXCLUDED
    return "" if match["quoted"] is None else QUOTES


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, trimmed, cut to MAX_LENGTH characters."""
    return _UNPRINTABLE.sub(" ", text[: 2 * MAX_LENGTH]).strip()[:MAX_LENGTH]


def _parse_typed(text: str) -> tuple[str, list[tuple[str, ...]], list[tuple[str, ...]], dict[str, str]]:
    """The plain part of a short text, its phrases, what it excludes, and its filters."""
    plain: list[str] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    filters: dict[str, str] = {}
    end = 0
    for match in _OPERATOR.finditer(text):
        kind = _kind(match)
        if not kind:
            continue
        value = match["bare"] if match["quoted"] is None else match["quoted"]
        plain.append(text[end : match.start()])
        end = match.end()
        words = tuple(tokenize(value).words)
        if kind in FILTERS:
            filters.setdefault(kind, value)
        elif kind == EXCLUDED:
            excluded.extend([words] if words else [])
        else:
            plain.append(value)
            phrases.extend([words] if words else [])
    plain.append(text[end:])
    return " ".join(plain), phrases, excluded, filters


def _parse_pasted(text: str) -> tuple[str, list[tuple[str, ...]], list[tuple[str, ...]], dict[str, str]]:
    phrases = (tuple(tokenize(match["quoted"]).words) for match in _QUOTED.finditer(text))
    return text, [words for words in phrases if words], [], {}


def _words_in_capitals(plain: str) -> frozenset[str]:
    if plain.isupper():
        return frozenset()
    return frozenset(word.lower() for word in _CAPITALS.findall(plain))


def _words_with_accents(plain: str) -> frozenset[str]:
    if plain.isascii():
        return frozenset()
    found = zip(tokenize(plain).words, spans(plain), strict=True)
    typed = ((word, plain[start:end]) for word, (start, end) in found)
    return frozenset(word for word, text in typed if word.isascii() and not text.isascii() and fold(text) == word)
