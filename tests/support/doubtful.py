"""A guide of which the reader is not sure, and what makes it sure."""

IN_PROSE = """\
# Reports are empty

## Empty

The report shows an error. A newer version of the agent helps.
"""
MADE_SURE = IN_PROSE.replace(" A newer", "\n\n### Solution\n\nA newer")
