"""The error codes that a guide defines, and those that its problems name."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content import outline, problems
from kb.content.codes import named, spellings


def codes(text: str) -> list[tuple[str, str, str, str, int]]:
    found = problems.find(outline.parse(dedent(text))).error_codes
    return [(code.code, code.meaning, code.action, code.anchor, code.line) for code in found]


def test_a_table_defines_codes_with_its_columns_in_any_order() -> None:
    head = "| Error code | What to do | Meaning |\n|---|---|---|\n"
    rows = head + "| `E5` | Load paper | No **paper** |\n| HTTP 404 | | Gone |\n"
    assert codes(f"# G\n\n{rows}") == [
        ("E5", "No paper", "Load paper", "g", 5),
        ("404", "Gone", "", "g", 6),
    ]  # fmt: skip


HEADERS = [
    "Code",
    "CODE",
    "Error code",
    "Status code",
    "HTTP status code",
    "**Code**",
    "Exit codes",
    "Error number",
    "Error",
]


@pytest.mark.parametrize("header", HEADERS)
def test_the_first_column_is_headed_code(header: str) -> None:
    assert codes(f"# G\n\n| {header} | Description | Solution |\n|-|-|-|\n| 429 | Too many | Wait |\n") == [
        ("429", "Too many", "Wait", "g", 5)
    ]


@pytest.mark.parametrize(
    "table",
    [
        "| Name | Code |\n|-|-|\n| a | 1 |\n",
        "| Error | Meaning |\n|-|-|\n| No paper | Empty tray |\n",
        "| Status | Meaning |\n|-|-|\n| Running | Fine |\n",
        "| Barcode | Meaning |\n|-|-|\n| 1 | x |\n",
    ],
)
def test_other_tables_define_none(table: str) -> None:
    assert codes(f"# G\n\n{table}") == []


def test_a_table_without_known_columns_gives_the_second_as_the_meaning() -> None:
    assert codes("# G\n\n| Code | Anything |\n|-|-|\n| 1 | x |\n| | y |\n") == [("1", "x", "", "g", 5)]
    assert codes("# G\n\n| Code |\n|-|\n| 1 |\n") == [("1", "", "", "g", 5)]


def test_several_codes_in_a_cell_are_parted() -> None:
    found = codes(
        "# G\n\n| Code | Meaning |\n|-|-|\n| `401`, `403` | x |\n| 500/502 | y |\n| A1 or A2 | z |\n| Not found | w |\n"
    )
    assert [code[0] for code in found] == ["401", "403", "500", "502", "A1", "A2", "Not found"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("`CONN_RESET`: Connection was reset", ("CONN_RESET", "Connection was reset", "")),
        ("**E5** - No paper", ("E5", "No paper", "")),
        ("**404 Not Found** \u2013 The page is missing", ("404", "Not Found: The page is missing", "")),
        ("401 Unauthorized", ("401", "Unauthorized", "")),
        ("`A1` or `A2`: Broken", ("A1", "Broken", "")),
        ("HTTP 503: Busy", ("503", "Busy", "")),
        ("ERR-7 \u2014 Broken. Action: Restart", ("ERR-7", "Broken", "Restart")),
        ("`E9`: Broken\n  - Solution: Restart it", ("E9", "Broken", "Restart it")),
        ("`E9`\n  - Meaning: Broken\n  - Fix: Restart it", ("E9", "Broken", "Restart it")),
        ("ERROR 2013 (HY000): Lost connection", ("2013", "HY000: Lost connection", "")),
    ],
)
def test_an_item_under_the_label_defines_a_code(item: str, expected: tuple[str, str, str]) -> None:
    for label in ("## Common error codes\n", "**Error codes:**"):
        found = codes(f"# G\n\n{label}\n- {item}\n")
        assert found[0][:3] == expected
        assert [code[0] for code in found] in ([expected[0]], ["A1", "A2"])


def test_items_that_name_no_code_define_none() -> None:
    assert codes("# G\n\n## Error codes\n\n- Read the log: it helps\n- just words\n-\n- ```\n  x\n  ```\n") == []
    assert codes("# G\n\n## Other\n\n- `E5`: not under the label\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Error 0x8004010F is shown", ["0x8004010F"]),
        ("It ends with CONN_TIMEOUT", ["CONN_TIMEOUT"]),
        ("The error MY_THING is shown", ["MY_THING"]),
        ("Set HTTP_PROXY and HKEY_LOCAL_MACHINE", []),
        ("You get HTTP 401 or status code: 503", ["401", "503"]),
        ("429 Too Many Requests errors", ["429"]),
        ("401 Unauthorized", ["401"]),
        ("ERROR 2013 (HY000): Lost connection", ["2013"]),
        ("error code -19992", ["-19992"]),
        ("Event ID 1000, SQLCODE=-206, ErrorCode: 17", ["1000", "-206", "17"]),
        ("AMQ9716: the check failed, ORA-01555", ["AMQ9716", "ORA-01555"]),
        ("550 5.7.1 Unable to relay; NDR 5.1.10", ["5.7.1", "5.1.10"]),
        ("Version 5.7.1 of 2016 with 404 items, RFC2822, error 3.5", []),
        ("The display shows E5", ["E5"]),
        ("It says e5", ["E5"]),
        ("There are 12 items", []),
        ("502 (Bad Gateway)", ["502"]),
        ("It says 522 or 525", ["522", "525"]),
        ("(503)", ["503"]),
        ("A 404 with no body", ["404"]),
        ("The page returns a 404 when it is gone", ["404"]),
        ("getaddrinfo ENOTFOUND, then E_FAIL", ["ENOTFOUND", "E_FAIL"]),
        ("Error HL083112", ["HL083112"]),
        ("SQLSTATE 42P01", ["42P01"]),
        ("`MY_THING`", ["MY_THING"]),
        ("Raise `CONNECTION_POOL` a little", []),
        ("Reached 10.16.125.42 and 192.168.0.1:404", []),
        ("Since 2024 and in 2019", []),
        ("Install KB5001234 or patch MS17-010", []),
        ("1. Open it 2. Close it", []),
        ("Port 443 on IPV4 with UTF-16 and SHA-256", []),
        ("Enough EMAILS and EVENTS", []),
    ],
)
def test_codes_are_recognised_in_prose(text: str, expected: list[str]) -> None:
    assert list(named([text], {"E5", "12"})) == expected


def test_a_problem_has_the_codes_that_its_blocks_define_and_its_symptoms_name() -> None:
    text = """\
        # G
        ## Time-out (HTTP 504)
        **Symptoms:**
        - `conn_timeout` in the log
        - 504 Gateway Timeout

        **Solution:**
        1. Retry

        **Error codes:**
        - `CONN_TIMEOUT`: no answer
        - `CONN_RESET`: cut off
        ## Codes
        | Code | Meaning |
        |---|---|
        | 504 | x |
        """
    [problem] = problems.find(outline.parse(dedent(text))).problems
    assert problem.codes == ("CONN_TIMEOUT", "CONN_RESET", "504")


def test_addresses_and_placeholders_in_a_column_of_codes_are_none() -> None:
    assert codes("# G\n\n| Code | Meaning |\n|-|-|\n| 10.16.125.42 | Server |\n| XXX | Any |\n| E5 | Paper |\n") == [
        ("E5", "Paper", "", "g", 7)
    ]


def test_codes_count_in_titles_symptoms_and_messages_though_no_table_defines_them() -> None:
    text = """\
        # Upload fails with `502 (Bad Gateway)`

        ## Symptoms

        - The log says E_FAIL

        ```
        npm ERR! code EACCES
        ```

        ## Fix

        1. Restart error 9.
        """
    structure = problems.find(outline.parse(dedent(text)))
    assert [problem.codes for problem in structure.problems] == [("502", "E_FAIL", "EACCES")]
    assert structure.error_codes == ()


def test_a_code_counts_in_a_message_that_is_no_symptom() -> None:
    text = "# Mail hangs\n\n```\nerror: E_FAIL\n```\n\n## Symptoms\n\n- It hangs\n\n## Fix\n\n1. Restart it.\n"
    [problem] = problems.find(outline.parse(text)).problems
    assert ([each.text for each in problem.symptoms], problem.codes) == (["It hangs"], ("E_FAIL",))


# Codes that a guide names and does not define


def named_codes(text: str, title: str = "") -> list[tuple[str, str, str]]:
    found = problems.find(outline.parse(dedent(text)), title).named_codes
    return [(code.code, code.place, code.anchor) for code in found]


def test_codes_are_named_by_titles_headings_symptoms_and_messages_alone() -> None:
    text = """
        # Sending fails with 0x800CCC80

        Some see HTTP 404 or `E_PROSE` elsewhere.

        ## It ends with error 1603

        Read on.

        ## The outbox is full

        **Symptoms:**

        - The log says `ERR_OUTBOX_FULL`

        **Solution:**

        1. Ignore `ERR_IGNORED`.

        ## What the server writes

        ```
        $ curl -i https://shop.example/status/500
        fatal: HTTP 503 from upstream
        ```
    """
    assert named_codes(text) == [
        ("0x800CCC80", "title", "sending-fails-with-0x800ccc80"),
        ("1603", "heading", "it-ends-with-error-1603"),
        ("ERR_OUTBOX_FULL", "symptom", "the-outbox-is-full"),
        ("503", "message", "what-the-server-writes"),
    ]


def test_a_code_is_named_once_in_whatever_case_and_not_where_it_is_defined() -> None:
    assert named_codes("# Error 0x800CCC80\n\n## Again 0x800ccc80\n\nx\n") == [
        ("0x800CCC80", "title", "error-0x800ccc80")
    ]
    table = "\n| Code | Meaning |\n|-|-|\n| `0x800ccc80` | No password |\n"
    assert named_codes(f"# Error 0x800CCC80\n{table}") == []


def test_the_title_of_the_head_names_codes_too() -> None:
    assert named_codes("Read on.\n", "It ends with E_FAIL") == [("E_FAIL", "title", "")]


@pytest.mark.parametrize(
    "title", ["Outlook 2016 and Office 365", "Top 100 of 2024", "Answer 404", "RFC 2119", "Port 443"]
)
def test_numbers_in_titles_are_no_codes(title: str) -> None:
    assert named_codes(f"# {title}\n\nRead on.\n") == []


def test_both_of_two_numbers_before_errors_are_codes() -> None:
    assert list(named(["The collector gets 401/403 errors"], ())) == ["401", "403"]
    assert list(named(["Some 450/500 boxes fit"], ())) == []


@pytest.mark.parametrize(
    ("written", "key"),
    [("HTTP 429", "429"), ("error  429", "429"), ("#429", "429"), ("800CCC80", "0x800ccc80"), ("Fault 7", "7")],
)
def test_a_code_is_looked_up_as_people_write_it(written: str, key: str) -> None:
    assert key in spellings(written)
    assert spellings(written)[0] == " ".join(written.lower().split()).strip("#")
