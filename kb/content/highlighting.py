"""Renders a block of code in its language's colours, by the classes of Pygments."""

from __future__ import annotations

from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import find_lexer_class_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from kb.content.patterns import linear

TOKEN_CLASSES = frozenset(filter(None, STANDARD_TYPES.values()))
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
_LANGUAGE = linear(r"[\w+#.-]+")
_TITLE = linear(r"(?:title|filename|file)=(?:\"([^\"]{1,100})\"|'([^']{1,100})')|[ \t]\[([^\[\]]{1,100})\]")
_PLAIN = frozenset({"", "text", "plain", "plaintext", "txt", "output", "none"})


def code_block(code: str, info: str = "") -> str:
    """The HTML of `code`, whose language is the first word of `info`; a language nobody knows has no colours.

    The title that `info` gives (`sh [npm]`, `js title="a.js"`) stands above it.
    """
    word = _LANGUAGE.match(info.strip().lstrip("{."))
    coloured, language = _coloured(code.removesuffix("\n"), word.group().lower() if word else "")
    title = _TITLE.search(info)
    named = " ".join(next((each for each in title.groups() if each), "").split()) if title else ""
    label = f' data-language="{escape(language)}"' if language else ""
    shown = f'<p class="code-title">{escape(named)}</p>' if named else ""
    end = "\n" if code else ""
    return f'<div class="highlight"{label}>{shown}<pre tabindex="0"><code>{coloured}{end}</code></pre></div>'


def _coloured(code: str, name: str) -> tuple[str, str]:
    """The code as HTML and the name of its language, '' when it has none."""
    if name in _PLAIN:
        return escape(code), ""
    try:
        lexer = find_lexer_class_by_name(name)
    except ClassNotFound:
        return escape(code), ""
    return highlight(f"{code}\n", lexer(stripnl=False), _FORMATTER).removesuffix("\n"), str(lexer.name)
