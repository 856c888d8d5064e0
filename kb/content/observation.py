"""Finds in a sentence what a person can observe, without boilerplate and lead-ins."""

from __future__ import annotations

from kb.content import vocabulary
from kb.content.patterns import linear
from kb.content.wording import capitalised, sentences

MOST_OPENINGS = 3


def observable(text: str) -> bool:
    """Whether a text tells of something that goes wrong, rather than of what to do or of how things are."""
    return bool(
        vocabulary.OBSERVABLE.search(text[: vocabulary.LONGEST_SENTENCE])
        or vocabulary.SEEN.match(text[: vocabulary.LONGEST_SENTENCE])
    )


def names_trouble(condition: str) -> bool:
    """Whether a condition only says that the trouble is there: 'If you see this error'; a mere 'not' does not."""
    start = vocabulary.CONDITION.match(condition)
    rest = condition[start.end() :] if start else condition
    return bool(
        vocabulary.SEEN.match(rest) or vocabulary.TROUBLE_NAMED.search(condition[: vocabulary.LONGEST_SENTENCE])
    )


def is_boilerplate(sentence: str) -> bool:
    """Whether a sentence only leads to another, sets a scene, or tells of when and why."""
    return bool(vocabulary.BOILERPLATE.match(without_opening(sentence[: vocabulary.LONGEST_SENTENCE])))


def without_opening(sentence: str) -> str:
    """A sentence without the words that tie it to the one before: 'In this scenario, ...', 'Additionally, ...'."""
    opening = vocabulary.OPENING.match(sentence)
    return sentence[opening.end() :] if opening else sentence


def promises_fix(text: str) -> bool:
    """Whether a text says that what follows puts something right: 'To fix this, follow these steps:'."""
    return bool(vocabulary.FIX.search(last_sentence(text)))


def gives_steps(text: str) -> bool:
    """Whether a text says that steps follow, whatever for: 'Follow these steps:'."""
    last = last_sentence(text)
    return bool(vocabulary.STEPS.search(last)) and not vocabulary.EXAMPLE.search(last)


def is_example(text: str) -> bool:
    """Whether a text sets an example, or ends by telling how to see or to reproduce something."""
    sets_example = any(
        vocabulary.SETS_EXAMPLE.match(sentence) for sentence in sentences(text[: vocabulary.LONGEST_SENTENCE * 4])
    )
    return sets_example or bool(vocabulary.EXAMPLE.search(last_sentence(text)))


def last_sentence(text: str) -> str:
    """The sentence that a text ends with, '' for none."""
    found = sentences(text[-vocabulary.LONGEST_SENTENCE :])
    return found[-1] if found else ""


def is_how_to(title: str) -> bool:
    """Whether a title names a task and not a problem: 'Enable logging', 'How to export contacts'."""
    if how := vocabulary.HOW.match(title):
        return not vocabulary.FIX_VERB.match(title[how.end() :].strip())
    return bool(vocabulary.HOW_TO.match(title)) and not observable(title)


_LABEL = linear(r"(?i)^(?:symptoms?|signs?) ?: ")


def cleaned(sentence: str) -> str:
    """A sentence as a symptom: without what opens it, what it points to, and the stop at its end."""
    whole = text = _LABEL.sub("", " ".join(sentence[: vocabulary.LONGEST_SENTENCE].split()))
    for _ in range(MOST_OPENINGS):
        text = without_opening(vocabulary.POINTER.sub("", text))
    text = vocabulary.MESSAGE_NAMED.sub(r"an \1 message", text).rstrip(" :;,.").strip()
    return text if whole.startswith(text[:1]) else capitalised(text)


def condition(sentence: str) -> str:
    """What 'If you see certificate errors:' says may be seen ('Certificate errors'); '' when it says nothing."""
    text = " ".join(sentence[: vocabulary.LONGEST_SENTENCE].split()).rstrip(" :;.,")
    start = vocabulary.CONDITION.match(text)
    if start is None:
        return ""
    bare = vocabulary.ACTION_TAIL.sub("", text)
    if bare == text and vocabulary.MAIN_CLAUSE.search(text):
        return cleaned(text) if observable(text) else ""
    bare = bare[start.end() :]
    if vocabulary.NO_CONDITION.match(bare):
        return ""
    seen = vocabulary.SEEN.match(bare) or vocabulary.ARE.match(bare)
    named = cleaned(bare[seen.end() :] if seen else bare)
    return f"Error {named}" if named.isdecimal() else capitalised(named)


def conditions(text: str) -> list[str]:
    """What the sentences of a text that begin with 'If' or 'When' say may be seen."""
    return [named for named in map(condition, sentences(text[: vocabulary.LONGEST_SENTENCE * 4])) if named]


def statements(text: str) -> list[str]:
    """The sentences of a text that state a problem: 'Tokens expire after a day', but neither leads nor scenes."""
    return [
        cleaned(sentence)
        for sentence in sentences(text[: vocabulary.LONGEST_SENTENCE * 4])
        if not sentence.endswith(":")
        and observable(sentence)
        and not (promises_fix(sentence) or gives_steps(sentence) or is_boilerplate(sentence) or condition(sentence))
    ]


def raised_when(sentence: str) -> str:
    """What 'This alert fires when no leader is elected.' is raised for: 'No leader is elected'."""
    found = vocabulary.RAISED.match(sentence[: vocabulary.LONGEST_SENTENCE])
    return capitalised(cleaned(sentence[found.end() :] if found else sentence))


def is_raised(sentence: str) -> bool:
    """Whether a sentence says what an alert is raised for."""
    return bool(vocabulary.RAISED.match(sentence[: vocabulary.LONGEST_SENTENCE]))


def is_guideline(text: str) -> bool:
    """Whether a text leads to advice or to an enumeration, rather than to a way out of a problem."""
    return bool(vocabulary.GUIDELINE.search(last_sentence(text)))
