"""The screen that staff have beside a ticket: what a pasted text is about, what to send, and what they keep at hand."""
