"""Tells the ways to put a problem right apart, finds the conditions of steps, and marks the dangerous ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.content import cues
from kb.content.drafts import DraftStep
from kb.content.observation import names_trouble
from kb.content.patterns import counted, linear
from kb.content.sentence_evidence import main_clause

LONGEST_CONDITION = 200
LONGEST_TEXT = 600
BEFORE_DANGER = 40
LONGEST_CASE = 80
_CONDITIONAL = frozenset(["if", "when", "whenever", "unless", "in", "on", "for", "once", "with", "under"])
_NO_CONDITION = counted(
    r"(?:for (?:example|instance|more|further|details|information|this|that|now)|in (?:this|that|the|order|"
    r"addition|general|"
    r"particular|some|many|most|your|any|both|either|all|short|fact|such|the)\b|on the|with (?:this|that|the)|"
    r"if (?:so|not|yes|no|necessary|needed|required|possible|this is the case|you (?:want|wish|prefer|like)|that|"
    r"it|this)\b|"
    r"when (?:prompted|you are done|done|finished|it|this)|once (?:done|finished|this|that|you have|it))",
    re.IGNORECASE,
)
_CLAUSE = counted(
    r"((?:if|when|unless|in case) .{8,160}?) (?=(?:then |it (?:may|might|could|can|is|should|will)|"
    r"you (?:can|should|must|need|may|might|will|have to)|please|try|make sure|ensure|run|use)\b)",
    re.IGNORECASE,
)
_OTHERWISE = counted(
    r"(?:(?:please )?(?:alternatively|otherwise|or)\b[ ,:]|as an alternative|another (?:option|way|solution|"
    r"workaround|approach|"
    r"possibility|method|alternative)|a(?: different| second| third| simpler| better)? (?:alternative|option)\b|"
    r"(?:option|method|alternative|workaround|solution|approach|variant) (?:\d|[a-e])\b|instead[, ]|"
    r"you (?:can|could|may|might) (?:also|alternatively|instead)\b(?! (?:see|find|read|check|view|learn|look|verify))|"
    r"for a (?:global|permanent|temporary|"
    r"quick) (?:workaround|fix|solution)|"
    r"to achieve a permanent|the other)",
    re.IGNORECASE,
)
_EITHER = counted(
    r"\b(?:either|one of (?:the|these)|any of (?:the|these)|(?:following|these|several|two|three|four|some|"
    r"different|multiple|various|"
    r"possible|known|available|other) (?:\w+ ){0,2}?(?:options|methods|ways|workarounds|solutions|approaches|"
    r"alternatives|strategies|"
    r"possibilities|fixes|resolutions)|choose|pick one|depend(?:s|ing) on)\b",
    re.IGNORECASE,
)
_SURROUNDINGS = counted(
    r"(?:in|on|for|with|under|using|(?:if|when) (?:you(?:'re| are)? )?(?:use|using|run|running|on|have|in|not)|"
    r"if your \w+ (?:is|runs|uses|has))\b",
    re.IGNORECASE,
)
_NAMED = counted(
    r"(?:method|option|alternative|workaround|solution|approach|variant|way|resolution|fix|scenario|case|possibility)s?"
    r" ?#?(?:\d{1,2}|[a-h]|one|two|three|four)?\b",
    re.IGNORECASE,
)
_OR_AT_END = linear(r"[,;.]?\s+(?:or|OR|\*\*or\*\*)\s*[.:]?$")
_SYSTEMS = (
    r"(?:windows|macos|mac|linux|ubuntu|debian|fedora|rhel|centos|android|ios|iphone|docker desktop|wsl\d?|unix|aix|"
    r"solaris|chrome|firefox|edge|safari|internet explorer|outlook|office|sharepoint|exchange|version|release)"
)
# A system or a version that a title or an item begins with: 'On Windows 10 open', 'Outlook 2013:', 'Linux/WSL2: Run'.
_VERSION = counted(
    rf"(?:on|in|for|with|using|if you(?:'re| are)(?: on| using| running)?) (?:[\w.+/-]+ ){{0,3}}?{_SYSTEMS}\b|"
    rf"(?:[\w.+-]+ )?{_SYSTEMS}\b(?:[\w./ ,+-]{{0,40}}(?::|$)| (?:20\d\d|\d+(?:\.\d+)*)\b)",
    re.IGNORECASE,
)
_SEQUENCE = linear(r"(?:step|part|phase|stage|task)s? ?#?\d|\d{1,2}[.)] ", re.IGNORECASE)
_IN_TURN = linear(r"(?:step|part|phase|stage) ?#?\d|\d{1,2}[.)] ", re.IGNORECASE)
_PICTURE = linear(r"!\[[^\]\n]*\](?:\([^)\n]*\))?|:::image[^\n]*")
_DANGER = counted(
    r"\b(?:delet(?:e|es|ing)|revok(?:e|es|ing)|reset(?:s|ting)?|re-?install(?:s|ing)?|uninstall(?:s|ing)?|"
    r"format(?:ting)? (?:the|your|a)|"
    r"wip(?:e|es|ing)|purg(?:e|es|ing)|prun(?:e|es|ing)|eras(?:e|es|ing)|destroy(?:s|ing)?|drop(?:s|ping)? (?:the|"
    r"table|database)|"
    r"overwrit(?:e|es|ing)|permanently|factory (?:reset|settings)|data loss|re-?creat(?:e|ing) (?:the|your)|rm -r?f?|"
    r"--force|--cascade|rmi -f|system prune|mkfs|dd if=|drop table|truncate table|charged?|extra cost|purchas(?:e|ing)|"
    r"buy(?:ing)? (?:a|an|the|more|another)|regenerat(?:e|es|ing)|"
    r"(?:upgrad(?:e|ing)|switch(?:ing)?|mov(?:e|ing)) to an? (?:[\w-]+ ){0,3}(?:plan|tier|subscription)|"
    r"restor(?:e|ing) (?:a|the|from) (?:backup|snapshot)|downgrad(?:e|ing)|terminat(?:e|ing)|kill -9)\b|\brm -rf?\b",
    re.IGNORECASE,
)
_MARKED = linear(r"\s*\{danger\}\s*$", re.IGNORECASE)
_HARMLESS = counted(r"\b(?:do not|don't|don\u2019t|never|avoid|without) (?:\w+ ){0,2}$", re.IGNORECASE)


def condition_of(text: str) -> str:
    """The condition that a sentence begins with: 'If you use a proxy, ...'; '' for none."""
    text = text[:LONGEST_TEXT]
    words = cues.words_of(text)
    if not words or words[0] not in _CONDITIONAL or _NO_CONDITION.match(text):
        return ""
    end = main_clause(words, text)
    without_comma = None if end else _CLAUSE.match(text)
    if not end and without_comma is None:
        return ""
    clause = (without_comma.group(1) if without_comma else _first_words(text, end)).strip(" ,;:")
    return clause if len(clause) <= LONGEST_CONDITION and ">" not in clause else ""


def _first_words(text: str, number: int) -> str:
    """The text up to its word of that number (from 0)."""
    for count, match in enumerate(cues.WORD.finditer(text)):
        if count == number:
            return text[: match.start()]
    return text


def condition_of_list(lead: str) -> str:
    """The condition under which the items of a list are to be done, by the sentence before it.

    What merely names the trouble ('If you see this error, follow these steps:') is none.
    """
    condition = condition_of(lead)
    if not condition and lead.endswith(":") and lead[:3].lower() == "if ":
        condition = lead.rstrip(" :")
    return "" if names_trouble(condition) or len(condition) > LONGEST_CONDITION else condition


def is_in_turn(title: str) -> bool:
    """Whether a title is that of one step of several: 'Step 2: ...'."""
    return bool(_IN_TURN.match(title[:LONGEST_TEXT]))


def leads_to_alternatives(lead: str) -> bool:
    """Whether a sentence says that what follows it are ways to choose from."""
    return bool(_EITHER.search(lead[:LONGEST_TEXT]))


def begins_alternative(text: str) -> bool:
    """Whether a step begins another way: 'Alternatively, ...'."""
    return bool(_OTHERWISE.match(text[:LONGEST_TEXT]))


def names_alternative(title: str) -> bool:
    """Whether a sub-heading names one way of several: 'Method 2', 'Outlook 2013', 'If you use a proxy'."""
    title = title[:LONGEST_TEXT]
    if _SEQUENCE.match(title):
        return False
    return bool(
        _NAMED.match(title) or begins_alternative(title) or _VERSION.match(title) or cues.words_of(title)[:1] == ("if",)
    )


def is_dangerous(text: str, markdown: str) -> bool:
    """Whether a step deletes, revokes, resets, reinstalls or costs something."""
    if _MARKED.search(text):
        return True
    # A picture is described: what it shows is not what is done.
    for source in (text[:LONGEST_TEXT], _PICTURE.sub("", markdown[: LONGEST_TEXT * 2])):
        for found in _DANGER.finditer(source):
            if not _HARMLESS.search(source[max(0, found.start() - BEFORE_DANGER) : found.start()]):
                return True
    return False


def unmarked(text: str) -> str:
    """A step's text without the writer's mark of danger."""
    return _MARKED.sub("", text)


def tell_apart(steps: Sequence[DraftStep]) -> None:
    """Number the procedures of some steps, in the order of the text, and give each step its condition."""
    for step in steps:
        step.condition = condition_of(step.text) or step.condition
    _part_lists(steps)
    number = 0
    for before, step in zip((None, *steps), steps, strict=False):
        if before is not None and _another(before, step):
            number += 1
        step.procedure = number
    _name(steps)


def _part_lists(steps: Sequence[DraftStep]) -> None:
    """Say of the items of a list whether each is a way of its own."""
    of_list: dict[str | int, list[DraftStep]] = {}
    for step in steps:
        if step.listed is not None:
            of_list.setdefault(step.lead or id(step.listed), []).append(step)
    for items in of_list.values():
        joined = any(_OR_AT_END.search(item.text) for item in items[:-1])
        apart = joined or leads_to_alternatives(items[0].lead)
        if apart:
            cases = [item.text for item in items]
        else:
            cases = [_case(item) for item in items]
            if items[0].ordered or len(set(cases) - {""}) < max(2, len(items) - 1) or not all(cases[1:]):
                continue
        for item, case in zip(items, cases, strict=True):
            item.text = _OR_AT_END.sub("", item.text)
            item.apart = bool(case) and len(items) > 1


def _case(step: DraftStep) -> str:
    """What a step names that holds for some people only: a condition, a system or a version at its beginning."""
    return condition_of(step.text) or (step.text if _VERSION.match(step.text[:LONGEST_CASE]) else "")


def _another(before: DraftStep, step: DraftStep) -> bool:
    if step.under != before.under and (step.under or before.under):
        named = names_alternative(step.under) or (bool(before.under) and names_alternative(before.under))
        return named or step.alternative or before.alternative
    if step.listed is None and before.listed is None and _contrast(before.condition, step.condition):
        return True
    return step.apart or begins_alternative(step.text) or (before.apart and not step.apart)


def _contrast(one: str, other: str) -> bool:
    """Whether two conditions name different surroundings: 'In Kubernetes', 'If using the command line'."""
    return bool(one != other and _SURROUNDINGS.match(one) and _SURROUNDINGS.match(other))


def _name(steps: Sequence[DraftStep]) -> None:
    """Give each of several procedures a name of its own: its sub-heading, its condition, else its number."""
    if not steps or not steps[-1].procedure:
        return
    taken: set[str] = set()
    for number in range(steps[-1].procedure + 1):
        own = [step for step in steps if step.procedure == number]
        name = own[0].under or own[0].condition or f"Option {number + 1}"
        while name in taken:
            name = f"{name} ({number + 1})"
        taken.add(name)
        for step in own:
            step.under = name
