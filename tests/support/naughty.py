# ruff: noqa: RUF001  # letters that look like others are the point
"""Texts that have broken searches, forms and databases elsewhere; none of them may break ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

BIG_LIST: tuple[str, ...] = tuple(
    json.loads((Path(__file__).parent.parent / "data" / "blns" / "blns.json").read_text(encoding="utf-8"))
)
SOME = BIG_LIST[::8]
BOTH_LISTS = pytest.mark.parametrize(
    "texts", [pytest.param(SOME, id="some"), pytest.param(BIG_LIST, id="all", marks=pytest.mark.slow)]
)
NAUGHTY = (
    "",
    " ",
    "\t\r\n",
    "\x00",
    "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x1f\x7f\x80\x85\x9f",
    "time\x00out",
    "\ufeff\u200b\u200c\u200d\u2060\u00ad",
    "\ud800",
    "login \udfff out",
    "\uffff\ufffe\U0010ffff",
    "undefined null None NULL nil NaN true false Infinity -1 0/0 1e309 0x0 1,000.00 1;DROP",
    "'; DROP TABLE kb_guide; --",
    "1' OR '1'='1",
    '" or ""="',
    "%s%s%s%n%x%p {0} {} ${7*7} #{7*7} {{7*7}} <%= 7*7 %>",
    "%00 %0a %ff %E0%80%80",
    "../../../../etc/passwd",
    "C:\\con\\con aux.txt NUL COM1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)> &lt;b&gt; &#0; &amp;amp;",
    "javascript:alert(1)",
    "$(reboot) `reboot` | reboot & reboot; reboot",
    "*a*",
    "*",
    "?",
    "a* *b ?c? d~2 e^4 +f -g !h",
    "[a TO z]",
    "{a TO z}",
    "title:[a TO }",
    "a AND OR NOT b ANDNOT c ANDMAYBE d REQUIRE e",
    "NOT NOT NOT",
    "(" * 1_000,
    "(" * 1_000 + "login" + ")" * 1_000,
    "((login) OR (time) AND NOT (out))",
    '"' * 999,
    '"unfinished phrase',
    "'unfinished",
    '""',
    '"" "" "" -"" -',
    "-",
    "--",
    "---force",
    "-login -time -out",
    '-"time out" -"',
    "category:",
    "category:: code:: audience::",
    'category:"" code:"" audience:"" product:""',
    "audience:staff audience:public audience:root",
    "category:../../x code:' audience:\x00",
    "a" * 40_000,
    "ab" * 5_000,
    "a " * 5_000,
    "-a " * 3_000,
    '"a" ' * 2_500,
    "_".join(["ab"] * 3_000),
    "CamelCase" * 1_000,
    "0x" + "f" * 9_000,
    "9" * 9_000,
    "1.2.3.4.5.6.7.8.9." * 500,
    "%" * 10_000,
    "\\" * 10_000,
    "é" * 9_000,
    "H̷̢̛̻͕̼̪̏̓̃Ȩ̴̯̝͗͆ ̵͎̠̈́C̶̫̏Ơ̴̻M̵̰̀E̶͕͝S̵̼̈" * 50,
    "ثم نفس سقطت وبالتحديد، جزيرتي باستخدام أن دنو",
    "\u202eright to left\u202c \u2066isolated\u2069",
    "בְּרֵאשִׁית בָּרָא אֱלֹהִים",
    "社會科學院語學研究所 田中さん 울란바토르 ｆｕｌｌ ｗｉｄｔｈ",
    "ภาษาไทยไม่มีช่องว่าง",
    "😀 👩‍👩‍👧‍👦 🇩🇪 ❤️ 🏳️‍🌈 ¯\\_(ツ)_/¯",
    "ﬁle ß ẞ İ ı ſ Ω ǅ ŉ ῼ",
    "𝓵𝓸𝓰𝓲𝓷 𝟙𝟚𝟛 ⓛⓞⓖⓘⓝ",
    "l\u0301o\u0308gin",
    "½ ² ₃ Ⅷ ① 一",
    "🏁" * 2_000,
    "Traceback (most recent call last):\n" + '  File "/srv/app.py", line 1, in <module>\n    raise Error("x")\n' * 200,
)
