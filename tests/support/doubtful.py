"""A guide of which the reader is not sure, and what makes it sure."""

IN_PROSE = """\
# Reports are empty

## Empty

The report shows an error. An update of the agent is out.
"""
MADE_SURE = IN_PROSE.replace(" An update", "\n\n### Solution\n\nAn update")
