"""Figures that tests measure and none asserts, as how long somebody waited: they are told when all tests are over."""

from __future__ import annotations

import pytest

FIGURE = "figure"  # the name under which a test gives one to pytest's `record_property`


def tell(reporter: pytest.TerminalReporter) -> None:
    """Write the figures of all tests, each with the name of its test."""
    reports = [report for kind in ("passed", "failed") for report in reporter.stats.get(kind, ())]
    figures = [(report.nodeid, value) for report in reports for name, value in report.user_properties if name == FIGURE]
    if figures:
        reporter.section("figures")
    for test, value in figures:
        reporter.write_line(f"{test}: {value}")
