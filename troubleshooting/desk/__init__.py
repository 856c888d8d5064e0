"""What staff have beside a ticket: what a pasted text is about, what to send, and the walks that they take over."""
