"""The words that an English contraction stands for, with any apostrophe, and without one where it is no other word."""

from __future__ import annotations

LongForm = tuple[str, ...]

APOSTROPHES = "'’‘\u02bc´`＇"  # noqa: RUF001  # what keyboards, phones and word processors put in its place
_STRAIGHT = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))

_NEGATED = "is are was were has have had do does did could should would must might need".split()  # noqa: SIM905
_SUBJECTS = {
    "'s": ("is", "he she it that there here who what where when how why this"),
    "'re": ("are", "we you they who what where there how"),
    "'ll": ("will", "i you he she it we you they that this there who what"),
    "'ve": ("have", "i we you they who could should would must might"),
    "'d": ("would", "i you he she it we they that there who how"),
}
# 'ill', 'shell', 'well', 'its' and 'were' are words; 'lets' is a form of one, 'id' a name for many things.
_OTHER_WORDS = frozenset("hed hell id ill its lets shed shell wed well were whore".split())  # noqa: SIM905
_ACRONYM = "IM"  # instant messages


def _long_forms() -> dict[str, LongForm]:
    forms: dict[str, LongForm] = {f"{verb}n't": (verb, "not") for verb in _NEGATED}
    forms |= {f"{subject}{end}": (subject, verb) for end, (verb, them) in _SUBJECTS.items() for subject in them.split()}
    forms |= {"won't": ("will", "not"), "can't": ("can", "not"), "shan't": ("shall", "not"), "ain't": ("is", "not")}
    forms |= {"i'm": ("i", "am"), "let's": ("let", "us"), "y'all": ("you", "all")}
    bare = {short.replace("'", ""): long for short, long in forms.items()}
    return (
        forms | {short: long for short, long in bare.items() if short not in _OTHER_WORDS} | {"cannot": ("can", "not")}
    )


_LONG_FORMS = _long_forms()
_LONGEST = max(map(len, _LONG_FORMS))


def long_form(text: str) -> LongForm | None:
    """The words that a contraction stands for; None for what is none."""
    if len(text) > _LONGEST or text == _ACRONYM:
        return None
    short = text.lower()
    return _LONG_FORMS.get(short) or (None if text.isalnum() else _LONG_FORMS.get(short.translate(_STRAIGHT)))
