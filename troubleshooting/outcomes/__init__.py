"""What came of walks: recorded, reported, learned from, and shown in numbers."""
