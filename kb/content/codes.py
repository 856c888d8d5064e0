"""Finds error codes: those that a guide defines in tables, lists and prose, and those that a text names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from kb.content.blocks import Item, ListBlock, Paragraph, Table, plain
from kb.content.document import ErrorCode
from kb.content.headings import Passage
from kb.content.labels import Kind, read_label
from kb.content.patterns import GAP, Match, Pattern, counted, linear

LONGEST_CODE = 80
_CODE_HEADER = linear(
    r"(?:(?:\w+ ){0,2}(?:error|status|http|api|exit|return|response|result|reason|event|fault|alarm)[ /-]?)?"
    r"(?:code|number|no\.?|id)s?|(?:http )?status|error",
    re.IGNORECASE,
)
_MEANING_HEADER = linear(
    r"(?:meaning|description|message|error|name|explanation|what (?:it|this) means|title|status|text|details?|summary|"
    r"reason|cause|problem|error (?:message|name|text|description))s?",
    re.IGNORECASE,
)
_ACTION_HEADER = linear(
    r"(?:(?:recommended|suggested|corrective|user) )?(?:action|solution|resolution|fix|remedy|workaround|mitigation|"
    r"recommendation|response|next step|step)s?(?: to take)?|what to do|how to (?:fix|resolve)(?: it)?|remediation|"
    r"fixes|remedies|troubleshooting",
    re.IGNORECASE,
)
_CODE = counted(r"(?=[\w.:/#-]*[A-Z\d])[A-Za-z0-9-][\w.:/#-]*[\w#]|[A-Z\d]")
_PREFIX = counted(
    r"(?:http|error|err|status|code|event id|exit)(?: (?:code|status|no\.?|number))?[ :#]{1,9}(?=\S{0,80}\d)",
    re.IGNORECASE,
)
_SEPARATOR = linear(r"\s*(?:[:\u2013\u2014=]|->|\u2192)\s*|\s+--?\s+")
_ACTION = counted(
    r"(?:(?<![\s.;(])[\s.;(]*+|)\b(?:action|solution|fix|resolution|what to do|remedy|to fix|workaround)\s*:\s*",
    re.IGNORECASE,
)
_MEANING = linear(r"(?:meaning|cause|description)\s*:\s*", re.IGNORECASE)
_BETWEEN = counted(rf"{GAP}(?:[,;]|/(?=\s)|\bor\b|\band\b)\s*|(?<=\d)/(?=\d)")
_OR = counted(r"(?:or\b|and\b|/|,)")
_NUMBER = linear(r"\d{1,5}")
_REASONS = (
    r"(?:bad request|unauthori[sz]ed|payment required|forbidden|not found|method not allowed|not acceptable|"
    r"request time-?out|conflict|gone|payload too large|unprocessable|too many requests|rate limit\w*|"
    r"internal server error|server error|authentication required|not implemented|bad gateway|service unavailable|"
    r"gateway time-?out|"
    r"errors?|responses?|status)"
)
# Codes that show by their form: hexadecimal, joined by underscores, message numbers, numbers said to be codes.
_TOKENS = counted(
    r"\b(?P<hex>0x[0-9A-Fa-f]{4,16})\b|"
    r"\b(?P<joined>(?!HKEY_)[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)\b|"
    r"\b(?P<fault>E_[A-Z][A-Z_]{2,30}|E(?:ACCES|AGAIN|ADDR|AI_|BADF|BUSY|CONN|DQUOT|EXIST|FBIG|HOST|INTEGRITY|INTR|INVAL|IO|"
    r"ISDIR|JSON|LIFECYCLE|LOOP|MFILE|MLINK|NAMETOO|NET|NFILE|NO|PERM|PIPE|PROTO|RESOLVE|ROFS|TIME|XDEV)[A-Z_]{0,20})\b|"
    r"\bSQLSTATE\W{1,3}(?P<state>[0-9A-Z]{5})\b|"
    r"\b(?:error|code)s?\W{1,3}(?P<short>(?!KB|MS|IE|HP)[A-Z]{2}\d{4,6})\b|"
    r"\b(?P<message>(?!RFC|ISO|UTF|SHA|WIN|CVE|HTTP|IPV)(?:[A-Z]{3,6}-?|(?:[A-Z]|(?!KB|MS|IE|HP|PC)[A-Z]{2})-)\d{3,6}[A-Z]?)\b|"
    r"(?:\b[245]\d\d[ -]|(?:error|code|status|ndr|dsn|bounce|smtp|#)\W{1,3}|\(#?)(?P<mail>[245]\.\d{1,2}\.\d{1,3})\b|"
    r"\b(?:HTTPS?(?:/\d(?:\.\d)?)?|status)(?:[ -](?:status|error|response|code)){0,2}[ :#]{1,2}(?P<http>[1-5]\d\d)\b|"
    rf"\b(?P<reason>[1-5]\d\d)(?=(?:/[1-5]\d\d)? \(?{_REASONS}\b)|"
    r"\((?P<bracketed>[45]\d\d)\)|\ban? (?P<article>[45]\d\d)(?= (?:with|when|from|for|on|instead|is|page|code)\b)|"
    r"\b(?P<either>[45]\d\d)(?= or [45]\d\d\b)|(?<=\d\d\d or )(?P<other>[45]\d\d)\b|"
    r"\b(?:error|err|event id|exit|return|sqlcode|errno)(?: ?(?:code|number|no\.?|id|with code))?[ :#(=]{1,3}"
    r"(?P<number>-?\d{1,6})\b(?![.,:]\w)",
    re.IGNORECASE,
)
_SOUNDS_WRONG = linear(
    r"ERR|FAIL|TIME_?OUT|REFUSED|RESET|DENIED|INVALID|EXPIRED|EXCEED|UNAVAIL|UNAUTH|FORBID|LIMIT|BAD_|ABORT|NOT_|_NOT|NO_|"
    r"UNKNOWN|UNSUPPORTED|UNTRUSTED|UNABLE|SELF_SIGNED|CERT_|MISSING|CONN_|^E_|EXCEPTION|CONFLICT|REJECT|MISMATCH|UNREACH|CLOSED|LOCKED|FULL|CORRUPT|OVERFLOW|STOP"
)
_BESIDE = counted(r"\b(?:errors?|codes?|exceptions?|failures?|status)\b", re.IGNORECASE)
_RUN = counted(r"[\w.:/#-]+")
_UPPER = linear(r"[A-Z0-9_#-]+")
_SAY_NOTHING = frozenset(["0", "1", "-1", "255"])
# What stands in a column of codes and is none: a placeholder, an address.
_NO_CODE = linear(r"[Xx]{2,}|\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2}|:\d{1,5})?")


def defined(passage: Passage) -> Iterator[ErrorCode]:
    """The codes that a passage defines: in tables, and under a label of error codes in lists too."""
    for chunk in passage.chunks:
        anchor = chunk.section.anchor if chunk.section else ""
        for block in chunk.blocks:
            if isinstance(block, Table):
                yield from _of_table(block, anchor)
            elif isinstance(block, ListBlock) and passage.kind is Kind.CODES:
                for item in block.items:
                    yield from _of_item(item, anchor)


def _heads(header: str, pattern: Pattern, kind: Kind) -> bool:
    """Whether a column is one of its kind, by its words in English or by a label of any language that is not vague."""
    if pattern.fullmatch(header):
        return True
    label = read_label(header)
    return label is not None and label.kind is kind and not label.is_vague(header)


def _of_table(table: Table, anchor: str) -> Iterator[ErrorCode]:
    headers = [" ".join(cell.text.split()).strip(" :*") for cell in table.header]
    if not headers or not _heads(headers[0], _CODE_HEADER, Kind.CODES) or not _plausible(table, headers[0]):
        return
    columns = range(1, len(headers))
    action_column = next((each for each in columns if _heads(headers[each], _ACTION_HEADER, Kind.SOLUTION)), None)
    others = [column for column in columns if column != action_column]
    meaning_column = next(
        (column for column in others if _MEANING_HEADER.fullmatch(headers[column])), next(iter(others), None)
    )
    for row in table.rows:
        cells = ["; ".join(filter(None, (" ".join(line.split()) for line in cell.text.split("\n")))) for cell in row]
        for code in _codes(cells[0]):
            meaning = cells[meaning_column] if meaning_column is not None else ""
            yield ErrorCode(
                code, meaning, cells[action_column] if action_column is not None else "", anchor, row[0].line
            )


def _plausible(table: Table, header: str) -> bool:
    """A first column headed 'Code' holds codes by its word; one headed 'Error', 'Status' or 'ID' must look like it."""
    if "code" in header.lower():
        return True
    cells = [row[0].text.strip() for row in table.rows if row]
    return bool(cells) and all(_looks_like_code(_PREFIX.sub("", cell)) for cell in cells)


def _looks_like_code(cell: str) -> bool:
    cell = cell.strip(" `*")
    return bool(_CODE.fullmatch(cell)) and (any(map(str.isdigit, cell)) or ("_" in cell and cell.isupper()))


def _codes(text: str) -> list[str]:
    """The codes in a cell: '`401`, `403`' are two."""
    text = text.strip(" `*")
    if _NO_CODE.fullmatch(text):
        return []
    parts = [part.strip(" `*") for part in _BETWEEN.split(text)]
    several = len(parts) > 1 and all(_CODE.fullmatch(bare(part)) for part in parts)
    return [
        bare(part)[:LONGEST_CODE] for part in (parts if several else [text]) if part and not _NO_CODE.fullmatch(part)
    ]


def bare(code: str) -> str:
    """A code without the word before it: 'HTTP 401' -> '401'."""
    return _PREFIX.sub("", code.strip(), count=1).strip() or code.strip()


def spellings(written: str) -> tuple[str, ...]:
    """The keys (in lower case) that a code may have which somebody wrote, the likeliest first.

    `HTTP 429` and `error 429` mean `429`, `800CCC80` means `0x800ccc80`.
    """
    whole = " ".join(written.split()).strip("#").lower()
    plain = bare(whole)
    keys = (whole, plain, f"0x{plain}", plain.removeprefix("0x"), whole.split(" ")[-1])
    return tuple(dict.fromkeys(filter(None, keys)))


def _of_item(item: Item, anchor: str) -> Iterator[ErrorCode]:
    if item.lead is None:
        return
    head, description = _code_and_description(item.lead)
    if not head:
        return
    meaning, action = _meaning_and_action(description)
    for block in item.blocks[1:]:
        for inner in block.items if isinstance(block, ListBlock) else ():
            inner_meaning, inner_action = _meaning_and_action(" ".join(inner.text.split()))
            meaning, action = meaning or inner_meaning, action or inner_action
    for code in _codes(head):
        yield ErrorCode(code, meaning, action, anchor, item.line)


def _code_and_description(lead: Paragraph) -> tuple[str, str]:
    """The code that an item begins with, and what it says of it; '' when it begins with none."""
    runs = [run for run in lead.runs if run.text.strip()]
    marked = 0
    while marked < len(runs) and (
        runs[marked].code or runs[marked].strong or (marked and runs[marked].text.strip(" ,/") in ("", "or"))
    ):
        marked += 1
    if marked and len(plain(runs[:marked])) <= LONGEST_CODE:
        head = plain(runs[:marked]).strip(" :")
        description = plain(runs[marked:]).lstrip(" :=-\u2013\u2014\u2192>")
    else:
        parts = _SEPARATOR.split(plain(runs), maxsplit=1)
        head, description = parts[0].strip(), parts[1].strip() if len(parts) > 1 else ""
    return _with_reason(bare(head), description)


def _with_reason(head: str, description: str) -> tuple[str, str]:
    """'404 Not Match' is the code 404 with the meaning 'Not Match'; words without a code are none."""
    first, _, reason = head.partition(" ")
    if _CODE.fullmatch(first) and (any(map(str.isdigit, first)) or first.isupper() or "_" in first) and reason:
        reason = reason.strip(" ()-:\u2013")
        if not _OR.match(reason):
            return first, f"{reason}: {description}" if description else reason
    listed = _codes(head)
    return (head, description) if listed and all(_CODE.fullmatch(code) for code in listed) else ("", "")


def _meaning_and_action(text: str) -> tuple[str, str]:
    label = _MEANING.match(text)
    parts = _ACTION.split(text[label.end() :] if label else text, maxsplit=1)
    return parts[0].strip(), parts[1].strip() if len(parts) > 1 else ""


def named(texts: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """The codes that texts name: those that show by their form, and those `known`; numbers when said to be codes."""
    whole = {code.casefold(): code for code in known if not _NUMBER.fullmatch(code)}
    for text in texts:
        for match in _TOKENS.finditer(text):
            code = match.group(str(match.lastgroup))
            if _is_code(match, text):
                yield whole.get(code.casefold(), code)
        for run in _RUN.findall(text):
            word = run.rstrip(".:/#-").casefold()
            if word in whole:
                yield whole[word]


def _is_code(match: Match, text: str) -> bool:
    """Words joined by underscores are codes when they sound like an error or stand beside the word; others by form."""
    code = match.group(str(match.lastgroup))
    if match.lastgroup in ("message", "fault", "state", "short"):
        return bool(_UPPER.fullmatch(code))
    if match.lastgroup == "joined":
        if text.strip(" `*") == code and code.isupper():
            return True
        around = text[max(0, match.start() - 20) : match.start()] + " " + text[match.end() : match.end() + 20]
        return bool(_UPPER.fullmatch(code)) and bool(_SOUNDS_WRONG.search(code) or _BESIDE.search(around))
    if match.lastgroup == "number":  # how a program ended, and the number of an error in a list, say nothing
        return code not in _SAY_NOTHING and not (len(code) == 1 and match.start() == 0)
    return True
