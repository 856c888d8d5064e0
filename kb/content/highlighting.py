"""Renders a block of code in its language's colours, by the classes of Pygments."""

from __future__ import annotations

import re
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
_COMMENT = r"(?://|#|/\*|<!--|\{/\*|--|;|%)"
_COMMENT_END = r"(?:[ \t]*(?:\*/\}?|-->))?"
# What the tools that made the pages read as orders, and never show.
_ORDER = linear(rf"[ \t]*{_COMMENT}[ \t]*highlight-(?:start|end|next-line){_COMMENT_END}[ \t]*")
_MARK = linear(rf"[ \t]*{_COMMENT}[ \t]*\[!code[ \t][\w+:, -]{{1,40}}\]{_COMMENT_END}[ \t]*$", re.MULTILINE)
_NUMBER = linear(rf"({_COMMENT}[ \t]*\(\d{{1,3}}\))!")
_SHORTCODE = linear(r"\{\{([<%])/\*([^\n]{0,500}?)\*/([>%])\}\}")
_PLAIN = frozenset({"", "text", "plain", "plaintext", "txt", "output", "none"})


def code_block(code: str, info: str = "") -> str:
    """The HTML of `code`, whose language is the first word of `info`; a language nobody knows has no colours.

    The title that `info` gives (`sh [npm]`, `js title="a.js"`) stands above it.
    """
    code = _without_orders(code)
    word = _LANGUAGE.match(info.strip().lstrip("{."))
    coloured, language = _coloured(code.removesuffix("\n"), word.group().lower() if word else "")
    title = _TITLE.search(info)
    named = " ".join(next((each for each in title.groups() if each), "").split()) if title else ""
    label = f' data-language="{escape(language)}"' if language else ""
    shown = f'<p class="code-title">{escape(named)}</p>' if named else ""
    end = "\n" if code else ""
    return f'<div class="highlight"{label}>{shown}<pre tabindex="0"><code>{coloured}{end}</code></pre></div>'


def _without_orders(code: str) -> str:
    """Code as its readers see it: without what says how to show it, such as `// highlight-next-line` and `(1)!`."""
    if "highlight-" in code:
        code = "\n".join(row for row in code.split("\n") if not _ORDER.fullmatch(row))
    if "[!code" in code:
        code = _MARK.sub("", code)
    if ")!" in code:
        code = _NUMBER.sub(r"\1", code)
    return _SHORTCODE.sub(r"{{\1\2\3}}", code) if "*/" in code and "{{" in code else code


def _coloured(code: str, name: str) -> tuple[str, str]:
    """The code as HTML and the name of its language, '' when it has none."""
    if name in _PLAIN:
        return escape(code), ""
    try:
        lexer = find_lexer_class_by_name(name)
    except ClassNotFound:
        return escape(code), ""
    return highlight(f"{code}\n", lexer(stripnl=False), _FORMATTER).removesuffix("\n"), str(lexer.name)
